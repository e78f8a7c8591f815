"""Workers killed without warning: nothing is lost, nothing is recorded twice."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .station import Station

STATE = """
from django_tasks_db.models import DBTaskResult
answer = [[row.status, row.return_value, len(row.worker_ids)] for row in DBTaskResult.objects.all()]
"""


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station(tmp_path / "home")
    yield made
    made.end()


def _until(is_so: Callable[[], bool], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.2)


def test_a_worker_killed_in_the_middle_of_a_task_is_replaced(station: Station, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    station.run(f"import tasks\ntasks.wait_once.enqueue({str(mark)!r})")
    first = station.start_worker()
    _until(mark.exists)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    station.start_worker()
    _until(lambda: station.run(STATE)[0][0] == "SUCCESSFUL")
    assert station.run(STATE) == [["SUCCESSFUL", "ended", 2]]


@pytest.mark.parametrize("step", ["job:claimed", "job:done", "job:recorded"])
def test_killed_at_each_step_the_task_is_accounted_for_once(station: Station, tmp_path: Path, step: str) -> None:
    out = tmp_path / "out"
    station.run(f"import tasks\ntasks.write_line.enqueue({str(out)!r}, 'x')")
    work = "from biomoa.jobs import queue, liveness\nrow = liveness.enlist()\n"
    assert station.run(work + "queue.run(queue.claim(row.pk), row.pk)", fault=f"{step}:1:kill") == -signal.SIGKILL
    again = work + "queue.take_back(liveness.bury_the_dead())\ntask = queue.claim(row.pk)\nanswer = task is not None"
    is_needed = station.run(again + "\nif task: queue.run(task, row.pk)")
    assert is_needed == (step != "job:recorded")
    assert station.run(STATE)[0][:2] == ["SUCCESSFUL", "x"]


def test_two_workers_share_one_queue_and_end_on_sigterm(station: Station, tmp_path: Path) -> None:
    out = tmp_path / "out"
    station.run(f"import tasks\nfor n in range(60): tasks.write_line.enqueue({str(out)!r}, str(n))")
    workers = [station.start_worker(), station.start_worker()]
    _until(lambda: station.run("from biomoa.jobs.models import Worker\nanswer = Worker.objects.count()") == 2)
    _until(lambda: out.exists() and len(out.read_text().split()) >= 60)
    for process in workers:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(60) for process in workers] == [0, 0]
    assert Counter(out.read_text().split()) == Counter({str(n): 1 for n in range(60)})
    assert {row[0] for row in station.run(STATE)} == {"SUCCESSFUL"}
    log = (station.folder / "log" / "process.log").read_text()
    assert "locked" not in log
    assert station.run("from biomoa.jobs.models import Worker\nanswer = Worker.objects.count()") == 0


# As where a second signal comes while the first is handled: the thread that waits for the lock of the event holds it.
TWICE = """
import os, signal
from biomoa.jobs import worker
stop = worker._stop_on_signals()
with stop._cond:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)
answer = stop.wait(60)
"""


def test_a_signal_in_the_midst_of_another_ends_a_worker_all_the_same(station: Station) -> None:
    """A service manager ends every process of a station, and so does the station."""
    assert station.run(TWICE) is True
    worker = station.start_worker()
    _until(lambda: station.run("from biomoa.jobs.models import Worker\nanswer = Worker.objects.count()") == 1)
    until = time.monotonic() + 60
    while worker.poll() is None and time.monotonic() < until:  # also while it is ending
        worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0


def test_a_task_is_not_blamed_when_its_whole_station_fell(station: Station, tmp_path: Path) -> None:
    """Killed with its parent, again and again, it is tried until it is done; killed alone, it is parked."""
    out = tmp_path / "out"
    station.run(f"import tasks\ntasks.write_line.enqueue({str(out)!r}, 'x')")
    claim = (
        "import os\nfrom biomoa.jobs import queue, liveness\nblameless = liveness.fallen_with_their_station()\n"
        "row = liveness.enlist()\nqueue.take_back(liveness.bury_the_dead(), blameless)\n"
    )
    indented = claim.replace("\n", "\n ")
    below = f"child = os.fork()\nif child == 0:\n {indented}queue.claim(row.pk)\n os._exit(0)\n"
    for _ in range(7):
        station.run(f"import os\n{below}os.waitpid(child, 0)")
    assert station.run(STATE) == [["RUNNING", None, 1]]
    for _ in range(5):
        station.run(f"{claim}queue.claim(row.pk)\nliveness.Worker.objects.update(parent_pid=1, parent_started="
                    "liveness.process_started(1))")  # fmt: skip
    station.run(claim)
    assert station.run(STATE)[0][0] == "FAILED"
