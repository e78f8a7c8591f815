"""How much one group may keep: bytes, files, uploads at once; asked before the first byte comes."""

from __future__ import annotations

import time

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from biomoa.files.disk import check_space, telling_disk_trouble
from biomoa.files.models import Shelf, StoredFile, Upload
from biomoa.files.problems import refused
from biomoa.files.storage import store

KEPT_SECONDS = 30.0  # counting a million files again for each of them would take longer than sending them
_held: dict[int, tuple[float, int, int]] = {}


def check_incoming(shelf: Shelf, name: str, size_bytes: int) -> None:
    """What can be said of bytes that were announced, before they come. Raises FileProblem 413, 429, 507."""
    largest = settings.BIOMOA_HOME.station.limits.file_size_bytes
    if size_bytes > largest:
        raise refused("file-too-large", file=name, found=size_bytes, expected=largest)
    with telling_disk_trouble():
        store().check()
        check_space(size_bytes)
        check_quota(shelf, size_bytes)


def check_quota(shelf: Shelf, incoming_bytes: int) -> None:
    """Raises FileProblem 413 when the group of the shelf would hold too much, 429 when too many uploads are open.

    Uploads under way count with all that they will be. The sum of a group is at most 30 s old in each process; what
    this process let in meanwhile is in it.
    """
    limits = settings.BIOMOA_HOME.station.limits
    if limits.uploads_at_once and _open_uploads(shelf.owner_id).count() >= limits.uploads_at_once:
        raise refused("too-many-uploads", expected=limits.uploads_at_once)
    if not (limits.group_bytes or limits.group_files):
        return
    until, size_bytes, files = _sum_of(shelf.owner_id)
    if limits.group_bytes and size_bytes + incoming_bytes > limits.group_bytes:
        raise refused("group-quota-bytes", found=f"{size_bytes + incoming_bytes:,}", expected=f"{limits.group_bytes:,}")
    if limits.group_files and files + 1 > limits.group_files:
        raise refused("group-quota-files", expected=f"{limits.group_files:,}")
    _held[shelf.owner_id] = (until, size_bytes + incoming_bytes, files + 1)


def _sum_of(owner_id: int) -> tuple[float, int, int]:
    known = _held.get(owner_id)
    now = time.monotonic()
    if known and known[0] > now:
        return known
    kept = StoredFile.objects.filter(shelf__owner_id=owner_id)
    told = kept.aggregate(size_bytes=Sum("object__size_bytes"), files=Count("pk"))
    coming = _open_uploads(owner_id).aggregate(size_bytes=Sum("size_bytes"), files=Count("pk"))
    if len(_held) > 10_000:
        _held.clear()
    size_bytes = (told["size_bytes"] or 0) + (coming["size_bytes"] or 0)
    return (now + KEPT_SECONDS, size_bytes, told["files"] + coming["files"])


def _open_uploads(owner_id: int) -> QuerySet[Upload]:
    return Upload.objects.filter(shelf__owner_id=owner_id, file=None, expires_at__gt=timezone.now())


def forget() -> None:
    """What is held of sums; for tests, and after files were taken away in bulk."""
    _held.clear()
