"""When the database finds no room, a person reads why, and that nothing is lost."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

pytestmark = pytest.mark.django_db


def full_sqlite() -> Exception:
    """What SQLite says itself."""
    with pytest.raises(sqlite3.OperationalError) as told, sqlite3.connect(":memory:") as small:
        small.execute("PRAGMA max_page_count = 2")
        small.execute("CREATE TABLE room (content BLOB)")
        small.execute("INSERT INTO room VALUES (zeroblob(100000))")
    return told.value


@pytest.mark.parametrize("cause", [full_sqlite(), psycopg.errors.DiskFull("could not extend file: No space left")])
@pytest.mark.parametrize(("language", "words"), [("ko", "저장 공간이 부족합니다"), ("en", "No space is left")])
def test_the_page_says_that_there_is_no_room(cause: Exception, language: str, words: str) -> None:
    def full(*_: Any) -> None:
        raise OperationalError(str(cause)) from cause

    client = Client(raise_request_exception=False, headers={"accept-language": language})
    with connection.execute_wrapper(full):
        told = client.post(
            "/account/login/", {"login": "a@b.example", "password": "x"}, headers={"accept": "text/html"}
        )
    assert told.status_code == 507
    assert words in told.content.decode()
    assert told.headers["Retry-After"]
