"""What a group can still do with the day of release: how far it may go, how much is left, the usual steps."""

from __future__ import annotations

import calendar
from datetime import date

import msgspec
from django.utils import timezone

from biomoa.records.models import Submission
from biomoa.records.services_release import embargo_limits

STEPS_MONTHS = (6, 12, 24)


class Choice(msgspec.Struct, frozen=True):
    """A later day that can be chosen with one button. ``months`` 0: the limit itself."""

    day: date
    months: int


class Embargo(msgspec.Struct, frozen=True):
    """``limit`` may be chosen by the group, ``last`` by request with a reason. ``days_by_request`` are still unused."""

    release_on: date | None
    limit: date
    last: date
    days_to_opening: int
    days_left: int
    days_by_request: int
    choices: tuple[Choice, ...]


def embargo_of(submission: Submission) -> Embargo:
    limit, last = embargo_limits(submission)
    today = timezone.localdate()
    day = submission.release_on or today
    return Embargo(
        release_on=submission.release_on,
        limit=limit,
        last=last,
        days_to_opening=max(0, (day - today).days),
        days_left=max(0, (limit - day).days),
        days_by_request=max(0, (last - max(day, limit)).days),
        choices=tuple(choices(max(day, today), limit)),
    )


def choices(day: date, limit: date) -> list[Choice]:
    """The usual steps after the day as far as they stay within the limit, and the limit."""
    steps = [Choice(later, months) for months in STEPS_MONTHS if (later := add_months(day, months)) < limit]
    return [*steps, Choice(limit, 0)] if day < limit else []


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last one of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
