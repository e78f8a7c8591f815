"""A copy of a station's public records in one SQLite file, kept up to date.

A page of changes and the mark after it are one transaction: killed at any point, the next harvest goes on behind the
last page that is whole. Table ``records``: accession, state, record_type, form, version, title, record (JSON). Table
``harvest``: the station, the mark, when the last harvest ended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from biomoa.client.answers import Change, Changes
from biomoa.client.client import Client
from biomoa.client.faults import ClientError

FORMAT = 1  # PRAGMA user_version of the file
TABLES = """
CREATE TABLE IF NOT EXISTS harvest (
    id INTEGER PRIMARY KEY CHECK (id = 1), station TEXT NOT NULL, mark TEXT NOT NULL, round INTEGER NOT NULL,
    ended_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    accession TEXT PRIMARY KEY, state TEXT NOT NULL, record_type TEXT NOT NULL, form TEXT NOT NULL,
    version INTEGER NOT NULL, title TEXT NOT NULL, record TEXT NOT NULL, round INTEGER NOT NULL);
"""
KEEP = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


class Harvested(msgspec.Struct, frozen=True):
    """What one harvest brought: records new or changed, records taken out, and how many the copy holds now."""

    changed: int
    removed: int
    records: int


def harvest(station: Client, file: Path, *, anew: bool = False, tell: Callable[[int], None] | None = None) -> Harvested:
    """Brings the copy up to date; with ``anew`` from the start, the old records standing until the new are whole.

    ``tell`` is given the number of changes so far after each page. Raises ClientError when the file is no such copy or
    one of another station; Conflict when the station's ledger is another than the one harvested before.
    """
    with closing(_opened(file)) as copy:
        mark, number = _begin(copy, station.url, file, anew=anew)
        changed = removed = 0
        is_last = False
        while not is_last:
            page = station.changes(mark)
            mark, is_last = page.mark, page.is_last
            with copy:
                gone = _keep(copy, page, number)
                if is_last:
                    gone += copy.execute("DELETE FROM records WHERE round < ?", [number]).rowcount
                copy.execute("UPDATE harvest SET mark = ?, round = ?", [mark, number])
                if is_last:
                    copy.execute("UPDATE harvest SET ended_at = ?", [datetime.now(UTC).isoformat(timespec="seconds")])
            changed, removed = changed + sum(each.record is not None for each in page.changes), removed + gone
            if tell:
                tell(changed + removed)
        (records,) = copy.execute("SELECT count(*) FROM records").fetchone()
    return Harvested(changed, removed, records)


def _opened(file: Path) -> sqlite3.Connection:
    try:
        copy = sqlite3.connect(file, timeout=30)
    except sqlite3.OperationalError as error:
        raise ClientError(f"{file} cannot be opened: {error}") from error
    try:
        _prepare(copy, file)
    except BaseException:
        copy.close()
        raise
    return copy


def _prepare(copy: sqlite3.Connection, file: Path) -> None:
    """Raises ClientError when the file holds something else, which stays as it is."""
    try:
        copy.execute("PRAGMA synchronous = FULL")
        (format_,) = copy.execute("PRAGMA user_version").fetchone()
        (tables,) = copy.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:  # a full disk, a lock: not about what the file holds
        raise
    except sqlite3.DatabaseError as error:
        raise ClientError(f"{file} is no copy of a station's records ({error}); name another file") from error
    if format_ != FORMAT and (format_ or tables):
        raise ClientError(f"{file} is no copy of a station's records; name another file")
    copy.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")


def _begin(copy: sqlite3.Connection, station: str, file: Path, *, anew: bool) -> tuple[str, int]:
    """The mark and the round to go on with. Raises ClientError for the copy of another station."""
    with copy:
        copy.execute("INSERT OR IGNORE INTO harvest VALUES (1, ?, '', 1, '')", [station])
    of, mark, number = copy.execute("SELECT station, mark, round FROM harvest").fetchone()
    if of != station:
        raise ClientError(f"{file} is a copy of {of}, not of {station}; name another file")
    if anew:
        mark, number = "", number + 1
        with copy:  # before the first page: killed from here on, the next harvest goes on with this round
            copy.execute("UPDATE harvest SET mark = ?, round = ?", [mark, number])
    return mark, number


def _keep(copy: sqlite3.Connection, page: Changes, number: int) -> int:
    """Writes a page; how many records it took out."""
    gone = [(each.accession,) for each in page.changes if each.record is None]
    # One by one: rowcount of executemany would be of the last alone.
    removed = sum(copy.execute("DELETE FROM records WHERE accession = ?", each).rowcount for each in gone)
    kept = [(each, each.record) for each in page.changes if each.record is not None]
    copy.executemany(KEEP, [_row(each, record, number) for each, record in kept])
    return removed


def _row(change: Change, record: dict[str, Any], number: int) -> tuple[Any, ...]:
    columns = (record["record_type"], record["form"], record["version"], record["title"])
    return (change.accession, change.state, *columns, msgspec.json.encode(record).decode(), number)
