"""Named steps at durable boundaries, so that a test can kill a station exactly there."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

FAULT_VARIABLE = "BIOMOA_FAULT"

_callback: Callable[[str], None] | None = None


def step(name: str) -> None:
    """Says that the work has come to ``name`` (``upload:linked``). Does nothing unless a test listens."""
    if _callback is not None:
        _callback(name)


def listen(callback: Callable[[str], None] | None) -> None:
    """Calls ``callback`` at every step from now on; ``None`` ends it."""
    global _callback
    _callback = callback


def arm(fault: str) -> None:
    """Makes one fault: ``name:occurrence:kind``, kind being kill, kill-group, full, io or sleep
    (``upload:linked:1:kill``); ``kill-group`` ends every process of the station.

    Raises ValueError for another form.
    """
    name, occurrence, kind = fault.rsplit(":", 2)
    if kind not in _FAULTS:
        raise ValueError(f"{FAULT_VARIABLE}={fault!r}: the kind is one of {', '.join(_FAULTS)}")
    wanted, seen, lock = int(occurrence), Counter[str](), Lock()

    def callback(now: str) -> None:
        with lock:
            seen[now] += 1
            due = now == name and seen[now] == wanted
        if due:
            _FAULTS[kind]()

    listen(callback)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_group() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _io() -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def _sleep() -> None:
    time.sleep(600)


_FAULTS: dict[str, Callable[[], None]] = {
    "kill": _kill, "kill-group": _kill_group, "full": _full, "io": _io, "sleep": _sleep,
}  # fmt: skip
