"""The problems that this room itself can find: code, severity, meaning, repair, sentence in two languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from biomoa.catalog.korean import settled
from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem, RuleText
from biomoa.records.problems_files import FILES
from biomoa.records.problems_release import RELEASE, SHARING
from biomoa.records.problems_submission import BUNDLE, COMMANDS, HUMAN

VALUE_CHARACTERS = 200
_ALL = (*COMMANDS, *RELEASE, *BUNDLE, *FILES, *SHARING, *HUMAN)
RULE_TEXTS: Mapping[str, RuleText] = {rule.code: rule for rule in _ALL}
PLACE = frozenset({"sheet", "row", "field", "value", "suggestion", "file"})


def problem(code: str, **facts: Any) -> Problem:
    """The problem of that code. ``sheet row field value suggestion file`` are its place, the rest fills the sentence.

    Raises KeyError for an unknown code or a fact that the sentence needs and is not given.
    """
    rule = RULE_TEXTS[code]
    place = {name: facts[name] for name in PLACE & facts.keys()}
    if place.get("value"):
        place["value"] = str(place["value"])[:VALUE_CHARACTERS]
    sentence = rule.message or rule.meaning
    message = Text(
        ko=f"{settled(sentence.ko.format(**facts))} {rule.repair.ko}",
        en=f"{sentence.en.format(**facts)} {rule.repair.en}",
    )
    return Problem(code, rule.severity, message, overridable=rule.overridable, **place)


def at(problem_: Problem, **place: Any) -> Problem:
    """The same problem at another place."""
    return msgspec.structs.replace(problem_, **place)
