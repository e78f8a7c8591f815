"""Every rule that anyone can meet, in one list: forms, submissions, people, names of files, uploads, inspections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

import msgspec

from biomoa.catalog.model import Text
from biomoa.files.problems import known_codes
from biomoa.files.rules import NAME_RULES
from biomoa.forms.problems import RuleText
from biomoa.forms.rules import RULE_TEXTS as FORM_RULES
from biomoa.people.rules import RULE_TEXTS as PEOPLE_RULES
from biomoa.qc.findings import GENERAL
from biomoa.qc.model import FindingText
from biomoa.qc.persons import inspection as persons
from biomoa.qc.runner import known_formats
from biomoa.records.problems import RULE_TEXTS as SUBMISSION_RULES

FACT = re.compile(r"\{[^{}]*\}")  # in a sentence, the place of a number or a name


def every_rule() -> list[RuleText]:
    """By code; the meaning and the way out that are told with a problem of it."""
    found = {rule.code: rule for rule in _iter_rules()}
    return [found[code] for code in sorted(found)]


@cache
def meanings() -> Mapping[str, Text]:
    """Code -> what it means, in a sentence that fits every problem of it."""
    return {rule.code: rule.meaning for rule in every_rule()}


def _iter_rules() -> Iterator[RuleText]:
    for text in _findings():
        yield RuleText(text.code, text.severity, _general(text.message), _general(text.repair))
    for code, (_, sentence) in known_codes().items():
        yield RuleText(code, "error", *_halves(_general(sentence)))
    yield from NAME_RULES
    # A file that a row names is missed on a shelf here, and on a disk by the forms: people of a station meet the first.
    of_shelf = {"file-missing": SUBMISSION_RULES["file-missing"]}
    for rules in (PEOPLE_RULES, SUBMISSION_RULES, FORM_RULES, of_shelf):
        for rule in rules.values():
            yield msgspec.structs.replace(rule, meaning=_general(rule.meaning), repair=_general(rule.repair))


def _findings() -> Iterator[FindingText]:
    yield from GENERAL
    yield from persons.FINDINGS
    for each in known_formats().values():
        yield from each.findings


def _general(text: Text) -> Text:
    return Text(ko=FACT.sub("…", text.ko), en=FACT.sub("…", text.en))


def _halves(text: Text) -> tuple[Text, Text]:
    """What is wrong, and the way out: the problems of files say both in a sentence each."""
    (ko, way_ko), (en, way_en) = (_split(said) for said in (text.ko, text.en))
    return Text(ko=ko, en=en), Text(ko=way_ko, en=way_en)


def _split(said: str) -> tuple[str, str]:
    first, stop, rest = said.partition(". ")
    return first + stop.strip(), rest or said
