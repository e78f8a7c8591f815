"""Prometheus metrics: requests counted by all web processes together, and how the station stands.

The client's multiprocess mode keeps a process's counts in files of a folder; any process can add them up.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from biomoa.operations.queries import Standing

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.4, 1.0, 2.5, 10.0)


def folder() -> Path:
    """Where the processes of this station on this host keep their counts."""
    place: Path = settings.BIOMOA_HOME.scratch / "metrics"
    return place


def drop_dead() -> None:
    """Counts of processes that are no more; for Prometheus a counter that falls has begun anew."""
    for path in folder().glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            path.unlink(missing_ok=True)


@functools.cache
def _instruments() -> tuple[Any, Any]:
    # prometheus_client reads the variable when it is imported.
    folder().mkdir(exist_ok=True)
    os.environ[FOLDER_VARIABLE] = str(folder())
    drop_dead()
    from prometheus_client import Counter, Histogram

    count = Counter("biomoa_requests", "Requests answered", ["method", "route", "status"])
    seconds = Histogram("biomoa_request_seconds", "Time to answer", ["route"], buckets=BUCKETS)
    return count, seconds


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    count, histogram = _instruments()
    count.labels(method, route, str(status)).inc()
    histogram.labels(route).observe(seconds)


def exposition(standing: Standing) -> tuple[bytes, str]:
    """The text that Prometheus reads, and its media type."""
    _instruments()
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(_Collector(standing))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Collector:
    def __init__(self, standing: Standing) -> None:
        self.standing = standing

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        for name, text, value in _numbers(self.standing):
            yield GaugeMetricFamily(f"biomoa_{name}", text, value=value)
        lag = GaugeMetricFamily("biomoa_follower_behind", "Ledger entries not yet followed", labels=["follower"])
        for each in self.standing.lags:
            lag.add_metric([each.name], each.behind)
        yield lag
        yield from _care_families(self.standing)


def _numbers(standing: Standing) -> Iterator[tuple[str, str, float]]:
    queue, room = standing.queue, standing.room
    yield "queue_waiting", "Tasks that wait", queue.waiting
    yield "queue_running", "Tasks at work", queue.running
    yield "queue_parked", "Tasks that failed for good", queue.failed
    yield "queue_oldest_seconds", "Age of the oldest waiting task", queue.oldest_seconds or 0.0
    yield "workers", "Living workers", queue.workers
    yield "objects", "Stored objects", room.objects
    yield "objects_bytes", "Bytes of stored objects", room.used_bytes
    yield "disk_free_bytes", "Free bytes on the disk", room.free_bytes
    yield "disk_bytes", "Bytes of the disk", room.disk_bytes
    yield "uploads_open", "Uploads under way", room.uploads
    yield "ledger_entries", "Entries of the ledger", standing.ledger_seq


def _care_families(standing: Standing) -> Iterator[Any]:
    from prometheus_client.core import GaugeMetricFamily

    ended = GaugeMetricFamily("biomoa_care_timestamp_seconds", "When it was last done", labels=["kind"])
    good = GaugeMetricFamily("biomoa_care_good", "1 when the last one ended well", labels=["kind"])
    for kind, last in standing.care.items():
        ended.add_metric([kind], last.ended_at.timestamp())
        good.add_metric([kind], float(last.is_good))
    yield ended
    yield good
