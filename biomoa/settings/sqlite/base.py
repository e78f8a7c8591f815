"""A writer that waits for the database is woken when it is its turn.

SQLite lets one transaction write at a time. Those who wait look again and again, ever more seldom (up to 100 ms apart),
so that the one who comes last often goes first: under load a save waits a second while the database stands idle. Here
the threads of a process queue at a lock, and one of each process at a file beside the database. SQLite's own lock
stays the one that holds: who waited too long goes on to it, and a process that dies leaves the file.

Whoever has the turn goes first in its process, too: each of its statements lets go of the interpreter, and to come by
it again among threads that draw pages takes longer than the statement. They wait before their next one, for a moment.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import defaultdict
from functools import cached_property
from typing import Any

from django.db.backends.sqlite3 import base

LOOK_SECONDS = 0.0002
LONGEST_LOOK_SECONDS = 0.001
GIVE_WAY_SECONDS = 0.005


class _Line:
    """The threads of this process that write to one database."""

    def __init__(self) -> None:
        self.queue = threading.Lock()
        self.writer = 0  # the thread that has the turn
        self.is_over = threading.Event()

    def begin(self) -> None:
        self.is_over.clear()
        self.writer = threading.get_ident()

    def end(self) -> None:
        self.writer = 0
        self.is_over.set()

    def give_way(self) -> None:
        if self.writer and self.writer != threading.get_ident():
            self.is_over.wait(GIVE_WAY_SECONDS)


_lines: dict[str, _Line] = defaultdict(_Line)
_making = threading.Lock()


def _line(database: str) -> _Line:
    with _making:
        return _lines[database]


class Turn:
    """The turn to write to one database; ``take`` and ``leave`` are of one connection."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._line = _line(database)
        self._file: int | None = None
        self._is_first = False

    def take(self, seconds: float) -> bool:
        """Waits for it; False when it did not come in time."""
        if self._is_first:
            return True
        until = time.monotonic() + seconds
        if not self._line.queue.acquire(timeout=seconds):
            return False
        self._is_first = True
        # Who waits for the turn holds the place before it: a process whose threads write one after the other gives way.
        next_place = self._lock("next", until)
        self._file = self._lock("queue", until) if next_place is not None else None
        if next_place is not None:
            os.close(next_place)
        if self._file is None and time.monotonic() > until:
            self.leave()
            return False
        self._line.begin()
        return True

    def _lock(self, name: str, until: float) -> int | None:
        """The file beside the database, locked; None when it could not be in time, or cannot be made at all."""
        try:
            file = os.open(f"{self._database}-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:  # a disk that takes no more files: the database says it better
            return None
        pause = LOOK_SECONDS
        while not _is_locked(file):
            if time.monotonic() > until:
                os.close(file)
                return None
            time.sleep(pause)
            # Who has waited long looks less often: looks of all processes would take what the writer needs.
            pause = min(pause * 1.2, LONGEST_LOOK_SECONDS)
        return file

    def leave(self) -> None:
        """Lets the next one write."""
        if not self._is_first:
            return
        self._line.end()
        if self._file is not None:
            os.close(self._file)  # which unlocks it
        self._file, self._is_first = None, False
        self._line.queue.release()


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """Takes the turn before a transaction begins and leaves it when the transaction has ended, however it ends."""

    _turn: Turn | None = None

    @cached_property
    def _others(self) -> _Line:
        return _line(str(self.settings_dict["NAME"]))

    def _cursor(self, name: str | None = None) -> Any:
        self._others.give_way()
        return super()._cursor(name)

    def _start_transaction_under_autocommit(self) -> None:
        if self._turn is None and not self.is_in_memory_db():
            self._turn = Turn(str(self.settings_dict["NAME"]))
        if self._turn is not None:
            self._turn.take(float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> Any:
        done = super()._commit()  # what fails is rolled back next
        self._leave()
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._leave()

    def _close(self) -> Any:
        try:
            return super()._close()
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._turn is not None:
            self._turn.leave()
