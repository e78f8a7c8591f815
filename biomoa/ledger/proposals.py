"""Two persons for the ledger's own settings: one administrator proposes, another confirms. Labels, not actors, come
in here; who may is asked by ``people.services_ledger``, the floor above."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from biomoa.ledger import heads, rules, services
from biomoa.ledger.models import Proposal, Setting


class Refused(Exception):
    """Why a proposal cannot be made or decided; ``code`` comes from ``rules.check_*``."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def propose(label: str, kind: str, value: str, reason: str) -> Proposal:
    """Writes the proposal down; nothing changes yet. Raises Refused."""
    if code := rules.check_proposal(label, kind, value, reason):
        raise Refused(code)
    with transaction.atomic():
        made = Proposal.objects.create(
            kind=kind, value=value, reason=reason.strip(), proposed_by=label, proposed_at=timezone.now()
        )
        told = {"proposal": made.pk, "kind": kind, "value": value, "reason": made.reason}
        services.record(label, "ledger:change-proposed", "ledger", told)
    return made


def confirm(label: str, proposal_id: int) -> Proposal | None:
    """Does what was proposed, by another person; None when there is no such proposal. Raises Refused."""
    with transaction.atomic():
        found = _locked(proposal_id)
        if found is None:
            return None
        if code := rules.check_confirmation(label, found.proposed_by, found.state, found.proposed_at, timezone.now()):
            raise Refused(code)
        told = {"proposal": found.pk, "kind": found.kind, "value": found.value, "by": found.proposed_by}
        services.record(label, "ledger:change-confirmed", "ledger", told)
        if found.kind == "rotate-key":
            heads.rotate_key(label)
        else:
            Setting.objects.update_or_create(name=found.kind, defaults={"value": found.value})
        _decide(found, label, "done")
    return found


def refuse(label: str, proposal_id: int) -> Proposal | None:
    """Takes an open proposal off the table, by anyone who could confirm it and by who made it."""
    with transaction.atomic():
        found = _locked(proposal_id)
        if found is None:
            return None
        if found.state != "open":
            raise Refused("proposal-decided")
        services.record(label, "ledger:change-refused", "ledger", {"proposal": found.pk, "kind": found.kind})
        _decide(found, label, "refused")
    return found


def _locked(proposal_id: int) -> Proposal | None:
    return Proposal.objects.select_for_update().filter(pk=proposal_id).first()


def _decide(found: Proposal, label: str, state: str) -> None:
    found.state, found.decided_by, found.decided_at = state, label, timezone.now()
    found.save(update_fields=["state", "decided_by", "decided_at"])
