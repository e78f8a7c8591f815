"""The page of the questions on human data, and what other pages show of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from biomoa.catalog.model import Navigator, Outcome
from biomoa.catalog.navigator import asked, decide, fits, kept_answers
from biomoa.people.edge import actor_of
from biomoa.records import human, human_cases, rules_human, services_human
from biomoa.records.access import check_may
from biomoa.records.edge import command, get_submission, posted_revision
from biomoa.records.models import HumanDataAnswer, Submission
from biomoa.records.pages import frame


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
@command
def human_data(request: HttpRequest, code: str) -> HttpResponse:
    """Context: the frame, ``navigator``, ``questions``, ``outcome``, ``case`` of a curator, ``history``, ``text``.

    Questions that depend on an answer come when that answer has been sent: the page needs no script.
    """
    found, navigator = get_submission(request, code), human.find_navigator()
    if navigator is None:
        raise Http404
    if request.method == "GET":
        return _page(request, found, navigator)
    typed = {name: str(value) for name, value in request.POST.items()}
    check_may(actor_of(request), "change", found)
    if decide(navigator, typed) is None:
        return _page(request, found, navigator, typed)
    text = typed.get("text", "")
    services_human.answer(actor_of(request), found.pk, typed, text=text, expected_revision=posted_revision(request))
    messages.success(request, _("Your answers are kept."))
    return redirect("human_data", code=code)


def _page(
    request: HttpRequest, found: Submission, navigator: Navigator, typed: Mapping[str, str] | None = None
) -> HttpResponse:
    past = human.history(found)
    given = kept_answers(navigator, typed if typed is not None else past[0].answers if past else {})
    case = human_cases.case_of(found, past[0] if past else None)
    outcome = human.outcome_of(found) if typed is None else None
    questions = [
        {"question": each, "given": given.get(each.question),
         "is_missing": typed is not None and each.question not in given}
        for each in asked(navigator, given)
    ]  # fmt: skip
    context = {
        **frame(request, found, "metadata"),
        "navigator": navigator,
        "questions": questions,
        "is_incomplete": typed is not None,
        "state": human.state_of(found),
        "outcome": case.shown if case and outcome else outcome,
        "case": case,
        "text": (typed or {}).get("text", ""),
        "history": said_history(navigator, past),
    }
    return render(request, "records/human_data.html", context, status=200 if typed is None else 422)


def said_history(navigator: Navigator | None, past: list[HumanDataAnswer]) -> list[dict[str, Any]]:
    """Every set of answers and every decision in words, the newest first: ``answer``, ``outcome``, ``lines``.

    Open are what stands and, under a decision, the answers that it is about.
    """
    last = next((place for place, each in enumerate(past) if not each.is_decision), 0)
    return [
        {"answer": each, "is_open": place in (0, last), "outcome": _outcome(navigator, each) if navigator else None,
         "lines": _lines(navigator, each.answers) if navigator and not each.is_decision else []}
        for place, each in enumerate(past)
    ]  # fmt: skip


def _outcome(navigator: Navigator, answer: HumanDataAnswer) -> Outcome | None:
    outcome = navigator.find_outcome(answer.outcome)
    return rules_human.shown(outcome, answer.is_decision, answer.words) if outcome else None


def _lines(navigator: Navigator, answers: Mapping[str, str]) -> list[tuple[Any, Any]]:
    labels = {(each.question, one.value): one.label for each in navigator.questions for one in each.options}
    return [
        (each.label, labels.get((each.question, answers[each.question]), answers[each.question]))
        for each in navigator.questions
        if each.question in answers and fits(each.when, answers)
    ]
