"""The API from outside: a caller for each kind of person, on the small catalogue of the records tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from biomoa.people.models import Organisation, Token
from biomoa.people.rules import Actor
from biomoa.people.services import digest
from tests.records.conftest import _catalogue, world
from tests.records.world import World, make_actor

__all__ = ["_catalogue", "world"]
ALL_SCOPES = ("read", "deposit", "curate")


def token_of(actor: Actor, *scopes: str) -> str:
    """A token of that person; the same each time it is asked for."""
    scopes = scopes or ALL_SCOPES
    secret = f"bmo_test-{actor.user_id}-{'-'.join(scopes)}"
    Token.objects.get_or_create(
        digest=digest(secret),
        defaults={"user_id": actor.user_id, "name": "test", "prefix": secret[:12], "scopes": list(scopes),
                  "expires_at": timezone.now() + timedelta(days=1)},
    )  # fmt: skip
    return secret


class Caller:
    """Calls ``/api/v1`` as one person; nobody without an actor."""

    def __init__(self, actor: Actor | None = None, *scopes: str) -> None:
        self.headers = {"accept-language": "en"}
        if actor is not None:
            self.headers["authorization"] = f"Bearer {token_of(actor, *scopes)}"
        self.client = Client()

    def __call__(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        kind = "application/json" if content else ""
        return self.client.generic(method, f"/api/v1{path}", content, kind, headers={**self.headers, **(headers or {})})


@pytest.fixture
def owner(world: World) -> Caller:
    return Caller(world.depositor)


@pytest.fixture
def curator(world: World) -> Caller:
    return Caller(world.curator)


@pytest.fixture
def nobody(db: None) -> Caller:  # noqa: ARG001
    return Caller()


@pytest.fixture
def foreign_curator(world: World) -> Actor:  # noqa: ARG001
    center = Organisation.objects.create(code="NABIC", kind="data-center", name_ko="다른 센터", name_en="Other")
    return make_actor("foreign", center, "curator")


@pytest.fixture
def caller() -> Callable[..., Caller]:
    return Caller
