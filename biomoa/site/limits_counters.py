"""Counts per minute that all processes of a web host share: a small file, mapped into memory.

The database would do it with a sync for each request; this does it in microseconds. Several hosts count each for
itself. Losing the file loses a minute's counts.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import time
from pathlib import Path

SLOT = struct.Struct("<QIII4x")  # key, minute, count in it, count in the minute before
SLOTS = 1 << 16
PROBES = 8
MINUTE_SECONDS = 60


class Counters:
    """Counts by key. The oldest of eight slots gives way when a key finds none, so a flood of keys costs no memory."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._file, SLOT.size * SLOTS)
        self._map = mmap.mmap(self._file, SLOT.size * SLOTS)

    def add(self, key: str, amount: int = 1, *, now_seconds: float | None = None) -> float:
        """Adds to the key; how many there were in the last 60 s, the added ones included.

        The minute before counts by the part of it that is still within 60 s. ``now_seconds`` runs forward only.
        """
        now = time.monotonic() if now_seconds is None else now_seconds
        minute, second = divmod(now, MINUTE_SECONDS)
        digest = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little") or 1
        with self._lock:
            # lockf is for processes: threads of one would all hold it.
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                return self._add(digest, int(minute), amount, 1 - second / MINUTE_SECONDS)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _add(self, digest: int, minute: int, amount: int, part_before: float) -> float:
        place, count, before = self._find(digest, minute)
        count += amount
        SLOT.pack_into(self._map, place, digest, minute, min(count, 2**32 - 1), before)
        return count + before * part_before

    def _find(self, digest: int, minute: int) -> tuple[int, int, int]:
        oldest, oldest_minute = 0, 2**33
        for probe in range(PROBES):
            place = (digest + probe) % SLOTS * SLOT.size
            key, kept_minute, count, before = SLOT.unpack_from(self._map, place)
            if key == digest:
                return place, *_as_of(minute, kept_minute, count, before)
            # After a restart of the machine the clock begins again: what lies ahead is old.
            age_rank = kept_minute if kept_minute <= minute else -1
            if age_rank < oldest_minute:
                oldest, oldest_minute = place, age_rank
        return oldest, 0, 0


def _as_of(minute: int, kept_minute: int, count: int, before: int) -> tuple[int, int]:
    if kept_minute == minute:
        return count, before
    return (0, count) if kept_minute == minute - 1 else (0, 0)


def seconds_left(now_seconds: float | None = None) -> int:
    """Until the next minute begins: 1 to 60."""
    now = time.monotonic() if now_seconds is None else now_seconds
    return max(1, int(MINUTE_SECONDS - now % MINUTE_SECONDS))
