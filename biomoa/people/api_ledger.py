"""API: changes to the ledger's own settings, by two administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from biomoa.people import services_ledger
from biomoa.people.edge import BodyIn, Fault, Key, actor_of

router = Router()
NEEDS = {401: Fault, 403: Fault}


class ChangeIn(BodyIn):
    kind: str = Field(examples=["rotate-key", "head-hours"])
    value: str = Field("", examples=["24"], description="hours between two signed heads; empty for rotate-key")
    reason: str


class ChangeOut(Schema):
    id: int
    kind: str
    value: str
    reason: str
    state: str = Field(examples=["open", "done", "refused"])
    proposed_by: str = Field(examples=["user:1"])
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None


@router.get("/ledger/changes", response={200: list[ChangeOut], **NEEDS}, summary="Changes to the ledger's settings")
def list_changes(request: HttpRequest) -> Any:
    return services_ledger.changes_of_ledger(actor_of(request))


@router.post("/ledger/changes", response={201: ChangeOut, 422: Fault, **NEEDS}, summary="Propose a change")
def propose_change(request: HttpRequest, payload: ChangeIn) -> Any:
    """Nothing changes until another administrator confirms it, within 7 days."""
    made = services_ledger.propose_change(actor_of(request), payload.kind, payload.value, payload.reason)
    return 201, made


@router.post("/ledger/changes/{int:change}/confirm", response={200: ChangeOut, 404: Fault, 422: Fault, **NEEDS},
             summary="Confirm another's proposal")  # fmt: skip
def confirm_change(request: HttpRequest, change: Key) -> Any:
    return services_ledger.decide_change(actor_of(request), change, is_confirmed=True)


@router.post("/ledger/changes/{int:change}/refuse", response={200: ChangeOut, 404: Fault, 422: Fault, **NEEDS},
             summary="Refuse a proposal")  # fmt: skip
def refuse_change(request: HttpRequest, change: Key) -> Any:
    return services_ledger.decide_change(actor_of(request), change, is_confirmed=False)
