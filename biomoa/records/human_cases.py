"""Answers on human data that need a curator's judgement: of a draft a curator sees these alone."""

from __future__ import annotations

import msgspec
from django.db.models import OuterRef, Subquery

from biomoa.catalog.model import Outcome
from biomoa.catalog.navigator import decide
from biomoa.people.rules import Actor, Verb, may
from biomoa.records import human, rules
from biomoa.records import rules_human as rules_of
from biomoa.records.access import may_on
from biomoa.records.models import HumanDataAnswer, Submission
from biomoa.records.queries import submission_id_of
from biomoa.records.refusals import NotFound

MOST = 100


class Case(msgspec.Struct, frozen=True):
    """``outcome`` is where it stands, ``by_rule`` where the answers lead by themselves."""

    submission: Submission
    standing: HumanDataAnswer
    outcome: Outcome | None
    by_rule: Outcome | None
    state: str

    def allows(self, actor: Actor, verb: Verb) -> bool:
        owner, center = self.submission.owner_id, self.submission.center_id
        return may(actor, verb, "human-data", self.state, owner=owner, center=center)

    @property
    def is_waiting(self) -> bool:
        return self.state == "ask"

    @property
    def shown(self) -> Outcome | None:
        return rules_of.shown(self.outcome, self.standing.is_decision, self.standing.words) if self.outcome else None


def case_of(submission: Submission, standing: HumanDataAnswer | None) -> Case | None:
    """None where nobody needs to decide: without answers, and where they lead somewhere by themselves."""
    navigator = human.find_navigator()
    if navigator is None or standing is None:
        return None
    outcome = navigator.find_outcome(standing.outcome)
    state = rules_of.case_state(outcome, standing.is_decision)
    return Case(submission, standing, outcome, decide(navigator, standing.answers), state) if state else None


def get_submission(actor: Actor, code: str) -> Submission:
    """As ``queries.get_submission``, also where only the answers may be read. Raises NotFound."""
    found = _find(code)
    if found is not None and may_on(actor, "read", found):
        return found
    return get_case(actor, code).submission


def get_case(actor: Actor, code: str | int, *, lock: bool = False) -> Case:
    """The case, which this actor may read. Raises NotFound; ``lock`` must run in a transaction."""
    found = _find(code, lock=lock)
    standing = HumanDataAnswer.objects.filter(submission=found).select_related("by").order_by("-pk").first()
    case = case_of(found, standing) if found else None
    if case is None or not case.allows(actor, "read"):
        raise NotFound("human-data")
    return case


def _find(code: str | int, *, lock: bool = False) -> Submission | None:
    number = code if isinstance(code, int) else submission_id_of(code)
    found = Submission.objects.select_related("owner", "center", "shelf")
    return (found.select_for_update(of=("self",)) if lock else found).filter(pk=number).first()


def cases_for(actor: Actor) -> list[Case]:
    """What this curator may decide and is not handed in yet: what waits first, the oldest first."""
    navigator = human.find_navigator()
    if navigator is None:
        return []
    newest = HumanDataAnswer.objects.filter(submission=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    found = Submission.objects.filter(state__in=rules.EDITABLE)
    if not actor.is_administrator:
        found = found.filter(center_id__in=actor.organisations("curator"))
    found = found.annotate(standing=Subquery(newest)).filter(standing__isnull=False).select_related("owner", "center")
    asking = [each.outcome for each in navigator.outcomes if each.kind == "ask"]
    standing = HumanDataAnswer.objects.filter(pk__in=found.values("standing"))
    standing = standing.filter(outcome__in=asking) | standing.filter(is_decision=True)
    first = standing.select_related("by").order_by("is_decision", "pk")[:MOST]
    answers = {each.submission_id: each for each in first}
    submissions = {each.pk: each for each in found.filter(pk__in=answers)}
    cases = (case_of(submissions[key], answer) for key, answer in answers.items() if key in submissions)
    return [case for case in cases if case is not None and case.allows(actor, "decide")]
