"""Runs whose disk is recorded, and stations started on what a power cut would have left of it (goal F2)."""

from __future__ import annotations

import bisect
import random
from collections.abc import Iterator

import msgspec

from tests.faults.driver import Driver, Told, copy_home
from tests.faults.powercut import Change, Disk, iter_changes
from tests.faults.sweep import TAG, Sweep, _copied
from tests.faults.workflows import WORKFLOWS


class Cut(msgspec.Struct, frozen=True):
    """A power cut after ``changes`` of a workflow's changes; ``faults`` of the station started on what was left."""

    workflow: str
    changes: int
    of: int
    mode: str
    faults: tuple[str, ...]


class Recorded(msgspec.Struct):
    """A run: its changes, and what had been told at each place of the record."""

    changes: list[Change]
    places: list[int]
    told: list[Told]


def record(sweep: Sweep, name: str) -> Recorded:
    """Runs a workflow with its disk recorded."""
    workflow = next(each for each in WORKFLOWS if each.name == name)
    copy_home(sweep.folder / "before" / name, sweep.home)
    place = sweep.folder / f"{name}.disk"
    place.unlink(missing_ok=True)
    driver = Driver(sweep.station, sweep.tokens, _copied(sweep.told[name]))
    places, told = [0], [_copied(driver.told)]

    def note() -> None:
        places.append(place.stat().st_size if place.exists() else 0)
        told.append(_copied(driver.told))

    driver.before_each = note
    sweep.station.worker = workflow.needs_worker
    sweep.station.orders = {"shim_record": str(place)}
    sweep.station.start()
    workflow.run(driver, TAG)
    note()
    sweep.station.end()
    return Recorded(list(iter_changes(place)), places, told)


def cuts(sweep: Sweep, name: str, count: int, chance: random.Random) -> Iterator[Cut]:
    """``count`` power cuts of a workflow, the last one right after its last answer."""
    run = record(sweep, name)
    points = [*sorted(chance.randint(0, len(run.changes)) for _ in range(count - 1)), len(run.changes)]
    before = sweep.folder / "before" / name
    disk, done = Disk(before, sweep.home), 0
    for point in points:
        for change in run.changes[done:point]:
            disk.do(change)
        done = point
        end = run.changes[point - 1].end if point else 0
        told = run.told[bisect.bisect_right(run.places, end) - 1]
        mode = disk.cut(sweep.home, sweep.home, chance)
        yield Cut(name, point, len(run.changes), mode, tuple(_faults(sweep, told)))


def _faults(sweep: Sweep, told: Told) -> list[str]:
    """Up, answering, and every invariant."""
    for name in ("log", "scratch", "inbox", "index", "mail"):
        (sweep.home / name).mkdir(exist_ok=True)  # made at init, long before the cut
    sweep.station.worker = False
    try:
        sweep.station.start()
        sweep.station.end()
    except AssertionError as error:
        sweep.station.end()
        return [str(error)]
    return sweep.station.check(told, is_at_rest=False)
