"""An older copy of the database in a newer home: told by the doctor, and the search index is made anew by itself."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

from .conftest import Operated

START = """
from biomoa.cli.station import start_django
from biomoa.settings.station import home_folder, load_home
start_django(load_home(home_folder()))
from django.db import transaction
from biomoa.ledger.followers import all_followers, follow
from biomoa.ledger.services import record
from biomoa.records.models import Record
"""
FOLLOW = "for follower in all_followers(): follow(follower)\n"
WITHDRAW = """
with transaction.atomic():
    gone = Record.objects.filter(state="released").first()
    Record.objects.filter(pk=gone.pk).update(state="withdrawn")
    record("system:test", "record:withdrawn", gone.accession, {})
"""
GROW = """
with transaction.atomic():
    for _ in range(5):
        record("system:test", "draft:saved", "SUB1", {})
"""


def _call(station: Operated, script: str) -> None:
    call = [sys.executable, "-c", START + script]
    subprocess.run(call, env=station.environment, check=True, capture_output=True, timeout=120)


def _codes(station: Operated) -> dict[str, str]:
    _, output, _ = station.run("doctor", "--json")
    return {each["code"]: each["severity"] for each in json.loads(output)["findings"]}


def _checkpoint(station: Operated) -> None:
    with closing(sqlite3.connect(station.folder / "station.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_an_older_copy_of_the_database_is_told_and_followed(station: Operated) -> None:
    database, copy = station.folder / "station.sqlite3", station.folder.parent / "older.sqlite3"
    _call(station, FOLLOW)
    _checkpoint(station)
    shutil.copyfile(database, copy)
    before = station.found_by_search()
    _call(station, WITHDRAW + FOLLOW)
    assert station.found_by_search() == before - 1
    assert not {"follower-astray", "database-set-back"} & _codes(station).keys()
    for path in station.folder.glob("station.sqlite3*"):
        path.unlink()
    shutil.copyfile(copy, database)
    _call(station, GROW)  # past the position of the index: by its number alone it would look as if it were behind
    assert _codes(station)["follower-astray"] == "error"
    _call(station, FOLLOW)
    assert station.found_by_search() == before
    codes = _codes(station)
    assert codes["database-set-back"] == "error" and "follower-astray" not in codes
