"""Reads ``navigators/*.yaml`` and refuses one that could leave somebody without an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from math import prod
from pathlib import Path

from biomoa.catalog.convert import convert
from biomoa.catalog.documents import Fault, Place, read_document
from biomoa.catalog.model import Condition, Document, Navigator
from biomoa.catalog.navigator import combinations, decide

MOST_COMBINATIONS = 100_000


def read_navigators(folder: Path, forms: Mapping[str, Document], faults: list[Fault]) -> dict[str, Navigator]:
    """The navigators of a folder by name; a catalogue without the folder has none."""
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read_document(path, faults)
        navigator = convert(document, (), document.data, Navigator, faults) if document else None
        if document is None or navigator is None:
            continue
        told = list(_faults_of(navigator, path.stem, forms))
        faults.extend((path, document.line_of(place), reason) for place, reason in told or _faults_of_paths(navigator))
        found[navigator.navigator] = navigator
    return found


def _faults_of(navigator: Navigator, stem: str, forms: Mapping[str, Document]) -> Iterator[tuple[Place, str]]:
    if navigator.navigator != stem:
        yield ("navigator",), f"the navigator must be named like its file: {stem}"
    if not navigator.questions or not navigator.outcomes:
        yield (), "a navigator needs questions and outcomes"
    yield from _faults_of_concerns(navigator, forms)
    yield from _faults_of_questions(navigator)
    yield from _faults_of_outcomes(navigator)


def _faults_of_concerns(navigator: Navigator, forms: Mapping[str, Document]) -> Iterator[tuple[Place, str]]:
    for number, concern in enumerate(navigator.concerns):
        form = forms.get(concern.form)
        if form is None:
            yield ("concerns", number, "form"), f"there is no form `{concern.form}`"
            continue
        fields = form.data.get("fields")
        names = [each.get("name") for each in fields if isinstance(each, dict)] if isinstance(fields, list) else []
        selector = (form.data.get("packages") or {}).get("selector")
        if concern.field not in (*names, selector):
            yield ("concerns", number, "field"), f"form `{concern.form}` has no field `{concern.field}`"


def _faults_of_questions(navigator: Navigator) -> Iterator[tuple[Place, str]]:
    known: dict[str, set[str]] = {}
    for number, question in enumerate(navigator.questions):
        place: Place = ("questions", number)
        values = [option.value for option in question.options]
        if question.question in known:
            yield place, f"question `{question.question}` is asked twice"
        if len(values) < 2 or len(set(values)) < len(values):
            yield place, f"question `{question.question}` needs two or more different options"
        yield from _faults_of_condition(question.when, known, (*place, "when"))
        known[question.question] = set(values)


def _faults_of_outcomes(navigator: Navigator) -> Iterator[tuple[Place, str]]:
    known = {each.question: {option.value for option in each.options} for each in navigator.questions}
    names: set[str] = set()
    for number, outcome in enumerate(navigator.outcomes):
        if outcome.outcome in names:
            yield ("outcomes", number), f"outcome `{outcome.outcome}` stands twice"
        names.add(outcome.outcome)
        for which, condition in enumerate(outcome.when):
            yield from _faults_of_condition(condition, known, ("outcomes", number, "when", which))


def _faults_of_condition(
    condition: Condition, known: Mapping[str, set[str]], place: Place
) -> Iterator[tuple[Place, str]]:
    for name, values in condition.items():
        if name not in known:
            yield (*place, name), f"there is no earlier question `{name}`"
            continue
        for value in values:
            if value not in known[name]:
                yield (*place, name), f"question `{name}` has no option `{value}`"


def _faults_of_paths(navigator: Navigator) -> Iterator[tuple[Place, str]]:
    """Every complete set of answers must lead somewhere, and every outcome must be reached by one."""
    if prod(len(each.options) for each in navigator.questions) > MOST_COMBINATIONS:
        yield ("questions",), f"more than {MOST_COMBINATIONS} ways to answer"
        return
    led = [(answers, decide(navigator, answers)) for answers in combinations(navigator)]
    for answers, _ in islice(((answers, outcome) for answers, outcome in led if outcome is None), 1):
        said = ", ".join(f"{name}={value}" for name, value in answers.items())
        yield ("outcomes",), f"no outcome for the answers {said}"
    reached = {outcome.outcome for _, outcome in led if outcome}
    for number, outcome in enumerate(navigator.outcomes):
        if outcome.outcome not in reached:
            yield ("outcomes", number), f"no answers lead to outcome `{outcome.outcome}`"
