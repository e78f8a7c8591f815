"""How long a sweep goes on: until it is through, out of time or stopped; then it tells how far it came."""

from __future__ import annotations

import math
import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
TOLD_SECONDS = 60.0


class Stop:
    """Set by the first SIGINT or SIGTERM, and when ``seconds`` are over. What is under way is always ended."""

    def __init__(self, seconds: float = math.inf) -> None:
        self._end, self._is_told = time.monotonic() + seconds, False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._tell())

    def _tell(self) -> None:
        self._is_told = True

    @property
    def is_set(self) -> bool:
        return self._is_told or time.monotonic() > self._end

    def through(self, items: Iterable[T], name: str, seconds: float = math.inf) -> Iterator[T]:
        """The items while there is time, of the whole and of these ``seconds``; each minute a line of how far it is."""
        begun = told = time.monotonic()
        for done, item in enumerate(items):
            now = time.monotonic()
            if self.is_set or now - begun > seconds:
                return
            if now - told > TOLD_SECONDS:
                print(f"... {name}: {done} after {now - begun:.0f} s", flush=True)
                told = now
            yield item


def add_seconds(parser: ArgumentParser, what: str = "stop after so long and tell how far it came") -> None:
    parser.add_argument("--seconds", type=float, default=math.inf, help=what)
