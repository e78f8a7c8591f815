"""What the questions of a navigator mean: which are asked, what was answered, where it leads. Functions of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from biomoa.catalog.model import Condition, Navigator, Outcome, Question

Answers = Mapping[str, str]


def asked(navigator: Navigator, answers: Answers) -> tuple[Question, ...]:
    """The questions to put to who gave these answers, in order."""
    return tuple(each for each in navigator.questions if fits(each.when, answers))


def kept_answers(navigator: Navigator, answers: Answers) -> dict[str, str]:
    """The answers that count: to questions that are asked, with a value that the question offers."""
    kept: dict[str, str] = {}
    for question in navigator.questions:
        given = answers.get(question.question)
        if fits(question.when, kept) and any(given == option.value for option in question.options):
            kept[question.question] = str(given)
    return kept


def unanswered(navigator: Navigator, answers: Answers) -> tuple[str, ...]:
    """The names of questions that still need an answer."""
    kept = kept_answers(navigator, answers)
    return tuple(each.question for each in asked(navigator, kept) if each.question not in kept)


def decide(navigator: Navigator, answers: Answers) -> Outcome | None:
    """The outcome of complete answers; None while a question is open."""
    if unanswered(navigator, answers):
        return None
    kept = kept_answers(navigator, answers)
    return next((each for each in navigator.outcomes if _leads_to(each, kept)), None)


def _leads_to(outcome: Outcome, answers: Answers) -> bool:
    return not outcome.when or any(fits(condition, answers) for condition in outcome.when)


def fits(condition: Condition, answers: Answers) -> bool:
    """Are all questions of the condition answered as it wants?"""
    return all(answers.get(name) in values for name, values in condition.items())


def combinations(navigator: Navigator) -> Iterator[dict[str, str]]:
    """Every way to answer all questions that are asked."""
    yield from _combinations(navigator.questions, {})


def _combinations(questions: tuple[Question, ...], given: dict[str, str]) -> Iterator[dict[str, str]]:
    if not questions:
        yield dict(given)
    elif not fits(questions[0].when, given):
        yield from _combinations(questions[1:], given)
    else:
        for option in questions[0].options:
            yield from _combinations(questions[1:], {**given, questions[0].question: option.value})
