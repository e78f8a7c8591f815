"""Jobs that come twice, late and out of order, on one station in this process: the end is that of the orderly run."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from biomoa.files.models import InspectionResult, StoredObject
from biomoa.jobs import liveness, queue
from biomoa.jobs.models import Worker
from biomoa.ledger.models import Entry
from biomoa.qc.model import QC_VERSION, Inspection

Message = tuple[str, int]  # what happens, to which object
KINDS = ("send", "send-again", "late", "work", "die", "give-up-alive", "fail")


def draw(chance: random.Random, most: int = 30) -> list[Message]:
    """A schedule of at most so many messages over three objects."""
    return [(chance.choice(KINDS), chance.randrange(3)) for _ in range(chance.randint(3, most))]


def play(schedule: Sequence[Message], objects: Sequence[str], enqueue: Callable[[str], object]) -> None:
    """Plays the schedule with real rows of the queue, then lets an orderly worker finish."""
    for kind, number in schedule:
        if kind.startswith("send"):
            for _ in range(2 if kind == "send-again" else 1):
                enqueue(objects[number])
        elif kind == "late":
            waiting = DBTaskResult.objects.ready().order_by("?").first()
            if waiting:
                DBTaskResult.objects.filter(pk=waiting.pk).update(run_after=timezone.now() + timedelta(hours=number))
        else:
            _work(kind)
    for each in objects:
        enqueue(each)
    DBTaskResult.objects.update(run_after=timezone.now())
    DBTaskResult.objects.failed().update(status="READY", worker_ids=[])
    drain()


def _work(kind: str) -> None:
    worker = liveness.enlist()
    task = queue.claim(worker.pk)
    if task is None:
        return
    match kind:
        case "work":
            queue.run(task, worker.pk)
        case "fail":
            queue.give_back(task, worker.pk, OSError("the store is away"))
        case "die":
            Worker.objects.filter(pk=worker.pk).delete()
            queue.take_back({each.pk for each in Worker.objects.all()})
        case "give-up-alive":
            # Others take it for dead and do its work; then it comes back and tells its own result.
            Worker.objects.filter(pk=worker.pk).delete()
            queue.take_back({each.pk for each in Worker.objects.all()})
            drain()
            queue.run(task, worker.pk)


def drain() -> None:
    worker = liveness.enlist()
    queue.take_back({worker.pk})
    while task := queue.claim(worker.pk):
        queue.run(task, worker.pk)


def end_state(objects: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Object -> how many results it has, and how many entries tell of its inspection."""
    return {
        each: (
            InspectionResult.objects.filter(object_id=each).count(),
            Entry.objects.filter(event="file:inspected", subject=each).count(),
        )
        for each in objects
    }


def lay(chance: random.Random) -> list[str]:
    """Three objects without an inspection, as rows."""
    digests = [hashlib.sha256(chance.randbytes(20)).hexdigest() for _ in range(3)]
    StoredObject.objects.bulk_create(StoredObject(sha256=each, md5="0" * 32, size_bytes=1) for each in digests)
    return digests


class Emptiness:
    """A store in place of bytes: what is tried is what is recorded of an inspection, and how often."""

    def local(self, sha256: str) -> Any:
        return nullcontext(sha256)


def inspected(path: str, **_: Any) -> Inspection:
    return Inspection(path=path, format="fastq", verdict="pass", qc_version=QC_VERSION, findings=[], metrics={},
                      checksums={}, size_bytes=1, seconds=0.0)  # fmt: skip
