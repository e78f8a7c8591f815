"""The day of release: what is told before anything opens, how far it may go, how much is left, the usual steps."""

from __future__ import annotations

import calendar
from datetime import date

import msgspec
from django.db.models import Q
from django.utils import timezone

from biomoa.records import rules
from biomoa.records.library import library
from biomoa.records.models import Row, Submission
from biomoa.records.references import find_own
from biomoa.records.services_release import embargo_limits

STEPS_MONTHS = (6, 12, 24)
OWN_SHOWN = 20  # projects with a day of their own


class Opening(msgspec.Struct, frozen=True):
    """When a submission opens to everyone. ``on`` None: at once. ``own``: projects (alias) with a day in their rows."""

    on: date | None
    own: tuple[tuple[str, date], ...]


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


def opening_of(submission: Submission) -> Opening:
    """What must be known before it is handed in or accepted. A day that has come is none."""
    day = submission.release_on
    own = _own_days(submission) if submission.state not in rules.OPEN else ()
    return Opening(day if day and day > timezone.localdate() else None, tuple(own))


def _own_days(submission: Submission) -> list[tuple[str, date]]:
    """Of rows that make new records: what is registered already keeps its day, whatever a revision says."""
    found: list[tuple[str, date]] = []
    for form in map(library().form, submission.row_counts):
        if any(field.name == rules.RELEASE_FIELD for field in form.fields):
            is_said = Q(values__has_key=rules.RELEASE_FIELD) | Q(layer__has_key=rules.RELEASE_FIELD)
            rows = Row.objects.filter(is_said, submission=submission, form=form.form).order_by("position")[:OWN_SHOWN]
            known = find_own(submission.owner_id, form.form, [row.alias for row in rows])
            said = {row.alias: rules.merge(row.values, row.layer) for row in rows if row.alias not in known}
            days = ((alias, rules.release_day(form, values, None)) for alias, values in said.items())
            found += [(alias, day) for alias, day in days if day]
    return found


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
