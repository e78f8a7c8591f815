"""A sweep that is stopped ends what is under way and tells how far it came."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.faults.stopping import Stop


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_without_a_limit_everything_is_done() -> None:
    assert list(Stop().through(range(5), "x")) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_the_item_under_way(number: signal.Signals) -> None:
    stop, done = Stop(), []
    for item in stop.through(range(5), "x"):
        if item == 2:
            os.kill(os.getpid(), number)
        done.append(item)
    assert done == [0, 1, 2]
    assert list(stop.through(range(5), "next part")) == []


def test_time_that_is_over_ends_it() -> None:
    assert list(Stop(-1).through(range(5), "x")) == []
    stop = Stop()
    assert list(stop.through(range(5), "x", -1)) == []
    assert list(stop.through(range(2), "x")) == [0, 1]
