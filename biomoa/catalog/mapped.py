"""Large compressed tables unpacked once for all processes of an account, and memory-mapped.

The names of the taxonomy are 67 MB; each web process and worker would hold a copy of its own. The unpacked file lies
in a folder for temporary files that only this account may use; where there is none, the table is held in memory.
"""

from __future__ import annotations

import mmap
import os
import stat
import tempfile
from pathlib import Path

import zstandard

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def unpacked(packed: Path, edition: str) -> mmap.mmap | bytes:
    """The content of a zstd file. ``edition`` tells it from that of another release of the data."""
    data = packed.read_bytes()
    try:
        path = _own_folder() / f"{packed.stem}-{edition}"
        if not path.exists() or path.stat().st_size != zstandard.frame_content_size(data):
            _write(path, zstandard.decompress(data))
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return bytes(zstandard.decompress(data))


def _own_folder() -> Path:
    """Raises OSError when another account could have a hand in it."""
    folder = Path(tempfile.gettempdir()) / f"biomoa-tables-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & OTHERS:
        raise PermissionError(folder)
    return folder


def _write(path: Path, content: bytes) -> None:
    """A file that somebody may have mapped is never written to: another takes its place."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
