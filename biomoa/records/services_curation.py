"""The curator's work: take, correct, override, comment, return, accept; and corrections of registered records."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from biomoa.files.queries import held_files
from biomoa.forms.persons import search_values
from biomoa.forms.problems import Problem
from biomoa.jobs.steps import step
from biomoa.ledger import services as ledger
from biomoa.people.queries import curators_of
from biomoa.people.rules import Actor
from biomoa.records import access, drafts, freetexts, rules
from biomoa.records.acceptance import accept_rows
from biomoa.records.answers import Receipt
from biomoa.records.checking import Examined, check_stored, recount, store_row_problems
from biomoa.records.library import library
from biomoa.records.models import Comment, Override, Record, RecordFile, Row, RowProblem, Submission, Version
from biomoa.records.opening import due, finish_if_open, open_records
from biomoa.records.problems import problem
from biomoa.records.receipts import receipt_of
from biomoa.records.references import find_known
from biomoa.records.refusals import Conflict, NotFound, Refusal
from biomoa.records.rules_titles import titles_of

ATTEMPTS = 5
MOST_POSITION = 2**31
MOST_FIELD = 100  # characters of an unknown one that are repeated


def take(actor: Actor, submission_id: int) -> Submission:
    """Takes the submission into review, with oneself in charge; twice is as good as once."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "take")
        if submission.state == "in-review" and submission.assigned_to_id == actor.user_id:
            return submission
        drafts.move(submission, "in-review", assigned_to_id=actor.user_id)
        _tell(actor, submission, "submission:taken", {"to": actor.label})
    return submission


def assign(actor: Actor, submission_id: int, user_id: int) -> Submission:
    """Puts a curator of the center in charge, who is told; the state stays. Twice is as good as once."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "assign")
        if not curators_of(submission.center_id).filter(pk=user_id).exists():
            raise Refusal([problem("not-a-curator", field="user", value=str(user_id))])
        before = submission.assigned_to_id
        if before != user_id:
            drafts.move(submission, submission.state, assigned_to_id=user_id)
            told = {"to": f"user:{user_id}", "from": f"user:{before}" if before else ""}
            _tell(actor, submission, "submission:assigned", told)
    return submission


def return_(actor: Actor, submission_id: int, reason: str) -> Submission:
    """Gives the submission back to the depositor, who can then change it and hand it in again."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "return", reason=reason)
        drafts.move(submission, "returned", decided_at=timezone.now())
        submission.comments.create(author_id=actor.user_id, kind="return", text=reason.strip())
        _tell(actor, submission, "submission:returned", {"reason": reason.strip()})
    return submission


def accept(actor: Actor, submission_id: int) -> Receipt:
    """Registers every row: accessions, versions, links, all in one transaction; and opens what is due at once.

    Asked again it answers the same receipt. Raises Refusal when errors are left or files are not inspected yet.
    """
    for _ in range(ATTEMPTS):
        submission = access.get_submission(actor, submission_id)
        if submission.state in rules.OPEN:
            return receipt_of(submission)
        access.check_may(actor, "accept", submission)
        summary, examined = check_stored(submission_id)
        problems = rules.check_command("accept", rules.Facts(submission.state, errors=summary.error_count))
        if problems := [*problems, *_not_inspected(submission)]:
            raise Refusal(problems)
        if done := _accept(actor, submission_id, summary.revision, examined):
            return receipt_of(done)
    raise Conflict(submission.revision)


def _not_inspected(submission: Submission) -> list[Problem]:
    """A file without a verdict is neither good nor bad: it must not enter the archive."""
    left = RowProblem.objects.filter(submission=submission, code="file-inspection-pending")
    names = left.order_by("pk").values_list("file", "form", "position")[:20]
    return [
        problem("file-inspection-unfinished", file_name=name, file=name, sheet=form, row=position)
        for name, form, position in names
    ]


def _accept(actor: Actor, submission_id: int, revision: int, examined: Examined) -> Submission | None:
    """None when the rows, or the records they refer to, changed after the check."""
    with transaction.atomic():
        submission = access.get_submission(actor, submission_id, lock=True)
        if submission.state in rules.OPEN:
            return submission
        access.check_may(actor, "accept", submission)
        if held_files(submission.shelf_id).exists():
            return None  # held since the check
        if submission.revision != revision or find_known(examined.bundle) != examined.known:
            return None
        now = timezone.now()
        author = f"user:{submission.created_by_id}" if submission.created_by_id else actor.label
        work = accept_rows(submission, author, now, examined)
        step("accept:records-written")
        drafts.move(submission, "accepted", decided_at=now)
        ledger.record_many(actor.label, work.events)
        data = {"created": work.created, "revised": work.revised, "unchanged": work.unchanged}
        _tell(actor, submission, "submission:accepted", data)
        open_records(actor.label, Q(submission=submission) & due(timezone.localdate(now)), now)
        submission.refresh_from_db()
        if submission.state == "accepted":
            finish_if_open(actor.label, submission, now)
        step("accept:written")
    step("accept:committed")
    return submission


