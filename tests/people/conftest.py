"""People to test with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from biomoa.people.models import Organisation, User
from biomoa.people.queries import actor_of
from biomoa.people.rules import Actor, system
from biomoa.people.services import appoint, create_group, make_account


@pytest.fixture
def person(db: None) -> Callable[..., User]:  # noqa: ARG001
    def make(name: str, **fields: object) -> User:
        return make_account(
            f"{name}@example.org",
            password="pass-phrase-1",
            name_ko="",
            name_en=name,
            **fields,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def manager(person: Callable[..., User]) -> User:
    return person("minji")


@pytest.fixture
def group(manager: User) -> Organisation:
    return create_group(actor_of(manager), "민지 연구그룹", "Minji Group")


@pytest.fixture
def member(person: Callable[..., User], group: Organisation) -> User:
    user = person("jun")
    appoint(system("test"), group, user, "depositor")
    return user


@pytest.fixture
def acting() -> Callable[[User], Actor]:
    return actor_of
