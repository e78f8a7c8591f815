"""Is the clock to be believed? What is opened or ended by the day of a clock that jumped cannot be taken back.

The last believed time is kept with the seconds since boot, which no setting of the clock changes. While both moved
alike, the clock is sound; after a jump it is not, until it is back or has stayed with its new time for a day.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from biomoa.jobs.liveness import this_host
from biomoa.jobs.models import ClockMark
from biomoa.ledger.services import record
from biomoa.people.services import end_expired_tokens

logger = logging.getLogger(__name__)

DRIFT = timedelta(minutes=10)  # a clock that is set right by so much has not jumped
LONGEST_STOP = timedelta(days=31)  # a station that was off for longer waits for its day of trust
TRUST = timedelta(days=1)


class Mark(msgspec.Struct, frozen=True):
    """A time that was believed: of the clock, in seconds since boot, and of which boot."""

    at: datetime
    up_seconds: float
    boot: str


def is_plausible(now: datetime, up_seconds: float, boot: str, mark: Mark) -> bool:
    """Did the clock move as the seconds since boot did? After a restart of the machine: forward, and not by months."""
    if boot == mark.boot:
        expected = mark.at + timedelta(seconds=up_seconds - mark.up_seconds)
        return abs(now - expected) <= DRIFT
    return mark.at - DRIFT <= now <= mark.at + LONGEST_STOP


def is_sound(now: datetime | None = None) -> bool:
    """Whether days may be read off the clock now. Without a mark, as on the first day, it is believed."""
    mark = _mark("believed")
    return mark is None or is_plausible(now or timezone.now(), _up_seconds(), this_host(), mark)


def expected_time() -> datetime | None:
    """What the clock should say by the last believed time, when what it says is doubted; None for a sound clock.

    After a restart of the machine nothing tells how long it was off: then the last believed time itself.
    """
    mark, up, boot = _mark("believed"), _up_seconds(), this_host()
    if mark is None or is_plausible(timezone.now(), up, boot, mark):
        return None
    return mark.at + timedelta(seconds=up - mark.up_seconds) if boot == mark.boot else mark.at


def confirm() -> bool:
    """The operator says that the clock is right, and need not wait for the day of trust; whether it was doubted."""
    expected, now = expected_time(), timezone.now()
    if expected is None:
        return False
    with transaction.atomic():
        _keep("believed", now, _up_seconds(), this_host())
        ClockMark.objects.filter(name="doubted").delete()
        told = {"expected": expected.isoformat(timespec="seconds"), "confirmed": now.isoformat(timespec="seconds")}
        record("system:operator", "clock:confirmed", "clock", told)
    return True


def beat() -> None:
    """Clock job: moves the mark along a sound clock; a new time that stayed for a day is believed, and said so."""
    now, up, boot = timezone.now(), _up_seconds(), this_host()
    if is_sound(now):
        _keep("believed", now, up, boot)
        ClockMark.objects.filter(name="doubted").delete()
        end_expired_tokens(now)
        return
    doubted = _mark("doubted")
    if doubted is None or not is_plausible(now, up, boot, doubted):
        logger.error("the clock jumped to %s: nothing is opened by its day until it is right", now.isoformat())
        _keep("doubted", now, up, boot)
    elif boot == doubted.boot and up - doubted.up_seconds >= TRUST.total_seconds():
        logger.warning("the clock stayed with %s for a day and is believed", now.isoformat())
        _keep("believed", now, up, boot)


def _mark(name: str) -> Mark | None:
    found = ClockMark.objects.filter(name=name).values_list("at", "up_seconds", "boot").first()
    return Mark(*found) if found else None


def _keep(name: str, at: datetime, up_seconds: float, boot: str) -> None:
    said = {"at": at, "up_seconds": up_seconds, "boot": boot}
    ClockMark.objects.update_or_create(name=name, defaults=said)


def _up_seconds() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
