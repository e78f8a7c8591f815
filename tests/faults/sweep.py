"""Killing a station at every step of every workflow; each time from the same beginning, each time looked at after."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from tests.faults.driver import Driver, ForkedStation, Told, copy_home, new_home, wait_until
from tests.faults.workflows import WORKFLOWS, Workflow, steps_of

TAG = "t1"
WORKER_SECONDS = 15.0
# What the worker does by its own clock, whether or not the workflow runs: met sometimes, so not demanded.
BY_THE_CLOCK = ("clock:", "worker:beat", "write:biomoa", "disk:biomoa", "write:beat", "write:MainThread")


class Point(msgspec.Struct, frozen=True):
    """A step of a workflow, the n-th time that it comes; ``kind`` is what happens there."""

    workflow: str
    step: str
    kind: str = "kill"


class Outcome(msgspec.Struct, frozen=True):
    """``is_met``: the fault happened. ``faults`` is empty when every invariant held."""

    point: Point
    is_met: bool
    faults: tuple[str, ...]


class Sweep:
    """A folder with the station before each workflow, and the steps that a run without a fault has."""

    def __init__(self, folder: Path, shim: Path | None = None) -> None:
        self.folder, self.home = folder, folder / "home"
        self.tokens = new_home(self.home)
        self.station = ForkedStation(self.home, shim)
        self.told: dict[str, Told] = {}
        self.steps: dict[str, list[str]] = {}
        self._dry_run()

    def _dry_run(self) -> None:
        driver = Driver(self.station, self.tokens)
        for each in WORKFLOWS:
            copy_home(self.home, self.folder / "before" / each.name)
            self.told[each.name] = _copied(driver.told)
            record = self.folder / f"{each.name}.steps"
            self.station.worker = each.needs_worker
            self.station.start(record=record)
            each.run(driver, TAG)
            self.station.end()
            self.steps[each.name] = steps_of(record)
        faults = self.station.check(driver.told, is_at_rest=True)
        assert faults == [], faults

    def points(self, kind: str = "kill") -> list[Point]:
        """Every step of every workflow, each time it comes."""
        return [
            Point(each.name, step, kind)
            for each in WORKFLOWS for step in self.steps[each.name] if not step.startswith(BY_THE_CLOCK)
        ]  # fmt: skip

    def run(self, point: Point) -> Outcome:
        workflow = next(each for each in WORKFLOWS if each.name == point.workflow)
        copy_home(self.folder / "before" / workflow.name, self.home)
        driver = Driver(self.station, self.tokens, _copied(self.told[workflow.name]))
        self.station.worker = workflow.needs_worker
        self.station.start(f"{point.step}:{point.kind}")
        try:
            return self._run(driver, workflow, point)
        except AssertionError as error:
            return Outcome(point, True, (str(error),))
        finally:
            self.station.end()

    def _run(self, driver: Driver, workflow: Workflow, point: Point) -> Outcome:
        workflow.run(driver, TAG)
        if workflow.needs_worker and point.kind == "kill" and not driver.deaths:
            self._wait_for_death()
        if self.station.is_dead():  # after the last answer
            driver.deaths += 1
            self.station.end()
            self.station.start()
        if workflow.name in REPEATABLE:
            workflow.run(driver, TAG)
        self.station.end()
        faults = self.station.check(driver.told, is_at_rest=workflow.name == "follow")
        is_met = driver.deaths > 0 if point.kind == "kill" else driver.refusals > 0
        return Outcome(point, is_met, tuple(faults))

    def _wait_for_death(self) -> None:
        """The worker may come to its step after the answer that ended the workflow."""
        with suppress(AssertionError):
            wait_until(self.station.is_dead, WORKER_SECONDS, "the step did not come")

    def close(self) -> None:
        self.station.close()


# A second run from the outside changes nothing more.
REPEATABLE = frozenset({"create", "accept", "release"})


def short(points: Sequence[Point], seed: int = 1) -> list[Point]:
    """Each step of each workflow by name: once the first time it comes, and one more time drawn by the seed."""
    chance = random.Random(seed)
    by_name: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        by_name.setdefault((point.workflow, point.step.rpartition(":")[0]), []).append(point)
    chosen = []
    for each in by_name.values():
        chosen.append(each[0])
        if len(each) > 2 and not each[0].step.startswith("disk:"):
            chosen.append(chance.choice(each[1:]))
    return chosen


def sweep(folder: Path, points: Sequence[Point]) -> Iterator[Outcome]:
    """The outcome of each point, of a sweep made for them."""
    made = Sweep(folder)
    try:
        for point in points:
            yield made.run(point)
    finally:
        made.close()


def named(steps: Sequence[str]) -> Counter[str]:
    """How often each named step came, without the ones that are watched by themselves."""
    return Counter(step.rpartition(":")[0] for step in steps if not step.startswith(("write:", "disk:")))


def writes(steps: Sequence[str]) -> int:
    """Durable writes of requests and tasks: commits and statements that commit by themselves."""
    return sum(step.startswith(("write:web:before", "write:tasks")) and ":before" in step for step in steps)


def _copied(told: Told) -> Told:
    return msgspec.convert(msgspec.to_builtins(told), Told)
