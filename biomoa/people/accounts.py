"""How allauth's sign-up and password reset go here: the same work and the same answer, whoever is known."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm, SignupForm
from allauth.core import context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from biomoa.people import queries, tasks
from biomoa.people.edge import language_of
from biomoa.people.models import User
from biomoa.people.rules import is_plain_address, problem
from biomoa.settings.station import is_this_machine

DESK = "/desk/"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Mails go by the queue: no answer waits for the mail server, and none fails with it."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many failed attempts. Please try again in five minutes, or set a new password."
        ),
    }

    def clean_email(self, email: str) -> str:
        return plain(super().clean_email(email))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return start_of(request.user)  # type: ignore[arg-type]

    def format_email_subject(self, subject: str) -> str:
        station = settings.BIOMOA_HOME.station
        return f"[{station.name_ko if language_of() == 'ko' else station.name_en}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        words = {"request": self.request, "email": email, **context}
        message = self.render_mail(template_prefix, email, words)
        tasks.send_text.enqueue(email, message.subject, message.body)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:  # noqa: ARG002
        tasks.send_confirmation.enqueue(emailconfirmation.email_address.email, *place_of(request))

    def send_account_already_exists_mail(self, email: str) -> None:
        tasks.send_account_exists.enqueue(email, *place_of(context.request))


def start_of(person: User) -> str:
    """Where the work of a person begins: at the desk for who curates and is in no group that deposits."""
    actor = queries.actor_of(person)
    return DESK if actor.has_desk and not actor.organisations("depositor", "manager") else settings.LOGIN_REDIRECT_URL


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks nobody whether the address is known: that is for the worker to find out."""

    def clean_email(self) -> str:
        return plain(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **_: Any) -> str:
        email: str = self.cleaned_data["email"]
        tasks.send_reset.enqueue(email, *place_of(request))
        return email


def plain(email: str) -> str:
    """The address as it was typed. Raises ValidationError for one that is not what it looks like."""
    if not is_plain_address(email):
        raise ValidationError(problem("email-invalid", "email").message.in_(language_of()))
    return email


class _UndoneError(Exception):
    pass


class SignUp(SignupForm):  # type: ignore[misc]
    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        if self.account_already_exists:
            self._make_and_undo(request)
        return super().try_save(request)  # type: ignore[no-any-return]

    def _make_and_undo(self, request: HttpRequest) -> None:
        """An address that has an account costs what a new one costs: hashing, rows, an entry; nothing of it stays."""
        told = self.cleaned_data
        self.cleaned_data = {**told, "email": f"{secrets.token_hex(16)}@undone.invalid"}
        self.account_already_exists = False
        try:
            with transaction.atomic():
                self.save(request)
                raise _UndoneError
        except _UndoneError:
            self.cleaned_data, self.account_already_exists = told, True


def place_of(request: HttpRequest) -> tuple[str, str]:
    """Where links of a mail begin, and the language of who asks.

    A host of ALLOWED_HOSTS, at the port that the station listens on or that its address names: who asks for a mail to
    another person chooses neither.
    """
    return _base_of(request), get_language() or "ko"


def _base_of(request: HttpRequest) -> str:
    address: str = settings.BIOMOA_HOME.station.address
    told, ours = urlsplit(request.build_absolute_uri("/")), urlsplit(address)
    is_elsewhere = is_this_machine(told.hostname or "") and not is_this_machine(ours.hostname or "")
    ports = {None, ours.port, int(request.META.get("SERVER_PORT") or 0)}
    return address.rstrip("/") if is_elsewhere or told.port not in ports else f"{told.scheme}://{told.netloc}"
