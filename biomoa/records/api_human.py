"""API: the questions on human data, their answers and outcome, and what a curator decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from biomoa.catalog.model import Navigator, Outcome
from biomoa.people.edge import BodyIn, TextOut, actor_of, plain
from biomoa.records import human, human_cases, queries, services_human
from biomoa.records.api import CHANGE, READ
from biomoa.records.models import HumanDataAnswer, Submission

router = Router()


class OptionOut(Schema):
    value: str
    label: TextOut  # type: ignore[valid-type]
    help: TextOut | None  # type: ignore[valid-type]


class QuestionOut(Schema):
    """A question; with ``when`` it is asked only of who gave these answers."""

    question: str
    label: TextOut  # type: ignore[valid-type]
    help: TextOut | None  # type: ignore[valid-type]
    when: dict[str, list[str]]
    options: list[OptionOut]


class HumanOutcomeOut(Schema):
    """Where the answers lead; files come only while ``kind`` is open."""

    outcome: str
    kind: str = Field(examples=["open", "elsewhere", "ask"])
    label: TextOut  # type: ignore[valid-type]
    reason: TextOut  # type: ignore[valid-type]
    next: TextOut  # type: ignore[valid-type]
    documents: list[TextOut]  # type: ignore[valid-type]


class AnswerOut(Schema):
    """A set of answers, or a curator's decision on the answers before it."""

    id: int
    is_decision: bool
    words: str = Field(description="what the depositor adds; the curator's reason")
    answers: dict[str, str]
    outcome: str
    edition: str
    by: str
    at: datetime


class HumanDataOut(Schema):
    """``history`` has every set of answers, the newest first; it stands."""

    state: str = Field(examples=["not-asked", "unanswered", "open", "elsewhere", "ask"])
    edition: str
    questions: list[QuestionOut]
    outcome: HumanOutcomeOut | None
    case: str = Field(examples=["ask"], description="ask: waits for a curator; decided: a curator decided; else empty")
    history: list[AnswerOut]
    revision: int
    url: str


class HumanDataIn(BodyIn):
    answers: dict[str, str] = Field(examples=[{"material": "person", "personal": "no"}])
    text: str = Field("", description="what a curator should know; identifies nobody")
    revision: int | None = Field(None, description="409 when the submission is at another")


class HumanDecisionIn(BodyIn):
    outcome: str = Field(description="the name of an outcome that is open or elsewhere, or more", examples=["more"])
    reason: str
    on: int | None = Field(None, description="the id of the answers that were read; 422 when others stand")


class HumanCaseOut(Schema):
    code: str
    title: str
    owner: TextOut  # type: ignore[valid-type]
    center: TextOut  # type: ignore[valid-type]
    case: str = Field(examples=["ask", "decided"])
    outcome: str
    at: datetime


@router.get("/submissions/{code}/human-data", response={200: HumanDataOut, **READ}, summary="Questions on human data")
def read_human_data(request: HttpRequest, code: str) -> Any:
    """Also a curator of the center, while the answers need a judgement."""
    return _out(human_cases.get_submission(actor_of(request), code))


@router.put("/submissions/{code}/human-data", response={200: HumanDataOut, **CHANGE},
            summary="Answer the questions on human data")  # fmt: skip
def answer_human_data(request: HttpRequest, code: str, payload: HumanDataIn) -> Any:
    """All questions at once; until they lead to `open`, no file is taken and the draft cannot be handed in."""
    found = queries.get_submission(actor_of(request), code)
    revision = payload.revision
    return _out(services_human.answer(
        actor_of(request), found.pk, payload.answers, text=payload.text, expected_revision=revision
    ))  # fmt: skip


@router.post("/submissions/{code}/human-data/decision", response={200: HumanDataOut, **CHANGE},
             summary="Decide on answers on human data")  # fmt: skip
def decide_human_data(request: HttpRequest, code: str, payload: HumanDecisionIn) -> Any:
    """A curator's, of answers that need a judgement. The group is told, with what is next."""
    actor = actor_of(request)
    case = human_cases.get_case(actor, code)
    return _out(services_human.decide(actor, case.submission.pk, payload.outcome, payload.reason, on=payload.on))


@router.get("/human-data", response={200: list[HumanCaseOut], **READ}, summary="Answers that need a judgement")
def list_human_data(request: HttpRequest) -> Any:
    """Of drafts in the care of the centers that you curate: what waits first, the oldest first."""
    return [_case(each) for each in human_cases.cases_for(actor_of(request))]


def _case(case: human_cases.Case) -> dict[str, Any]:
    found = case.submission
    return {
        "code": found.code,
        "title": found.title,
        "owner": plain(queries.name_of(found.owner)),
        "center": plain(queries.name_of(found.center)),
        "case": case.state,
        "outcome": case.standing.outcome,
        "at": case.standing.at,
    }


def _out(found: Submission) -> dict[str, Any]:
    navigator = human.find_navigator()
    return {
        "state": human.state_of(found),
        "edition": navigator.edition if navigator else "",
        "questions": _questions(navigator) if navigator else [],
        "outcome": _outcome(human.outcome_of(found)),
        "case": case.state if (case := human_cases.case_of(found, human.latest(found))) else "",
        "history": [_answer(each) for each in human.history(found)],
        "revision": found.revision,
        "url": human.address_of(found),
    }


def _questions(navigator: Navigator) -> list[Any]:
    return [{"help": None, "when": {}, **each, "options": [{"help": None, **one} for one in each["options"]]}
            for each in plain(navigator.questions)]  # fmt: skip


def _outcome(outcome: Outcome | None) -> Any:
    return plain(outcome) if outcome else None


def _answer(one: HumanDataAnswer) -> dict[str, Any]:
    own = {name: getattr(one, name) for name in ("id", "is_decision", "words", "answers", "outcome", "edition", "at")}
    return {**own, "by": one.by.name() if one.by else ""}
