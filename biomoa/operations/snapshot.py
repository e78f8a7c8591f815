"""A consistent copy of the database while the station works, and what it says of itself."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from biomoa.jobs.steps import step
from biomoa.operations import postgresql
from biomoa.operations.postgresql import SnapshotError
from biomoa.operations.rules import Engine

# What a copy is compared by; sessions and counts of attempts come and go and are worth nothing.
NOT_COUNTED = frozenset({"django_session", "people_cacheentry"})
OBJECTS_SQL = "SELECT sha256, size_bytes FROM files_storedobject ORDER BY sha256"
HEAD_SQL = "SELECT seq, hash FROM ledger_head WHERE id = 1"
TABLES_SQL = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


class Facts(msgspec.Struct, frozen=True):
    """Rows of every table, and the end of the ledger."""

    tables: dict[str, int]
    ledger_seq: int
    ledger_hash: str


class Snapshot(msgspec.Struct, frozen=True):
    """One moment of the database: ``path`` is a file to be restored from, ``objects`` every digest with its size."""

    engine: Engine
    path: Path
    facts: Facts
    objects: list[tuple[str, int]]


@contextmanager
def taken(scratch: Path) -> Iterator[Snapshot]:
    """The database as it is now; its file lies in ``scratch`` as long as the context lasts."""
    path = scratch / f"backup-{secrets.token_hex(8)}"
    path.touch(0o600)
    try:
        yield _of_sqlite(path) if connection.vendor == "sqlite" else _of_postgresql(path)
    finally:
        for leftover in scratch.glob(f"{path.name}*"):
            leftover.unlink(missing_ok=True)


def _of_sqlite(path: Path) -> Snapshot:
    """All pages in one step: one read transaction, which in WAL mode keeps no writer waiting."""
    source_path = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(source_path, timeout=30)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
        step("backup:database-copied")
        return Snapshot("sqlite", path, facts_of(copy), [tuple(row) for row in copy.execute(OBJECTS_SQL)])


def _of_postgresql(path: Path) -> Snapshot:
    """pg_dump and our own reads see one exported snapshot."""
    import psycopg

    parameters = postgresql.parameters_of_django(connection.settings_dict)
    with postgresql.connect(parameters) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        name = session.execute("SELECT pg_export_snapshot()").fetchone()[0]
        postgresql.dump(parameters, path, name)
        step("backup:database-copied")
        return Snapshot("postgresql", path, facts_of(session), session.execute(OBJECTS_SQL).fetchall())


def facts_of(session: Any) -> Facts:
    """Counts of a bare sqlite3 or psycopg connection."""
    listing = TABLES_SQL if isinstance(session, sqlite3.Connection) else postgresql.TABLES_SQL
    names = sorted(row[0] for row in session.execute(listing).fetchall() if row[0] not in NOT_COUNTED)
    tables = {name: session.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    seq, digest = session.execute(HEAD_SQL).fetchone()
    return Facts(tables, seq, digest)


def facts_of_sqlite(path: Path) -> Facts:
    """The facts of a database file that nobody uses. Raises SnapshotError when its pages do not hang together."""
    with closing(sqlite3.connect(path)) as session:
        try:
            said = session.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise SnapshotError(f"{path}: {error}") from error
        if said != "ok":
            raise SnapshotError(f"{path}: {said}")
        return facts_of(session)
