"""Objects that a reader asked for and that the store does not have: kept until a scrub finds them whole again."""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import DatabaseError, transaction

from biomoa.files.models import MissedObject, StoredFile
from biomoa.files.storage import StoreAway, store

LOOKED_AT = 100

logger = logging.getLogger(__name__)


def note_missed(file: StoredFile, error: OSError) -> None:
    """A line of the log each time, a row once, unless the whole store is away."""
    facts = {"sha256": file.object_id, "file": file.pk, "shelf": str(file.shelf_id), "why": str(error)}
    logger.error("a stored file cannot be read: %s", file.object_id, extra={"facts": facts})
    try:
        store().check()
    except StoreAway:
        return  # then everything is missing, and that is told by itself
    try:
        with transaction.atomic():
            MissedObject.objects.get_or_create(sha256=file.object_id, defaults={"file_id": file.pk})
    except DatabaseError:  # the reader is answered all the same, and the log has it
        logger.warning("a missing object could not be noted", exc_info=True)


def count_missed() -> int:
    """Noted objects that are still not whole; of more than ``LOOKED_AT`` the rest is believed."""
    noted = MissedObject.objects.count()
    return noted and len(still_missed()) + max(0, noted - LOOKED_AT)


def still_missed() -> list[StoredFile]:
    """Of the newest notes: the files through which objects were missed that are still not whole."""
    notes = MissedObject.objects.order_by("-missed_at")[:LOOKED_AT]
    files = StoredFile.objects.select_related("object").in_bulk([note.file_id for note in notes])
    return [files[note.file_id] for note in notes if note.file_id in files and not _is_whole(files[note.file_id])]


def _is_whole(file: StoredFile) -> bool:
    try:
        return store().find_size(file.object_id) == file.object.size_bytes
    except OSError:
        return False


def forget_missed(but: Collection[str]) -> None:
    """Everything was read: only ``but`` is not whole."""
    MissedObject.objects.exclude(pk__among=but).delete()
