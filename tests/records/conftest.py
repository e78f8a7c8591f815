"""A station with a small catalogue of its own, two groups, a data center, and the people who act on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.records.world import World, make_world

CATALOGUE = Path(__file__).parent / "catalogue"


@pytest.fixture(autouse=True, scope="package")
def _catalogue() -> Iterator[None]:
    """The forms of this folder, for as long as tests of it run; compiled once."""
    from biomoa.records.library import catalogue, library

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIOMOA_CATALOGUE", str(CATALOGUE))
        catalogue.cache_clear()
        library.cache_clear()
        yield
    catalogue.cache_clear()
    library.cache_clear()


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001
    """Groups, center and people, in a transaction that is rolled back."""
    return make_world()


@pytest.fixture
def lasting_world(transactional_db: None) -> World:  # noqa: ARG001
    """The same, really committed: for threads and processes."""
    return make_world()
