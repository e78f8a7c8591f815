"""API: reviewer links, certificates, umbrella projects."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from biomoa.people.edge import MOST_PAGE, BodyIn, Fault, Key, actor_of, plain, schema
from biomoa.records import certificates, coupling, queries, reviewing, umbrellas
from biomoa.records.answers import ReleaseOutcome
from biomoa.records.api import CHANGE, READ
from biomoa.records.certificates_pdf import render_pdf
from biomoa.records.embargo import Embargo, embargo_of
from biomoa.records.models import Certificate
from biomoa.records.reviewing import LinkState, NewLink, Opening

router = Router()
CouplingOut: Any = schema(coupling.Coupling) | None  # type: ignore[operator]
GROUP = {**READ, 403: Fault}


class ReviewLinkIn(BodyIn):
    """Without ``accessions``: all closed records of the submission, or those of ``forms``."""

    name: str = Field(description="for the group's own list, as the journal")
    days: int = Field(reviewing.DAYS, description=f"1 to {reviewing.MOST_DAYS}")
    accessions: list[str] | None = None
    forms: list[str] | None = None
    files: list[int] | None = Field(None, description="null: all files of these records; []: none")


class CertificateIn(BodyIn):
    version: int | None = Field(None, ge=1, le=1_000_000_000, description="null: the current one")


class UmbrellaIn(BodyIn):
    umbrella: str = Field(examples=["KAP000001"])
    message: str = Field("", description="to the group of the other record, when it must agree")


class UnlinkIn(BodyIn):
    umbrella: str
    reason: str


class UmbrellaOutcome(Schema):
    outcome: Literal["linked", "asked"]


class UmbrellaRequestOut(Schema):
    id: int
    umbrella: str
    project: str
    asked_by: str = Field(description="code of the group")
    message: str
    made_at: datetime


class IdentifiersIn(BodyIn):
    identifiers: list[str] = Field(examples=[["PRJNA257197"]])


class TogetherIn(BodyIn):
    accessions: list[str]


class CertificateOut(Schema):
    code: str = Field(examples=["7Q2K9-M4XHD-0V5RT-ZPA3C"])
    issued_at: datetime
    digest: str
    url: str = Field(description="the public page that verifies it")
    facts: dict[str, Any]


@router.post("/submissions/{code}/review-links", response={201: schema(NewLink), **CHANGE},
             summary="Make a reviewer link")  # fmt: skip
def make_review_link(request: HttpRequest, response: HttpResponse, code: str, payload: ReviewLinkIn) -> Any:
    """`address` holds the secret and is answered this once. Records must be closed and of the group."""
    actor = actor_of(request)
    made = reviewing.make_link(
        actor, queries.get_submission(actor, code).pk, name=payload.name, days=payload.days,
        accessions=payload.accessions, forms=payload.forms, file_ids=payload.files,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return 201, plain(made)


@router.get("/submissions/{code}/review-links", response={200: list[schema(LinkState)], **GROUP},  # type: ignore[misc]
            summary="Reviewer links, and how much they were used")  # fmt: skip
def list_review_links(request: HttpRequest, code: str) -> Any:
    actor = actor_of(request)
    return plain(reviewing.links_of(actor, queries.get_submission(actor, code).pk))


@router.get("/review-links/{int:link}/openings", response={200: list[schema(Opening)], **GROUP},  # type: ignore[misc]
            summary="What was opened through a reviewer link")  # fmt: skip
def list_openings(request: HttpRequest, link: Key, page: int = Query(1, ge=1, le=MOST_PAGE)) -> Any:
    """A line for each thing, day and network; never who."""
    return plain(reviewing.openings_of(actor_of(request), link, page)[0])


@router.delete("/review-links/{int:link}", response={204: None, **GROUP}, summary="Revoke a reviewer link")
def revoke_review_link(request: HttpRequest, link: Key) -> Any:
    reviewing.revoke_link(actor_of(request), link)
    return 204, None


@router.post("/records/{accession}/certificates", response={201: CertificateOut, **CHANGE},
             summary="Certify a version of a record")  # fmt: skip
def certify_record(request: HttpRequest, accession: str, payload: CertificateIn | None = None) -> Any:
    """Asked again on the same day for the same version, it is the same certificate. It freezes nothing."""
    version = payload.version if payload else None
    return 201, _out(certificates.certify_record(actor_of(request), accession, version))


@router.post("/submissions/{code}/certificates", response={201: CertificateOut, **CHANGE},
             summary="Certify what a submission registered")  # fmt: skip
def certify_submission(request: HttpRequest, code: str) -> Any:
    actor = actor_of(request)
    return 201, _out(certificates.certify_submission(actor, queries.get_submission(actor, code).pk))


@router.get("/certificates/{certificate}", response={200: schema(certificates.Verification), 404: Fault},
            summary="Verify a certificate")  # fmt: skip
def verify_certificate(request: HttpRequest, response: HttpResponse, certificate: str) -> Any:  # noqa: ARG001
    """Public: `genuine` or `altered`, what it covers, and how much of that has a newer version or was taken back."""
    response.headers["Cache-Control"] = "no-store"
    return plain(certificates.verify(certificate))


@router.get("/certificates/{certificate}/pdf", response={200: Any, **READ}, summary="The document of a certificate",
            openapi_extra={"responses": {200: {"content": {"application/pdf": {}}}}})  # fmt: skip
def read_document(request: HttpRequest, certificate: str, language: Literal["ko", "en"] = "en") -> HttpResponse:
    made = certificates.get_own(actor_of(request), certificate)
    return HttpResponse(render_pdf(made, language), "application/pdf", headers={"Cache-Control": "no-store"})


@router.post("/records/{accession}/umbrella", response={200: UmbrellaOutcome, **CHANGE},
             summary="Put a project under an umbrella, or ask")  # fmt: skip
def link_umbrella(request: HttpRequest, accession: str, payload: UmbrellaIn) -> Any:
    """`linked` when both are the actor's; else the group of the other one is `asked`."""
    return {"outcome": umbrellas.link(actor_of(request), payload.umbrella, accession, payload.message)}


