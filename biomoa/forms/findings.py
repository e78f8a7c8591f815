"""What a check of one value finds, and how that becomes a problem with sentences in two languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from biomoa.catalog.korean import settled
from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.forms.rules import RULE_TEXTS

VALUE_LIMIT = 200  # characters of a value that a problem repeats
_SHOWN = 240  # characters of a value that a sentence repeats
_LINE_ENDS = re.compile(r"[\r\n\u2028\u2029]+")
_NO_LETTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")

Fact = str | Text


class Finding(NamedTuple):
    """``suggestion`` is the corrected cell, "" to clear it; ``field`` when it is not the field that was checked."""

    code: str
    facts: Mapping[str, Fact] = {}
    suggestion: str | None = None
    field: str | None = None
    severity: str | None = None


class CellResult(NamedTuple):
    """``clean`` is the value without stray characters, on which the rules about rows work."""

    clean: str
    findings: tuple[Finding, ...] = ()


def compose(code: str, facts: Mapping[str, Fact]) -> Text:
    """The sentence of a problem: what was found and expected, then the way out."""
    ko, en = _templates(code)
    facts = {
        key: fact if type(fact) is not str or fact.isprintable() else _printable(fact) for key, fact in facts.items()
    }
    if all(type(fact) is str for fact in facts.values()):
        return Text(settled(ko.format_map(facts)), en.format_map(facts))
    return Text(
        settled(ko.format_map({key: fact if type(fact) is str else fact.ko for key, fact in facts.items()})),  # type: ignore[union-attr]
        en.format_map({key: fact if type(fact) is str else fact.en for key, fact in facts.items()}),  # type: ignore[union-attr]
    )


def problem_of(
    finding: Finding, *, label: Text | None = None, value: str | None = None, field: str | None = None
) -> Problem:
    """The problem of a finding, without its place (sheet, row)."""
    rule = RULE_TEXTS[finding.code]
    facts: dict[str, Fact] = {"label": label or "", "value": _shown(value or ""), **finding.facts}
    if finding.suggestion is not None:
        facts.setdefault("suggestion", _shown(finding.suggestion))
    return Problem(
        code=finding.code,
        severity=finding.severity or rule.severity,  # type: ignore[arg-type]
        message=compose(finding.code, facts),
        field=finding.field or field,
        value=value[:VALUE_LIMIT] if value is not None else None,
        suggestion=finding.suggestion,
        overridable=rule.overridable,
    )


@cache
def _templates(code: str) -> tuple[str, str]:
    rule = RULE_TEXTS[code]
    assert rule.message is not None
    return f"{rule.message.ko} {rule.repair.ko}", f"{rule.message.en} {rule.repair.en}"


def _printable(text: str) -> str:
    """A sentence stays on its line and runs in its direction, and sends a terminal no commands."""
    return _NO_LETTER.sub("\ufffd", _LINE_ENDS.sub("⏎", text))


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
