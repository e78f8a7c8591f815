"""Attempts to sign in are counted, or the reason why not is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created
from django.test import Client
from django.utils import timezone

from biomoa.people.models import CacheEntry

pytestmark = pytest.mark.django_db(transaction=True)


MOST_PAGES = 2**31


@pytest.fixture
def full_database() -> Iterator[None]:
    """Not a page is left, nor room within one; Django opens a new connection after such an error."""
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]

    def limit(**_: Any) -> None:
        connection.connection.execute(f"PRAGMA max_page_count = {pages}")

    limit()
    connection_created.connect(limit)
    tomorrow = timezone.now() + timedelta(days=1)
    for size in (3_000, 300, 30, 0):
        with suppress(OperationalError):
            for number in range(100_000):
                CacheEntry.objects.create(cache_key=f"{size}-{number}", value="x" * size, expires=tomorrow)
    yield
    connection_created.disconnect(limit)
    connection.connection.execute(f"PRAGMA max_page_count = {MOST_PAGES}")


@pytest.mark.sqlite  # filled by its own limit
@pytest.mark.usefixtures("full_database")
def test_a_count_that_cannot_be_kept_is_no_silence() -> None:
    with pytest.raises(OperationalError, match="full"):
        cache.set("attempt" * 20, "x" * 5_000)
    with pytest.raises(OperationalError, match="full"):
        cache.add("attempt" * 20, "x" * 5_000)


@pytest.mark.sqlite  # filled by its own limit
@pytest.mark.usefixtures("full_database")
def test_on_a_full_disk_nobody_is_told_of_too_many_attempts() -> None:
    client = Client(raise_request_exception=False, headers={"accept": "text/html", "accept-language": "ko"})
    told = client.post("/account/login/", {"login": "a@b.example", "password": "x"})
    assert told.status_code == 507
    assert "저장 공간이 부족합니다" in told.content.decode()


def test_a_count_that_is_there_is_kept() -> None:
    assert cache.add("attempt", 1)
    assert not cache.add("attempt", 2)
    cache.set("attempt", 3)
    assert cache.get("attempt") == 3
