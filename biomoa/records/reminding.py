"""The reminder before what is closed opens by the day: an entry in the ledger, from which notices are made.

The ledger says what was told already: for one day of opening, each of the marks once.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from biomoa.jobs.timekeeping import is_sound
from biomoa.ledger import services as ledger
from biomoa.ledger.models import Entry
from biomoa.people.rules import system
from biomoa.records import rules_reminders as rules
from biomoa.records.models import Record, Submission
from biomoa.records.services_release import embargo_limits

EVENT = "embargo:reminded"


def remind_of_openings(now: datetime) -> list[str]:
    """The codes of the submissions whose groups are reminded. Runs by the clock, as often as one likes.

    While the clock is not to be believed nobody is told that a day is near.
    """
    if not is_sound(now):
        return []
    today = timezone.localdate(now)
    closed = Record.objects.filter(
        state="accepted", release_on__gt=today, release_on__lte=today + timedelta(days=max(rules.REMINDERS_DAYS))
    )
    near = closed.order_by("submission_id").values_list("submission_id").annotate(Min("release_on"))
    return [code for key, opens_on in list(near) if (code := _remind(key, opens_on, today))]


def _remind(submission_id: int, opens_on: date, today: date) -> str:
    """The code when its group is reminded now; empty when that was done, or the mark lay before acceptance."""
    with transaction.atomic():
        submission = Submission.objects.select_for_update().filter(pk=submission_id, state="accepted").first()
        if submission is None or submission.decided_at is None:
            return ""
        days = rules.reminder_due(opens_on, today, timezone.localdate(submission.decided_at))
        if days is None or (opens_on.isoformat(), days) in _told(submission.code):
            return ""
        limit, last = embargo_limits(submission)
        data = {
            "days": days, "release_on": opens_on.isoformat(),
            "way": msgspec.to_builtins(rules.way_to_wait(opens_on, limit, last)),
        }  # fmt: skip
        ledger.record(system("clock").label, EVENT, submission.code, data)
    return submission.code


def _told(code: str) -> set[tuple[str, int]]:
    """(day of opening, days before) of the reminders so far; the later mark stands for the earlier one too."""
    entries = Entry.objects.filter(subject=code, event=EVENT).values_list("data", flat=True)
    told = [json.loads(data) for data in entries]
    return {(each["release_on"], mark) for each in told for mark in rules.REMINDERS_DAYS if mark >= each["days"]}
