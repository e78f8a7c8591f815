"""Which workers are alive. A process is itself only on its host and with its start time: process numbers are reused."""

from __future__ import annotations

import functools
import os
import secrets
import socket
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from biomoa.jobs.models import Worker

BEAT_SECONDS = 10
# Three beats missed on this host or another: a stopped or cut-off worker is given up within two minutes.
SILENCE = timedelta(seconds=60)


@functools.cache
def this_host() -> str:
    """Host name, boot and process namespace: where a process number means something."""
    boot = _read("/proc/sys/kernel/random/boot_id")
    space = str(Path("/proc/self/ns/pid").readlink()) if Path("/proc/self/ns/pid").exists() else ""
    return f"{socket.gethostname()} {boot} {space}"


def process_started(pid: int) -> int | None:
    """Start of a process in clock ticks since boot; None when there is no such process (or only its remains)."""
    status = _read(f"/proc/{pid}/stat")
    # proc(5): the name in brackets may hold spaces and brackets; state is field 3, the start field 22.
    fields = status.rpartition(")")[2].split()
    return int(fields[19]) if len(fields) > 19 and fields[0] not in "ZX" else None


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def enlist() -> Worker:
    """A row for this process."""
    return Worker.objects.create(
        id=secrets.token_hex(16),
        host=this_host(),
        pid=os.getpid(),
        process_started=process_started(os.getpid()) or 0,
        parent_pid=os.getppid(),
        parent_started=process_started(os.getppid()) or 0,
        beat_at=timezone.now(),
    )


def beat(worker_id: str, task: str) -> bool:
    """Says that the worker lives and what it works on; False when others have given it up."""
    return bool(Worker.objects.filter(pk=worker_id).update(beat_at=timezone.now(), task=task))


def is_alive(worker: Worker) -> bool:
    """A fresh beat and, on this host, the very process."""
    if timezone.now() - worker.beat_at > SILENCE:
        return False
    return worker.host != this_host() or process_started(worker.pid) == worker.process_started


def fallen_with_their_station() -> set[str]:
    """Dead workers whose parent is dead too, or whose machine was started anew: no task of theirs is to blame."""
    return {worker.pk for worker in Worker.objects.all() if not is_alive(worker) and _fell_with_others(worker)}


def _fell_with_others(worker: Worker) -> bool:
    if worker.host != this_host():
        return worker.host.split(" ")[0] == socket.gethostname()
    return bool(worker.parent_pid) and process_started(worker.parent_pid) != worker.parent_started


def bury_the_dead() -> set[str]:
    """Removes the rows of dead workers; the ids of those that live."""
    rows = list(Worker.objects.all())
    dead = [worker.pk for worker in rows if not is_alive(worker)]
    Worker.objects.filter(pk__in=dead).delete()
    return {worker.pk for worker in rows} - set(dead)
