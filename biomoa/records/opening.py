"""Opening records to the public: what keeps them closed, and the opening itself, inside a transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from django.db.models import F, Q

from biomoa.files import services as file_services
from biomoa.files.models import InspectionResult
from biomoa.files.rules import is_held, verdict_of
from biomoa.jobs.steps import step
from biomoa.jobs.timekeeping import is_sound
from biomoa.ledger import services as ledger
from biomoa.ledger.services import Event
from biomoa.records import bulk, rules
from biomoa.records.answers import Blocker
from biomoa.records.models import Link, Override, Record, RecordFile, Submission, SubmissionProject
from biomoa.records.problems import problem


class Closed(msgspec.Struct, frozen=True):
    """A record that may be opened."""

    id: int
    accession: str
    form: str
    center_id: int
    submission_id: int
    version: int


def closed_records(condition: Q) -> list[Closed]:
    columns = ("id", "accession", "form", "center_id", "submission_id", "version")
    rows = Record.objects.filter(condition, state="accepted").order_by("id")
    return [Closed(*row) for row in rows.values_list(*columns)]


def find_blockers(records: Sequence[Closed], *, by_choice: bool = False) -> list[Blocker]:
    """What keeps each record closed when just these are opened together; nothing for those that can open.

    A pending submission that adds to a project holds back the project, unless its opening is chosen by hand.
    """
    found = [*_file_blockers(records)]
    if not by_choice:
        found += _pending_blockers(records)
    return [*found, *_parent_blockers(records, {each.accession for each in found})]


def _parent_blockers(records: Sequence[Closed], held: Collection[str]) -> list[Blocker]:
    """Closed parents outside the set, and parents in the set that are held themselves; down to the last child."""
    inside = {each.id: each for each in records}
    up = _closed_parents(inside)
    found: dict[int, Blocker] = {}
    stopped = {each.id for each in records if each.accession in held}
    down: dict[int, list[int]] = defaultdict(list)
    for child, parents in up.items():
        for parent, accession in parents:
            down[parent].append(child)
            if parent not in inside:
                found.setdefault(child, _parent_blocker(inside[child].accession, accession))
    waiting = [*stopped, *found]
    while waiting:
        parent = waiting.pop()
        for child in down.get(parent, ()):
            if child not in found and child not in stopped:
                found[child] = _parent_blocker(inside[child].accession, inside[parent].accession)
                waiting.append(child)
    return list(found.values())


def _closed_parents(inside: Mapping[int, Closed]) -> dict[int, list[tuple[int, str]]]:
    up: dict[int, list[tuple[int, str]]] = defaultdict(list)
    links = Link.objects.filter(child_id__among=inside, parent__state="accepted")
    for child, parent, accession in links.values_list("child_id", "parent_id", "parent__accession"):
        up[child].append((parent, accession))
    return up


def _parent_blocker(accession: str, parent: str) -> Blocker:
    return Blocker(accession, problem("release-parent-closed", accession=accession, parent=parent))


def _pending_blockers(records: Sequence[Closed]) -> Iterable[Blocker]:
    names = {each.id: each.accession for each in records}
    rows = SubmissionProject.objects.filter(project_id__among=names, submission__state__in=rules.PENDING)
    for row in rows.select_related("submission"):
        yield _pending_blocker(names[row.project_id], row.submission)


def _pending_blocker(accession: str, submission: Submission) -> Blocker:
    since, state = submission.submitted_at, rules.STATES[submission.state]
    told = problem(
        "release-linked-pending",
        accession=accession,
        submission=submission.code,
        since=since.date() if since else "-",
        state_ko=state.ko,
        state_en=state.en.lower(),
    )
    return Blocker(accession, told, since, hard=False)


def _file_blockers(records: Sequence[Closed]) -> Iterable[Blocker]:
    inside = {each.id: each for each in records}
    kept = list(_files_of(inside))
    verdicts = _verdicts({sha256 for _, _, _, sha256, _ in kept})
    passed = _let_pass({each.submission_id for each in records}) if kept else set()
    for record, _, name, sha256, quarantine in kept:
        each = inside[record]
        if is_held(quarantine):
            yield Blocker(each.accession, problem("release-file-quarantined", accession=each.accession))
            continue
        verdict = verdict_of(*verdicts.get(sha256, ("", [])), quarantine)
        code = {"": "release-file-unchecked", "fail": "release-file-failed"}.get(verdict)
        if code and not (verdict == "fail" and (each.submission_id, sha256) in passed):
            told = problem(code, accession=each.accession, file_name=name, file=name)
            yield Blocker(each.accession, told)


def _files_of(records: Collection[int]) -> Iterable[tuple[int, int, str, str, str | None]]:
    """(record, StoredFile, name, SHA-256, state of quarantine) of the current versions."""
    rows = RecordFile.objects.filter(record_id__among=records, version=F("record__version"))
    return rows.values_list("record_id", "file_id", "file__name", "file__object_id", "file__quarantine__state")


def _verdicts(digests: Collection[str]) -> dict[str, tuple[str, list[dict[str, object]]]]:
    """The newest verdict and findings of each object; without the metrics, which are most of a result."""
    rows = InspectionResult.objects.filter(object_id__among=digests).order_by("pk")
    return {sha256: (verdict, told) for sha256, verdict, told in rows.values_list("object_id", "verdict", "findings")}


def _let_pass(submissions: Collection[int]) -> set[tuple[int, str]]:
    """Failed inspections that a curator let pass, by submission and SHA-256."""
    passed = Override.objects.filter(submission_id__in=submissions, code="file-inspection-failed")
    return {(submission, value or "") for submission, value in passed.values_list("submission_id", "value")}


def due(today: date) -> Q:
    """Closed records whose day has come, or that have none.

    While the clock is not to be believed no day has come: what was opened once cannot be taken back.
    """
    without_day = Q(release_on__isnull=True)
    return without_day | Q(release_on__lte=today) if is_sound() else without_day


def open_records(
    actor_label: str, wanted: Q, now: datetime, accessions: Collection[str] | None = None
) -> tuple[list[str], list[Blocker]]:
    """Opens what can be opened of the wanted (or of the chosen) records; what was opened, and what was not."""
    records = closed_records(wanted)
    if accessions is not None:
        records = [each for each in records if each.accession in accessions]
    blockers = find_blockers(records, by_choice=accessions is not None)
    held = {blocker.accession for blocker in blockers}
    opened = [each for each in records if each.accession not in held]
    _open(actor_label, opened, now)
    _close_submissions(actor_label, sorted({each.submission_id for each in opened}), now)
    return [each.accession for each in opened], blockers


def _open(actor_label: str, opened: Sequence[Closed], now: datetime) -> None:
    if not opened:
        return
    ids = [each.id for each in opened]
    Record.objects.filter(pk__among=ids).update(state="released", released_at=now, changed_at=now)
    if kept := [file for _, file, _, _, _ in _files_of(ids)]:
        file_services.publish(kept, True)
    moved: Counter[tuple[int, str, str]] = Counter()
    for each in opened:
        moved[each.center_id, each.form, "accepted"] -= 1
        moved[each.center_id, each.form, "released"] += 1
    bulk.move_tallies(moved)
    step("release:records-open")
    events = [Event("record:released", each.accession, {"version": each.version}) for each in opened]
    ledger.record_many(actor_label, events)


def _close_submissions(actor_label: str, submissions: Sequence[int], now: datetime) -> None:
    """A submission of which nothing is closed any more is released itself."""
    for submission in Submission.objects.filter(pk__in=submissions, state="accepted"):
        finish_if_open(actor_label, submission, now)


def finish_if_open(actor_label: str, submission: Submission, now: datetime) -> None:
    """Also right for a submission of revisions only: it has no record of its own to open."""
    if not Record.objects.filter(submission=submission, state="accepted").exists():
        finish(actor_label, submission, now)


def finish(actor_label: str, submission: Submission, now: datetime) -> None:
    submission.state, submission.released_at = "released", now
    submission.save(update_fields=["state", "released_at", "changed_at"])
    file_services.set_shelf_state(submission.shelf, "released")
    ledger.record(actor_label, "submission:released", submission.code, {})
