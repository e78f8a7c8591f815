"""Open-loop arrivals, latencies, errors by kind."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from load.client import Answer

Ask = Callable[[int], Awaitable[Answer]]


class Tally:
    """Latency counts from the moment a request was due, so that a late start is not hidden."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.milliseconds: list[float] = []
        self.errors: Counter[str] = Counter()
        self.unexcused = 0  # refusals without Retry-After, and everything that is neither answer nor refusal
        self.seconds = 0.0

    async def take(self, ask: Awaitable[Answer], due: float) -> None:
        try:
            answer = await ask
        except (OSError, EOFError, TimeoutError) as error:
            self.errors[type(error).__name__] += 1
            self.unexcused += 1
            return
        if answer.status < 400:
            self.milliseconds.append((time.perf_counter() - due) * 1000)
            return
        self.errors[str(answer.status)] += 1
        if answer.status not in (429, 503) or "retry-after" not in answer.headers:
            self.unexcused += 1

    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def at(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("inf")

    def __str__(self) -> str:
        quantiles = " ".join(f"p{int(share * 100)} {self.at(share):.0f}" for share in (0.5, 0.95, 0.99))
        return f"{self.name}: {self.rate():.0f}/s, {quantiles} ms, errors {dict(self.errors) or 'none'}"


async def arrive(tally: Tally, ask: Ask, rate: float, seconds: float) -> Tally:
    """Starts ``rate`` requests a second whether or not the earlier ones were answered."""
    running: set[asyncio.Task[None]] = set()
    begun = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        task = asyncio.create_task(tally.take(ask(number), due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    tally.seconds = time.perf_counter() - begun
    return tally


async def keep_busy(tally: Tally, ask: Ask, clients: int, seconds: float) -> Tally:
    """So many clients, each with one request at a time: the most that the server gives."""
    begun = time.perf_counter()

    async def one(client: int) -> None:
        number = client
        while time.perf_counter() - begun < seconds:
            await tally.take(ask(number), time.perf_counter())
            number += clients + 1  # each goes through all kinds: else the quick kinds would be asked for most

    await asyncio.gather(*map(one, range(clients)))
    tally.seconds = time.perf_counter() - begun
    return tally
