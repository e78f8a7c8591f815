"""A process below ``serve``: started again when it dies, gone when ``serve`` is gone."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import ClassVar

QUIET = "BIOMOA_QUIET"  # set for a worker whose fault was told a moment ago
PR_SET_PDEATHSIG = 1
REFUSED = 2  # what a command ends with after a line that says why


class Tended:
    """A worker that is never given up: the disk or the database that it misses comes back without being told.

    After a good run it is started again at once; one that dies at once waits ever longer, up to a minute, and says
    why at most once a minute.
    """

    QUICK_SECONDS: ClassVar[float] = 60.0
    LONGEST_PAUSE: ClassVar[float] = 60.0
    TELL_SECONDS: ClassVar[float] = 60.0
    # Of all workers together: when it was last told that one died, and when one of them said last what is wrong.
    _told_at: ClassVar[float] = -TELL_SECONDS
    _explained_at: ClassVar[float] = -TELL_SECONDS

    def __init__(self, start: Callable[[bool], subprocess.Popen[bytes]]) -> None:
        self._start, self._pause_seconds = start, 0.0
        self._due_at: float | None = None
        self._begin()

    def _begin(self) -> None:
        self.begun_at = time.monotonic()
        self.is_quiet = self.begun_at - Tended._explained_at < self.TELL_SECONDS
        self.process = self._start(self.is_quiet)

    def look(self) -> None:
        """To be called again and again."""
        if self.process.poll() is None:
            return
        if self._due_at is None:
            self._due_at = self._bury()
        if time.monotonic() >= self._due_at:
            self._due_at = None
            self._begin()

    def _bury(self) -> float:
        """When it is to be started again."""
        now = time.monotonic()
        if now - self.begun_at >= self.QUICK_SECONDS:
            self._pause_seconds = 0.0
        else:
            self._pause_seconds = min(max(1.0, self._pause_seconds * 2), self.LONGEST_PAUSE)
            if self.process.returncode == REFUSED and not self.is_quiet:
                Tended._explained_at = now
            if now - Tended._told_at >= self.TELL_SECONDS:
                Tended._told_at = now
                print(f"biomoa: a worker ended after {now - self.begun_at:.0f} s (status {self.process.returncode}); it"
                      " is started again, and so on at least once a minute until it stays. biomoa doctor says more",
                      file=sys.stderr, flush=True)  # fmt: skip
        return now + self._pause_seconds


def die_with_parent() -> Callable[[], None]:
    """For ``preexec_fn``: a child of a ``serve`` that was killed ends its work, or it would hold port and home."""
    libc, parent = ctypes.CDLL(None), os.getpid()

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(2)

    return arm
