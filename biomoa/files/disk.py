"""Writing so that it lasts, and saying kindly when the disk cannot."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import OperationalError

from biomoa.files.problems import refused
from biomoa.files.storage import FolderStore, StoreAway, store, sync_folder
from biomoa.jobs.steps import step

logger = logging.getLogger(__name__)

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class SyncedFile:
    """A file written from ``start`` on, without buffers of its own; ``position`` bytes are in it.

    After a failed fsync the kernel may have dropped the pages, and a second one would report success: so ``sync``
    raises once and ``is_sound`` stays False.
    """

    def __init__(self, path: Path, start: int = 0) -> None:
        self._folder = None if path.exists() else path.parent
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.position, self.is_sound = start, True
        # Bytes past the start were never acknowledged.
        os.ftruncate(self._handle, start)
        os.lseek(self._handle, start, os.SEEK_SET)

    def write(self, block: bytes) -> None:
        """Writes the whole block, or raises OSError and stays where it was."""
        step("file:write")
        view = memoryview(block)
        while view:
            view = view[os.write(self._handle, view) :]
        self.position += len(block)

    def sync(self) -> None:
        try:
            step("file:fsync")
            os.fsync(self._handle)
            if self._folder is not None:
                # A synced file whose name is not synced is gone after a power cut.
                sync_folder(self._folder)
                self._folder = None
        except OSError:
            self.is_sound = False
            raise

    def cut(self, size_bytes: int) -> None:
        """Drops what lies past ``size_bytes``."""
        os.ftruncate(self._handle, size_bytes)
        os.lseek(self._handle, size_bytes, os.SEEK_SET)
        self.position = size_bytes

    def __enter__(self) -> SyncedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)


def tightest_disk() -> tuple[int, int]:
    """Free bytes and bytes of the disk with the scratch folder, or of the one with the objects where less is free."""
    usages = [shutil.disk_usage(place) for place in _places()]
    tightest = min(usages, key=lambda usage: usage.free)
    return tightest.free, tightest.total


def _places() -> list[Path]:
    scratch: Path = settings.BIOMOA_HOME.scratch
    objects = store()
    if isinstance(objects, FolderStore):
        with suppress(FileNotFoundError):  # a disk that is away is told elsewhere
            if objects.folder.stat().st_dev != scratch.stat().st_dev:
                return [scratch, objects.folder]
    return [scratch]


def check_space(incoming_bytes: int) -> None:
    """Raises FileProblem 507 when the bytes would eat into the station's reserve, on any of its disks."""
    free = min(shutil.disk_usage(place).free for place in _places())
    if free - incoming_bytes < settings.BIOMOA_HOME.station.limits.free_space_bytes:
        raise refused("storage-full")


@contextmanager
def telling_disk_trouble() -> Iterator[None]:
    """Turns a full or failing disk, also under the database, into FileProblem 507 or 503."""
    try:
        yield
    except StoreAway as error:
        logger.error("nothing can be stored: %s", error)
        raise refused("storage-away") from error
    except OSError as error:
        raise refused("storage-full" if error.errno in NO_SPACE else "storage-failed") from error
    except OperationalError as error:
        # SQLite's words for SQLITE_FULL and SQLITE_IOERR; a database that is busy or away is told by the edge.
        said = str(error).lower()
        if "full" not in said and "disk i/o" not in said:
            raise
        raise refused("storage-full" if "full" in said else "storage-failed") from error