@router.post("/records/{accession}/umbrella/unlink", response={204: None, **CHANGE},
             summary="Take a project from under its umbrella")  # fmt: skip
def unlink_umbrella(request: HttpRequest, accession: str, payload: UnlinkIn) -> Any:
    umbrellas.unlink(actor_of(request), payload.umbrella, accession, payload.reason)
    return 204, None


@router.get("/umbrella-requests", response=list[UmbrellaRequestOut], summary="What other groups ask yours")
def list_umbrella_requests(request: HttpRequest) -> Any:
    return [
        {"id": one.pk, "umbrella": one.umbrella.accession, "project": one.project.accession,
         "asked_by": one.asked_by.code, "message": one.message, "made_at": one.made_at}
        for one in umbrellas.requests_to(actor_of(request))
    ]  # fmt: skip


@router.post("/umbrella-requests/{int:asked}/{answer}", response={204: None, **CHANGE},
             summary="Agree, decline, or take a request back")  # fmt: skip
def answer_umbrella_request(request: HttpRequest, asked: Key, answer: Literal["agree", "decline", "take-back"]) -> Any:
    if answer == "take-back":
        umbrellas.take_back(actor_of(request), asked)
    else:
        umbrellas.answer(actor_of(request), asked, agrees=answer == "agree")
    return 204, None


@router.get("/records/{accession}/coupling", response={200: CouplingOut, **READ},
            summary="What would open together with a closed record")  # fmt: skip
def read_coupling(request: HttpRequest, accession: str) -> Any:
    """`null` for a record that is open already, or that the actor may not open."""
    found = coupling.coupling_of(actor_of(request), accession)
    return None if found is None else plain(found)


@router.post("/records/{accession}/public-elsewhere", response={200: schema(ReleaseOutcome), **CHANGE},
             summary="Declare a record public at the INSDC")  # fmt: skip
def declare_public(request: HttpRequest, accession: str, payload: IdentifiersIn) -> Any:
    """Opens it with what it stands on and what hangs on it. What is held is told, and opens when it can."""
    return plain(coupling.declare_public(actor_of(request), accession, payload.identifiers))


@router.post("/submissions/{code}/release-together", response={200: schema(ReleaseOutcome), **CHANGE},
             summary="Release parts with all that belongs to them")  # fmt: skip
def release_together(request: HttpRequest, code: str, payload: TogetherIn) -> Any:
    actor = actor_of(request)
    return plain(coupling.release_together(actor, queries.get_submission(actor, code).pk, payload.accessions))


@router.get("/submissions/{code}/embargo-limits", response={200: schema(Embargo), **READ},
            summary="How long it may stay closed, and what is left")  # fmt: skip
def read_embargo(request: HttpRequest, code: str) -> Any:
    return plain(embargo_of(queries.get_submission(actor_of(request), code)))


def _out(made: Certificate) -> dict[str, Any]:
    return {
        "code": made.code, "issued_at": made.issued_at, "digest": made.digest,
        "url": certificates.address_of(made.code), "facts": made.facts,
    }  # fmt: skip
