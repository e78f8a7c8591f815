"""The same command twice under one Idempotency-Key: done once, answered the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from biomoa.jobs.answers import forget_answers
from biomoa.jobs.models import Answer
from biomoa.ledger.models import Entry
from biomoa.records import services, services_curation
from biomoa.records.models import Comment, Record, Submission
from tests.api.conftest import Caller
from tests.records.world import World, accepted, draft, study

KEY = {"idempotency-key": "k-1"}


@pytest.fixture
def code(world: World) -> str:
    return str(draft(world, study()).code)


def test_a_comment_sent_twice_is_written_once(owner: Caller, code: str) -> None:
    path, body = f"/submissions/{code}/comments", {"text": "please look"}
    first = owner("POST", path, body, headers=KEY)
    second = owner("POST", path, body, headers=KEY)
    assert (first.status_code, second.status_code, Comment.objects.count()) == (201, 201, 1)
    assert second.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert owner("POST", path, body).status_code == 201 and Comment.objects.count() == 2


def test_the_same_key_with_another_command_is_refused(owner: Caller, code: str) -> None:
    path = f"/submissions/{code}/comments"
    owner("POST", path, {"text": "one"}, headers=KEY)
    answer = owner("POST", path, {"text": "two"}, headers=KEY)
    assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "idempotency-key-reused"
    assert Comment.objects.count() == 1
    assert owner("POST", path, {"text": "two"}, headers={"idempotency-key": "x" * 101}).status_code == 422


def test_keys_of_two_people_do_not_meet(owner: Caller, caller: Any, world: World, code: str) -> None:
    path, body = f"/submissions/{code}/comments", {"text": "same"}
    assert owner("POST", path, body, headers=KEY).status_code == 201
    assert caller(world.manager)("POST", path, body, headers=KEY).status_code == 201
    assert Comment.objects.count() == 2


def test_a_narrower_token_is_not_answered_what_a_wider_one_was(caller: Any, world: World, code: str) -> None:
    path, body = f"/submissions/{code}/comments", {"text": "same"}
    assert caller(world.depositor)("POST", path, body, headers=KEY).status_code == 201
    answer = caller(world.depositor, "read")("POST", path, body, headers=KEY)
    assert answer.status_code == 422 and answer.json()["problems"][0]["code"] == "idempotency-key-reused"
    assert Comment.objects.count() == 1


def test_what_was_refused_may_be_asked_again(owner: Caller, code: str) -> None:
    path = f"/submissions/{code}/withdraw"
    assert owner("POST", path, {"reason": "r"}, headers=KEY).status_code == 422
    services.submit(_depositor(), Submission.objects.get().pk)
    assert owner("POST", path, {"reason": "r"}, headers=KEY).status_code == 200
    assert owner("POST", path, {"reason": "r"}, headers=KEY).json()["state"] == "withdrawn"
    assert Entry.objects.filter(event="submission:withdrawn").count() == 1


def _depositor() -> Any:
    from biomoa.people.models import User
    from biomoa.people.queries import actor_of

    return actor_of(User.objects.get(email="depositor@example.org"))


def test_each_command_on_a_record_twice(owner: Caller, curator: Caller, world: World) -> None:
    accepted(world, study())
    record = Record.objects.filter(form="biosample").earliest("pk")
    path = f"/records/{record.accession}"
    correction = {"field": "sex", "value": "male", "reason": "typo"}
    for _ in range(2):
        assert curator("POST", f"{path}/curated", correction, headers=KEY).json()["version"] == 2
    for _ in range(2):
        values = {"sample_name": record.alias, "project": "study-1", "sex": "male"}
        assert owner("POST", f"{path}/revisions", {"values": values}, headers=KEY).status_code == 201
    assert Submission.objects.count() == 2
    for _ in range(2):
        answer = curator("POST", f"{path}/withdraw", {"reason": "asked"}, headers={"idempotency-key": "k-2"})
        assert answer.status_code == 200, answer.content


def test_a_database_that_fails_at_the_end_is_told_as_busy_and_nothing_is_kept(
    owner: Caller, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    path, body = f"/submissions/{code}/comments", {"text": "please look"}
    with monkeypatch.context() as patch:
        patch.setattr(services_curation.ledger, "record", fail)
        answer = owner("POST", path, body, headers=KEY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert not Comment.objects.exists() and not Answer.objects.exists()
    assert owner("POST", path, body, headers=KEY).status_code == 201


def test_answers_are_kept_a_week(owner: Caller, code: str) -> None:
    owner("POST", f"/submissions/{code}/comments", {"text": "x"}, headers=KEY)
    assert forget_answers() == 0
    Answer.objects.update(made_at=timezone.now() - timedelta(days=7, seconds=1))
    assert forget_answers() == 1


def test_the_secret_of_a_reviewer_link_is_kept_nowhere(owner: Caller, world: World) -> None:
    """Neither to be told again, also to a narrower token, nor to lie in the database and its backups."""
    later = timezone.localdate() + timedelta(days=100)
    made = accepted(world, study(), release_on=later)
    answer = owner("POST", f"/submissions/{made.code}/review-links", {"name": "journal"}, headers=KEY)
    assert answer.status_code == 201 and "/review/" in answer.json()["address"]
    assert not Answer.objects.exists()
