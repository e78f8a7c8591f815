"""API: the curator's desk, decisions and corrections."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from biomoa.people.edge import BodyIn, Fault, Key, Position, actor_of, language_of, plain
from biomoa.records import queries, services_curation
from biomoa.records.api import (
    CHANGE,
    ListIn,
    ReasonIn,
    ReceiptOut,
    SubmissionOut,
    SubmissionsOut,
    receipt_out,
    submission_out,
)  # fmt: skip

router = Router()


class AssignIn(BodyIn):
    user: Key = Field(description="a curator of the center, as `curators` tells them")


class CuratorOut(Schema):
    user: int
    name: str


class FieldIn(BodyIn):
    """A curator's correction: a layer beside the depositor's words."""

    field: str
    value: str
    reason: str


@router.get("/desk", response={200: SubmissionsOut, 401: Fault, 403: Fault}, summary="The queue of my centers")
def desk(request: HttpRequest, asked: Query[ListIn]) -> Any:
    actor = actor_of(request)
    page = queries.desk(actor, state=asked.state or None, text=asked.q, page=asked.page, size=asked.size)
    submissions = [submission_out(actor, one) for one in page.submissions]
    return {"submissions": submissions, "total": page.total, "page": page.page, "size": page.size}


@router.post("/submissions/{code}/take", response={200: SubmissionOut, **CHANGE}, summary="Take into review")
def take(request: HttpRequest, code: str) -> Any:
    found = queries.get_submission(actor_of(request), code)
    services_curation.take(actor_of(request), found.pk)
    return submission_out(actor_of(request), queries.get_submission(actor_of(request), code))


@router.get("/submissions/{code}/curators", response={200: list[CuratorOut], 401: Fault, 403: Fault, 404: Fault},
            summary="Who can be put in charge")  # fmt: skip
def curators(request: HttpRequest, code: str) -> Any:
    found = queries.curators_for(actor_of(request), queries.get_submission(actor_of(request), code))
    return [{"user": one.pk, "name": one.name(language_of(request))} for one in found]


@router.post("/submissions/{code}/assign", response={200: SubmissionOut, **CHANGE}, summary="Put a curator in charge")
def assign(request: HttpRequest, code: str, payload: AssignIn) -> Any:
    found = queries.get_submission(actor_of(request), code)
    services_curation.assign(actor_of(request), found.pk, payload.user)
    return submission_out(actor_of(request), queries.get_submission(actor_of(request), code))


@router.post("/submissions/{code}/return", response={200: SubmissionOut, **CHANGE}, summary="Return, with a reason")
def return_submission(request: HttpRequest, code: str, payload: ReasonIn) -> Any:
    found = queries.get_submission(actor_of(request), code)
    services_curation.return_(actor_of(request), found.pk, payload.reason)
    return submission_out(actor_of(request), queries.get_submission(actor_of(request), code))


@router.post("/submissions/{code}/accept", response={200: ReceiptOut, **CHANGE}, summary="Accept: accessions")
def accept(request: HttpRequest, code: str) -> Any:
    found = queries.get_submission(actor_of(request), code)
    receipt = services_curation.accept(actor_of(request), found.pk)
    return receipt_out(found, receipt)


@router.post("/problems/{int:problem_id}/override", response={204: None, **CHANGE}, summary="Let a problem stand")
def override(request: HttpRequest, problem_id: Key, payload: ReasonIn) -> Any:
    services_curation.override(actor_of(request), problem_id, payload.reason)
    return 204, None


@router.post("/submissions/{code}/rows/{form}/{int:position}/curated", response={200: Any, **CHANGE},
             summary="Correct a field of a row under review")  # fmt: skip
def curate_field(request: HttpRequest, code: str, form: str, position: Position, payload: FieldIn) -> Any:
    found = queries.get_submission(actor_of(request), code)
    row = queries.get_row(found.pk, form, position)
    services_curation.curate_field(actor_of(request), row.id, payload.field, payload.value, payload.reason)
    return plain(queries.get_row(found.pk, form, position))
