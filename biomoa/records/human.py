"""The human-data questions of one draft: who must answer, what stands, and the shelf that stays shut until then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models.fields.json import KT
from django.db.models.functions import Lower

from biomoa.catalog.model import Navigator, Outcome
from biomoa.files import queries as file_queries
from biomoa.files import services as files
from biomoa.files.models import Shelf
from biomoa.forms.problems import Problem
from biomoa.ledger.prepared import Prepared
from biomoa.records import rules_human as rules
from biomoa.records.library import catalogue
from biomoa.records.models import HumanDataAnswer, Row, Submission

_LATEST = Prepared(lambda submission: HumanDataAnswer.objects.filter(submission=submission).order_by("-pk")[:1])
Written = Mapping[str, Iterable[Mapping[str, str]]]


def find_navigator() -> Navigator | None:
    """The questions of this station's catalogue; None where it asks nothing."""
    return catalogue().navigators.get(rules.NAVIGATOR)


def address_of(submission: Submission) -> str:
    return f"/submissions/{submission.code}/human-data/"


def latest(submission: Submission) -> HumanDataAnswer | None:
    """The answers that stand."""
    if "human_data" in getattr(submission, "_prefetched_objects_cache", ()):  # a list brings them along
        return max(submission.human_data.all(), key=lambda each: each.pk, default=None)
    return _LATEST.first(submission.pk)


def outcome_of(submission: Submission) -> Outcome | None:
    """Where the standing answers lead. An outcome that a newer edition no longer knows must be answered anew."""
    navigator, standing = find_navigator(), latest(submission)
    return navigator.find_outcome(standing.outcome) if navigator and standing else None


def state_of(submission: Submission) -> str:
    """``not-asked``, ``unanswered``, ``open``, ``elsewhere``, ``ask``."""
    if find_navigator() is None:
        return "not-asked"
    return rules.state_of(_is_human(submission), outcome_of(submission))


def _is_human(submission: Submission) -> bool:
    return submission.says_human or submission.has_human_rows


def find_problem(submission: Submission) -> Problem | None:
    navigator = find_navigator()
    if navigator is None:
        return None
    standing = latest(submission)
    outcome = navigator.find_outcome(standing.outcome) if standing else None
    if standing and outcome:
        outcome = rules.shown(outcome, standing.is_decision, standing.words)
    return rules.find_problem(_is_human(submission), outcome, address_of(submission))


def follow(submission: Submission, written: Written | None = None) -> None:
    """Shuts or opens the shelf; in the transaction of the change. Saves only the shelf.

    ``written``: rows that came to a draft or changed in it, by form. Without it all rows are read anew.
    """
    if written is None or submission.has_human_rows:
        submission.has_human_rows = has_human_rows(submission)
    elif navigator := find_navigator():
        submission.has_human_rows = rules.is_concerned(navigator.concerns, written)
    files.close_shelf(shelf_of(submission), find_problem(submission), address_of(submission))


def shelf_of(submission: Submission) -> Shelf:
    """As ``submission.shelf``; for what every saved row asks."""
    if not Submission.shelf.is_cached(submission):
        submission.shelf = file_queries.shelf_of(submission.shelf_id)
    return submission.shelf


def has_human_rows(submission: Submission) -> bool:
    navigator = find_navigator()
    for concern in navigator.concerns if navigator else ():
        if concern.form not in submission.row_counts:
            continue
        rows = Row.objects.filter(submission=submission, form=concern.form)
        said = rows.alias(said=Lower(KT(f"values__{concern.field}"))).filter(said__in=_lowered(concern.values))
        if said.exists():
            return True
    return False


def _lowered(values: Iterable[str]) -> list[str]:
    return [value.lower() for value in values]


def history(submission: Submission) -> list[HumanDataAnswer]:
    """Every set of answers, the newest first."""
    return list(submission.human_data.select_related("by").order_by("-pk"))
