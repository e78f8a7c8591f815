"""A station of the release before is brought up: nothing is lost, and it works on."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from biomoa.operations.postgresql import find_tool
from tests.on_postgresql import postgresql

from .conftest import Operated, make_released, make_released_on_sqlite, released_sql

# Rows that a start may change by itself.
NOT_COMPARED = {"django_migrations", "django_content_type", "auth_permission", "django_session", "people_cacheentry",
                "ledger_position", "ledger_head"}  # fmt: skip

LOOK = """
import json, sys
from biomoa.cli.station import start_django
from biomoa.settings.station import home_folder, load_home
start_django(load_home(home_folder()))
from django.test import Client
from biomoa.people.models import User
from biomoa.records.models import Record, Submission
client = Client(HTTP_HOST="127.0.0.1")
public = Record.objects.filter(state="released").values_list("accession", flat=True)
ask = {"headers": {"Accept": "application/json"}, "follow": True}
pages = {accession: client.get(f"/{accession}", **ask).status_code for accession in public}
client.force_login(User.objects.filter(email__startswith="depositor").first())
pages |= {"/submissions/": client.get("/submissions/").status_code}
print(json.dumps({"pages": pages, "states": sorted(Submission.objects.values_list("state", flat=True))}))
"""


@pytest.fixture
def old_sqlite(tmp_path: Path) -> Operated:
    return make_released_on_sqlite(tmp_path / "home")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture
def old_postgresql(server: str, tmp_path: Path) -> Operated:
    host, port, user = server.split(":")
    where = f'[database]\nengine = "postgresql"\nname = "old"\nhost = "{host}"\nport = {port}\nuser = "{user}"\n'
    station = make_released(tmp_path / "home", where)
    at = ["-h", host, "-p", port, "-U", user, "-q", "-v", "ON_ERROR_STOP=1"]
    for command, text in ((["postgres", "-c", "CREATE DATABASE old"], ""), (["old"], released_sql("postgresql"))):
        subprocess.run([find_tool("psql"), *at, *command], input=text, text=True, check=True, capture_output=True)
    return station


def bring_up(station: Operated) -> dict[str, Any]:
    """What the station says of itself after ``biomoa init`` of this version."""
    code, _, errors = station.run("init")
    assert code == 0, errors
    assert station.ask("ledger", "verify")["good"]
    assert station.ask("scrub")["damages"] == []
    assert station.run("index", "rebuild")[0] == 0
    environment = {**station.environment, "DJANGO_SETTINGS_MODULE": "biomoa.settings.django"}
    done = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def check_looks(answer: dict[str, Any], found: int) -> None:
    assert set(answer["pages"].values()) == {200}
    assert len(answer["pages"]) > 5
    assert "released" in answer["states"]
    assert "in-review" in answer["states"]
    assert found == len(answer["pages"]) - 1


def test_every_row_of_the_released_station_is_there(old_sqlite: Operated) -> None:
    database = old_sqlite.folder / "station.sqlite3"
    before = {
        name: [column for column in columns if column != "last_login"]  # the test signs in
        for name, columns in tables(database).items()
        if name not in NOT_COMPARED
    }
    old = {name: select(database, name, columns) for name, columns in before.items()}
    assert len(old["ledger_entry"]) > 100
    answer = bring_up(old_sqlite)
    new = tables(database)
    for name, columns in before.items():
        assert set(columns) <= set(new[name]), f"{name} lost columns"
        kept = select(database, name, columns)
        lost = [row for row in old[name] if row not in kept]
        assert lost == [], f"{name} lost or changed rows"
    check_looks(answer, old_sqlite.ask("search")["total"])


def test_nothing_of_the_ledger_is_removed_or_replaced(old_sqlite: Operated) -> None:
    """Asked here: the tests' own database lets deleting pass, or they could not be tidied up after."""
    code, _, errors = old_sqlite.run("init")
    assert code == 0, errors
    with closing(sqlite3.connect(old_sqlite.folder / "station.sqlite3")) as database:
        database.execute("INSERT OR IGNORE INTO ledger_signedhead VALUES (1, '', 1, '', 1, '')")
        database.execute("INSERT OR IGNORE INTO ledger_signingkey VALUES (1, '', '', '')")
        for table in ("ledger_entry", "ledger_signedhead", "ledger_signingkey"):
            for statement in (f"DELETE FROM {table}", f"REPLACE INTO {table} SELECT * FROM {table}"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    database.execute(statement)


def test_on_postgresql_too(old_postgresql: Operated) -> None:
    answer = bring_up(old_postgresql)
    check_looks(answer, old_postgresql.ask("search")["total"])


def tables(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {
            name: [row[1] for row in database.execute(f'PRAGMA table_info("{name}")')] for (name,) in names.fetchall()
        }


def select(path: Path, name: str, columns: list[str]) -> list[tuple[Any, ...]]:
    listed = ", ".join(f'"{column}"' for column in columns)
    with closing(sqlite3.connect(path)) as database:
        return sorted(database.execute(f'SELECT {listed} FROM "{name}"').fetchall(), key=repr)
