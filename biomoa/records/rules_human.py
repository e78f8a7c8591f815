"""When a draft is about people, and what its answers mean for files and for handing it in. Functions of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from biomoa.catalog.model import Concern, Navigator, Outcome, Text
from biomoa.forms.problems import Problem
from biomoa.records.problems import problem

NAVIGATOR = "human-data"  # the name that this room looks for in the catalogue
CODES = {"elsewhere": "human-data-elsewhere", "ask": "human-data-ask"}


def is_concerned(concerns: Iterable[Concern], bundle: Mapping[str, Iterable[Mapping[str, Any]]]) -> bool:
    """Does a row have one of the values? As ``human.has_human_rows`` asks of stored rows."""
    wanted = [(concern, {value.casefold() for value in concern.values}) for concern in concerns]
    return any(
        str(row.get(concern.field, "")).strip().casefold() in values
        for concern, values in wanted
        for row in bundle.get(concern.form, ())
    )


def state_of(is_human: bool, outcome: Outcome | None) -> str:
    """``not-asked``, ``unanswered``, or the kind of the outcome: ``open``, ``elsewhere``, ``ask``."""
    if outcome is not None:
        return outcome.kind
    return "unanswered" if is_human else "not-asked"


def find_problem(is_human: bool, outcome: Outcome | None, address: str) -> Problem | None:
    """What keeps files out and the draft from being handed in. Answers count even when no row asks for them now,

    so that taking the species out of a row for a moment opens nothing.
    """
    if (not is_human and outcome is None) or (outcome is not None and outcome.kind == "open"):
        return None
    if outcome is None:
        return problem("human-data-unanswered", address=address)
    return problem(CODES[outcome.kind], address=address, **_said("ko", outcome), **_said("en", outcome))


def _said(language: str, outcome: Outcome) -> dict[str, str]:
    def text(one: Text) -> str:
        return one.in_(language)

    documents = "; ".join(text(each) for each in outcome.documents)
    said = {"label": text(outcome.label), "reason": text(outcome.reason), "next": text(outcome.next)}
    return {f"{name}_{language}": value for name, value in {**said, "documents": documents or "-"}.items()}


def is_needed_ahead(navigator: Navigator | None, bundle: Mapping[str, Iterable[Mapping[str, Any]]]) -> bool:
    """Will the questions be asked of these rows, when they are a draft?"""
    return navigator is not None and is_concerned(navigator.concerns, bundle)
