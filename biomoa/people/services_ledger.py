"""The ledger's own settings, changed by two administrators: one proposes, another confirms. Sessions only, no token."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from biomoa.ledger import proposals
from biomoa.ledger.models import Proposal
from biomoa.people import rules
from biomoa.people.rules import Actor, Invalid, may
from biomoa.qc.persons import kind_in

SHOWN = 100


def changes_of_ledger(actor: Actor) -> list[Proposal]:
    """The newest proposals. Raises PermissionDenied for all but administrators and auditors."""
    _allow(actor, "read")
    return list(Proposal.objects.order_by("-pk")[:SHOWN])


def propose_change(actor: Actor, kind: str, value: str, reason: str) -> Proposal:
    """``rotate-key`` without a value, or ``head-hours`` with 1 to 168. Raises PermissionDenied, Invalid."""
    _allow(actor, "manage")
    if kind_in(reason):
        raise Invalid([rules.problem("proposal-names-person", "reason", None)])
    try:
        return proposals.propose(actor.label, kind, value, reason)
    except proposals.Refused as refused:
        raise Invalid([rules.problem(refused.code, "kind", kind)]) from refused


def decide_change(actor: Actor, proposal_id: int, *, is_confirmed: bool) -> Proposal:
    """Another person confirms; anyone of them may refuse. Raises PermissionDenied, Invalid, Proposal.DoesNotExist."""
    _allow(actor, "manage")
    try:
        found = (proposals.confirm if is_confirmed else proposals.refuse)(actor.label, proposal_id)
    except proposals.Refused as refused:
        raise Invalid([rules.problem(refused.code, "proposal", str(proposal_id))]) from refused
    if found is None:
        raise Proposal.DoesNotExist
    return found


def _allow(actor: Actor, verb: rules.Verb) -> None:
    if not may(actor, verb, "ledger"):
        raise PermissionDenied(verb)
