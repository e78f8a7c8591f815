"""Answering the human-data questions, and deciding on the answers: all of it is kept, the newest stands."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from biomoa.catalog.navigator import decide as decide_by
from biomoa.catalog.navigator import kept_answers, unanswered
from biomoa.forms.problems import Problem
from biomoa.jobs.steps import step
from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor
from biomoa.records import access, drafts, freetexts, human, human_cases, rules, rules_human
from biomoa.records.models import HumanDataAnswer, Submission
from biomoa.records.problems import problem
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal

MOST_TOLD = 20


def answer(
    actor: Actor, submission_id: int, answers: Mapping[str, str], *, text: str = "",
    expected_revision: int | None = None,
) -> Submission:  # fmt: skip
    """Keeps the answers to all questions, decides, and opens or shuts the draft for files.

    ``text`` is what a curator should know beside them. The same answers without a text leave a curator's decision as
    it is; others set it aside. Raises NotFound where the station asks nothing, Refusal naming every question without
    a valid answer, and as ``access.take_in_hand``.
    """
    navigator = human.find_navigator()
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "change", expected_revision=expected_revision)
        if navigator is None:
            raise NotFound("human-data")
        outcome = decide_by(navigator, answers)
        if outcome is None:
            open_ = ", ".join(unanswered(navigator, answers)[:MOST_TOLD])
            raise Refusal([problem("human-data-incomplete", value=open_)])
        freetexts.check(text=text)
        kept = kept_answers(navigator, answers)
        if not _is_settled(submission, kept, navigator.edition, text):
            said = HumanDataAnswer(answers=kept, outcome=outcome.outcome, edition=navigator.edition, words=text.strip())
            _keep(actor, submission, said)
        drafts.touch(submission)
    return submission


def _is_settled(submission: Submission, kept: Mapping[str, str], edition: str, text: str) -> bool:
    standing: HumanDataAnswer | None = human.latest(submission)
    if standing is None:
        return False
    is_same = standing.answers == kept and standing.edition == edition
    return rules_human.is_settled_by(human.outcome_of(submission), standing.is_decision, is_same, text)


def decide(actor: Actor, submission_id: int, choice: str, reason: str, *, on: int | None = None) -> Submission:
    """A curator's decision on answers that need a judgement: the name of an outcome, or ``more``, with the reason.

    ``on``: the number of the answers that were read. Raises NotFound, PermissionDenied, Refusal.
    """
    navigator = human.find_navigator()
    with transaction.atomic():
        case = human_cases.get_case(actor, submission_id, lock=True)
        if not case.allows(actor, "decide"):
            raise PermissionDenied("human-data")
        assert navigator is not None
        submission, chosen = case.submission, rules_human.chosen(navigator, choice, case.by_rule)
        if chosen is None or (problems := _against(case, reason, on)):
            raise Refusal([problem("human-data-choice", field="outcome")] if chosen is None else problems)
        freetexts.check(reason=reason)
        standing = case.standing
        said = HumanDataAnswer(answers=standing.answers, edition=standing.edition, outcome=chosen.outcome)
        said.is_decision, said.words = True, reason.strip()
        _keep(actor, submission, said)
        human.follow(submission)  # not the revision: what the depositor is writing meanwhile is no conflict
        submission.save(update_fields=["has_human_rows"])
    return submission


def _against(case: human_cases.Case, reason: str, on: int | None) -> list[Problem]:
    if case.submission.state not in rules.EDITABLE:
        return [problem("human-data-settled")]
    if on is not None and on != case.standing.pk:
        return [problem("human-data-changed")]
    return [] if reason.strip() else [problem("reason-needed", field="reason")]


def _keep(actor: Actor, submission: Submission, said: HumanDataAnswer, by: int | None = None) -> None:
    said.submission, said.by_id = submission, by or actor.user_id
    said.save()
    data = {"answers": dict(said.answers), "outcome": said.outcome, "edition": said.edition}
    if said.is_decision:
        data |= {"reason": said.words}
    event = "human-data:decided" if said.is_decision else "human-data:answered"
    ledger.record(actor.label, event, submission.code, data)
    step("human-data:kept")


def carry(actor: Actor, before: Submission, submission: Submission) -> None:
    """The answers of the submission that a record came with stand for the draft that revises it, with a decision."""
    standing: HumanDataAnswer | None = human.latest(before)
    if standing is not None:
        names = ("answers", "outcome", "edition", "is_decision", "words")
        by = standing.by_id if standing.is_decision else None
        _keep(actor, submission, HumanDataAnswer(**{name: getattr(standing, name) for name in names}), by)
