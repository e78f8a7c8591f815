"""``biomoa harvest`` against a real server: whole, again, after changes, killed at every statement, another ledger."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from biomoa.cli.main import main
from biomoa.client import Client, ClientError, Conflict, Unreachable
from biomoa.client.harvest import Harvested, harvest
from biomoa.ledger.models import Entry
from biomoa.records import services_curation, services_release
from biomoa.records.models import Record
from tests.records.world import World, accepted, study

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = 3
KILLED_AT = """
import os, signal, sqlite3, sys
from pathlib import Path
from biomoa.client import Client
from biomoa.client.harvest import harvest

class Killed(sqlite3.Connection):
    left = int(sys.argv[3])
    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.set_trace_callback(self.count)
    def count(self, statement):
        Killed.left -= 1
        if Killed.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

class Small(Client):
    def changes(self, after="", *, size=3):
        return super().changes(after, size=3)

connect = sqlite3.connect
sqlite3.connect = lambda *given, **named: connect(*given, factory=Killed, **named)
with Small(sys.argv[1]) as station:
    harvest(station, Path(sys.argv[2]), anew=len(sys.argv) > 4)
"""


class Small(Client):
    def changes(self, after: str = "", *, size: int = PAGE) -> Any:
        return super().changes(after, size=size)


def held(file: Path) -> dict[str, Any]:
    with sqlite3.connect(file) as copy:
        return {
            accession: json.loads(record) for accession, record in copy.execute("SELECT accession, record FROM records")
        }


def public() -> set[str]:
    return set(Record.objects.filter(state="released").values_list("accession", flat=True))


def test_the_whole_then_what_changed(live_server: Any, lasting_world: World, tmp_path: Path) -> None:
    accepted(lasting_world, study(samples=6))
    file = tmp_path / "copy.sqlite3"
    with Small(live_server.url) as station:
        assert harvest(station, file) == Harvested(7, 0, 7)
        assert set(held(file)) == public()
        assert harvest(station, file) == Harvested(0, 0, 7)
        first, second = (Record.objects.get(alias=alias).accession for alias in ("study-1-S1", "study-1-S2"))
        services_curation.curate_record(lasting_world.curator, first, "sex", "male", "As the paper says.")
        services_release.withdraw_record(lasting_world.curator, second, "The consent was withdrawn.")
        assert harvest(station, file) == Harvested(1, 1, 6)
    assert held(file)[first]["values"]["sex"] == "male"
    assert set(held(file)) == public()
    fresh = tmp_path / "fresh.sqlite3"
    with Client(live_server.url) as station:
        harvest(station, fresh)
    assert held(fresh) == held(file)


def test_killed_at_every_statement_it_goes_on(live_server: Any, lasting_world: World, tmp_path: Path) -> None:
    accepted(lasting_world, study(samples=6))
    whole, statement, is_killed = tmp_path / "whole.sqlite3", 0, True
    with Small(live_server.url) as station:
        harvest(station, whole)
        while is_killed:
            statement += 1
            file = tmp_path / f"{statement}.sqlite3"
            command = [sys.executable, "-c", KILLED_AT, live_server.url, str(file), str(statement)]
            is_killed = subprocess.run(command, check=False).returncode == -signal.SIGKILL
            harvest(station, file)
            assert held(file) == held(whole), statement
    assert statement > 3 * PAGE, "too few statements: were they counted?"


def test_anew_and_killed_the_old_records_stand(live_server: Any, lasting_world: World, tmp_path: Path) -> None:
    accepted(lasting_world, study(samples=6))
    file = tmp_path / "copy.sqlite3"
    with Small(live_server.url) as station:
        harvest(station, file)
        before = held(file)
        with sqlite3.connect(file) as copy:  # of a time that the station has lost
            copy.execute("UPDATE records SET accession = 'KAS99999999' WHERE accession = ?", [min(before)])
        command = [sys.executable, "-c", KILLED_AT, live_server.url, str(file), "24", "anew"]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
        with sqlite3.connect(file) as copy:
            assert copy.execute("SELECT round, ended_at > '' FROM harvest").fetchone() == (2, 1), "not after a page"
        assert "KAS99999999" in held(file)
        harvest(station, file)
        assert held(file) == before


def test_anew_holds_though_the_first_page_did_not_come(
    live_server: Any, lasting_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(lasting_world, study(samples=2))
    file = tmp_path / "copy.sqlite3"
    with Small(live_server.url) as station:
        harvest(station, file)
        before = held(file)
        with sqlite3.connect(file) as copy:
            copy.execute("UPDATE records SET accession = 'KAS99999999' WHERE accession = ?", [min(before)])
        with monkeypatch.context() as away, pytest.raises(Unreachable):
            away.setattr(Small, "changes", Mock(side_effect=Unreachable("away")))
            harvest(station, file, anew=True)
        assert "KAS99999999" in held(file)
        harvest(station, file)
    assert held(file) == before


def test_another_ledger_is_told_and_harvested_anew(
    live_server: Any, lasting_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted(lasting_world, study(samples=2))
    file = tmp_path / "copy.sqlite3"
    arguments = ["harvest", live_server.url, "--into", str(file)]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"changed": 3, "removed": 0, "records": 3}
    with sqlite3.connect(file) as copy:
        last = Entry.objects.order_by("-seq").values_list("seq", flat=True)[0]
        copy.execute("UPDATE harvest SET mark = ?", [f"{last + 1}-0123456789abcdef"])
    with Client(live_server.url) as station, pytest.raises(Conflict):
        harvest(station, file)
    assert main(arguments) == 2
    assert "--anew" in capsys.readouterr().err
    assert len(held(file)) == 3
    assert main([*arguments, "--anew"]) == 0
    assert "3 records" in capsys.readouterr().out


def test_what_is_no_copy_of_this_station_is_left_alone(live_server: Any, lasting_world: World, tmp_path: Path) -> None:  # noqa: ARG001
    text, other, base = tmp_path / "a.txt", tmp_path / "other.sqlite3", tmp_path / "base.sqlite3"
    text.write_text("my notes\n" * 100)
    with sqlite3.connect(base) as mine:
        mine.execute("CREATE TABLE mine (x)")
    with Client(live_server.url) as station:
        harvest(station, other)
        for file in (text, base):
            before = file.read_bytes()
            with pytest.raises(ClientError, match="is no copy"):
                harvest(station, file)
            assert file.read_bytes() == before
        with pytest.raises(ClientError, match="cannot be opened"):
            harvest(station, tmp_path / "no folder" / "copy.sqlite3")
    with (
        Client(live_server.url.replace("localhost", "127.0.0.1")) as station,
        pytest.raises(ClientError, match="is a copy of"),
    ):
        harvest(station, other)
