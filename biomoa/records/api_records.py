"""API: records with their versions, changes after acceptance, release."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from biomoa.people.edge import BodyIn, Fault, actor_of, fault, plain, schema
from biomoa.records import queries, rules, services, services_curation, services_redaction, services_release
from biomoa.records.answers import Blocker, RecordView, ReleaseOutcome
from biomoa.records.api import CHANGE, READ, SubmissionOut, submission_out
from biomoa.records.api_curation import FieldIn

router = Router()


class RevisionIn(BodyIn):
    """All the fields as they shall be; the alias cannot change."""

    values: dict[str, Any]


class TombstoneIn(BodyIn):
    reason: str
    kind: Literal["withdrawn", "suppressed"] = "withdrawn"


class RedactionIn(BodyIn):
    field: str
    reason: str


class ReleaseIn(BodyIn):
    accessions: list[str] | None = None


class DayIn(BodyIn):
    release_on: date | None = None


class EmbargoIn(BodyIn):
    release_on: date
    reason: str


@router.get("/records/{accession}", response={200: schema(RecordView), **READ}, summary="A record")
def read_record(
    request: HttpRequest,
    response: HttpResponse,
    accession: str,
    version: int | None = None,
    if_none_match: str = Header("", alias="If-None-Match"),
) -> Any:
    """Answers 304 to the `ETag` of before. A tombstone has a reason and no values."""
    view = queries.get_record(actor_of(request), accession, version)
    tag = etag(view)
    if tag in [part.strip() for part in if_none_match.split(",")]:
        return HttpResponse(status=304, headers={"ETag": tag, "Vary": "Authorization, Cookie"})
    response.headers["ETag"] = tag
    response.headers["Vary"] = "Authorization, Cookie"
    return plain(view)


@router.get("/records/{accession}/changes", response={200: list[schema(rules.FieldChange)], **READ},  # type: ignore[misc]
            summary="What a version changed")  # fmt: skip
def read_changes(request: HttpRequest, accession: str, version: int | None = None) -> Any:
    """Field by field against the version before; without `version`, of the current one."""
    view = queries.get_record(actor_of(request), accession, version)
    return plain(queries.changes_of(actor_of(request), view))


@router.post("/records/{accession}/revisions", response={201: SubmissionOut, 412: Fault, **CHANGE},
             summary="Ask for a change after acceptance")  # fmt: skip
def propose_revision(
    request: HttpRequest,
    accession: str,
    payload: RevisionIn,
    if_match: str = Header("", alias="If-Match"),
) -> Any:
    """Makes a draft with one row; submit it to hand it in. `If-Match` guards against another's change."""
    actor = actor_of(request)
    view = queries.get_record(actor, accession)
    if if_match and _words_of(if_match) != _words_of(etag(view)):
        return fault(412)
    return 201, submission_out(actor, services.propose_revision(actor, accession, payload.values))


@router.post("/records/{accession}/withdraw", response={200: schema(RecordView), **CHANGE},
             summary="Withdraw or suppress")  # fmt: skip
def withdraw_record(request: HttpRequest, accession: str, payload: TombstoneIn) -> Any:
    services_release.withdraw_record(actor_of(request), accession, payload.reason, kind=payload.kind)
    return plain(queries.get_record(actor_of(request), accession))


@router.post("/records/{accession}/curated", response={200: schema(RecordView), **CHANGE},
             summary="A curator's correction of a field")  # fmt: skip
def curate_record(request: HttpRequest, accession: str, payload: FieldIn) -> Any:
    services_curation.curate_record(actor_of(request), accession, payload.field, payload.value, payload.reason)
    return plain(queries.get_record(actor_of(request), accession))


@router.post("/records/{accession}/redacted", response={200: schema(RecordView), **CHANGE},
             summary="Blank a field that identifies a person, in all versions")  # fmt: skip
def redact(request: HttpRequest, accession: str, payload: RedactionIn) -> Any:
    services_redaction.redact(actor_of(request), accession, payload.field, payload.reason)
    return plain(queries.get_record(actor_of(request), accession))


@router.get("/submissions/{code}/blockers", response={200: list[schema(Blocker)], **READ},  # type: ignore[misc]
            summary="What keeps it from opening")  # fmt: skip
def read_blockers(request: HttpRequest, code: str) -> Any:
    return plain(list(services_release.what_blocks_release(queries.get_submission(actor_of(request), code))))


@router.post("/submissions/{code}/release", response={200: schema(ReleaseOutcome), **CHANGE},
             summary="Release now, all or parts")  # fmt: skip
def release(request: HttpRequest, code: str, payload: ReleaseIn | None = None) -> Any:
    found = queries.get_submission(actor_of(request), code)
    chosen = payload.accessions if payload else None
    return plain(services_release.release(actor_of(request), found.pk, chosen))


@router.put("/submissions/{code}/release-date", response={200: SubmissionOut, **CHANGE},
            summary="Set the day of release")  # fmt: skip
def set_release_date(request: HttpRequest, code: str, payload: DayIn) -> Any:
    found = queries.get_submission(actor_of(request), code)
    services_release.set_release_date(actor_of(request), found.pk, payload.release_on)
    return submission_out(actor_of(request), queries.get_submission(actor_of(request), code))


@router.post("/submissions/{code}/embargo", response={200: SubmissionOut, **CHANGE},
             summary="Ask for a longer embargo")  # fmt: skip
def extend_embargo(request: HttpRequest, code: str, payload: EmbargoIn) -> Any:
    found = queries.get_submission(actor_of(request), code)
    services_release.extend_embargo(actor_of(request), found.pk, payload.release_on, payload.reason)
    return submission_out(actor_of(request), queries.get_submission(actor_of(request), code))


def etag(view: RecordView) -> str:
    """Another one whenever anything in the answer is another: also a file that is held, a neighbour that is taken back.

    What it says for ``If-Match`` comes first: version, state and time of the record's own words.
    """
    said = hashlib.blake2b(msgspec.json.encode(view), digest_size=9).hexdigest()
    return f'"{view.accession}.{view.version}-{view.state}-{view.changed_at:%Y%m%d%H%M%S%f}-{said}"'


def _words_of(tag: str) -> str:
    return tag.rpartition("-")[0]
