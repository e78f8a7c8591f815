"""What the ledger hears of people: everything that matters, no secret, and no flood by strangers."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from biomoa.files.models import StoredFile
from biomoa.ledger.models import Entry
from biomoa.people.models import Organisation, User
from biomoa.people.queries import actor_of
from biomoa.people.services import create_group, create_token, make_account, revoke_token
from biomoa.people.tries import PEOPLE_A_MINUTE, note_failed_try, tell_failed_tries
from tests.security.conftest import PASSWORD
from tests.security.world import Place, make_place

pytestmark = pytest.mark.django_db


def test_a_flood_of_failures_is_a_number(person: User) -> None:
    for _ in range(1_000):
        note_failed_try(person, 600.0)
        note_failed_try(None, 601.0)
    failed = Entry.objects.filter(event="person:sign-in-failed")
    assert failed.count() == 2
    assert tell_failed_tries(610.0) == 0, "the minute is not over"
    assert tell_failed_tries(660.0) == 2
    assert sorted(json.loads(entry.data).get("more", 0) for entry in failed) == [0, 0, 999, 999]
    assert tell_failed_tries(720.0) == 0


def test_many_names_cost_no_more_than_the_bound(db: None) -> None:  # noqa: ARG001
    people = [make_account(f"p{n}@example.org", password=None, name_ko="", name_en="P") for n in range(70)]
    for user in people:
        note_failed_try(user, 600.0)
    failed = Entry.objects.filter(event="person:sign-in-failed")
    assert failed.count() == PEOPLE_A_MINUTE + 1
    assert tell_failed_tries(700.0) == 1
    assert json.loads(failed.last().data)["more"] == 70 - PEOPLE_A_MINUTE - 1  # type: ignore[union-attr]


def test_a_clock_that_was_set_back_hides_nothing(person: User) -> None:
    note_failed_try(person, 6_000.0)
    note_failed_try(person, 6_000.0)
    assert tell_failed_tries(600.0) == 1


def test_signing_in_and_out_and_tokens(client: Client, person: User, events: Callable[[], list[str]]) -> None:
    client.post("/account/login/", {"login": person.email, "password": "wrong"})
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    made = create_token(actor_of(person), "laptop", ["read"], 9)
    revoke_token(actor_of(person), made.id)
    client.post("/account/logout/")
    wanted = ["person:sign-in-failed", "person:signed-in", "token:created", "token:revoked", "person:signed-out"]
    assert [event for event in events() if event in wanted] == wanted
    kept = " ".join(Entry.objects.values_list("data", flat=True))
    assert made.secret not in kept and PASSWORD not in kept and "wrong" not in kept
    assert person.email not in kept, "an address must be able to vanish"


def test_roles_and_refusals(client: Client, person: User, curator: User) -> None:
    group = create_group(actor_of(person), "그룹", "Group")
    client.force_login(curator)
    wish = {"email": "x@example.org", "role": "curator"}
    client.post(f"/groups/{Organisation.objects.get(code='CENTER').code}/invite/", wish)
    client.post(f"/groups/{group.code}/invite/", wish)
    said = list(Entry.objects.values_list("event", "actor"))
    assert ("member:role-set", "system:test") in said
    assert ("access:refused", f"user:{curator.pk}") in said


@pytest.fixture
def place(db: None) -> Place:  # noqa: ARG001
    return make_place()


def test_reading_a_closed_file_is_noted_once_a_minute(client: Client, place: Place) -> None:
    file = place.file
    client.force_login(place.people["owner"])
    for ranged in ({}, {"range": "bytes=0-1"}, {"range": "bytes=2-3"}):
        assert client.get(f"/files/{file.pk}/{file.name}", headers=ranged).status_code in (200, 206)
    entry = Entry.objects.get(event="file:downloaded")
    assert (entry.actor, entry.subject) == (f"user:{place.people['owner'].pk}", f"FILE{file.pk}")
    assert json.loads(entry.data)["sha256"] == file.object_id
    StoredFile.objects.update(is_public=True)
    Client().get(f"/files/{file.pk}/{file.name}")
    assert Entry.objects.filter(event="file:downloaded").count() == 1, "what is public is read without a trace"
