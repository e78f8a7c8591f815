"""The check of a submission: every row through its form, the bundle as a whole, the files against the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from django.db import transaction
from django.db.models import Count

from biomoa.files.queries import shelf_digest
from biomoa.forms.problems import Problem
from biomoa.ledger.prepared import Prepared
from biomoa.records import bulk
from biomoa.records.answers import CheckSummary
from biomoa.records.bundlecheck import Judged, check_fields, check_forms, check_links, check_row
from biomoa.records.bundles import Bundle, load
from biomoa.records.filecheck import Named, Shelf, check_files, iter_named, read_shelf
from biomoa.records.models import Override, Row, RowProblem, Submission
from biomoa.records.references import KnownByToken, find_known
from biomoa.records.refusals import Conflict

ATTEMPTS = 5
COLUMNS = (
    "submission_id", "form", "position", "field", "code", "severity", "message_ko", "message_en",
    "value", "suggestion", "file", "overridable", "overridden",
)  # fmt: skip
_OVERRIDES = Prepared(
    lambda submission: Override.objects.filter(submission=submission).values_list(
        "form", "position", "field", "code", "value"
    )
)
_LEFT = Prepared(
    lambda submission: (
        RowProblem.objects.filter(submission=submission, overridden=False)
        .order_by()
        .values_list("severity")
        .annotate(Count("pk"))
    )
)
Place = tuple[str, int | None, str, str, str | None]  # form, position, field, code, value


class Examined(msgspec.Struct, frozen=True):
    """A bundle, what it refers to outside itself, the files it names, and all that is wrong with it."""

    bundle: Bundle
    known: KnownByToken
    named: list[Named]
    shelf: Shelf
    problems: list[Problem]  # ``row`` is the position


def examine(bundle: Bundle) -> Examined:
    known = find_known(bundle)
    named = list(iter_named(bundle))
    shelf = read_shelf(bundle, named)
    problems = [*check_fields(bundle), *check_forms(bundle, known), *check_links(bundle, known)]
    # A bundle without a shelf (dry run) is not asked for its files.
    problems += check_files(named, shelf) if bundle.shelf_id else ()
    return Examined(bundle, known, named, shelf, problems)


def check_stored(submission_id: int) -> tuple[CheckSummary, Examined]:
    """Checks a submission and stores the problems. The check holds no lock: it starts again when rows change.

    Raises Conflict when rows keep changing faster than they can be checked.
    """
    for _ in range(ATTEMPTS):
        submission = Submission.objects.get(pk=submission_id)
        files = shelf_digest(submission.shelf_id)
        found = examine(load(submission))
        with transaction.atomic():
            current = Submission.objects.select_for_update().get(pk=submission_id)
            if current.revision == submission.revision:
                current.checked_files = files
                return _store(current, found.problems), found
    raise Conflict(submission.revision)


def is_checked(submission: Submission) -> bool:
    """Whether the stored problems are those of the rows and files as they are now."""
    is_of_rows = submission.checked_revision == submission.revision
    return is_of_rows and submission.checked_files == shelf_digest(submission.shelf_id)


def _store(submission: Submission, problems: Iterable[Problem]) -> CheckSummary:
    overridden = _overridden(submission)
    rows = [_record(submission.pk, each, overridden) for each in problems]
    RowProblem.objects.filter(submission=submission).delete()
    bulk.insert(RowProblem, COLUMNS, rows)
    counts = Counter((str(row[1]), str(row[5])) for row in rows if not row[12])
    let_pass = sum(bool(row[12]) for row in rows)
    blocking = sum(row[5] == "error" and not row[11] for row in rows)
    return _count(submission, counts, let_pass, blocking)


def _count(submission: Submission, counts: Mapping[tuple[str, str], int], let_pass: int, blocking: int) -> CheckSummary:
    submission.error_count = sum(count for (_, severity), count in counts.items() if severity == "error")
    submission.warning_count = sum(count for (_, severity), count in counts.items() if severity == "warning")
    submission.checked_revision = submission.revision
    submission.save(update_fields=["error_count", "warning_count", "checked_revision", "checked_files"])
    forms = sorted({form for form, _ in counts})
    return CheckSummary(
        revision=submission.revision,
        error_count=submission.error_count,
        blocking_count=blocking,
        warning_count=submission.warning_count,
        overridden_count=let_pass,
        by_form={form: (counts.get((form, "error"), 0), counts.get((form, "warning"), 0)) for form in forms},
        is_good=not submission.error_count,
    )


def _overridden(submission: Submission) -> set[Place]:
    return set(_OVERRIDES.rows(submission.pk))


def _record(submission_id: int, each: Problem, overridden: set[Place]) -> tuple[object, ...]:
    form, field = each.sheet or "", each.field or ""
    let_pass = each.overridable and (form, each.row, field, each.code, each.value) in overridden
    file = (each.file or "")[:255]
    return (
        submission_id, form, each.row, field[:100], each.code, each.severity, each.message.ko, each.message.en,
        each.value, each.suggestion, file, each.overridable, let_pass,
    )  # fmt: skip


def store_row_problems(submission: Submission, row: Row, judged: Judged | None = None) -> list[Problem]:
    """Checks one row alone and replaces its stored problems; what concerns several rows waits for the next check."""
    found = check_row(submission, row, judged)
    bulk.delete(RowProblem, submission_id=submission.pk, form=row.form, position=row.position)
    overridden = _overridden(submission)
    rows = [_record(submission.pk, each, overridden) for each in found]
    if rows:
        bulk.insert(RowProblem, COLUMNS, rows)
    recount(submission)
    return [each for each, row in zip(found, rows, strict=True) if not row[12]]


def recount(submission: Submission) -> None:
    """The counts shown beside the submission, from the stored problems."""
    counts = dict(_LEFT.rows(submission.pk))
    left = counts.get("error", 0), counts.get("warning", 0)
    if left != (submission.error_count, submission.warning_count):
        submission.error_count, submission.warning_count = left
        bulk.store(submission, "error_count", "warning_count")
