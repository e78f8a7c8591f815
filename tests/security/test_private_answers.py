"""What is made for a signed-in person lies in no cache; text with NUL never reaches a table."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from biomoa.people.models import Token, User
from biomoa.people.queries import actor_of
from biomoa.people.services import create_token
from biomoa.records import services
from biomoa.records.models import Row, RowProblem
from tests.records.world import draft, make_world, project
from tests.security.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PATHS = (
    "/", "/help/", "/forms/", "/account/", "/account/sessions/", "/account/2fa/", "/account/email/", "/submissions/",
    "/account/password/change/", "/api/v1/me", "/api/v1/tokens", "/api/v1/submissions", "/api/v1/nothing", "/nothing",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_answers_to_a_person_are_not_kept(client: Client, person: User, path: str) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    said = client.get(path)["Cache-Control"]
    assert "no-store" in said and "private" in said


def test_answers_to_a_token_are_not_kept(person: User) -> None:
    secret = create_token(actor_of(person), "t", ["read"], 9).secret
    answer = Client().get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"


def test_public_pages_may_be_kept_for_nobody_in_particular(client: Client) -> None:
    assert "Cache-Control" not in client.get("/help/").headers


@pytest.mark.parametrize("body", ['{"name": "a\\u0000b", "scopes": ["read"], "days": 9}', '{"na\\u0000me": 1}'])
def test_text_with_nul_is_refused(client: Client, person: User, body: str) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    answer = client.post("/api/v1/tokens", body, content_type="application/json")
    assert answer.status_code == 400 and not Token.objects.exists()


def test_a_backslash_is_no_nul(client: Client, person: User) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    body = '{"name": "a\\\\u0000b", "scopes": ["read"], "days": 9}'
    assert client.post("/api/v1/tokens", body, content_type="application/json").status_code == 201
    assert Token.objects.get().name == "a\\u0000b"


def test_a_sheet_with_nul_is_kept_without_and_told(client: Client) -> None:
    world = make_world()
    made = draft(world, {"bioproject": [project()]})
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    sheet = SimpleUploadedFile("biosample.csv", b"sample_name,project,title\nS1,study-1,blo\0od\n")
    assert client.post(f"/submissions/{made.code}/sheet", {"sheet": sheet}).status_code == 302
    row = Row.objects.get(submission=made, form="biosample")
    assert "\0" not in json.dumps(row.values, ensure_ascii=False) and row.values["title"] == "blo\uffffod"
    problems = services.check(made.pk)
    assert problems is not None
    assert RowProblem.objects.filter(submission=made, field="title", code="text-control-character").exists()
