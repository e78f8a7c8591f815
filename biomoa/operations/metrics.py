"""Prometheus metrics: requests counted by all web processes together, and how the station stands.

The client's multiprocess mode keeps a process's counts in files of a folder; any process can add them up.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from biomoa.operations.queries import Standing

logger = logging.getLogger(__name__)

MEMORY = Path("/dev/shm")
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.4, 1.0, 2.5, 10.0)

_making = threading.Lock()


def folder() -> Path:
    """Where the processes of this station on this host keep their counts.

    In memory where there is such a place: counts are mapped files, and a full disk under a mapped file ends the
    process.
    """
    home = settings.BIOMOA_HOME
    if not os.access(MEMORY, os.W_OK):
        return Path(home.scratch, "metrics")
    own = hashlib.sha256(str(home.folder).encode()).hexdigest()[:16]
    return MEMORY / f"biomoa-{os.getuid()}-{own}"


def drop_dead(place: Path) -> None:
    """Counts of processes that are no more; for Prometheus a counter that falls has begun anew."""
    for path in place.glob("*.db"):
        if not Path("/proc", path.stem.rpartition("_")[2]).exists():
            path.unlink(missing_ok=True)


@functools.cache
def _instruments() -> tuple[Any, Any]:
    place = folder()
    place.mkdir(mode=0o700, exist_ok=True)
    # prometheus_client reads the variable when it is imported.
    os.environ[FOLDER_VARIABLE] = str(place)
    drop_dead(place)
    from prometheus_client import Counter, Histogram

    count = Counter("biomoa_requests", "Requests answered", ["method", "route", "status"])
    seconds = Histogram("biomoa_request_seconds", "Time to answer", ["route"], buckets=BUCKETS)
    return count, seconds


def _get_instruments() -> tuple[Any, Any]:
    # The first requests of a process come together, and an instrument may be made once only.
    with _making:
        return _instruments()


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """A request that cannot be counted is answered all the same."""
    try:
        count, histogram = _get_instruments()
        count.labels(method, route, str(status)).inc()
        histogram.labels(route).observe(seconds)
    except OSError:
        logger.warning("a request could not be counted", exc_info=True)


def exposition(standing: Standing) -> tuple[bytes, str]:
    """The text that Prometheus reads, and its media type."""
    _get_instruments()
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
    yield "storage_there", "1 when the storage of files is the station's own", float(standing.has_storage)
    yield "objects_missed", "Objects asked for in vain", standing.missed
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
