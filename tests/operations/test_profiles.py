"""Backup, restore, drill and scrub with PostgreSQL and S3, and the move from SQLite to them."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from biomoa.files.storage import BucketStore
from biomoa.operations.postgresql import find_tool
from biomoa.settings.station import load_home
from tests.files.ceph import KEY, SECRET, Ceph, missing_programs
from tests.on_postgresql import postgresql

from .conftest import Operated

KEYS = {
    "BIOMOA_S3_KEY": KEY,
    "BIOMOA_S3_SECRET": SECRET,
    "BIOMOA_BACKUP_S3_KEY": KEY,
    "BIOMOA_BACKUP_S3_SECRET": SECRET,
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture(scope="module")
def ceph() -> Iterator[Ceph]:
    """An S3 server for these tests; where CI runs its programs must be there."""
    if missing := missing_programs():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not installed: {', '.join(missing)}")
    folder = Path(tempfile.mkdtemp(prefix="ceph-"))  # a short path: Ceph's sockets have names of at most 107 bytes
    server = Ceph(folder)
    try:
        server.start()
        yield server
    finally:
        server.end()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """The [database] part of a station.toml, for an empty database."""
    host, port, user = server.split(":")
    name = f"d{secrets.token_hex(6)}"
    at = ["-h", host, "-p", port, "-U", user, "-q"]
    subprocess.run([find_tool("psql"), *at, "postgres", "-c", f"CREATE DATABASE {name}"], check=True)
    return f'[database]\nengine = "postgresql"\nname = "{name}"\nhost = "{host}"\nport = {port}\nuser = "{user}"\n'


def new_bucket(ceph: Ceph, scratch: Path) -> BucketStore:
    store = BucketStore(f"b{secrets.token_hex(6)}", ceph.endpoint, "us-east-1", KEY, SECRET, scratch)
    store.client.create_bucket(Bucket=store.bucket)
    return store


def station_file(folder: Path, *parts: str) -> Path:
    path = folder / f"station-{secrets.token_hex(3)}.toml"
    path.write_text("demonstration = true\n" + "".join(parts))
    return path


def rows(station: Operated, table: str) -> list[str]:
    """Of a station with PostgreSQL."""
    told = load_home(station.folder).station.database
    with psycopg.connect(dbname=told.name, host=told.host, port=told.port, user=told.user) as session:
        return sorted(map(repr, session.execute(f"SELECT * FROM {table}").fetchall()))


@pytest.mark.postgres
def test_from_sqlite_to_postgresql_and_on(station: Operated, place: Path, server: str, tmp_path: Path) -> None:
    moved = Operated(tmp_path / "moved")
    first = new_database(server)
    answer = moved.ask("restore", str(place), "--station-file", str(station_file(tmp_path, first)))
    assert answer["good"]
    ours = station.rows()
    for table in ("records_record", "people_user", "files_storedfile", "files_storedobject", "records_submission"):
        assert len(rows(moved, table)) == len(ours[table]) > 0
    assert moved.ask("ledger", "verify")["good"]
    assert {path.name for path in moved.objects()} == {path.name for path in station.objects()}

    # It works on: new rows get new numbers, a backup and a drill are those of PostgreSQL.
    made = moved.ask("backup", str(tmp_path / "pg-backup"))
    assert moved.ask("drill", str(tmp_path / "pg-backup"))["good"]
    second = Operated(tmp_path / "second")
    toml = station_file(tmp_path, new_database(server))
    answer = second.ask("restore", str(tmp_path / "pg-backup"), "--station-file", str(toml))
    assert (answer["good"], answer["ledger_hash"]) == (True, made["ledger_hash"])
    for table in ("records_record", "records_version", "people_user", "ledger_entry"):
        assert set(rows(second, table)) <= set(rows(moved, table))

    # Nothing is overwritten: that database is full now.
    third = Operated(tmp_path / "third")
    code, _, errors = third.run("restore", str(tmp_path / "pg-backup"), "--station-file", str(toml))
    assert (code, "not empty" in errors) == (2, True)


@pytest.mark.postgres
@pytest.mark.parametrize("step", ["restore:object", "restore:database-placed"])
def test_a_killed_restore_into_postgresql_goes_on(place: Path, server: str, tmp_path: Path, step: str) -> None:
    toml = station_file(tmp_path, new_database(server))
    other = Operated(tmp_path / "other")
    killed, _, errors = other.run("restore", str(place), "--station-file", str(toml), fault=f"{step}:1:kill")
    assert killed == -9, errors
    assert other.ask("restore", str(place), "--station-file", str(toml))["good"]
    assert other.ask("ledger", "verify")["good"]


@pytest.mark.s3
def test_objects_and_backup_in_s3(station: Operated, place: Path, ceph: Ceph, tmp_path: Path) -> None:
    bucket, chest = new_bucket(ceph, tmp_path), new_bucket(ceph, tmp_path)
    storage = f'[storage]\nkind = "s3"\nendpoint = "{ceph.endpoint}"\nbucket = "{bucket.bucket}"\n'
    moved = Operated(tmp_path / "moved", {**KEYS, "BIOMOA_BACKUP_S3_ENDPOINT": ceph.endpoint})
    assert moved.ask("restore", str(place), "--station-file", str(station_file(tmp_path, storage)))["good"]
    digests = {hashlib.sha256(b"".join(bucket.iter_blocks(name))).hexdigest() for name in bucket.iter_addresses()}
    assert digests == {path.name for path in station.objects()}

    target = f"s3://{chest.bucket}/nightly"
    made = moved.ask("backup", target)
    assert made["new_objects"] == len(digests)
    assert moved.ask("backup", target, "--keep", "1")["dropped"] == [made["generation"]]
    assert moved.ask("drill", target)["good"]

    lost, bent = sorted(digests)[:2]
    bucket.remove(lost)
    size = bucket.find_size(bent) or 0
    bucket.client.put_object(Bucket=bucket.bucket, Key=f"{bent[:2]}/{bent[2:4]}/{bent}", Body=b"x" * size)
    stray = hashlib.sha256(b"stray").hexdigest()
    bucket.client.put_object(Bucket=bucket.bucket, Key=f"{stray[:2]}/{stray[2:4]}/{stray}", Body=b"stray")
    answer = moved.ask("scrub", expected=1)
    assert sorted(answer["remaining"]) == [lost, bent]
    assert answer["strays"] == [stray]
    assert sorted(moved.ask("scrub", "--repair-from", target)["repaired"]) == [lost, bent]
    assert moved.ask("tidy", "--safe-hours", "0")["set_aside"] == 1
    assert bucket.find_size(stray) is None
    assert moved.ask("tidy", "--safe-hours", "0")["let_go"] == 1
    assert moved.ask("scrub")["damages"] == []
