"""Failed sign-ins in the ledger: the first at once, a flood as a number.

A stranger can fail as often as the network carries; the ledger keeps forever. In a minute it takes one entry a person,
at most ``PEOPLE_A_MINUTE`` persons, one for all others, and afterwards one with the count for each of these.
"""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models import F

from biomoa.ledger.services import record
from biomoa.people.models import FailedTries, User
from biomoa.people.services import subject_of

PEOPLE_A_MINUTE = 60
EVENT = "person:sign-in-failed"


def note_failed_try(user: User | None, now_seconds: float | None = None) -> None:
    """Counts one; ``user`` is None for an address that no account has."""
    minute = int((time.time() if now_seconds is None else now_seconds) // 60)
    with transaction.atomic():
        known = FailedTries.objects.filter(minute=minute)
        if user is not None and not known.filter(user=user).exists() and known.count() >= PEOPLE_A_MINUTE:
            user = None
        tries, is_first = FailedTries.objects.select_for_update().get_or_create(minute=minute, user=user)
        if is_first:
            record("nobody", EVENT, subject_of(user) if user else "USER", {})
        else:
            FailedTries.objects.filter(pk=tries.pk).update(more=F("more") + 1)


def tell_failed_tries(now_seconds: float | None = None) -> int:
    """Clock job: one entry with the number of further tries for each past minute and person; how many entries."""
    minute = int((time.time() if now_seconds is None else now_seconds) // 60)
    told = 0
    with transaction.atomic():
        # A clock that was set back leaves rows ahead of it: they are told too, or they would wait for years.
        for tries in FailedTries.objects.exclude(minute=minute).select_for_update(of=("self",)).select_related("user"):
            if tries.more:
                subject = subject_of(tries.user) if tries.user else "USER"
                record("nobody", EVENT, subject, {"more": tries.more, "minute": tries.minute})
                told += 1
            tries.delete()
    return told
