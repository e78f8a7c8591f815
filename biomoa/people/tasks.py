"""Mails about accounts, sent by a worker: whoever asks for one cannot tell from the answer whom the station knows.

A task carries the address and never a link: what opens an account is made when the mail is sent, and lies in no queue.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, get_emailconfirmation_model
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django_tasks import task

from biomoa.people.models import Invitation, User
from biomoa.people.rules import INVITATION_DAYS


@task()
def send_text(email: str, subject: str, text: str) -> bool:
    """A notice about one's own account, worded already; it holds no secret."""
    return bool(EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [email]).send())


@task()
def send_confirmation(email: str, base: str, language: str) -> bool:
    """The link that confirms an address; False when it needs none any more."""
    address = EmailAddress.objects.filter(email=email, verified=False).select_related("user").first()
    if address is None:
        return False
    key = get_emailconfirmation_model().create(address).key
    link = base + reverse("account_confirm_email", args=[key])
    return _send("email_confirmation", email, language, {"user": address.user, "activate_url": link})


@task()
def send_account_exists(email: str, base: str, language: str) -> bool:
    """To who signed up with an address that has an account."""
    links = {
        "signup_url": base + reverse("account_signup"),
        "password_reset_url": base + reverse("account_reset_password"),
    }
    return _send("account_already_exists", email, language, links)


@task()
def send_reset(email: str, base: str, language: str) -> bool:
    """The link that sets a new password, or the news that no account has this address."""
    known = EmailAddress.objects.filter(email=email.lower(), user__is_active=True).select_related("user")
    address = known.order_by("-verified", "pk").first()
    if address is None:
        return _send("unknown_account", email, language, {"signup_url": base + reverse("account_signup")})
    named = {
        "uidb36": user_pk_to_url_str(address.user),
        "key": default_token_generator.make_token(address.user),
    }
    link = base + reverse("account_reset_password_from_key", kwargs=named)
    return _send("password_reset_key", address.email, language, {"user": address.user, "password_reset_url": link})


@task()
def send_invitation(invitation_id: int) -> bool:
    """The link of an invitation; False when it was withdrawn or accepted meanwhile. Sent twice, the last one counts."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        open_ones = Invitation.objects.select_for_update(of=("self",)).select_related("organisation")
        invitation = open_ones.filter(pk=invitation_id, accepted_at=None).first()
        if invitation is None:
            return False
        invitation.digest = hashlib.sha256(secret.encode()).hexdigest()
        invitation.save(update_fields=["digest"])
    station = settings.BIOMOA_HOME.station
    invited = User.objects.filter(email=invitation.email).first()
    language = invited.language if invited else "ko"
    with translation.override(language):
        words = {
            "organisation": invitation.organisation.name(language),
            "role": invitation.get_role_display(),
            "station": station.name_ko if language == "ko" else station.name_en,
            "address": f"{station.address}/invitations/{secret}/",
            "days": INVITATION_DAYS,
        }
        subject = " ".join(render_to_string("people/mail/invitation_subject.txt", words).split())
        body = render_to_string("people/mail/invitation.txt", words)
    return bool(EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email]).send())


def _send(name: str, email: str, language: str, context: dict[str, Any]) -> bool:
    with translation.override(language):
        words = {"email": email, "station": settings.BIOMOA_HOME.station, "LANGUAGE_CODE": language, **context}
        return bool(get_adapter().render_mail(f"account/email/{name}", email, words).send())
