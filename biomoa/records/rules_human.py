"""When a draft is about people, and what its answers mean for files and for handing it in. Functions of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from biomoa.catalog.model import Concern, Navigator, Outcome, Text
from biomoa.forms.problems import Problem
from biomoa.records.problems import problem

NAVIGATOR = "human-data"  # the name that this room looks for in the catalogue
MORE = "more"  # what a curator chooses who cannot decide yet
MORE_LABEL = Text(ko="자료나 설명이 더 필요합니다", en="More is needed to decide")
MORE_NEXT = Text(
    ko="사유에 적힌 내용을 확인하고, 큐레이터에게 전할 내용을 적어 다시 답해 주세요.",
    en="See the reason, add what the curator asks for, and answer again.",
)
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


# What a curator decides on answers that need a judgement


def case_state(outcome: Outcome | None, is_decision: bool) -> str:
    """The state that the policy table is asked with: ``ask``, ``decided``; empty where there is nothing to decide."""
    if outcome is None:
        return ""
    return "decided" if is_decision else "ask" if outcome.kind == "ask" else ""


def choices(navigator: Navigator) -> tuple[Outcome, ...]:
    """What can be decided, beside ``MORE``: each outcome that needs no judgement."""
    return tuple(each for each in navigator.outcomes if each.kind != "ask")


def chosen(navigator: Navigator, choice: str, by_rule: Outcome | None) -> Outcome | None:
    """The outcome of a decision; asking for more leaves it with what the rules say of the answers."""
    if choice == MORE:
        return by_rule if by_rule is not None and by_rule.kind == "ask" else None
    return next((each for each in choices(navigator) if each.outcome == choice), None)


def is_settled_by(standing: Outcome | None, is_decision: bool, is_same: bool, text: str) -> bool:
    """Do the same answers, sent again without a further word, leave a decision as it is?"""
    return is_same and is_decision and standing is not None and standing.kind != "ask" and not text.strip()


def shown(outcome: Outcome, is_decision: bool, reason: str) -> Outcome:
    """The outcome as a page tells it: of a decision with the curator's reason in place of the rule's."""
    if not is_decision:
        return outcome
    why = Text(ko=reason, en=reason)
    if outcome.kind == "ask":
        return msgspec.structs.replace(outcome, label=MORE_LABEL, reason=why, next=MORE_NEXT, documents=())
    return msgspec.structs.replace(outcome, reason=why)
