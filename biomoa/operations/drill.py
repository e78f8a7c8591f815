"""A restore for practice: into a scratch home, by the very command that will be used in earnest, and away again."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.utils import timezone

from biomoa.ledger.models import Entry
from biomoa.operations import postgresql
from biomoa.operations.care import check_may_operate, note
from biomoa.operations.rules import Manifest
from biomoa.operations.vault import Vault, open_vault
from biomoa.people.rules import Actor
from biomoa.settings.station import Database, Home

ROOM_FACTOR = 1.2  # of the bytes of a generation, for database and index beside the objects


class DrillError(Exception):
    """The drill could not be held; the message says why."""


class DrillReport(msgspec.Struct, frozen=True):
    """What a restore of the backup would give today; ``problems`` is empty when it gives an equal station."""

    place: str
    generation: str
    made_at: str
    objects: int
    object_bytes: int
    rows: int
    ledger_seq: int
    problems: tuple[str, ...]
    milliseconds: int

    @property
    def is_good(self) -> bool:
        return not self.problems


def hold_drill(
    actor: Actor, place: str, key_file: Path | None = None, generation: str = "", scratch: Path | None = None
) -> DrillReport:
    """Restores into ``scratch`` (default: the station's own), compares, removes it again, records the result.

    Raises ChestError, SealError, DrillError.
    """
    check_may_operate(actor)
    started_at = timezone.now()
    home: Home = settings.BIOMOA_HOME
    folder = (scratch or home.scratch) / f"drill-{secrets.token_hex(6)}"
    vault = open_vault(place, key_file)
    manifest = _manifest(vault, generation)
    _check_room(folder.parent, manifest)
    told = _practise(home, place, key_file, manifest, folder)
    problems = [*told["problems"], *_check_history(told)]
    report = _report(place, manifest, told, problems, started_at)
    note(actor, "drill", started_at, report.is_good, msgspec.to_builtins(report))
    return report


def _report(
    place: str, manifest: Manifest, told: dict[str, Any], problems: list[str], started_at: datetime
) -> DrillReport:
    return DrillReport(
        place=place,
        generation=manifest.generation,
        made_at=manifest.made_at,
        objects=told["objects"],
        object_bytes=told["object_bytes"],
        rows=told["rows"],
        ledger_seq=told["ledger_seq"],
        problems=tuple(problems),
        milliseconds=int((timezone.now() - started_at).total_seconds() * 1000),
    )


def _manifest(vault: Vault, generation: str) -> Manifest:
    whole = vault.generations()
    if not whole:
        raise DrillError("there is no whole generation in this backup")
    return vault.manifest(generation or whole[-1])


def _check_room(folder: Path, manifest: Manifest) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    needed = int((manifest.object_bytes + sum(part.size_bytes for part in manifest.parts)) * ROOM_FACTOR)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DrillError(f"{folder} has {free} bytes free, the drill needs {needed}; name another with --scratch")


def _practise(home: Home, place: str, key_file: Path | None, manifest: Manifest, folder: Path) -> dict[str, Any]:
    folder.mkdir(mode=0o700)
    try:
        with _scratch_database(manifest) as database:
            station_file = folder / "station.toml"
            station_file.write_text(_station_text(home, database), encoding="utf-8")
            return _run(place, key_file, manifest, folder / "home", station_file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(place: str, key_file: Path | None, manifest: Manifest, folder: Path, station_file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "biomoa.cli.main", "--home", str(folder), "restore", place, "--json"]
    command += ["--generation", manifest.generation, "--station-file", str(station_file)]
    command += ["--key", str(key_file)] if key_file else []
    done = subprocess.run(command, capture_output=True, text=True, env=_environment())
    if done.returncode not in (0, 1):
        # A restore that does not come to its end is the finding that a drill is for.
        problem = done.stderr.strip()[-500:] or f"restore ended with {done.returncode}"
        return {"objects": 0, "object_bytes": 0, "rows": 0, "ledger_seq": 0, "ledger_hash": "", "problems": [problem]}
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _environment() -> dict[str, str]:
    """Without a settings module that was meant for this process."""
    return {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}


def _station_text(home: Home, database: Database) -> str:
    catalogue = str(home.catalogue) if home.station.catalogue else ""
    lines = [
        f"name_en = {json.dumps(home.station.name_en)}",
        f"catalogue = {json.dumps(catalogue)}",
        "[database]",
        f'engine = "{database.engine}"',
        f"name = {json.dumps(database.name)}",
        f"host = {json.dumps(database.host)}",
        f"port = {database.port}",
        f"user = {json.dumps(database.user)}",
        f"password_env = {json.dumps(database.password_env)}",
    ]
    return "\n".join(lines) + "\n"


@contextmanager
def _scratch_database(manifest: Manifest) -> Iterator[Database]:
    """For a PostgreSQL backup an empty database beside the station's own, dropped afterwards."""
    if manifest.engine == "sqlite":
        yield Database()
        return
    if connection.vendor == "sqlite":
        raise DrillError("a PostgreSQL backup is drilled at a station with PostgreSQL")
    told = connection.settings_dict
    name = f"biomoa_drill_{secrets.token_hex(6)}"
    with _autocommit() as session:
        session.execute(f'CREATE DATABASE "{name}"')
    try:
        own = settings.BIOMOA_HOME.station.database
        yield msgspec.structs.replace(
            own, engine="postgresql", name=name, host=told["HOST"], port=int(told["PORT"] or 5432), user=told["USER"]
        )
    finally:
        with _autocommit() as session:
            session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _autocommit() -> Iterator[Any]:
    with postgresql.connect(postgresql.parameters_of_django(connection.settings_dict)) as session:
        session.autocommit = True
        yield session


def _check_history(told: dict[str, Any]) -> list[str]:
    """The restored ledger is an earlier moment of this station's own."""
    entry = Entry.objects.filter(seq=told["ledger_seq"]).first()
    if told["ledger_seq"] == 0 or (entry and entry.hash == told["ledger_hash"]):
        return []
    return [f"entry {told['ledger_seq']} of the backup's ledger is not the one of this station"]
