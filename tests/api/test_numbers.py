"""Numbers that no table holds, in every place that takes one: told as wrong, never a fault of the station.

And keys of commands, which are each person's own.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from biomoa.records.models import Row, Submission
from tests.security.world import Place, make_place

pytestmark = pytest.mark.django_db
GREAT = ("9" * 19, "9" * 23, "9" * 5_000)
PAGES = (
    "/notices/?page={n}", "/notices/{n}/", "/submissions/?page={n}", "/desk/?page={n}", "/search/?page={n}",
    "/files/{n}/x", "/inspections/{n}/",
)  # fmt: skip
CALLS = (
    ("GET", "/rows/bioproject/{n}", ""), ("PUT", "/rows/bioproject/{n}", '{{"values": {{"title": "x"}}}}'),
    ("DELETE", "/rows/bioproject/{n}", ""), ("PUT", "/rows/bioproject", '{{"rows": [], "revision": {n}}}'),
    ("POST", "/corrections", '{{"problems": [{n}]}}'), ("POST", "/take", '{{"user": {n}}}'),
    ("POST", "/rows/bioproject/{n}/curated", '{{"field": "title", "value": "x", "reason": "y"}}'),
    ("POST", "/comments", '{{"text": "x", "form": "bioproject", "position": {n}}}'),
    ("POST", "/review-links", '{{"name": "x", "days": {n}, "files": [{n}]}}'),
)  # fmt: skip
ELSEWHERE = (
    ("POST", "/notices/read", '{{"ids": [{n}]}}'), ("GET", "/review-links/1/openings?page={n}", ""),
    ("GET", "/review-links/{n}/openings", ""), ("POST", "/problems/{n}/override", '{{"reason": "x"}}'),
    ("POST", "/quarantine/{n}/remove", '{{"reason": "x"}}'), ("GET", "/files/{n}", ""), ("DELETE", "/files/{n}", ""),
    ("DELETE", "/tokens/{n}", ""), ("POST", "/ledger/changes/{n}/confirm", ""), ("DELETE", "/review-links/{n}", ""),
    ("POST", "/umbrella-requests/{n}/agree", ""),
)  # fmt: skip


@pytest.fixture
def place(db: None) -> Place:  # noqa: ARG001
    return make_place()


@pytest.mark.parametrize("role", ["owner", "curator", "administrator"])
def test_a_number_that_no_table_holds_fails_nothing(place: Place, role: str) -> None:
    client = place.client(role)
    codes = [place.things[state].submission.code for state in ("draft", "in-review", "accepted")]
    calls = [(m, f"/api/v1/submissions/{code}{path}", body) for code in codes for m, path, body in CALLS]
    calls += [(method, f"/api/v1{path}", body) for method, path, body in ELSEWHERE]
    calls += [("GET", path, "") for path in PAGES]
    told = {}
    for number in GREAT:
        for method, path, body in calls:
            sent = body.format(n=number) if body else ""
            answer = client.generic(method, path.format(n=number), sent.encode(), "application/json")
            told[f"{method} {path} {len(number)}"] = answer.status_code
        told[f"mark {len(number)}"] = client.post("/notices/read/", {"notice": number}).status_code
    assert {call: status for call, status in told.items() if status >= 500} == {}


def _create(client: Client, key: str, alias: str) -> Any:
    rows = {"bioproject": [{"project_alias": alias, "title": alias, "project_type": "primary"}]}
    sent = json.dumps({"group": "lab", "rows": rows, "submit": False})
    return client.post("/api/v1/submissions", sent, "application/json", headers={"idempotency-key": key})


def test_a_key_is_the_persons_own(place: Place) -> None:
    """Members of one group number their calls alike: neither may write over the other's draft."""
    first, second = (_create(place.client(role), "1", role).json()["submission"] for role in ("owner", "manager"))
    assert first != second and _create(place.client("owner"), "1", "owner").json()["submission"] == first
    assert Row.objects.get(submission_id=int(first[3:])).alias == "owner"


def test_long_keys_that_begin_alike_are_two(place: Place) -> None:
    client, before = place.client("owner"), Submission.objects.count()
    made = {_create(client, "x" * 200 + end, f"study-{end}").json()["submission"] for end in "ab"}
    assert len(made) == 2 and Submission.objects.count() == before + 2
