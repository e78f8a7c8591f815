"""Answering the human-data questions: every answer is kept, the newest stands."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from biomoa.catalog.navigator import decide, kept_answers, unanswered
from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor
from biomoa.records import access, drafts, human
from biomoa.records.models import HumanDataAnswer, Submission
from biomoa.records.problems import problem
from biomoa.records.refusals import NotFound, Refusal

MOST_TOLD = 20


def answer(
    actor: Actor, submission_id: int, answers: Mapping[str, str], *, expected_revision: int | None = None
) -> Submission:
    """Keeps the answers to all questions, decides, and opens or shuts the draft for files.

    Raises NotFound where the station asks nothing, Refusal naming every question without a valid answer, and as
    ``access.take_in_hand``.
    """
    navigator = human.find_navigator()
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change", expected_revision=expected_revision)
        if navigator is None:
            raise NotFound("human-data")
        outcome = decide(navigator, answers)
        if outcome is None:
            open_ = ", ".join(unanswered(navigator, answers)[:MOST_TOLD])
            raise Refusal([problem("human-data-incomplete", value=open_)])
        kept = kept_answers(navigator, answers)
        _keep(actor, submission, kept, outcome.outcome, navigator.edition)
        drafts.touch(submission)
    return submission


def _keep(actor: Actor, submission: Submission, answers: Mapping[str, str], outcome: str, edition: str) -> None:
    submission.human_data.create(answers=answers, outcome=outcome, edition=edition, by_id=actor.user_id)
    data = {"answers": dict(answers), "outcome": outcome, "edition": edition}
    ledger.record(actor.label, "human-data:answered", submission.code, data)


def carry(actor: Actor, before: Submission, submission: Submission) -> None:
    """The answers of the submission that a record came with stand for the draft that revises it."""
    standing: HumanDataAnswer | None = human.latest(before)
    if standing is not None:
        _keep(actor, submission, standing.answers, standing.outcome, standing.edition)
