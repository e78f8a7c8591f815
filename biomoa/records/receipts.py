"""The receipt of a submission, read from its rows: the same however often it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.records.answers import Receipt, ReceiptLine
from biomoa.records.models import RowProblem, Submission

PROBLEMS_SHOWN = 1_000


def receipt_of(submission: Submission) -> Receipt:
    """All rows, in the order of forms and positions; the first ``PROBLEMS_SHOWN`` problems, worst first."""
    return Receipt(
        submission=submission.code,
        state=submission.state,
        accessions=tuple(_lines(submission)),
        problems=tuple(map(problem_of, _problems(submission))),
        error_count=submission.error_count,
        warning_count=submission.warning_count,
        revision=submission.revision,
    )


def _lines(submission: Submission) -> Iterable[ReceiptLine]:
    columns = ("form", "alias", "accession", "version", "outcome")
    rows = submission.rows.annotate(accession=F("record__accession")).order_by("form", "position")
    for form, alias, accession, version, outcome in rows.values_list(*columns).iterator(5_000):
        yield ReceiptLine(form, alias, accession or "", version or 0, outcome or "pending")


def _problems(submission: Submission) -> Iterable[RowProblem]:
    found = RowProblem.objects.filter(submission=submission, overridden=False)
    errors = list(found.filter(severity="error").order_by("form", "position", "pk")[:PROBLEMS_SHOWN])
    rest = found.exclude(severity="error").order_by("form", "position", "pk")
    return [*errors, *rest[: PROBLEMS_SHOWN - len(errors)]]


def problem_of(stored: RowProblem) -> Problem:
    """The problem as the validator gave it; ``sheet`` is the form, ``row`` the position."""
    return Problem(
        code=stored.code,
        severity=stored.severity,  # type: ignore[arg-type]
        message=Text(ko=stored.message_ko, en=stored.message_en),
        sheet=stored.form or None,
        row=stored.position,
        field=stored.field or None,
        value=stored.value,
        suggestion=stored.suggestion,
        file=stored.file or None,
        overridable=stored.overridable,
    )
