"""A disk that is full or fails at the n-th write or fsync, and is well again after a few more (goal F3)."""

from __future__ import annotations

import errno
import os
import random
import signal
from collections.abc import Sequence

import msgspec

from tests.faults.driver import Driver, copy_home, wait_until
from tests.faults.sweep import TAG, Sweep, _copied
from tests.faults.workflows import WORKFLOWS, Workflow

WRITES, SYNCS = 1, 2
# Full for some writes, as until somebody has made room; an error of the medium or of an fsync comes alone.
KINDS = {"full": (WRITES, 4, errno.ENOSPC), "error": (WRITES, 1, errno.EIO), "fsync": (SYNCS, 1, errno.EIO)}
CLEAR = frozenset({200, 201, 204, 409, 423, 503, 507})  # 409: tus asks for the offset anew


class Trouble(msgspec.Struct, frozen=True):
    """The disk fails in this way from the n-th call on."""

    workflow: str
    kind: str
    call: int


class Outcome(msgspec.Struct, frozen=True):
    trouble: Trouble
    refusals: int
    faults: tuple[str, ...]


def troubles(sweep: Sweep, chance: random.Random, most_a_kind: int) -> list[Trouble]:
    """Up to so many calls of each kind and workflow, the first and the last among them."""
    chosen = []
    for each in WORKFLOWS:
        counts = _count(sweep, each)
        for kind, (calls, _, _) in KINDS.items():
            numbers = list(range(1, counts[calls] + 1))
            drawn = numbers if len(numbers) <= most_a_kind else chance.sample(numbers, most_a_kind)
            chosen += [Trouble(each.name, kind, number) for number in sorted(drawn)]
    return chosen


def _begin(sweep: Sweep, workflow: Workflow, order: Sequence[int]) -> Driver:
    copy_home(sweep.folder / "before" / workflow.name, sweep.home)
    sweep.station.worker = workflow.needs_worker
    sweep.station.orders = {"shim_fail": list(order)}
    sweep.station.start()
    return Driver(sweep.station, sweep.tokens, _copied(sweep.told[workflow.name]))


def _count(sweep: Sweep, workflow: Workflow) -> dict[int, int]:
    """How many writes and fsyncs a run without trouble makes."""
    driver = _begin(sweep, workflow, (WRITES, 0, 0, 0))
    workflow.run(driver, TAG)
    place = sweep.home / "log" / "shim"
    place.unlink(missing_ok=True)
    os.kill(sweep.station.pid, signal.SIGUSR2)
    wait_until(lambda: place.exists() and place.read_text() != "", 10, "no count")
    sweep.station.end()
    writes, syncs = map(int, place.read_text().split())
    return {WRITES: writes, SYNCS: syncs}


def run(sweep: Sweep, trouble: Trouble) -> Outcome:
    workflow = next(each for each in WORKFLOWS if each.name == trouble.workflow)
    calls, count, error = KINDS[trouble.kind]
    driver = _begin(sweep, workflow, (calls, trouble.call, count, error))
    faults = []
    try:
        workflow.run(driver, TAG)
        if unclear := set(driver.statuses) - CLEAR:
            faults.append(f"answered {sorted(unclear)}")
        if sweep.station.is_dead():
            faults.append("the station ended")
    except AssertionError as raised:
        faults.append(str(raised))
    finally:
        sweep.station.end()
    faults += sweep.station.check(driver.told, is_at_rest=workflow.name == "follow")
    return Outcome(trouble, driver.refusals, tuple(faults))
