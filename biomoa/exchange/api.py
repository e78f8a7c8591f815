"""API: records in the words of outside standards."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from biomoa.exchange.bundle import NotExpressible
from biomoa.exchange.registry import known_exports
from biomoa.exchange.services import as_archive, export, get_export
from biomoa.forms.problems import Problem
from biomoa.people.edge import Fault, actor_of, fault

router = Router()


class StandardOut(Schema):
    name: str
    label: str
    media_type: str
    record_types: list[str]


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


def _attached(name: str, content: bytes, media_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)
