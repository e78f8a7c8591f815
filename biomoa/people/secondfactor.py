"""Second factors: where their secrets are kept, who must have one, and what the ledger hears of them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
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
PROVEN = "second_factor_set_up"  # in the session in which it was


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


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """A code is good once: the one that sets the app up does not sign in besides (ASVS 6.5.1)."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not TOTP(Authenticator(user=self.user))._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code


def must_have_one(user: User) -> bool:
    """True for whom station.toml asks for it; never for the people of a demonstration."""
    station = settings.BIOMOA_HOME.station
    if station.security.second_factor == "offered" or _is_made_up(user):
        return False
    return station.security.second_factor == "all" or is_staff(queries.actor_of(user))


def _is_made_up(user: User) -> bool:
    return bool(user.demonstration and settings.BIOMOA_HOME.station.demonstration)


def has_one(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


class SecondFactorForStaff:
    """Leads who must have a second factor, and has none, to the page where they set one up, and nowhere else.

    And a session that began with the password alone, before the factor was set up in another one, to where it proves
    it: everywhere for who must have one, before the account for everybody. A personal token is not asked: it was made
    in a session that had passed, or it ended with the appointment.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place = _where_first(request)
        if place is None:
            return self.get_response(request)
        if asks_for_json(request):
            return fault(403, problems=[problem("second-factor-needed", "session")])
        return HttpResponseRedirect(place)


def _where_first(request: HttpRequest) -> str | None:
    """The page that the person must pass before this one; None where nothing is missing."""
    is_account = request.path.startswith("/account/") and request.path not in _proving()
    if not (is_account or _is_asked(request)) or actor_of(request).scopes is not None:
        return None
    user = request.user
    if not isinstance(user, User) or _is_made_up(user):
        return None
    if has_one(user):
        page = request.get_full_path() if request.method == "GET" else reverse("account")
        return None if is_proven(request) else f"{reverse('mfa_reauthenticate')}?{urlencode({'next': page})}"
    return reverse("mfa_index") if _is_asked(request) and must_have_one(user) else None


def _is_asked(request: HttpRequest) -> bool:
    """May the station ask a second factor of who comes, on this page?"""
    asked = settings.BIOMOA_HOME.station.security.second_factor
    if asked == "offered":
        return False
    # A path of the account is open but for what makes tokens: they would outlive the gap.
    if request.path.startswith(OPEN_PATHS) and not request.path.startswith("/account/tokens/"):
        return False
    return is_staff(actor_of(request)) or (asked == "all" and actor_of(request).user_id is not None)


def _proving() -> frozenset[str]:
    names = ("mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_reauthenticate", "account_logout")
    return frozenset(map(reverse, names))


def is_proven(request: HttpRequest) -> bool:
    """Was a second factor asked for, or set up, in this very session?"""
    user = request.user
    records = get_authentication_records(request, user) if isinstance(user, User) else []
    return PROVEN in request.session or any(each.get("method") == "mfa" for each in records)


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
        if context.request is not None and context.request.user.pk == instance.user_id:
            context.request.session[PROVEN] = True
        services.note_person(instance.user, "person:second-factor-added", {"factor": str(instance.type)})


def _deleted(instance: Authenticator, **_: Any) -> None:
    services.note_person(instance.user, "person:second-factor-removed", {"factor": str(instance.type)})


def _failed(user: User, **_: Any) -> None:
    services.note_person(user, "person:second-factor-failed")
