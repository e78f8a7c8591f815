"""Large compressed tables, unpacked once for all processes of an account and memory-mapped.

The names of the taxonomy are 70 MB; each web process and worker would hold a copy of its own. The unpacked file lies
in a cache that only this account may write to: ``$XDG_CACHE_HOME/biomoa/tables``, or ``/var/tmp/biomoa-tables-UID``:
that outlives a restart and is of this machine, while a home may be of a network, where a mapped file can vanish under
its reader. Where neither can be used, the table is held in memory.
"""

from __future__ import annotations

import mmap
import os
import stat
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import zstandard

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
BLOCK_BYTES = 1 << 20
SUM_BYTES = 4  # CRC-32 behind the content: against a damaged disk. Against other accounts stand owner and mode.
UNUSED_SECONDS = 7 * 86_400

Table = mmap.mmap | bytes


def unpacked(packed: Path, edition: str) -> Table:
    """The content of a zstd file. ``edition`` tells it from that of another release of the data."""
    for folder in _folders():
        with suppress(OSError):
            return _shared(packed, folder, f"{packed.stem}-{edition}")
    return _content(packed)


def _folders() -> Iterator[Path]:
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if cache.is_absolute():  # the standard has others ignored
        yield cache / "biomoa" / "tables"
    yield Path(f"/var/tmp/biomoa-tables-{os.geteuid()}")


def _shared(packed: Path, folder: Path, name: str) -> mmap.mmap:
    """Raises OSError when the folder cannot be used or another account could have a hand in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not stat.S_ISDIR(folder.lstat().st_mode) or not _is_own(folder.lstat()):
        raise PermissionError(folder)
    table = _mapped(folder / name)
    if table is None:
        _write(folder / name, _content(packed))
        table = _mapped(folder / name)
    if table is None:
        raise OSError(f"{folder / name}: not as it was written")
    _clear(folder, kept=name)
    return table


def _content(packed: Path) -> bytes:
    return bytes(zstandard.decompress(packed.read_bytes()))


def _is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & OTHERS_WRITE


def _mapped(path: Path) -> mmap.mmap | None:
    """None when it is not there, not ours or not whole."""
    with suppress(FileNotFoundError), open(path, "rb", opener=_open_no_link) as file:
        found = os.fstat(file.fileno())
        size = found.st_size - SUM_BYTES
        if stat.S_ISREG(found.st_mode) and _is_own(found) and size > 0 and _is_whole(file, size):
            with suppress(OSError):
                os.utime(file.fileno())  # it is in use
            return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    return None


def _open_no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _is_whole(file: BinaryIO, size: int) -> bool:
    found = 0
    while block := file.read(min(BLOCK_BYTES, size)):
        found = zlib.crc32(block, found)
        size -= len(block)
    return file.read() == found.to_bytes(SUM_BYTES, "big")


def _write(path: Path, content: bytes) -> None:
    """A file that somebody may have mapped is never written to: another takes its place."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.write(zlib.crc32(content).to_bytes(SUM_BYTES, "big"))
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _clear(folder: Path, kept: str) -> None:
    """Other editions, and what a crash left, that nobody opened for a week."""
    for path in folder.iterdir():
        with suppress(OSError):
            if path.name != kept and path.lstat().st_mtime < time.time() - UNUSED_SECONDS:
                path.unlink()
