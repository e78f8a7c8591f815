"""API: records in the words of outside standards."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from biomoa.exchange.bundle import NotExpressible
from biomoa.exchange.changes import FOREIGN_MARK, Changes, ForeignMark, changes_after
from biomoa.exchange.registry import known_exports
from biomoa.exchange.services import as_archive, export, get_export
from biomoa.forms.problems import Problem
from biomoa.people.edge import Fault, actor_of, fault, schema

router = Router()
MOST_CHANGES = 2_000


class StandardOut(Schema):
    name: str
    label: str
    media_type: str
    record_types: list[str]


class HarvestIn(Schema):
    after: str = Field("", description="the mark of the answer before; empty: from the start", max_length=100)
    size: int = Field(1_000, ge=1, le=MOST_CHANGES)


@router.get("/standards", response=list[StandardOut], summary="The standards that records can be written in")
def list_standards(request: HttpRequest) -> Any:  # noqa: ARG001
    return [
        {"name": one.name, "label": one.label, "media_type": one.media_type, "record_types": list(one.record_types)}
        for one in known_exports().values()
    ]


@router.get("/records/{accession}/exports/{standard}", response={200: bytes, 404: Fault, 422: Fault},
            summary="A record as a standard's document")  # fmt: skip
def export_record(request: HttpRequest, accession: str, standard: str, whole: bool = False) -> Any:
    """One document as it is, several as a zip. `whole` adds all that hangs on a project and leads up."""
    try:
        documents = export(actor_of(request), [accession], standard, whole=whole)
    except NotExpressible as error:
        return fault(422, problems=[Problem("not-expressible", "error", error.said, field="standard", value=standard)])
    if len(documents) == 1:
        name, content = next(iter(documents.items()))
        return _attached(name, content, get_export(standard).media_type)
    return _attached(f"{accession}.{standard}.zip", as_archive(documents), "application/zip")


@router.get("/changes", response={200: schema(Changes), 409: Fault, 422: Fault},
            summary="Public records that changed, to harvest")  # fmt: skip
def list_changes(request: HttpRequest, asked: Query[HarvestIn]) -> Any:  # noqa: ARG001
    """The whole station from no mark on, then what is new: ask again with `mark` until `is_last`, and keep it.

    A record without `record` is no longer public. 409: the ledger is another than the mark's; begin from the start.
    """
    try:
        found = changes_after(asked.after, asked.size)
    except ForeignMark:
        return fault(409, FOREIGN_MARK)
    return HttpResponse(msgspec.json.encode(found), content_type="application/json; charset=utf-8")


def _attached(name: str, content: bytes, media_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)
