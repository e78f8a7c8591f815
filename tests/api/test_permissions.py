"""Every operation of the API as nobody, another group's depositor, the owner, a curator of another center, the curator,
the administrator. An operation without a row fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from biomoa.people.rules import Actor
from biomoa.records import certificates, reviewing, services_human
from biomoa.records.models import Record, RowProblem, Submission
from biomoa.site.api import make_api, operations
from tests.api.conftest import Caller
from tests.records.world import World, accepted, draft, lay_file, review, sample, study

pytestmark = pytest.mark.django_db

WHO = ("nobody", "stranger", "owner", "foreign curator", "curator", "administrator")
SOON = timezone.localdate() + timedelta(days=30)


class Case(NamedTuple):
    """``state`` is what the thing is in before; ``outcomes`` the status for each of WHO."""

    state: str
    outcomes: tuple[int, int, int, int, int, int]
    body: Any = None


# What anybody may read, what only a session may do, and so on, said once.
PUBLIC = (200, 200, 200, 200, 200, 200)
OWN = (401, 403, 403, 403, 403, 403)
OF_DRAFT = (404, 404, 200, 404, 404, 200)
TO_DRAFT = (404, 404, 200, 404, 404, 403)
IN_CARE = (404, 404, 200, 404, 200, 200)
BY_STAFF = (404, 404, 403, 404, 200, 200)
BY_GROUP = (404, 404, 200, 404, 403, 403)
REASON = {"reason": "because"}
FIELD = {"field": "sex", "value": "male", "reason": "because"}

CASES: dict[str, Case] = {
    "GET /me": Case("draft", PUBLIC),
    "GET /groups": Case("draft", PUBLIC),
    "POST /groups": Case("draft", OWN, {"name_ko": "그룹", "name_en": "Group"}),
    "GET /groups/{code}": Case("group", (404, 404, 200, 404, 404, 200)),
    "POST /groups/{code}/invitations": Case(
        "group", (404, 404, 403, 404, 404, 403), {"email": "x@example.org", "role": "depositor"}
    ),
    "GET /ledger/changes": Case("draft", (401, 403, 403, 403, 403, 200)),
    "POST /ledger/changes": Case("draft", OWN, {"kind": "rotate-key", "reason": "a year is over"}),
    "POST /ledger/changes/{change}/confirm": Case("draft", OWN),
    "POST /ledger/changes/{change}/refuse": Case("draft", OWN),
    "GET /tokens": Case("draft", PUBLIC),
    "POST /tokens": Case("draft", OWN, {"name": "x", "scopes": ["read"], "days": 1}),
    "DELETE /tokens/{token_id}": Case("draft", OWN),
    "GET /submissions": Case("draft", PUBLIC),
    "POST /submissions": Case("draft", (401, 404, 201, 404, 404, 403), {"group": "lab", "rows": study(1, "new")}),
    "GET /submissions/{code}": Case("draft", OF_DRAFT),
    "PATCH /submissions/{code}": Case("draft", TO_DRAFT, {"title": "x"}),
    "DELETE /submissions/{code}": Case("draft", (404, 404, 204, 404, 404, 403)),
    "GET /submissions/{code}/receipt": Case("draft", OF_DRAFT),
    "GET /submissions/{code}/problems": Case("draft", OF_DRAFT),
    "GET /submissions/{code}/rows/{form}": Case("draft", OF_DRAFT),
    "PUT /submissions/{code}/rows/{form}": Case("draft", TO_DRAFT, {"rows": [sample("S9")]}),
    "POST /submissions/{code}/rows/{form}": Case("draft", TO_DRAFT, {"rows": [sample("S9")]}),
    "GET /submissions/{code}/rows/{form}/{position}": Case("draft", OF_DRAFT),
    "PUT /submissions/{code}/rows/{form}/{position}": Case("draft", TO_DRAFT, {"values": sample("S9")}),
    "DELETE /submissions/{code}/rows/{form}/{position}": Case("draft", (404, 404, 204, 404, 404, 403)),
    "POST /submissions/{code}/sheets": Case("draft", TO_DRAFT, "sheet"),
    "POST /submissions/{code}/check": Case("draft", OF_DRAFT),
    "POST /submissions/{code}/corrections": Case("draft", TO_DRAFT, {"problems": "all"}),
    "POST /submissions/{code}/submit": Case("draft", TO_DRAFT),
    "POST /submissions/{code}/withdraw": Case("in-review", (404, 404, 200, 404, 403, 403), REASON),
    "GET /submissions/{code}/thread": Case("in-review", IN_CARE),
    "POST /submissions/{code}/comments": Case("in-review", (404, 404, 201, 404, 201, 201), {"text": "hello"}),
    "POST /check": Case("group", (401, 404, 200, 404, 404, 200), "sheets"),
    "GET /desk": Case("in-review", PUBLIC),
    "POST /submissions/{code}/take": Case("in-review", BY_STAFF, {}),
    "GET /submissions/{code}/curators": Case("in-review", BY_STAFF),
    # Nobody has this number: beyond the door there is nothing to do.
    "POST /submissions/{code}/assign": Case("in-review", (404, 404, 403, 404, 422, 422), {"user": 2**31}),
    "POST /submissions/{code}/return": Case("in-review", BY_STAFF, REASON),
    "POST /submissions/{code}/accept": Case("in-review", BY_STAFF),
    "POST /problems/{problem_id}/override": Case("in-review", (404, 404, 403, 404, 204, 204), REASON),
    "POST /submissions/{code}/rows/{form}/{position}/curated": Case("in-review", BY_STAFF, FIELD),
    "GET /records/{accession}": Case("accepted", IN_CARE),
    "GET /records/{accession}/changes": Case("accepted", IN_CARE),
    "POST /records/{accession}/revisions": Case(
        "accepted", (404, 404, 201, 404, 403, 403), {"values": sample("study-1-S1", sex="male")}
    ),
    "POST /records/{accession}/withdraw": Case("accepted", BY_STAFF, REASON),
    "POST /records/{accession}/curated": Case("accepted", BY_STAFF, FIELD),
    "POST /records/{accession}/redacted": Case("accepted", BY_STAFF, {"field": "sex", **REASON}),
    "GET /records/{accession}/exports/{standard}": Case("accepted", IN_CARE),
    "GET /submissions/{code}/blockers": Case("accepted", IN_CARE),
    "POST /submissions/{code}/release": Case("accepted", IN_CARE, {}),
    "PUT /submissions/{code}/release-date": Case("accepted", IN_CARE, {"release_on": SOON.isoformat()}),
    "POST /submissions/{code}/embargo": Case("accepted", IN_CARE, {"release_on": SOON.isoformat(), **REASON}),
    "POST /submissions/{code}/review-links": Case("accepted", (404, 404, 201, 404, 403, 403), {"name": "Journal"}),
    "GET /submissions/{code}/review-links": Case("accepted", BY_GROUP),
    "GET /review-links/{link}/openings": Case("accepted", BY_GROUP),
    "DELETE /review-links/{link}": Case("accepted", (404, 404, 204, 404, 403, 403)),
    "POST /records/{accession}/certificates": Case("accepted", (404, 404, 201, 404, 201, 201)),
    "POST /submissions/{code}/certificates": Case("accepted", (404, 404, 201, 404, 201, 201)),
    # A sample is no project, and this request does not exist: beyond the door there is nothing to do.
    "POST /records/{accession}/umbrella": Case("accepted", (404, 404, 422, 404, 403, 403), {"umbrella": "KAP000001"}),
    "POST /records/{accession}/umbrella/unlink": Case(
        "accepted", (404, 404, 404, 404, 403, 403), {"umbrella": "KAP000001", **REASON}
    ),
    "GET /umbrella-requests": Case("draft", PUBLIC),
    "POST /umbrella-requests/{asked}/{answer}": Case("accepted", (404, 404, 404, 404, 404, 404)),
    "GET /records/{accession}/coupling": Case("accepted", IN_CARE),
    "POST /records/{accession}/public-elsewhere": Case("accepted", IN_CARE, {"identifiers": ["SAMN02953603"]}),
    "POST /submissions/{code}/release-together": Case("accepted", IN_CARE, {"accessions": ["KAP000001"]}),
    "GET /submissions/{code}/embargo-limits": Case("accepted", IN_CARE),
    "GET /certificates/{certificate}": Case("accepted", PUBLIC),
    "GET /certificates/{certificate}/pdf": Case("accepted", IN_CARE),
    # These answers answer nothing, and the file is not held: beyond the door there is nothing to do.
    "GET /submissions/{code}/human-data": Case("draft", OF_DRAFT),
    "PUT /submissions/{code}/human-data": Case("draft", (404, 404, 422, 404, 404, 403), {"answers": {"a": "b"}}),
    "POST /submissions/{code}/human-data/decision": Case(
        "asked", (404, 404, 403, 404, 200, 200), {"outcome": "here", **REASON}
    ),
    "GET /human-data": Case("draft", PUBLIC),
    "GET /quarantine": Case("draft", PUBLIC),
    "POST /quarantine/{file_id}/declare": Case("draft", (404, 404, 409, 404, 404, 404), REASON),
    "GET /notices": Case("draft", (401, 200, 200, 200, 200, 200)),
    "POST /notices/read": Case("draft", (401, 200, 200, 200, 200, 200), {"ids": None}),
    "GET /shelves/{shelf}/files": Case("draft", OF_DRAFT),
    "GET /shelves/{shelf}/uploads": Case("draft", OF_DRAFT),
    "PUT /shelves/{shelf}/files/{name}": Case("draft", (401, 404, 201, 404, 404, 403), "bytes"),
    "GET /files/{file_id}": Case("draft", OF_DRAFT),
    "DELETE /files/{file_id}": Case("draft", (404, 404, 204, 404, 404, 403)),
    "GET /forms": Case("draft", PUBLIC),
    "GET /forms/{form}": Case("draft", PUBLIC),
    "GET /forms/{form}/schema.json": Case("draft", PUBLIC),
    "GET /forms/{form}/template.xlsx": Case("draft", PUBLIC),
    "GET /rules": Case("draft", PUBLIC),
    "GET /accession-series": Case("draft", PUBLIC),
    "GET /standards": Case("draft", PUBLIC),
    "GET /changes": Case("draft", PUBLIC),
    "GET /search": Case("draft", PUBLIC),
    "GET /suggest": Case("draft", PUBLIC),
}


def known() -> set[str]:
    return {f"{method} {path}" for method, path in operations(make_api("table"))}


def test_every_operation_has_a_row() -> None:
    assert {operation.replace("{command}", "declare") for operation in known()} == set(CASES)


@pytest.fixture
def people(world: World, foreign_curator: Actor) -> dict[str, Caller]:
    actors = (None, world.stranger, world.depositor, foreign_curator, world.curator, world.administrator)
    return {who: Caller(actor) for who, actor in zip(WHO, actors, strict=True)}


def prepare(world: World, state: str) -> dict[str, Any]:
    """A submission in that state, and the values of the addresses that lead to it."""
    if state == "accepted":
        submission = accepted(world, study(), release_on=SOON)
    elif state == "asked":
        submission = draft(world, study())
        services_human.answer(world.depositor, submission.pk, {"personal": "yes", "consent": "no"})
    else:
        submission = draft(world, study())
        if state == "in-review":
            review(world, submission)
    shared = sharing(world, submission) if state == "accepted" else {}
    return {**places(submission), **shared, **({"code": world.group.code} if state == "group" else {})}


def sharing(world: World, submission: Submission) -> dict[str, Any]:
    made = certificates.certify_submission(world.depositor, submission.pk)
    link = reviewing.make_link(world.depositor, submission.pk, name="J").id
    return {"link": link, "certificate": made.code, "asked": 1, "answer": "agree"}


def places(submission: Submission) -> dict[str, Any]:
    file = lay_file(submission, "reads.fastq")
    problem = RowProblem.objects.create(
        submission=submission, code="x", severity="warning", message_ko="-", message_en="-", overridable=True
    )
    record = Record.objects.filter(form="biosample").order_by("pk").first()
    return {
        "code": submission.code, "form": "biosample", "position": 1, "shelf": submission.shelf_id,
        "file_id": file.pk, "problem_id": problem.pk, "name": "new.fastq", "token_id": 1, "change": 1,
        "standard": "jsonl",
        "accession": record.accession if record else "",
    }  # fmt: skip


def send(caller: Caller, operation: str, path: str, body: Any) -> int:
    method = operation.split()[0]
    if body == "bytes":
        reads = b"@r\nA\n+\nI\n"
        answer = caller.client.put(f"/api/v1{path}", reads, "application/octet-stream", headers=caller.headers)
    elif body in ("sheet", "sheets"):
        sheet = SimpleUploadedFile("biosample.tsv", b"sample_name\tproject\tsex\nS7\tstudy-1\tfemale\n")
        query = "?group=lab" if body == "sheets" else ""
        answer = caller.client.post(f"/api/v1{path}{query}", {body: sheet}, headers=caller.headers)
    else:
        answer = caller(method, path, body)
    return int(answer.status_code)


@pytest.mark.parametrize("operation", sorted(CASES))
def test_outcome(operation: str, world: World, people: dict[str, Caller]) -> None:
    case = CASES[operation]
    path = operation.split()[1].format_map(prepare(world, case.state))
    seen = []
    for who in WHO:
        with transaction.atomic():
            seen.append(send(people[who], operation, path, case.body))
            transaction.set_rollback(True)
    assert dict(zip(WHO, seen, strict=True)) == dict(zip(WHO, case.outcomes, strict=True))


NARROW: list[tuple[str, str, str, Any, int]] = [
    ("read", "POST", "/submissions/{code}/submit", None, 403),
    ("read", "PUT", "/submissions/{code}/rows/{form}", {"rows": []}, 403),
    ("read", "GET", "/submissions/{code}", None, 200),
    ("curate", "PUT", "/submissions/{code}/rows/{form}", {"rows": []}, 403),
    ("deposit", "PUT", "/submissions/{code}/rows/{form}", {"rows": []}, 200),
]


@pytest.mark.parametrize(("scope", "method", "path", "body", "status"), NARROW)
def test_scopes_narrow(
    scope: str, method: str, path: str, body: Any, status: int, world: World, caller: Callable[..., Caller]
) -> None:
    place = prepare(world, "draft")
    answer = caller(world.depositor, scope)(method, path.format_map(place), body)
    assert answer.status_code == status
    if status == 403:
        assert scope in answer.json()["detail"], "the answer says which scopes the token has"


def test_a_deposit_token_of_a_curator_does_not_decide(world: World, caller: Callable[..., Caller]) -> None:
    place = prepare(world, "in-review")
    answer = caller(world.curator, "deposit")("POST", f"/submissions/{place['code']}/accept")
    assert answer.status_code == 403
