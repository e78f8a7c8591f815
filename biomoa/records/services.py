"""Drafts: create, write, check, hand in, withdraw. One function for each thing a depositor wants.

Every function takes the actor first, asks the policy table, and writes its ledger entry in its own transaction.
Raises: NotFound (404), PermissionDenied (403), Conflict (409), Refusal (422).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from biomoa.files import services as files
from biomoa.forms.problems import Problem
from biomoa.jobs.answers import Said, answer_once
from biomoa.jobs.steps import step
from biomoa.ledger import services as ledger
from biomoa.people.models import Organisation
from biomoa.people.rules import Actor, may
from biomoa.qc.persons import kind_in
from biomoa.records import access, drafts, freetexts, human, rules, rules_human, services_human, sheets
from biomoa.records.answers import CheckSummary, ImportResult, Receipt
from biomoa.records.bundlecheck import judge
from biomoa.records.checking import check_stored, examine, store_row_problems
from biomoa.records.library import library
from biomoa.records.models import Row, Submission
from biomoa.records.problems import problem
from biomoa.records.receipts import PROBLEMS_SHOWN, receipt_of
from biomoa.records.refusals import Conflict, NotFound, PermissionDenied, Refusal

Mode = Literal["replace", "append", "merge-by-alias"]
UNSET: Any = object()
ATTEMPTS = 5
ONCE = re.compile(r"[A-Za-z0-9_-]{8,32}")  # of a page with a new row, that it is added once


def create_submission(
    actor: Actor,
    owner_id: int,
    *,
    title: str = "",
    center_code: str | None = None,
    client_key: str | None = None,
    says_human: bool = False,
) -> Submission:
    """A new draft of the group; ``says_human`` when its data is known to come from people.

    The same ``client_key`` again gives the submission that it made the first time.
    """
    if not may(actor, "create", "submission", owner=owner_id):
        raise PermissionDenied("create")
    freetexts.check(title=title)
    try:
        with transaction.atomic():
            known = _find_by_key(owner_id, client_key)
            return known or _create(actor, owner_id, title, center_code, client_key, says_human)
    except IntegrityError:
        if found := _find_by_key(owner_id, client_key):
            return found
        raise


def _find_by_key(owner_id: int, client_key: str | None) -> Submission | None:
    return Submission.objects.filter(owner_id=owner_id, client_key=client_key).first() if client_key else None


def _create(
    actor: Actor, owner_id: int, title: str, center_code: str | None, client_key: str | None, says_human: bool
) -> Submission:
    code = center_code or settings.BIOMOA_HOME.station.center
    center = Organisation.objects.filter(code=code, kind="data-center").first()
    if center is None:
        raise NotFound("center")
    submission = Submission.objects.create(
        owner_id=owner_id,
        center=center,
        created_by_id=actor.user_id,
        title=title.strip(),
        client_key=client_key or None,
        says_human=says_human,
        shelf=files.new_shelf(owner_id, center.pk),
    )
    data = {"owner": submission.owner.code, "center": center.code, "title": submission.title}
    ledger.record(actor.label, "submission:created", submission.code, data)
    human.follow(submission)
    return submission


def save_rows(
    actor: Actor,
    submission_id: int,
    form: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    expected_revision: int | None = None,
    mode: Mode = "replace",
) -> Submission:
    """Writes many rows of a form. ``merge-by-alias`` replaces rows of the same alias in place and appends the rest.

    What does not pass the form is kept as it is: nothing typed is lost, the check tells. Raises Refusal for an
    unknown form or more rows than a submission may hold.
    """
    compiled = drafts.get_form(form)
    kept = [rules.kept_values(row) for row in rows]
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change", expected_revision=expected_revision)
        count = drafts.write_rows(submission, compiled, kept, mode)
        drafts.touch(submission, written={form: kept}, row_counts={**submission.row_counts, form: count})
        _tell(actor, submission, "rows:saved", {"form": form, "rows": count, "mode": mode})
    return submission


def save_row(
    actor: Actor,
    submission_id: int,
    form: str,
    position: int | None,
    values: Mapping[str, Any],
    expected_revision: int | None = None,
    seen: str | None = None,
) -> tuple[Submission, Row, list[Problem]]:
    """Writes one row (``position`` None: a new one at the end) and checks it alone; what is wrong is kept and told.

    ``seen`` (``rules.seen_of``) is what the row held when it was shown: with it, changes of other rows are no conflict.
    """
    compiled = drafts.get_form(form)
    access.check_may(actor, "change", access.get_submission(actor, submission_id))
    kept = rules.kept_values(values)
    judged = judge(form, kept)  # the longest part, while others have their turn to write
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change")
        if expected_revision not in (None, submission.revision):
            drafts.check_as_seen(submission, form, position, seen, kept)
        row, is_new = drafts.write_row(submission, compiled, position, kept)
        count = submission.row_counts.get(form, 0) + is_new
        counts = {**submission.row_counts, form: count}
        drafts.touch(submission, written={form: [row.values]}, row_counts=counts)
        problems = store_row_problems(submission, row, judged)
        _tell(actor, submission, "rows:saved", {"form": form, "position": row.position})
    return submission, row, problems


class FirstSaved(msgspec.Struct, frozen=True):
    """Of a new row that was sent before: where it stands, and what it held (``rules.seen_of``)."""

    position: int
    seen: str


def add_row(
    actor: Actor,
    submission_id: int,
    form: str,
    values: Mapping[str, Any],
    expected_revision: int | None = None,
    seen: str | None = None,
    *,
    once: str = "",
) -> tuple[Submission, Row, list[Problem]]:
    """A new row at the end. The same ``once`` again changes the row that it made the first time."""
    if not ONCE.fullmatch(once):
        return save_row(actor, submission_id, form, None, values, expected_revision, seen)
    made: list[tuple[Submission, Row, list[Problem]]] = []

    def work() -> Said:
        made.append(save_row(actor, submission_id, form, None, values, expected_revision, seen))
        row = made[0][1]
        first = FirstSaved(row.position, rules.seen_of(row.values))
        return Said(201, "application/json", msgspec.json.encode(first))

    told = answer_once(actor.label, f"row {submission_id} {form} {once}", "", work)
    if made:
        return made[0]
    first = msgspec.json.decode(told.body, type=FirstSaved)
    return save_row(actor, submission_id, form, first.position, values, expected_revision, first.seen)


def delete_row(
    actor: Actor, submission_id: int, form: str, position: int, expected_revision: int | None = None
) -> Submission:
    """Takes a row out. The other rows keep their positions. Raises NotFound for a row that is not there."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change", expected_revision=expected_revision)
        drafts.delete_row(submission, form, position)
        left = {**submission.row_counts, form: submission.row_counts.get(form, 1) - 1}
        drafts.touch(submission, row_counts={name: count for name, count in left.items() if count})
        _tell(actor, submission, "rows:saved", {"form": form, "deleted": position})
    return submission


