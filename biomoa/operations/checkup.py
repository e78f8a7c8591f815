"""From how a station stands to findings: functions of values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from biomoa.jobs.queries import ClockState, FailedTask, QueueState
from biomoa.operations.advice import Finding, Severity, finding
from biomoa.operations.queries import Lag, LastCare, Room, Standing

MINUTE = timedelta(minutes=1)
FOLLOWER_PATIENCE = timedelta(minutes=5)
QUEUE_PATIENCE = timedelta(hours=1)
LOW_SHARE = 0.1
# An older copy of the database: whoever put it there and whoever lost work should meet the news.
SET_BACK_ERROR = timedelta(days=1)
SET_BACK_TOLD = timedelta(days=14)
# Between two of a kind; a station that does more seldom hears of it.
PATIENCE = {"backup": timedelta(days=2), "scrub": timedelta(days=35), "drill": timedelta(days=100)}


def check(standing: Standing) -> Iterator[Finding]:
    """Everything that can be told from a standing."""
    yield check_room(standing.room)
    if not standing.has_storage:
        yield finding("storage-elsewhere", "error")
    elif standing.missed:
        yield finding("objects-missed", "error", count=f"{standing.missed:,}", file=standing.missed_file)
    yield from check_clock(standing.at, standing.ledger_at, standing.expected_at)
    yield from check_queue(standing.queue)
    for lag in standing.lags:
        yield check_lag(lag)
    yield from check_set_back(standing.set_back_at, standing.at)
    for kind in PATIENCE:
        yield check_care(kind, standing.care.get(kind), standing.at)


def check_room(room: Room) -> Finding:
    free = _size(room.free_bytes)
    share = room.free_bytes / max(1, room.disk_bytes)
    if room.is_full:
        return finding("disk-full", "error", free=free)
    if share < LOW_SHARE:
        return finding("disk-low", "warning", free=free, percent=round(share * 100))
    return finding("disk-good", "good", free=free)


def check_clock(now: datetime, ledger_at: datetime | None, expected_at: datetime | None) -> Iterator[Finding]:
    """``expected_at``: what the clock should say, where it jumped."""
    is_behind = ledger_at and now < ledger_at - MINUTE
    if expected_at:
        yield finding("clock-doubted", "error", now=_minute(now), expected=_minute(expected_at))
    if ledger_at and is_behind:
        yield finding("clock-behind", "error", at=_minute(ledger_at))
    if not (expected_at or is_behind):
        yield finding("clock-good", "good")


def _minute(at: datetime) -> str:
    """In the station's time, with its zone: it is compared with a clock on the wall."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M %Z}"


def check_queue(queue: QueueState) -> Iterator[Finding]:
    waited = timedelta(seconds=queue.oldest_seconds or 0)
    if queue.workers == 0:
        yield finding("queue-no-worker", "error" if queue.waiting else "warning", waiting=queue.waiting)
    elif waited > QUEUE_PATIENCE:
        yield finding("queue-stuck", "warning", minutes=waited // MINUTE)
    else:
        yield finding("queue-good", "good", waiting=queue.waiting, workers=queue.workers)


def check_lag(lag: Lag) -> Finding:
    if lag.is_astray:
        return finding("follower-astray", "error", name=lag.name)
    if lag.behind and lag.waiting > FOLLOWER_PATIENCE:
        return finding("follower-stuck", "error", name=lag.name, behind=lag.behind, minutes=lag.waiting // MINUTE)
    return finding("follower-good", "good", name=lag.name)


def check_set_back(at: datetime | None, now: datetime) -> Iterator[Finding]:
    """The index is made anew within seconds; what the copy lacks is lost until a newer one is brought."""
    if at and now - at < SET_BACK_TOLD:
        severity: Severity = "error" if now - at < SET_BACK_ERROR else "warning"
        yield finding("database-set-back", severity, at=_minute(at))


def check_jobs(failed: Sequence[FailedTask], clock: Sequence[ClockState]) -> Iterator[Finding]:
    if failed:
        newest = failed[0]
        yield finding("jobs-parked", "warning", count=len(failed), name=newest.name, error=newest.error[:200])
    for job in clock:
        if job.error:
            error = job.error.strip().splitlines()[-1][:200]
            yield finding("clock-job-failed", "warning", name=job.name, error=error)


def check_mails(parked: int, error: str) -> Iterator[Finding]:
    if parked:
        yield finding("mails-parked", "warning", count=parked, error=error[:200])


def check_inspections(outdated: int, version: str) -> Iterator[Finding]:
    if outdated:
        yield finding("inspections-old", "warning", count=f"{outdated:,}", version=version)


def check_care(kind: str, last: LastCare | None, now: datetime) -> Finding:
    """``kind`` is backup, scrub or drill."""
    if last is None:
        return finding(f"{kind}-none", "warning")
    if not last.is_good:
        return _bad_care(kind, last)
    age = now - last.ended_at
    if age > PATIENCE[kind]:
        return finding(f"{kind}-old", "warning", days=age.days)
    return finding(f"{kind}-good", "good", at=f"{last.ended_at:%Y-%m-%d %H:%M}")


def _bad_care(kind: str, last: LastCare) -> Finding:
    if kind == "scrub":
        return finding("scrub-damage", "error", count=last.summary.get("remaining", 0))
    if kind == "drill":
        return finding("drill-failed", "error", detail=next(iter(last.summary.get("problems", ())), ""))
    return finding("backup-incomplete", "error", count=last.summary.get("missing", 0))


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB"
