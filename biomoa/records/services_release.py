"""Days of release, opening by choice and by the clock, withdrawal with a tombstone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from biomoa.files import services as files
from biomoa.jobs.steps import step
from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor, system
from biomoa.records import access, bulk, freetexts, rules
from biomoa.records.answers import Blocker, ReleaseOutcome
from biomoa.records.coupling import coupled_with_declared
from biomoa.records.models import Record, RecordFile, Submission
from biomoa.records.opening import closed_records, due, find_blockers, open_records
from biomoa.records.problems import problem
from biomoa.records.refusals import Refusal


def set_release_date(actor: Actor, submission_id: int, release_on: date | None) -> Submission:
    """The day on which what is handed in or accepted opens; None opens what is accepted and can be opened at once."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "set-release-date")
        limit = _limit(submission, extended=submission.extended_days > 0)
        _change_date(actor, submission, release_on, limit, "")
    return submission


def extend_embargo(actor: Actor, submission_id: int, release_on: date, reason: str) -> Submission:
    """Later than the ordinary limit, by request with a reason, up to the extended one; the system counts it."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "extend-embargo", reason=reason)
        _change_date(actor, submission, release_on, _limit(submission, extended=True), reason)
        over = (release_on - _limit(submission, extended=False)).days
        submission.extended_days = max(0, over)
        submission.save(update_fields=["extended_days"])
    return submission


def _limit(submission: Submission, *, extended: bool) -> date:
    limits = settings.BIOMOA_HOME.station.limits
    accepted = timezone.localdate(submission.decided_at) if submission.decided_at else None
    extension = limits.embargo_extension_years if extended else 0
    return rules.release_limit(timezone.localdate(), accepted, limits.embargo_years, extension)


def embargo_limits(submission: Submission) -> tuple[date, date]:
    """The last day that may be chosen, and the last one by request."""
    return _limit(submission, extended=False), _limit(submission, extended=True)


def _change_date(actor: Actor, submission: Submission, day: date | None, limit: date, reason: str) -> None:
    if problems := rules.check_release_date(day, timezone.localdate(), limit):
        raise Refusal(problems)
    before = submission.release_on
    submission.release_on = day
    submission.save(update_fields=["release_on", "changed_at"])
    # What is declared public elsewhere waits only for what holds it: no later day closes it again.
    movable = Record.objects.filter(submission=submission, state="accepted")
    movable.exclude(pk__in=coupled_with_declared(submission.pk)).update(release_on=day)
    told = {"from": str(before or ""), "to": str(day or ""), "reason": reason.strip()}
    ledger.record(actor.label, "embargo:changed", submission.code, told)
    open_records(actor.label, Q(submission=submission) & due(timezone.localdate()), timezone.now())
    submission.refresh_from_db()


def release(actor: Actor, submission_id: int, accessions: Collection[str] | None = None) -> ReleaseOutcome:
    """Opens the whole submission, or the chosen records of it; tells what stayed closed and why.

    Asked again for what is open already it changes nothing. Parents outside the choice must be open before.
    """
    with transaction.atomic():
        submission = access.get_submission(actor, submission_id, lock=True)
        if submission.state == "released":
            return ReleaseOutcome((), (), "released")
        submission = access.take_in_hand(actor, submission_id, "release")
        opened, blockers = open_records(actor.label, Q(submission=submission), timezone.now(), accessions)
        submission.refresh_from_db()
    return ReleaseOutcome(tuple(opened), tuple(blockers), submission.state)


def what_blocks_release(submission: Submission) -> list[Blocker]:
    """What would keep records of the submission closed if it opened now; empty before acceptance."""
    return find_blockers(closed_records(Q(submission=submission)))


def open_due(now: datetime) -> list[str]:
    """Opens every record whose day has come; the accessions. Runs by the clock, as often as one likes.

    One transaction a submission: a crash leaves whole submissions opened or closed, and the next run goes on.
    """
    today = timezone.localdate(now)
    opened: list[str] = []
    for submission in _due_submissions(today):
        with transaction.atomic():
            locked = Submission.objects.select_for_update().get(pk=submission)
            if locked.state == "accepted":
                opened += open_records(system("clock").label, Q(submission=locked) & due(today), now)[0]
    return opened


def _due_submissions(today: date) -> list[int]:
    """The oldest first, so that a project opens before what was added to it later.

    Closed records are in accepted submissions only: of these there are few, of records there may be millions.
    """
    waiting = Record.objects.filter(due(today), submission_id=OuterRef("pk"), state="accepted")
    found = Submission.objects.filter(Exists(waiting), state="accepted").order_by("pk")
    return list(found.values_list("pk", flat=True))


def withdraw_record(
    actor: Actor, accession: str, reason: str, kind: Literal["withdrawn", "suppressed"] = "withdrawn"
) -> Record:
    """Takes a record out of the public; the accession keeps leading to a page that says so, and why.

    ``suppressed``: not found by search any more, still read under its accession. ``withdrawn``: a tombstone only.
    """
    with transaction.atomic():
        record = access.get_record(actor, accession, lock=True)
        if record.state == kind and access.may_on_open_record(actor, "withdraw", record):
            return record
        access.check_may_record(actor, "withdraw", record)
        if not reason.strip():
            raise Refusal([problem("reason-needed", field="reason")])
        freetexts.check(reason=reason)
        center, form, before = record.center_id, record.form, record.state
        record.state, record.reason, record.changed_at = kind, reason.strip(), timezone.now()
        record.save(update_fields=["state", "reason", "changed_at"])
        step("withdraw:record-closed")
        bulk.move_tallies(Counter({(center, form, before): -1, (center, form, kind): 1}))
        if kind == "withdrawn":
            files.publish(list(RecordFile.objects.filter(record=record).values_list("file_id", flat=True)), False)
        data = {"reason": reason.strip(), "from": before, "version": record.version}
        ledger.record(actor.label, f"record:{kind}", accession, data)
    return record