def most_rows() -> int:
    """So many rows of a form may one submission hold."""
    most: int = settings.BIOMOA_HOME.station.limits.samples_per_submission
    return most


def import_sheet(actor: Actor, submission_id: int, path: Path, name: str) -> ImportResult:
    """Reads a workbook or table (in a child process) and writes its rows, merged by alias. Keeps all it can read.

    Raises Refusal when nothing at all can be read, saying why.
    """
    access.check_may(actor, "change", access.get_submission(actor, submission_id))
    tables, told, problems = sheets.read(path, name, most_rows())
    if not tables:
        raise Refusal(problems or [problem("sheet-unreadable", file=name, file_name=name, why="-")])
    submission = access.get_submission(actor, submission_id)
    with transaction.atomic():
        for form, rows in tables.items():
            submission = save_rows(actor, submission_id, form, rows, mode="merge-by-alias")
    counts = {form: len(rows) for form, rows in tables.items()}
    return ImportResult(told, counts, tuple(problems), submission.revision)


def apply_suggestions(
    actor: Actor,
    submission_id: int,
    problem_ids: Iterable[int] | Literal["all"],
    expected_revision: int | None = None,
    leave: Collection[int] = (),
) -> int:
    """Takes over proposed corrections of the last check; the number of changed fields.

    Not those that propose the same for the same value as the problems ``leave``. A field whose value is no longer the
    one the proposal was made for is left alone.
    """
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change", expected_revision=expected_revision)
        changed = drafts.apply_suggestions(submission, problem_ids, leave)
        if changed:
            drafts.touch(submission)
            _tell(actor, submission, "rows:saved", {"corrected": changed})
    return changed


