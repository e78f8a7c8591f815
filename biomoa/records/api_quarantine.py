"""API: files in quarantine."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from biomoa.files import queries
from biomoa.people.edge import BodyIn, Fault, Key, actor_of
from biomoa.records.services_quarantine import settle

router = Router()
ANSWERS = {401: Fault, 403: Fault, 404: Fault, 409: Fault, 422: Fault}


class QuarantineOut(Schema):
    """A file that is held because it seems to identify a person; nobody can download it."""

    file: int
    name: str
    state: str = Field(examples=["held"], description="held, or declared to be no identifier")
    since: datetime
    said: str = Field("", description="the depositor's reason")


class DecisionIn(BodyIn):
    reason: str = Field("", description="needed but for remove; must itself identify nobody")


class SettledOut(Schema):
    other_files: int = Field(description="other files with the content that was to be removed; they are held too")


@router.get("/quarantine", response={200: list[QuarantineOut], **ANSWERS}, summary="Files in quarantine")
def list_quarantine(request: HttpRequest) -> Any:
    """Those of your groups, and of the centers that you curate."""
    return [
        {"file": file.pk, "name": file.name, "state": file.quarantine.state, "since": file.quarantine.since,
         "said": file.quarantine.said}
        for file in queries.quarantined_for(actor_of(request))
    ]  # fmt: skip


@router.post(
    "/quarantine/{int:file_id}/{command}", response={200: SettledOut, **ANSWERS}, summary="Settle a quarantine"
)
def decide(
    request: HttpRequest,
    file_id: Key,
    command: Literal["hold", "declare", "clear", "order", "remove"],
    body: DecisionIn,
) -> Any:
    """`declare` (depositor: no identifier) and `remove`; `hold`, `clear` and `order` a removal (curator)."""
    return {"other_files": settle(actor_of(request), file_id, command, body.reason)}
