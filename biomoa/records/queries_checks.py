"""Reads for the pages of a check: problems by rule, what can be corrected, how full the desk is."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Count

from biomoa.people.rules import Actor
from biomoa.records import access
from biomoa.records.models import RowProblem, Submission

SHOWN = 20
ORDER = {"error": 0, "warning": 1, "info": 2}


class ProblemGroup(msgspec.Struct, frozen=True):
    """The problems of one rule on one form: how many, and the first of them (records.models.RowProblem)."""

    form: str
    code: str
    severity: str
    count: int
    first: tuple[Any, ...]


def problem_groups(submission_id: int) -> list[ProblemGroup]:
    """Errors first, then by form and rule."""
    found = RowProblem.objects.filter(submission_id=submission_id)
    keys = found.values_list("form", "code", "severity").annotate(Count("pk")).order_by("form", "code")
    groups = [
        ProblemGroup(form, code, severity, count, _first(submission_id, form, code, severity))
        for form, code, severity, count in keys
    ]
    return sorted(groups, key=lambda group: ORDER.get(group.severity, 9))


def _first(submission_id: int, form: str, code: str, severity: str) -> tuple[Any, ...]:
    rows = RowProblem.objects.filter(submission_id=submission_id, form=form, code=code, severity=severity)
    return tuple(rows.order_by("overridden", "position", "pk")[:SHOWN])


def correctable_count(submission_id: int) -> int:
    """Open problems that carry a proposed correction."""
    found = RowProblem.objects.filter(submission_id=submission_id, overridden=False, suggestion__isnull=False)
    return found.exclude(position=None).count()


def desk_counts(actor: Actor) -> dict[str, int]:
    """State -> submissions of the actor's centers."""
    found = Submission.objects.filter(access.readable(actor, "submission"))
    if not actor.is_administrator:
        found = found.filter(center_id__in=actor.organisations("curator"))
    return dict(found.values_list("state").annotate(Count("pk")).order_by())
