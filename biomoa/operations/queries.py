"""How the station stands now: read for the status page, the metrics and the doctor."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from biomoa.files.disk import tightest_disk
from biomoa.files.missed import count_missed, still_missed
from biomoa.files.models import StoredFile, StoredObject, Upload
from biomoa.files.storage import store
from biomoa.jobs.queries import ClockState, FailedTask, QueueState, clock_state, failed_tasks, queue_state
from biomoa.jobs.timekeeping import expected_time
from biomoa.ledger.followers import all_followers, is_astray, set_back_at
from biomoa.ledger.models import Entry, Head
from biomoa.operations.models import Care
from biomoa.people.rules import Actor, may
from biomoa.records.models import Submission

KEPT_SECONDS = 5.0
HISTORY = 20


class Room(msgspec.Struct, frozen=True):
    """Bytes of stored objects, and of the disk of the scratch folder or, where less is free there, of the objects.

    Below ``reserve_bytes`` of free space, uploads stop.
    """

    objects: int
    used_bytes: int
    free_bytes: int
    disk_bytes: int
    reserve_bytes: int
    uploads: int  # under way

    @property
    def is_full(self) -> bool:
        return self.free_bytes < self.reserve_bytes


class Lag(msgspec.Struct, frozen=True):
    """``behind`` entries that a follower has not seen; the oldest of them is ``waiting`` old.

    ``is_astray``: it followed another ledger than the one that is here, as when an older copy of it was put back.
    """

    name: str
    position: int
    behind: int
    waiting: timedelta
    is_astray: bool = False


class LastCare(msgspec.Struct, frozen=True):
    """The newest of a kind, and when the last good one ended."""

    ended_at: datetime
    is_good: bool
    good_at: datetime | None
    summary: dict[str, Any]


class Standing(msgspec.Struct, frozen=True):
    at: datetime
    queue: QueueState
    room: Room
    care: dict[str, LastCare]
    lags: tuple[Lag, ...]
    ledger_seq: int
    ledger_hash: str
    ledger_at: datetime | None
    has_storage: bool = True  # the folder of objects is there and is the station's own
    missed: int = 0  # objects that readers asked for in vain and that are still not whole
    missed_file: str = ""  # the newest of them, with its submission
    expected_at: datetime | None = None  # what a doubted clock should say
    set_back_at: datetime | None = None  # when an older copy of the database was last found


_kept: dict[str, tuple[float, Standing]] = {}


def recent_standing() -> Standing:
    """At most a few seconds old: the status page is everybody's."""
    made_at, kept = _kept.get("standing", (0.0, None))
    if kept is not None and time.monotonic() - made_at < KEPT_SECONDS:
        return kept
    fresh = standing()
    _kept["standing"] = (time.monotonic(), fresh)
    return fresh


def standing() -> Standing:
    head = Head.objects.get(id=1)
    last = Entry.objects.filter(seq=head.seq).first()
    missed = count_missed()
    return Standing(
        at=timezone.now(),
        queue=queue_state(),
        room=_room(),
        care=_care(),
        lags=tuple(_lags(head.seq)),
        ledger_seq=head.seq,
        ledger_hash=head.hash,
        ledger_at=parse_datetime(last.at) if last else None,
        has_storage=_has_storage(),
        missed=missed,
        missed_file=next(iter(name_files(still_missed()[:1]).values()), "") if missed else "",
        expected_at=expected_time(),
        set_back_at=set_back_at(),
    )


def _room() -> Room:
    kept = StoredObject.objects.aggregate(objects=Count("pk"), used=Sum("size_bytes"))
    home = settings.BIOMOA_HOME
    free, size = tightest_disk()
    uploads = Upload.objects.filter(file=None).count()
    reserve = home.station.limits.free_space_bytes
    return Room(kept["objects"], kept["used"] or 0, free, size, reserve, uploads)


def name_files(files: Iterable[StoredFile]) -> dict[str, str]:
    """Object -> name and submission of a file with it."""
    found = {file.object_id: file for file in files}
    shelves = {file.shelf_id for file in found.values()}
    codes = {each.shelf_id: each.code for each in Submission.objects.filter(shelf_id__among=shelves)}
    return {sha256: f"{file.name} ({codes.get(file.shelf_id, file.shelf_id)})" for sha256, file in found.items()}


def _has_storage() -> bool:
    try:
        store().check()
    except OSError:
        return False
    return True


def _care() -> dict[str, LastCare]:
    found = {}
    for kind in Care.objects.order_by().values_list("kind", flat=True).distinct():
        rows = Care.objects.filter(kind=kind).order_by("-ended_at")
        newest, good = rows[0], rows.filter(is_good=True).first()
        found[kind] = LastCare(newest.ended_at, newest.is_good, good.ended_at if good else None, newest.summary)
    return found


def _lags(head: int) -> list[Lag]:
    lags = []
    for follower in all_followers():
        position = follower.position()
        oldest = Entry.objects.filter(seq__gt=position).order_by("seq").first()
        at = parse_datetime(oldest.at) if oldest else None
        waiting = timezone.now() - at if at else timedelta(0)
        behind, waiting = max(0, head - position), max(waiting, timedelta(0))
        lags.append(Lag(follower.name, position, behind, waiting, is_astray(follower)))
    return lags


class Details(msgspec.Struct, frozen=True):
    """What administrators see besides."""

    failed: list[FailedTask]
    clock: list[ClockState]
    history: list[Care]


def get_details(actor: Actor) -> Details:
    """Raises PermissionDenied."""
    if not may(actor, "operate", "station"):
        raise PermissionDenied
    return Details(failed_tasks(), clock_state(), list(Care.objects.order_by("-ended_at")[:HISTORY]))
