"""Whether a folder without a mark is the station's: at its first start, after an upgrade, on a disk that was copied."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import DatabaseError

from biomoa.files.models import StoredObject
from biomoa.files.storage import MARK, FolderStore, StoreAway, first_word, store, write_small

FEW = 4
LOCK_FILE = "store.lock"

logger = logging.getLogger(__name__)


def adopt(folder: FolderStore, id_file: Path) -> bool:
    """Marks the folder if it holds a few recorded objects, the oldest and newest among them, or none were ever put.

    A folder with the mark of another station is left alone. The home gets its id in any case, so that an operator who
    knows better can copy it.
    """
    with _alone(id_file):
        if folder.is_marked():  # by another process, a moment ago
            return True
        own, mark = first_word(id_file), first_word(folder.folder / MARK)
        if (own and mark) or not _is_ours(folder, id_file):
            if not own:
                write_small(id_file, secrets.token_hex(16))
            return False
        folder.mark(own or mark or secrets.token_hex(16))
    logger.info("the storage of files is marked as this station's: %s", folder.folder)
    return True


def mark_at_start(**_: Any) -> None:
    """After the tables were brought up: by ``init``, by the first start after an upgrade."""
    try:
        store().check()
    except StoreAway as error:
        logger.error("the storage of files is away: %s", error)
    except (DatabaseError, OSError):
        logger.warning("the storage of files could not be marked", exc_info=True)


@contextmanager
def _alone(id_file: Path) -> Iterator[None]:
    handle = os.open(id_file.with_name(LOCK_FILE), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_ours(folder: FolderStore, id_file: Path) -> bool:
    if StoredObject.objects.exists():
        return folder.folder.is_dir() and all(folder.find_size(sha256) == size for sha256, size in _few())
    if first_word(id_file) and _marked_folder(id_file) == str(folder.folder):
        return False  # it was marked when it was empty, and now it is gone
    folder.folder.mkdir(exist_ok=True)
    return True


def _marked_folder(id_file: Path) -> str:
    return id_file.read_text(encoding="utf-8").strip().partition(" ")[2]


def _few() -> Iterator[tuple[str, int]]:
    """By address first, which an index finds: in an empty folder the search ends there."""
    rows = StoredObject.objects.values_list("sha256", "size_bytes")
    return chain.from_iterable(rows.order_by(order)[:FEW] for order in ("sha256", "stored_at", "-stored_at"))
