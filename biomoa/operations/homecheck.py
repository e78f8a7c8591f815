"""What can be seen of a home without Django and without its catalogue: ``serve`` asks before it starts anything."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from biomoa.operations.advice import Finding, finding
from biomoa.settings.station import Home, StationError

SHARED_BITS = 0o077
BUSY_SECONDS = 2.0
# What SQLite says when it does not depend on the moment, as a full disk does.
KINDS = {
    "database-closed": (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM),
    "database-broken": (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB),
}


def examine_folder(home: Home) -> Iterator[Finding]:
    """Folders, keys, who else may read them, the file of the database, files that station.toml names."""
    yield from _check_folders(home)
    yield from _check_key(home)
    yield from _check_closed(home)
    yield from _check_leaked(home)
    yield from check_database_file(home)


def _check_folders(home: Home) -> Iterator[Finding]:
    wanted = [home.folder, home.scratch, home.index, home.folder / "log"]
    wanted += [] if home.station.mail.host else [home.folder / "mail"]
    closed = [path for path in wanted if not may_write(path)]
    for path in closed:
        yield finding("home-unwritable", "error", path=path)
    if not closed:
        yield finding("home-good", "good", path=home.folder)


def may_write(path: os.PathLike[str]) -> bool:
    return os.access(path, os.R_OK | os.W_OK | os.X_OK)


def _check_key(home: Home) -> Iterator[Finding]:
    path = home.folder / "secret.key"
    if not path.is_file():
        yield finding("key-missing", "error", path=path)
        return
    try:
        home.secret_keys()
    except StationError as error:
        yield finding("key-unreadable", "error", path=path, detail=error)
        return
    if path.stat().st_mode & SHARED_BITS:
        yield finding("key-open", "warning", path=path)
    else:
        yield finding("key-good", "good")


def _check_closed(home: Home) -> Iterator[Finding]:
    """Sessions lie in the database, links to sign in by in ``mail/``: who reads them is whom he likes."""
    for path in (home.folder, *_database_files(home), home.folder / "mail", home.folder / "ledger.key"):
        if path.exists() and path.stat().st_mode & SHARED_BITS:
            yield finding("open-to-others", "warning", path=path)


def _database_files(home: Home) -> list[Path]:
    path = home.database_file
    return [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")] if path else []


def _check_leaked(home: Home) -> Iterator[Finding]:
    named = home.station.security.leaked_passwords
    if named and not os.access(home.folder / named, os.R_OK):
        yield finding("leaked-missing", "error", path=home.folder / named)


def check_database_file(home: Home) -> Iterator[Finding]:
    """Of SQLite: it is there, whole as far as a glance tells, and takes a write. Nothing is said when all is well."""
    path = home.database_file
    if path is None:
        return
    if home.lacks_database():
        yield finding("database-missing", "error", path=path)
    elif path.exists():
        try:
            _try_write(path)
        except sqlite3.Error as error:
            yield of_sqlite(path, error)


def _try_write(path: Path) -> None:
    """Reads the head of the file, takes the lock of a writer and lets it go. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as database:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
        else:
            database.execute("ROLLBACK")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    """Others write: then it can be written to."""
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def of_sqlite(path: Path, error: BaseException) -> Finding:
    """What a database file's refusal means, and what to do: its place says more than a server and a password."""
    cause = error if isinstance(error, sqlite3.Error) else error.__cause__
    kind = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    code = next((code for code, kinds in KINDS.items() if kind in kinds), "database-trouble")
    return finding(code, "error", path=path, detail=" ".join(str(error).split())[:300])
