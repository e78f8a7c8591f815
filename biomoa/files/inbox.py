"""Very large deliveries: files put into a folder of the inbox by other means (a disk, scp, Aspera)."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from django.conf import settings

from biomoa.files import digests
from biomoa.files.digests import Sums
from biomoa.files.disk import telling_disk_trouble
from biomoa.files.models import Shelf, StoredFile
from biomoa.files.problems import FileProblem, refused
from biomoa.files.queries import get_shelf_to_change
from biomoa.files.services import accepted_name, keep
from biomoa.files.storage import BLOCK_BYTES
from biomoa.forms.problems import Problem
from biomoa.jobs.steps import step
from biomoa.people.rules import Actor

QUIET_SECONDS = 10


class InboxReceipt(msgspec.Struct, frozen=True):
    """What came of a delivery: ``files`` are on the shelf and gone from the folder, the others stay where they lie."""

    files: tuple[StoredFile, ...]
    problems: tuple[Problem, ...]


def receive_inbox(actor: Actor, shelf: Shelf, folder: str) -> InboxReceipt:
    """Takes every finished file of ``inbox/<folder>/``, each read once and linked, not copied, where the disk allows.

    ``folder`` is one name (the shelf's id or the submission's code). Raises FileProblem when there is no such folder
    or the shelf cannot be changed; what is wrong with single files is in the receipt. May be called again at any time.
    """
    get_shelf_to_change(actor, shelf.pk)
    files: list[StoredFile] = []
    problems: list[Problem] = []
    for path in _iter_entries(folder):
        try:
            with telling_disk_trouble():
                files.append(_take(actor, shelf, path))
        except FileProblem as error:
            problems.extend(error.problems)
    return InboxReceipt(tuple(files), tuple(problems))


def _iter_entries(folder: str) -> Iterator[Path]:
    place: Path = settings.BIOMOA_HOME.inbox / folder
    is_one_name = folder not in {"", ".", ".."} and Path(folder).name == folder
    if not is_one_name or place.is_symlink() or not place.is_dir():
        raise refused("inbox-absent", file=folder[:100])
    return iter(sorted(place.iterdir()))


def _take(actor: Actor, shelf: Shelf, path: Path) -> StoredFile:
    name = accepted_name(os.fsencode(path.name).decode(errors="replace"))
    handle = _open_regular(path, name)
    try:
        before = os.fstat(handle)
        if time.time() - before.st_mtime < QUIET_SECONDS or _has_writer(handle):
            raise refused("inbox-growing", file=name)
        sums = _sums(handle)
        after = os.fstat(handle)
        if _marks(before) != _marks(after) or _marks(path.lstat()) != _marks(after):
            raise refused("inbox-growing", file=name)
        os.fsync(handle)
    finally:
        os.close(handle)
    file = keep(actor, shelf, name, path, sums, after.st_size)
    # Only now: until the file is recorded, a crash leaves it where its sender put it.
    path.unlink()
    step("inbox:taken")
    return file


def _open_regular(path: Path, name: str) -> int:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise refused("inbox-not-regular", file=name) from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise refused("inbox-not-regular", file=name)
    return handle


def _has_writer(handle: int) -> bool:
    """Linux grants a read lease only while nobody has the file open for writing; where it cannot say, time decides."""
    try:
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False


def _sums(handle: int) -> Sums:
    running = digests.start()
    while block := os.read(handle, BLOCK_BYTES):
        running.update(block)
    return running.sums()


def _marks(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
