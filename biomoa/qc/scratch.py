"""Temporary folders that a killed process does not leave for ever: the next process to make one removes them.

What lies in them may be unpublished, and in ``/dev/shm`` it takes memory. A folder is held by a lock on itself, which
the kernel lets go of when its process is gone, however it went; no process number is believed, since those come again
and other containers have their own.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Scratch:
    """A folder of this process alone, below ``parent`` or where the system keeps temporary files."""

    def __init__(self, prefix: str, parent: str | None = None) -> None:
        place = Path(parent or tempfile.gettempdir())
        _sweep(place, prefix)
        self.path, lock = _make(place, prefix)
        self._removing = weakref.finalize(self, _remove, self.path, lock, os.getpid())

    def remove(self) -> None:
        """Twice does no harm; done at the end of the process too."""
        self._removing()

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def _make(place: Path, prefix: str) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        try:
            lock = _open(path)
        except FileNotFoundError:
            continue
        with suppress(OSError):  # a file system without such locks: nobody can sweep there either
            fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return path, lock
        os.close(lock)  # another process swept it before it was locked


def _remove(path: Path, lock: int, owner: int) -> None:
    if os.getpid() == owner:  # a fork has its own copy of the lock, and ends without taking the folder away
        shutil.rmtree(path, ignore_errors=True)
    os.close(lock)


def _sweep(place: Path, prefix: str) -> None:
    for path in place.glob(f"{prefix}*"):
        with suppress(OSError), _held(path):  # in use, a link, of another user, or gone meanwhile
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Raises OSError when it is not a folder of this user that no process holds."""
    lock = _open(path)
    try:
        if os.fstat(lock).st_uid != os.getuid():
            raise PermissionError(path)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