def override(actor: Actor, problem_id: int, reason: str) -> Submission:
    """Lets an overridable problem pass, with the reason; it holds as long as the value stays what it is."""
    with transaction.atomic():
        found = RowProblem.objects.filter(pk=problem_id).first()
        if found is None:
            raise NotFound("problem")
        submission = access.take_in_hand(actor, found.submission_id, "override", reason=reason)
        if not found.overridable:
            raise Refusal([problem("not-overridable", problem=found.code)])
        place = {"form": found.form, "position": found.position, "field": found.field}
        Override.objects.create(
            submission=submission,
            code=found.code,
            value=found.value,
            reason=reason.strip(),
            by_id=actor.user_id,
            **place,
        )
        RowProblem.objects.filter(pk=found.pk).update(overridden=True)
        recount(submission)
        submission.comments.create(author_id=actor.user_id, kind="override", text=reason.strip(), **place)
        _tell(actor, submission, "problem:overridden", {"code": found.code, "reason": reason.strip(), **place})
    return submission


def curate_field(actor: Actor, row_id: int, field: str, value: str, reason: str) -> Row:
    """Lays a correction over one field of a row under review; the depositor's words stay beneath."""
    with transaction.atomic():
        row = Row.objects.filter(pk=row_id).first()
        if row is None:
            raise NotFound("row")
        submission = access.take_in_hand(actor, row.submission_id, "curate", reason=reason)
        row = Row.objects.get(pk=row_id)
        _check_field(row.form, field)
        row.layer[field] = _correction(actor, value, reason)
        row.save(update_fields=["layer"])
        drafts.touch(submission)
        store_row_problems(submission, row)
        data = {"form": row.form, "position": row.position, "field": field, "reason": reason.strip()}
        _tell(actor, submission, "row:curated", data)
    return row


def _check_field(form: str, field: str) -> None:
    known = library().form(form)
    if field == known.alias or field not in {each.name for each in known.fields}:
        raise Refusal([problem("field-not-correctable", field=field, field_name=field)])


def _correction(actor: Actor, value: str, reason: str) -> dict[str, str]:
    at = timezone.now().isoformat(timespec="seconds")
    return {"value": value.strip(), "by": actor.label, "reason": reason.strip(), "at": at}


def curate_record(actor: Actor, accession: str, field: str, value: str, reason: str) -> Record:
    """A curator's correction of a registered record: a new version with a layer beside the depositor's words."""
    if not reason.strip():
        raise Refusal([problem("reason-needed", field="reason")])
    with transaction.atomic():
        record = access.get_record(actor, accession, lock=True)
        access.check_may_record(actor, "curate", record)
        freetexts.check(reason=reason)
        _check_field(record.form, field)
        form = library().form(record.form)
        if any(each.is_sure for each in search_values(form, {field: value})):
            freetexts.check(value=value)
        if form.field(field).type in ("reference", "files", "md5"):
            raise Refusal([problem("field-not-correctable", field=field, field_name=field)])
        old = record.versions.get(number=record.version)
        layer = {**old.layer, field: _correction(actor, value, reason)}
        _next_version(actor, record, old, layer)
        data = {"field": field, "version": record.version, "reason": reason.strip(), "alias": record.alias}
        digest = record.versions.get(number=record.version).digest
        ledger.record(actor.label, "record:curated", accession, {**data, "digest": digest})
    return record


def _next_version(actor: Actor, record: Record, old: Version, layer: dict[str, dict[str, str]]) -> None:
    now, number = timezone.now(), record.version + 1
    form = library().form(record.form)
    digest = rules.digest(old.values, record.form, old.form_revision, layer)
    Version.objects.create(
        record=record, number=number, form_revision=old.form_revision, values=old.values, layer=layer,
        digest=digest, submission_id=old.submission_id, author=actor.label, created_at=now,
    )  # fmt: skip
    RecordFile.objects.bulk_create(
        RecordFile(record=record, version=number, file_id=each.file_id, field=each.field, position=each.position)
        for each in record.files.filter(version=old.number)
    )
    record.version, record.changed_at = number, now
    record.title, record.title_ko = titles_of(form, rules.merge(old.values, layer))
    record.save(update_fields=["version", "changed_at", "title", "title_ko"])
    step("curate:version-written")


def comment(
    actor: Actor, submission_id: int, text: str, form: str = "", position: int | None = None, field: str = ""
) -> Comment:
    """A word on the submission, a row, or one field of it; both sides read it."""
    if not text.strip():
        raise Refusal([problem("comment-empty", field="text")])
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "comment")
        freetexts.check(text=text, form=form, field=field)
        _check_place(submission, form, position, field)
        place = {"form": form, "position": position, "field": field}
        written = submission.comments.create(author_id=actor.user_id, text=text.strip(), **place)
        _tell(actor, submission, "comment:written", {"comment": written.pk, **place})
    return written


def _check_place(submission: Submission, form: str, position: int | None, field: str) -> None:
    """A comment stands at a row and a field that are there, or at none: its place is written into the ledger."""
    known = {each.name for each in drafts.get_form(form).fields} if form else set()
    if position is not None:
        held = submission.rows.filter(form=form, position=position)
        if not (0 < position < MOST_POSITION and held.exists()):
            raise Refusal([problem("row-missing", field="position")])
    if field and field not in known:
        raise Refusal([problem("unknown-field", field="field", field_name=field[:MOST_FIELD])])


def _tell(actor: Actor, submission: Submission, event: str, data: Mapping[str, object]) -> None:
    ledger.record(actor.label, event, submission.code, {"revision": submission.revision, **data})
