"""Closing an account and opening it again: by the operator, at once, with its entry in the ledger."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from biomoa.ledger.services import record
from biomoa.people.models import User
from biomoa.people.rules import Actor, Invalid, may, problem
from biomoa.people.services import end_tokens, subject_of
from biomoa.people.sessions import end_all_sessions


def disable_account(actor: Actor, user: User) -> int:
    """The person is nobody from now on; how many sessions ended. Raises Invalid for the last administrator.

    What is a group's goes on without the person, as reviewer links do. Open invitations by the person stay, and bring
    nobody in until the account is open again (``queries.is_still_meant``).
    """
    _allow_operating(actor)
    with transaction.atomic():
        # Every administrator is locked: two commands at once must not each count on the other's person.
        open_ones = User.objects.select_for_update().filter(is_staff=True, is_active=True)
        if set(open_ones.values_list("pk", flat=True)) == {user.pk}:
            raise Invalid([problem("last-administrator", "email", user.email)])
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            return 0
        count = end_all_sessions(actor, user)
        end_tokens(actor.label, user.pk, "account-disabled")
        record(actor.label, "person:disabled", subject_of(user), {"sessions": count})
    return count


def enable_account(actor: Actor, user: User) -> None:
    """The person may sign in again, with password and factors as they were; sessions and tokens stay ended."""
    _allow_operating(actor)
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            record(actor.label, "person:enabled", subject_of(user), {})


def _allow_operating(actor: Actor) -> None:
    if not may(actor, "operate", "station"):
        raise PermissionDenied(actor.label)
