"""What allauth and Django tell about sign-up and sign-in, brought to the services of this room."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.signals import (
    authentication_step_completed,
    email_changed,
    email_confirmed,
    password_changed,
    password_reset,
    user_signed_up,
)
from allauth.account.signals import user_logged_in as entered
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import ngettext

from biomoa.people import queries, secondfactor, services, sessions, tries
from biomoa.people.edge import speak
from biomoa.people.models import User

log = logging.getLogger(__name__)


def connect() -> None:
    """Called once, when the room is ready."""
    user_signed_up.connect(_signed_up)
    email_confirmed.connect(_confirmed)
    email_changed.connect(_noted("person:address-changed"), weak=False)
    password_changed.connect(_changed)
    password_reset.connect(_reset)
    user_logged_in.connect(_noted("person:signed-in"), weak=False)
    user_logged_out.connect(_noted("person:signed-out"), weak=False)
    user_login_failed.connect(_failed)
    entered.connect(_speak)
    authentication_step_completed.connect(sessions.renew)
    secondfactor.connect()


def _noted(event: str) -> Any:
    def note(user: User | None = None, **_: Any) -> None:
        if user is not None:
            services.note_person(user, event)

    return note


def _changed(request: HttpRequest, user: User, **_: Any) -> None:
    """Programs go on: who changes the password knew it. They are named, for who changes it because of a suspicion."""
    services.note_person(user, "person:password-changed")
    count = len(queries.tokens_of(queries.actor_of(user)))
    if count:
        text = ngettext(
            "%(count)s token of yours still works. If somebody else may know it, revoke it on your account page.",
            "%(count)s tokens of yours still work. If somebody else may know them, revoke them on your account page.",
            count,
        )
        messages.warning(request, text % {"count": count})


def _reset(user: User, **_: Any) -> None:
    """Who resets had lost the account, perhaps to somebody who made a token: none works any more, like no session."""
    with transaction.atomic():
        services.note_person(user, "person:password-reset")
        services.end_tokens(f"user:{user.pk}", user.pk, "password-reset")


def _signed_up(user: User, **_: Any) -> None:
    services.note_person(user, "person:signed-up")


def _confirmed(email_address: EmailAddress, **_: Any) -> None:
    services.confirm_person(email_address.user)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    address = str(credentials.get("email") or credentials.get("username") or "").lower()
    # The caller's address goes to the log, which is thrown away in time; the ledger keeps forever.
    log.warning("sign-in failed from %s", get_adapter().get_client_ip(request) if request else "")
    tries.note_failed_try(User.objects.filter(email=address).first())


def _speak(user: User, response: HttpResponse | None = None, **_: Any) -> None:
    """After sign-in the station speaks the language of the profile."""
    translation.activate(user.language)  # also the words of welcome, which follow in the same request
    if response is not None:
        speak(response, user.language)
