"""The worker process: runs tasks, beats, takes back what dead workers held, strikes the clock, moves followers."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from biomoa.jobs import clock, liveness, queue
from biomoa.jobs.models import Worker
from biomoa.jobs.steps import step
from biomoa.ledger.followers import all_followers, follow

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
FOLLOW_SECONDS = 0.5
LOCK_FILE = "followers.lock"
STOPPING = (signal.SIGTERM, signal.SIGINT)


def run_worker(stop: threading.Event | None = None, *, tasks: int = 1) -> None:
    """Works until ``stop`` is set, or SIGTERM or SIGINT when no event is given: running tasks are ended, none begun.

    ``tasks`` run at the same time, each in a thread. Killed at any point, it loses nothing: another worker (or this
    one, started again) takes its tasks back.
    """
    hears_signals = stop is None
    stop = stop or _stop_on_signals()
    worker = _Worker(liveness.enlist(), stop)
    jobs: list[tuple[str, Callable[[], None]]] = [("beat", worker.beat), ("follow", worker.follow)]
    jobs += [(f"tasks-{n}", worker.work) for n in range(tasks)]
    jobs += [(name, worker.keep_time(name, seconds)) for name, seconds in clock.periodic_functions().items()]
    threads = [threading.Thread(target=_guarded(job, stop), name=name) for name, job in jobs]
    logger.info("worker %s of process %s begins", worker.id, os.getpid())
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Worker.objects.filter(pk=worker.id).delete()
    logger.info("worker %s ends", worker.id)
    if hears_signals:  # Python gives the signals up before it has ended: one more would look like a failure
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)


def _stop_on_signals() -> threading.Event:
    """Set by a thread that a signal wakes: a handler that sets it itself would wait for its own lock for ever when a
    second signal comes meanwhile, as where a service manager and the station both end the worker.
    """
    stop = threading.Event()
    waking, woken = os.pipe()

    def wait() -> None:
        os.read(waking, 1)
        stop.set()

    threading.Thread(target=wait, name="stop", daemon=True).start()
    for number in STOPPING:
        signal.signal(number, lambda *_: os.write(woken, b"."))
    return stop


class _Worker:
    """The loops of one worker. Each pass is one short piece of work; ``_guarded`` calls it again until the end."""

    def __init__(self, row: Worker, stop: threading.Event) -> None:
        self.id, self.stop = row.pk, stop
        self.current: dict[int, str] = {}
        self.suspects: set[str] = set()

    def work(self) -> None:
        task = queue.claim(self.id)
        if task is None:
            self.stop.wait(IDLE_SECONDS)
            return
        self.current[threading.get_ident()] = str(task.pk)
        try:
            queue.run(task, self.id)
        finally:
            self.current.pop(threading.get_ident(), None)

    def beat(self) -> None:
        current = next(iter(self.current.values()), "")
        if not liveness.beat(self.id, current):
            # Others gave this process up (it was stopped for minutes): its tasks are theirs, it goes on with new ones.
            row = liveness.enlist()
            self.id = row.pk
        step("worker:beat")
        blameless = liveness.fallen_with_their_station()
        queue.take_back(liveness.bury_the_dead(), blameless)
        self._drop_unaccounted()
        self.stop.wait(liveness.BEAT_SECONDS)

    def _drop_unaccounted(self) -> None:
        """Tasks that this worker holds but does not run: the database failed when it was to record their end."""
        idle = queue.held_by(self.id) - set(self.current.values())
        # Seen at two beats: one that was claimed a moment ago is not yet among the current ones.
        queue.release(idle & self.suspects, self.id)
        self.suspects = idle

    def follow(self) -> None:
        followers = all_followers()
        if not followers:
            self.stop.wait(5)
            return
        with _alone(settings.BIOMOA_HOME.folder / LOCK_FILE) as is_alone:
            while is_alone and not self.stop.is_set():
                for follower in followers:
                    follow(follower)
                close_old_connections()
                self.stop.wait(FOLLOW_SECONDS)
        self.stop.wait(1)

    def keep_time(self, name: str, seconds: float) -> Callable[[], None]:
        def look() -> None:
            clock.strike(name, seconds)
            self.stop.wait(min(seconds, 1.0))

        return look


def _guarded(job: Callable[[], None], stop: threading.Event) -> Callable[[], None]:
    """Calls the job until the end. A database that is away or locked, or any other fault, is logged and tried again."""

    def loop() -> None:
        while not stop.is_set():
            try:
                close_old_connections()
                job()
            except DatabaseError:
                logger.warning("the database did not answer; trying again", exc_info=True)
                connection.close()
                stop.wait(1)
            except Exception:  # a fault of one loop must not end the others
                logger.exception("unexpected fault; trying again")
                stop.wait(1)
        connection.close()

    return loop


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """One process of a host moves the followers: an index has one writer. The kernel frees the lock of a dead one."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
    finally:
        os.close(handle)