def match_files(actor: Actor, submission_id: int, chosen: Iterable[tuple[str, int, str, str]]) -> int:
    """Takes over proposed file names (``queries.file_matches``): (form, position, named, file); the number changed."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change")
        changed = drafts.rename_files(submission, list(chosen))
        if changed:
            drafts.touch(submission)
            _tell(actor, submission, "rows:saved", {"matched": changed})
    return changed


def set_details(
    actor: Actor,
    submission_id: int,
    *,
    title: str | None = None,
    release_on: date | None = UNSET,
    expected_revision: int | None = None,
) -> Submission:
    """Title and day of release (None: at once when accepted) of a draft. Raises Refusal for a day beyond the limit."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change", expected_revision=expected_revision)
        changes: dict[str, Any] = {}
        if title is not None:
            freetexts.check(title=title)
            changes["title"] = title.strip()
        if release_on is not UNSET:
            limits = settings.BIOMOA_HOME.station.limits
            today = timezone.localdate()
            limit = rules.release_limit(today, None, limits.embargo_years)
            if problems := rules.check_release_date(release_on, today, limit):
                raise Refusal(problems)
            changes["release_on"] = release_on
        drafts.touch(submission, **changes)
        told = {name: str(value) for name, value in changes.items() if value is not None}
        _tell(actor, submission, "submission:changed", told)
    return submission


def check(submission_id: int, actor: Actor | None = None) -> CheckSummary:
    """Checks every row and file and stores what was found. Changes nothing that the depositor wrote."""
    if actor is not None:
        access.get_submission(actor, submission_id)
    return check_stored(submission_id)[0]


def submit(actor: Actor, submission_id: int, *, exception_reason: str = "") -> Receipt:
    """Hands the submission in. With errors it stays where it is and the receipt tells them.

    With a reason, errors that a curator may let pass go along, and the reason stands in the thread. Asked again,
    also while the first call runs, it answers the same receipt.
    """
    for _ in range(ATTEMPTS):
        submission = access.get_submission(actor, submission_id)
        if submission.submitted_at and submission.state not in rules.EDITABLE:
            return receipt_of(submission)
        access.check_may(actor, "submit", submission)
        freetexts.check(reason=exception_reason)
        _check_submittable(submission)
        summary, _ = check_stored(submission_id)
        if summary.blocking_count if exception_reason.strip() else summary.error_count:
            return receipt_of(access.get_submission(actor, submission_id))
        if done := _hand_in(actor, submission_id, summary.revision, exception_reason.strip()):
            return receipt_of(done)
    raise Conflict(submission.revision)


def _check_submittable(submission: Submission) -> None:
    facts = rules.Facts(submission.state, rows=sum(submission.row_counts.values()))
    problems = rules.check_command("submit", facts)
    submission.has_human_rows = human.has_human_rows(submission)
    if why := human.find_problem(submission):
        problems = [*problems, why]
    for form, count in submission.row_counts.items():
        problems += rules.check_size(library().form(form), count, most_rows())
    if problems:
        raise Refusal(problems)


