"""L1 and L2: mixed reads at a fixed rate of arrival, together with durable saves of drafts.

    python bench/load_mix.py [--seconds 600] [--records 100000] [--clients 64] [--reads 500] [--writes 100]

Claim: 500 reads/s with p95 <= 150 ms beside 100 durable saves/s with p95 <= 200 ms, nothing lost or locked.
Peer in the same run: a bare server that reads one row, or writes one durably.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from load import bare
from load.client import Client
from load.measure import Ask, Tally, arrive, keep_busy
from load.reads import reader, saver
from load.station import Station


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--reads", type=float, default=500)
    parser.add_argument("--writes", type=float, default=100)
    parser.add_argument("--home", type=Path, help="keeps the station here, so that it is filled once")
    asked = parser.parse_args()
    with Station(asked.records, asked.clients, asked.home) as station:
        asyncio.run(_measure(station, asked))


async def _measure(station: Station, asked: argparse.Namespace) -> None:
    clients = [Client(station.port)]
    read, save = reader(clients, station.told), saver(clients, station.told)
    # Short enough that all parts together stay below what one address may ask in a minute.
    part = min(12.0, max(2.0, asked.seconds / 10))
    await keep_busy(Tally("warm"), read, 16, part)
    await _alone(station, read, Tally("reads alone"), part)
    await _alone(station, save, Tally("saves alone"), part)
    before = station.megabytes()
    reads, writes, early = await asyncio.gather(
        arrive(Tally("reads"), read, asked.reads, asked.seconds),
        arrive(Tally("saves"), save, asked.writes, asked.seconds),
        _megabytes_at(station, min(asked.seconds, 120)),
    )
    clients[0].close()
    bare_reads, bare_writes = await bare.measure(part)
    for tally in (reads, writes, bare_reads, bare_writes):
        print(tally)
    after = station.megabytes()
    print(f"station memory {before:.0f}, {early:.0f} (second minute), {after:.0f} MB; locked {station.locked()}")
    print(
        f"{reads.rate():.0f} reads/s p95 {reads.at(0.95):.0f} ms with {writes.rate():.0f} durable saves/s "
        f"p95 {writes.at(0.95):.0f} ms; bare/ours {bare_reads.rate() / max(reads.rate(), 0.1):.1f} reads, "
        f"{bare_writes.rate() / max(writes.rate(), 0.1):.1f} writes"
    )


async def _megabytes_at(station: Station, seconds: float) -> float:
    await asyncio.sleep(seconds)
    return station.megabytes()


async def _alone(station: Station, ask: Ask, tally: Tally, seconds: float) -> None:
    """As fast as it goes, and what one request costs the processor."""
    used = station.cpu_seconds()
    await keep_busy(tally, ask, 16, seconds)
    spent = (station.cpu_seconds() - used) * 1000 / max(1, len(tally.milliseconds))
    print(f"{tally}; {spent:.1f} ms of server CPU each", flush=True)


if __name__ == "__main__":
    main()
