"""Several depositors at once on a station that is killed again and again at random moments (goal F1)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.faults.driver import Driver, ForkedStation, Told, new_home
from tests.faults.workflows import WORKFLOWS

DEPOSITORS = 3
REST_SECONDS = 60


class Result(msgspec.Struct):
    kills: int
    deposits: int
    slowest_seconds: float
    faults: list[str]


class _Guarded(Driver):
    """Only one of the depositors starts the dead station again; the others wait for it."""

    lock = threading.Lock()

    def _revive(self) -> None:
        with self.lock:
            super()._revive()


def kill_at_random(folder: Path, kills: Iterable[int], seed: int) -> Result:
    """Deposits from end to end while the station is killed once for each of ``kills``; then everything is looked at."""
    chance, stop, faults = random.Random(seed), threading.Event(), list[str]()
    tokens = new_home(folder / "home")
    station = ForkedStation(folder / "home")
    station.worker = True
    station.start()
    drivers = [_Guarded(station, tokens) for _ in range(DEPOSITORS)]
    deposits = [0] * DEPOSITORS

    def deposit(number: int) -> None:
        try:
            while not stop.is_set():
                for each in WORKFLOWS[:-1]:
                    each.run(drivers[number], f"d{number}x{deposits[number]}")
                deposits[number] += 1
        except AssertionError as error:
            faults.append(f"depositor {number}: {error}")

    threads = [threading.Thread(target=deposit, args=(number,)) for number in range(DEPOSITORS)]
    for thread in threads:
        thread.start()
    killed = 0
    for _ in kills:
        time.sleep(chance.uniform(0.02, 5.0))
        with _Guarded.lock:
            station.end()
            station.start()
        killed += 1
    stop.set()
    for thread in threads:
        thread.join()
    faults += _look(station, drivers)
    station.close()
    return Result(killed, sum(deposits), station.slowest_seconds, faults)


def _look(station: ForkedStation, drivers: list[_Guarded]) -> list[str]:
    """Every depositor's record against the station, once the worker is at rest."""
    until, found = time.monotonic() + REST_SECONDS, list[str]()
    while (behind := station.behind()) and time.monotonic() < until:
        time.sleep(0.5)
    found += [f"after {REST_SECONDS} s the worker has still to do {each}" for each in behind]
    station.end()
    for number, driver in enumerate(drivers):
        told = msgspec.convert(msgspec.to_builtins(driver.told), Told)
        found += station.check(told, is_at_rest=number == 0)
    return found