def _hand_in(actor: Actor, submission_id: int, revision: int, reason: str) -> Submission | None:
    """None when the submission was changed after the check: it must be checked again."""
    with transaction.atomic():
        submission = access.get_submission(actor, submission_id, lock=True)
        if submission.state not in rules.EDITABLE:
            return submission
        if submission.revision != revision:
            return None
        drafts.keep_projects(submission)
        drafts.move(submission, "submitted", submitted_at=timezone.now(), decided_at=None)
        if reason and submission.error_count:
            submission.comments.create(author_id=actor.user_id, kind="exception", text=reason)
        _tell(actor, submission, "submission:submitted", {"rows": submission.row_counts})
        step("submit:written")
    step("submit:committed")
    return submission


def withdraw(actor: Actor, submission_id: int, reason: str) -> Submission:
    """Takes back what was handed in and not yet accepted; both sides keep seeing it, with the reason."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "withdraw", reason=reason)
        drafts.move(submission, "withdrawn", decided_at=timezone.now())
        submission.comments.create(author_id=actor.user_id, kind="withdraw", text=reason.strip())
        _tell(actor, submission, "submission:withdrawn", {"reason": reason.strip()})
    return submission


def delete_draft(actor: Actor, submission_id: int) -> None:
    """Deletes a draft that was never handed in, with its rows and files; the ledger keeps that it was there."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "delete")
        _tell(actor, submission, "submission:deleted", {"rows": submission.row_counts})
        drafts.delete(actor, submission)


def propose_revision(actor: Actor, accession: str, values: Mapping[str, Any]) -> Submission:
    """A change asked for after acceptance: a draft with one row of the record's alias; submit it to hand it in.

    ``values`` are all the fields as they shall be; the alias cannot change.
    """
    record = access.get_record(actor, accession)
    access.check_may_record(actor, "change", record)
    form = library().form(record.form)
    wanted = {**rules.kept_values(values), form.alias: record.alias}
    title = "" if kind_in(record.title) else record.title  # an old one, or one that a curator let pass
    with transaction.atomic():
        submission = create_submission(actor, record.owner_id, title=title, center_code=record.center.code)
        services_human.carry(actor, record.submission, submission)
        return save_rows(actor, submission.pk, record.form, [wanted])


def whole(
    actor: Actor,
    owner_id: int,
    bundle: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    client_key: str | None = None,
    dry_run: bool = False,
    submit: bool = True,
    title: str = "",
    center_code: str | None = None,
) -> Receipt:
    """A whole submission in one call. With ``client_key`` a retry goes on where the first call broke off.

    ``dry_run`` checks and stores nothing. ``submit=False`` leaves a checked draft, to which files are uploaded.
    """
    if dry_run:
        return _dry_run(actor, owner_id, bundle)
    with transaction.atomic():  # the draft with its rows, or neither
        submission = create_submission(actor, owner_id, title=title, center_code=center_code, client_key=client_key)
        if submission.state not in rules.EDITABLE:
            return receipt_of(submission)
        for form, rows in bundle.items():
            submission = save_rows(actor, submission.pk, form, rows)
    if submit:
        return _submit(actor, submission.pk)
    check_stored(submission.pk)
    return receipt_of(access.get_submission(actor, submission.pk))


_submit = submit  # ``whole`` has a parameter of that name


def _dry_run(actor: Actor, owner_id: int, bundle: Mapping[str, Sequence[Mapping[str, Any]]]) -> Receipt:
    if not may(actor, "create", "submission", owner=owner_id):
        raise PermissionDenied("create")
    found = list(examine(drafts.bundle_of(owner_id, bundle)).problems)
    if rules_human.is_needed_ahead(human.find_navigator(), bundle):
        found.append(problem("human-data-ahead"))
    errors = sum(each.severity == "error" for each in found)
    warnings = sum(each.severity == "warning" for each in found)
    first = sorted(found, key=lambda each: each.severity != "error")[:PROBLEMS_SHOWN]
    return Receipt("", "draft", (), tuple(first), errors, warnings)


def _tell(actor: Actor, submission: Submission, event: str, data: Mapping[str, Any]) -> None:
    ledger.record(actor.label, event, submission.code, {"revision": submission.revision, **data})
