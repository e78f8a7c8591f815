from __future__ import annotations

import os
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from biomoa.jobs import clock, liveness, queries, queue, worker
from biomoa.jobs.models import Strike, Worker
from biomoa.ledger.followers import Mark

from . import tasks

pytestmark = pytest.mark.django_db(transaction=True)


def _make_due() -> None:
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_task_runs_and_its_value_is_kept(tmp_path: Path) -> None:
    tasks.write_line.enqueue(str(tmp_path / "out"), "done")
    claimed = queue.claim("w1")
    assert claimed is not None
    assert queue.run(claimed, "w1")
    assert (tmp_path / "out").read_text() == "done\n"
    assert DBTaskResult.objects.get().return_value == "done"
    assert queue.claim("w1") is None


def test_context_is_given() -> None:
    tasks.count_attempts.enqueue()
    queue.run(queue.claim("w1"), "w1")
    assert DBTaskResult.objects.get().return_value == 1


def test_five_attempts_then_parked_and_shown(tmp_path: Path) -> None:
    tasks.fail_always.enqueue(str(tmp_path / "out"))
    for attempt in range(1, 6):
        _make_due()
        claimed = queue.claim("w1")
        assert claimed is not None, attempt
        assert not queue.run(claimed, "w1")
    _make_due()
    assert queue.claim("w1") is None
    assert (tmp_path / "out").read_text().count("tried") == 5
    (failed,) = queries.failed_tasks()
    assert (failed.name, failed.attempts, failed.error) == ("fail_always", 5, "ValueError: 이 작업은 늘 실패합니다")
    assert queries.queue_state().failed == 1
    assert queue.retry_failed(failed.id)
    assert queue.claim("w1") is not None


def test_an_attempt_after_an_error_waits(tmp_path: Path) -> None:
    tasks.fail_always.enqueue(str(tmp_path / "out"))
    queue.run(queue.claim("w1"), "w1")
    assert queue.claim("w1") is None
    assert queries.queue_state().waiting == 1


def test_what_a_dead_worker_held_is_taken_back_and_its_late_result_is_not_recorded(tmp_path: Path) -> None:
    tasks.write_line.enqueue(str(tmp_path / "out"), "x")
    first = queue.claim("dead")
    assert queue.take_back({"living"}) == 1
    second = queue.claim("living")
    assert second is not None
    assert not queue.take_back({"living"})
    queue.run(first, "dead")
    assert DBTaskResult.objects.get().status == "RUNNING"
    queue.run(second, "living")
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


def test_a_task_that_kills_its_workers_is_parked() -> None:
    tasks.count_attempts.enqueue()
    for n in range(5):
        assert queue.claim(f"w{n}") is not None
        queue.take_back(set())
    assert queue.claim("w9") is None
    assert "5 times" in queries.failed_tasks()[0].error


def test_who_is_alive() -> None:
    living = liveness.enlist()
    now = timezone.now()
    reused = Worker.objects.create(id="reused", host=living.host, pid=os.getpid(), process_started=1, beat_at=now)
    silent = Worker.objects.create(id="silent", host="elsewhere", pid=1, process_started=1,
                                   beat_at=now - timedelta(minutes=2))  # fmt: skip
    remote = Worker.objects.create(id="remote", host="elsewhere", pid=1, process_started=1, beat_at=now)
    assert [liveness.is_alive(row) for row in (living, reused, silent, remote)] == [True, False, False, True]
    assert liveness.bury_the_dead() == {living.pk, "remote"}
    assert not liveness.beat("silent", "")
    assert queries.queue_state().workers == 2


def test_two_claimers_never_get_the_same_task(tmp_path: Path) -> None:
    for n in range(40):
        tasks.write_line.enqueue(str(tmp_path / "out"), str(n))

    def work(name: str) -> None:
        while claimed := queue.claim(name):
            queue.run(claimed, name)
        connection.close()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = Counter((tmp_path / "out").read_text().split())
    assert lines == Counter({str(n): 1 for n in range(40)})


CALLS: list[str] = []


def tick() -> None:
    CALLS.append("tick")


def broken() -> None:
    raise RuntimeError("no")


def test_the_clock_strikes_once_a_period_and_survives_errors() -> None:
    CALLS.clear()
    name, now = f"{__name__}.tick", timezone.now()
    struck = [clock.strike(name, 60, now + timedelta(seconds=s)) for s in (0, 0, 30, 61, 62)]
    assert struck == [True, False, False, True, False]
    assert len(CALLS) == 2
    assert clock.strike(f"{__name__}.broken", 60)
    assert "RuntimeError: no" in Strike.objects.get(name__endswith="broken").error
    assert {state.name for state in queries.clock_state()} == {name, f"{__name__}.broken"}


def test_a_clock_set_back_ten_years_goes_on_striking() -> None:
    name, now = f"{__name__}.tick", timezone.now()
    assert clock.strike(name, 60, now)
    assert clock.strike(name, 60, now - timedelta(days=3650))


class _Follower:
    name = "test"

    def __init__(self, seen: list[int]) -> None:
        self.seen = seen

    def position(self) -> int:
        return len(self.seen)

    def mark(self) -> Mark:
        return Mark(0)

    def apply(self, entries: Any) -> None:
        self.seen.extend(entry.seq for entry in entries)

    def wipe(self) -> None:
        self.seen.clear()


SEEN: list[int] = []


def follower() -> _Follower:
    return _Follower(SEEN)


def test_a_worker_runs_tasks_moves_followers_strikes_the_clock_and_ends_cleanly(settings: Any, tmp_path: Path) -> None:
    from django.db import transaction

    from biomoa.ledger.services import record

    CALLS.clear()
    SEEN.clear()
    settings.BIOMOA_FOLLOWERS = (f"{__name__}.follower",)
    settings.BIOMOA_CLOCK = {f"{__name__}.tick": 1, f"{__name__}.broken": 1}
    stop = threading.Event()
    thread = threading.Thread(target=worker.run_worker, args=(stop,), kwargs={"tasks": 2})
    thread.start()
    tasks.write_line.enqueue(str(tmp_path / "out"), "done")
    with transaction.atomic():
        record("test", "thing:happened", "T1")
    _until(lambda: bool(SEEN and CALLS and DBTaskResult.objects.successful().exists()))
    assert queries.queue_state().workers == 1
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert queries.queue_state().workers == 0
    assert SEEN == [1]


def _until(is_so: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
