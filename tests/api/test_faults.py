"""How the API says no: one shape, in both languages, for everything that can be wrong with a request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from pytest_django import Settings

from biomoa.client.answers import Problem as ClientProblem
from biomoa.forms.problems import Problem
from biomoa.ledger.models import Entry
from biomoa.people.edge import Fault, ProblemOut
from biomoa.people.models import User
from biomoa.records import queries
from biomoa.records.models import Record
from tests.api.conftest import Caller
from tests.records.world import World, accept, draft, project, review, study

pytestmark = pytest.mark.django_db
SHAPE = jsonschema_rs.validator_for(Fault.model_json_schema())


def told(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    SHAPE.validate(body)
    assert body["status"] == status
    return body


def test_nobody_is_asked_to_sign_in(nobody: Caller) -> None:
    answer = nobody("POST", "/submissions", {"rows": study()})
    told(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_program_without_a_token_is_told_so_not_about_forged_forms() -> None:
    answer = Client(enforce_csrf_checks=True).post("/api/v1/submissions", b"{}", "application/json")
    told(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/submissions"), ("PUT", "/shelves/3f0c5d52-6f3b-4f4d-9bb4-000000000000/files/a.fq"), ("POST", "/check"),
])  # fmt: skip
def test_a_body_of_no_told_length_is_not_taken_for_an_empty_one(owner: Caller, method: str, path: str) -> None:
    body = told(owner(method, path, headers={"transfer-encoding": "chunked"}), 411)
    assert "Content-Length" in body["detail"]


def test_head_is_answered_wherever_get_is(nobody: Caller) -> None:
    answer = nobody("HEAD", "/forms")
    assert (answer.status_code, answer.content) == (200, b"")
    assert nobody("HEAD", "/nothing").status_code == 404
    assert nobody("HEAD", "/check").status_code == 405


@pytest.mark.parametrize("path", [
    "/submissions?state=nothing", "/desk?state=nothing", "/submissions/{code}/problems?severity=fatal",
])  # fmt: skip
def test_a_filter_of_nothing_is_not_taken_for_none(world: World, owner: Caller, curator: Caller, path: str) -> None:
    asker = curator if path.startswith("/desk") else owner
    body = told(asker("GET", path.format(code=draft(world, study()).code)), 422)
    assert body["problems"][0]["field"] in ("query.state", "query.severity")


@pytest.mark.parametrize("asked", ["nothing:x", "organism", "organism:"])
def test_a_search_by_an_unknown_filter_does_not_find_all(nobody: Caller, asked: str) -> None:
    body = told(nobody("GET", f"/search?filter={asked}"), 422)
    assert body["problems"][0]["code"] == "filter-unknown"


def test_problems_of_what_was_never_checked_are_not_none(world: World, owner: Caller) -> None:
    code = draft(world, study()).code
    owner("PUT", f"/submissions/{code}/rows/bioproject", {"rows": [project()]})
    assert owner("GET", f"/submissions/{code}/problems").json() == {"problems": [], "total": 0, "is_checked": False}
    owner("POST", f"/submissions/{code}/check")
    assert owner("GET", f"/submissions/{code}/problems").json()["is_checked"]


def test_an_unknown_standard_is_a_problem_in_both_languages(world: World, nobody: Caller) -> None:
    submission = draft(world, study())
    accept(world, submission)
    accession = Record.objects.get(form="bioproject").accession
    path = f"/records/{accession}/exports/nothing"
    body = told(nobody("GET", path, headers={"accept-language": "ko"}), 422)
    assert body["problems"][0]["code"] == "not-expressible"
    assert "없는 표준" in body["detail"] and "known" not in body["detail"]


def test_a_wrong_token(nobody: Caller) -> None:
    body = told(nobody("GET", "/submissions", headers={"authorization": "Bearer bmo_x"}), 401)
    assert body["problems"][0]["code"] == "token-invalid"


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/nothing"), ("GET", "/submissions/SUB99999999"), ("GET", "/submissions/x%00y"), ("GET", "/records/KAS1"),
    ("GET", "/forms/biosample/schema.json?package=x"), ("GET", "/forms/biosample/template.xlsx?package=x"),
    ("GET", "/"), ("DELETE", "/nothing/at/all"), ("GET", "/forms/nothing"), ("GET", "/files/1"),
    ("GET", "/shelves/3f0c5d52-6f3b-4f4d-9bb4-000000000000/files"), ("GET", "/records/KAS1/exports/jsonl"),
])  # fmt: skip
def test_what_is_not_there(owner: Caller, method: str, path: str) -> None:
    told(owner(method, path), 404)


def test_a_refusal_names_the_scopes_and_is_noted(world: World, caller: Callable[..., Caller]) -> None:
    code = draft(world, study()).code
    body = told(caller(world.depositor, "read")("POST", f"/submissions/{code}/submit"), 403)
    assert "read" in body["detail"]
    assert Entry.objects.filter(event="access:refused", actor=world.depositor.label).count() == 1


def test_two_people_on_one_draft(world: World, owner: Caller) -> None:
    submission = draft(world, study())
    path = f"/submissions/{submission.code}/rows/bioproject"
    first = owner("PUT", path, {"rows": [project()], "revision": submission.revision})
    assert first.status_code == 200
    body = told(owner("PUT", path, {"rows": [project()], "revision": submission.revision}), 409)
    assert body["current_revision"] == first.json()["revision"]


def test_a_wrong_moment_is_a_problem_not_a_permission(world: World, owner: Caller) -> None:
    submission = draft(world, study())
    review(world, submission)
    body = told(owner("DELETE", f"/submissions/{submission.code}"), 422)
    assert body["problems"][0]["code"] == "wrong-state"


def test_a_body_that_is_no_json(owner: Caller) -> None:
    answer = owner.client.post("/api/v1/submissions", b"{rows", "application/json", headers=owner.headers)
    told(answer, 400)


@pytest.mark.parametrize("body", [
    {"rows": []}, {"rows": {"bioproject": "x"}}, {"rows": {"bioproject": ["x"]}}, {"release_on": "tomorrow"}, [], 7,
    {"titel": "x"},
])  # fmt: skip
def test_a_body_of_another_shape_names_the_place(owner: Caller, body: Any) -> None:
    answer = owner.client.post("/api/v1/submissions", json.dumps(body), "application/json", headers=owner.headers)
    problem = told(answer, 422)["problems"][0]
    assert problem["code"] == "request-invalid"
    assert problem["field"].startswith("body")


def test_a_body_that_is_too_large(owner: Caller, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = told(owner("POST", "/submissions", {"title": "x" * 2000}), 413)
    assert "sheet" in body["detail"]


def test_parameters_out_of_range(owner: Caller) -> None:
    assert told(owner("GET", "/submissions?page=0"), 422)["problems"][0]["field"] == "query.page"
    told(owner("GET", "/submissions?size=100000"), 422)


def test_an_unknown_form_or_method(world: World, owner: Caller) -> None:
    code = draft(world, study()).code
    body = told(owner("PUT", f"/submissions/{code}/rows/nonsense", {"rows": []}), 422)
    assert body["problems"][0]["code"] == "unknown-form"
    assert owner("DELETE", "/submissions").status_code == 405


def test_detail_follows_the_reader(nobody: Caller) -> None:
    path = "/records/KAS00000001"
    assert told(nobody("GET", path, headers={"accept-language": "ko"}), 404)["detail"] == "찾을 수 없습니다"
    assert told(nobody("GET", path, headers={"accept-language": "en"}), 404)["detail"] == "Not found"


def test_a_session_needs_the_csrf_value(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(pk=world.depositor.user_id))
    body = {"title": "x", "submit": False}
    told(strict.post("/api/v1/submissions", body, "application/json"), 403)
    assert strict.get("/api/v1/me").json()["scopes"] is None
    csrf = strict.get("/account/").cookies["csrftoken"].value
    answer = strict.post("/api/v1/submissions", body, "application/json", headers={"x-csrftoken": csrf})
    assert answer.status_code == 201


def test_a_header_without_a_token_does_not_step_around_csrf(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(pk=world.depositor.user_id))
    answer = strict.post(
        "/api/v1/submissions", {"submit": False}, "application/json", headers={"authorization": "Basic eDp5"}
    )
    told(answer, 403)


def test_a_failure_inside_is_told_without_its_inside(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(queries, "submissions_of", fail)
    assert "secret" not in str(told(owner("GET", "/submissions"), 500))


def test_a_problem_is_the_same_object_everywhere() -> None:
    assert list(ProblemOut.model_fields) == list(Problem.__struct_fields__) == list(ClientProblem.__struct_fields__)


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "/submissions", {"900101-1234567": 1}),
    ("POST", "/submissions", {"is_human": "900101-1234567"}),
    ("PATCH", "/submissions/{code}", {"release_on": "900101-1234567"}),
    ("PUT", "/submissions/{code}/rows/900101-1234567", {"rows": []}),
    ("POST", "/submissions/{code}/comments", {"text": "x", "position": "900101-1234567"}),
])  # fmt: skip
def test_a_fault_repeats_no_number_of_a_person(
    world: World, owner: Caller, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = owner(method, path.format(code=draft(world, study()).code), body)
    assert told(answer, 422)["problems"]
    assert "900101" not in answer.content.decode() and "1234567" not in answer.content.decode()
