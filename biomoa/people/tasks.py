"""Mails about accounts, sent by a worker: whoever asks for one cannot tell from the answer whom the station knows.

A task carries the address and never a link: what opens an account is made when the mail is sent, and lies in no queue.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, get_emailconfirmation_model
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django_tasks import task


@task()
def send_text(email: str, subject: str, text: str) -> bool:
    """A notice about one's own account, worded already; it holds no secret."""
    return bool(EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [email]).send())


@task()
def send_confirmation(email: str, base: str, language: str) -> bool:
    """The link that confirms an address; False when it needs none any more."""
    address = EmailAddress.objects.filter(email__iexact=email, verified=False).select_related("user").first()
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


def _send(name: str, email: str, language: str, context: dict[str, Any]) -> bool:
    with translation.override(language):
        words = {"email": email, "station": settings.BIOMOA_HOME.station, "LANGUAGE_CODE": language, **context}
        return bool(get_adapter().render_mail(f"account/email/{name}", email, words).send())
