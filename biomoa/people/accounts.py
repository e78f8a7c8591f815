"""How allauth's sign-up and password reset go here: the same work and the same answer, whoever is known."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm, SignupForm
from allauth.core import context
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language

from biomoa.people import tasks


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Mails go by the queue: no answer waits for the mail server, and none fails with it."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        words = {"request": self.request, "email": email, **context}
        message = self.render_mail(template_prefix, email, words)
        tasks.send_text.enqueue(email, message.subject, message.body)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:  # noqa: ARG002
        tasks.send_confirmation.enqueue(emailconfirmation.email_address.email, *place_of(request))

    def send_account_already_exists_mail(self, email: str) -> None:
        tasks.send_account_exists.enqueue(email, *place_of(context.request))


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks nobody whether the address is known: that is for the worker to find out."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: HttpRequest, **_: Any) -> str:
        email: str = self.cleaned_data["email"]
        tasks.send_reset.enqueue(email, *place_of(request))
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
    """Where links of a mail begin (a host that ALLOWED_HOSTS knows), and the language of who asks."""
    return request.build_absolute_uri("/").rstrip("/"), get_language() or "ko"
