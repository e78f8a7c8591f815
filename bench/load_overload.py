"""L5: five times the rate that L1 asks for, with the limits as shipped; refusals say when to come back.

    python bench/load_overload.py [--seconds 60] [--records 10000] [--clients 64] [--reads 500]

Claim: answers, 429 and 503 with Retry-After, nothing else; p95 of the usual rate is back within 10 s. The requests
come from eight addresses, as those of many people do. Peer in the same run: reads of a bare server.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from load import bare
from load.client import Client
from load.measure import Ask, Tally, arrive, keep_busy
from load.reads import reader
from load.station import Station

TIMES = 5
USUAL_P95 = 150.0
LONGEST = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--reads", type=float, default=500, help="the usual rate, of which the overload is five times")
    parser.add_argument("--home", type=Path, help="keeps the station here, so that it is filled once")
    asked = parser.parse_args()
    with Station(asked.records, asked.clients, asked.home) as station:
        asyncio.run(_measure(station, asked))


async def _measure(station: Station, asked: argparse.Namespace) -> None:
    clients = [Client(station.port, f"127.0.0.{number}") for number in range(2, 10)]
    read = reader(clients, station.told)
    await keep_busy(Tally("warm"), read, 16, 3)
    usual = await keep_busy(Tally("before, 16 clients"), read, 16, 3)
    # What this machine can serve, if that is less than the usual rate: recovery is measured at a rate it holds.
    calm = min(asked.reads, usual.rate() * 0.5)
    used = station.cpu_seconds()
    flood = await arrive(Tally("overload"), read, asked.reads * TIMES, asked.seconds)
    used = station.cpu_seconds() - used
    recovered = await _recovery(read, calm)
    bare_reads, _ = await bare.measure(2)
    for tally in (usual, flood, bare_reads):
        print(tally)
    print(f"station {station.megabytes():.0f} MB, {used:.0f} s of CPU in the overload, locked {station.locked()}")
    print(
        f"{flood.rate():.0f}/s served and {sum(flood.errors.values())} refused of {asked.reads * TIMES:.0f}/s, "
        f"{flood.unexcused} without a word; at {calm:.0f}/s p95 <= {USUAL_P95:.0f} ms again after {recovered}; "
        f"bare/ours {bare_reads.rate() / max(flood.rate(), 0.1):.1f}"
    )


async def _recovery(read: Ask, rate: float) -> str:
    begun = time.perf_counter()
    while (gone := time.perf_counter() - begun) < LONGEST:
        tally = await arrive(Tally("calm"), read, rate, 1)
        if tally.at(0.95) <= USUAL_P95 and not tally.errors:
            return f"{gone:.0f} s"
    return f"more than {LONGEST} s (p95 {tally.at(0.95):.0f} ms)"


if __name__ == "__main__":
    main()
