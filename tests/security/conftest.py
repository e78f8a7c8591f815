"""Stations of these tests: settings of station.toml changed for one test, people to sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from django.core.cache import cache
from pytest_django import Settings

from biomoa.ledger.models import Entry
from biomoa.people.models import Organisation, User
from biomoa.people.rules import system
from biomoa.people.services import appoint, make_account
from biomoa.records.library import catalogue, library
from tests.records.conftest import CATALOGUE

PASSWORD = "pass-phrase-1"


@pytest.fixture(autouse=True)
def no_attempts_before(db: None) -> None:  # noqa: ARG001
    cache.clear()


@pytest.fixture
def station(settings: Settings) -> Callable[..., None]:
    """Changes keys of ``[security]`` or ``[limits]``, or of the station itself."""

    def change(**values: Any) -> None:
        home = settings.BIOMOA_HOME
        changed = home.station
        for name, value in values.items():
            if hasattr(changed.security, name):
                changed = msgspec.structs.replace(
                    changed, security=msgspec.structs.replace(changed.security, **{name: value})
                )
            elif hasattr(changed.limits, name):
                changed = msgspec.structs.replace(
                    changed, limits=msgspec.structs.replace(changed.limits, **{name: value})
                )
            else:
                changed = msgspec.structs.replace(changed, **{name: value})
        settings.BIOMOA_HOME = msgspec.structs.replace(home, station=changed)

    return change


@pytest.fixture
def person(db: None) -> User:  # noqa: ARG001
    return make_account("minji@example.org", password=PASSWORD, name_ko="김민지", name_en="Minji Kim")


@pytest.fixture
def curator(db: None) -> User:  # noqa: ARG001
    center = Organisation.objects.create(code="CENTER", kind="data-center", name_ko="센터", name_en="Center")
    user = make_account("curator@example.org", password=PASSWORD, name_ko="", name_en="Curator")
    appoint(system("test"), center, user, "curator")
    return user


@pytest.fixture
def events() -> Callable[[], list[str]]:
    return lambda: list(Entry.objects.order_by("seq").values_list("event", flat=True))


@pytest.fixture(autouse=True, scope="package")
def _catalogue() -> Iterator[None]:
    """The small catalogue of the tests of records: every form of it is known here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIOMOA_CATALOGUE", str(CATALOGUE))
        catalogue.cache_clear()
        library.cache_clear()
        yield
    catalogue.cache_clear()
    library.cache_clear()
