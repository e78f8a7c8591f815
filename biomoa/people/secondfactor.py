"""Second factors: where their secrets are kept, who must have one, and what the ledger hears of them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from biomoa.ledger.services import record
from biomoa.people import queries, services, sessions, tasks
from biomoa.people.edge import actor_of, asks_for_json, fault
from biomoa.people.models import User
from biomoa.people.rules import Actor, is_staff, may, problem

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
OPEN_PATHS = ("/account/", "/i18n/", "/display/", "/help/")  # where a person can still go to set one up
PROOFS = ("mailbox", "in-person")
KNOWN = "second_factor"  # in the session: this person has one


def _cipher() -> MultiFernet:
    """Encrypts with the key in use; reads what a former one encrypted."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(secret: str) -> Fernet:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"biomoa second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


class SecondFactors(DefaultMFAAdapter):
    """Secrets lie encrypted in the database; a copy of the database alone opens no account."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor of a person who must have one stays."""
        user = authenticator.user
        others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return not must_have_one(user) or others.exists()

    def _get_site_name(self) -> str:
        name: str = settings.BIOMOA_HOME.station.name_en
        return name


def must_have_one(user: User) -> bool:
    """True for whom station.toml asks for it; never for the people of a demonstration."""
    station = settings.BIOMOA_HOME.station
    if station.security.second_factor == "offered" or (user.demonstration and station.demonstration):
        return False
    return station.security.second_factor == "all" or is_staff(queries.actor_of(user))


def has_one(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


class SecondFactorForStaff:
    """Leads who must have a second factor, and has none, to the page where they set one up, and nowhere else.

    A personal token is not asked: it was made in a session that had passed, or it ended with the appointment.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _is_open(request) or _has_passed(request):
            return self.get_response(request)
        if asks_for_json(request):
            return fault(403, problems=[problem("second-factor-needed", "session")])
        return HttpResponseRedirect(reverse("mfa_index"))


def _is_open(request: HttpRequest) -> bool:
    if settings.BIOMOA_HOME.station.security.second_factor == "offered":
        return True
    # A path of the account is open but for what makes tokens: they would outlive the gap.
    return request.path.startswith(OPEN_PATHS) and not request.path.startswith("/account/tokens/")


def _has_passed(request: HttpRequest) -> bool:
    asks_all = settings.BIOMOA_HOME.station.security.second_factor == "all"
    is_asked = is_staff(actor_of(request)) or (asks_all and actor_of(request).user_id is not None)
    if not is_asked or actor_of(request).scopes is not None or request.session.get(KNOWN):
        return True
    user = request.user
    if not isinstance(user, User) or not must_have_one(user):
        return True
    if has_one(user):
        request.session[KNOWN] = True
        return True
    return False


def forget_factors(actor: Actor, user: User, proof: str) -> None:
    """The operator lets a person who lost the factor set up a new one; ``proof`` says how it was proven who asks.

    Raises ValueError where the proof is not enough: a mailbox proves no staff. Procedure: docs/security/data.md.
    """
    if not may(actor, "operate", "station"):
        raise PermissionDenied(actor.label)
    if proof not in PROOFS or (proof == "mailbox" and is_staff(queries.actor_of(user))):
        raise ValueError("a curator, administrator or auditor proves in person who asks")
    with transaction.atomic():
        # Recovery codes too: whoever has the lost phone may have them.
        for authenticator in Authenticator.objects.select_for_update().filter(user=user):
            authenticator.delete()
        sessions.end_all_sessions(actor, user)
        services.end_tokens(actor.label, user.pk, "second-factor-lost")
        record(actor.label, "person:second-factors-forgotten", services.subject_of(user), {"proof": proof})
        told = _worded(user)
        tasks.send_text.enqueue(user.email, *told)


def _worded(user: User) -> tuple[str, str]:
    station = settings.BIOMOA_HOME.station
    with translation.override(user.language):
        words = {"station": station.name_ko if user.language == "ko" else station.name_en, "address": station.address}
        subject = render_to_string("people/mail/factors_forgotten_subject.txt", words).strip()
        return subject, render_to_string("people/mail/factors_forgotten.txt", words)


def connect() -> None:
    """Called once, when the room is ready. By the table, not by allauth's news, which come after the commit."""
    post_save.connect(_saved, sender=Authenticator)
    post_delete.connect(_deleted, sender=Authenticator)
    authentication_failed.connect(_failed)


def _saved(instance: Authenticator, created: bool, **_: Any) -> None:
    if created:
        services.note_person(instance.user, "person:second-factor-added", {"factor": str(instance.type)})


def _deleted(instance: Authenticator, **_: Any) -> None:
    services.note_person(instance.user, "person:second-factor-removed", {"factor": str(instance.type)})


def _failed(user: User, **_: Any) -> None:
    services.note_person(user, "person:second-factor-failed")
