"""The state of the queue: what waits, how long, what failed, who works."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import Count, Min
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from biomoa.jobs.liveness import is_alive
from biomoa.jobs.models import Strike, Worker

SHOWN = 100


class QueueState(msgspec.Struct, frozen=True):
    """Counts by state; ``oldest_seconds`` is the age of the oldest task that is due and waits (None: nothing waits)."""

    waiting: int
    running: int
    failed: int
    oldest_seconds: float | None
    workers: int


class FailedTask(msgspec.Struct, frozen=True):
    """A task that was parked after its last attempt."""

    id: str
    name: str
    arguments: list[object]
    attempts: int
    error: str  # the last line of its traceback
    finished_at: datetime


class ClockState(msgspec.Struct, frozen=True):
    """A periodic function; ``error`` is empty when its last run went well."""

    name: str
    due_at: datetime
    ended_at: datetime | None
    error: str


def queue_state() -> QueueState:
    """How the queue stands now."""
    counts = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    oldest = DBTaskResult.objects.ready().order_by().aggregate(at=Min("enqueued_at"))["at"]
    return QueueState(
        waiting=counts.get("READY", 0),
        running=counts.get("RUNNING", 0),
        failed=counts.get("FAILED", 0),
        oldest_seconds=(timezone.now() - oldest).total_seconds() if oldest else None,
        workers=sum(is_alive(worker) for worker in Worker.objects.all()),
    )


def failed_tasks() -> list[FailedTask]:
    """The latest parked tasks, newest first."""
    rows = DBTaskResult.objects.failed().order_by("-finished_at")[:SHOWN]
    return [
        FailedTask(
            id=str(row.pk),
            name=row.task_path.rpartition(".")[2],
            arguments=row.args_kwargs["args"],
            attempts=len(row.worker_ids),
            error=(row.traceback.strip().splitlines() or [row.exception_class_path])[-1],
            finished_at=row.finished_at or row.enqueued_at,
        )
        for row in rows
    ]


def clock_state() -> list[ClockState]:
    """Every periodic function that has ever been due."""
    rows = Strike.objects.order_by("name").values_list("name", "due_at", "ended_at", "error")
    return [ClockState(*row) for row in rows]
