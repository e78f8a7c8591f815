"""L3: 64 clients hand in studies of 50 samples at once; a curator takes and accepts all; no accession comes twice.

    python bench/load_submissions.py [--seconds 120] [--records 1000] [--clients 64]

Claim: 5 submissions/s from rows to "submitted". Peer in the same run: durable inserts of a bare server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import uuid
from collections.abc import Awaitable
from pathlib import Path

from load import bare
from load.client import Answer, Client
from load.measure import Tally, keep_busy
from load.station import Station

CURATORS = 4
WAIT = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--records", type=int, default=1_000, help="in the station before")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--home", type=Path, help="keeps the station here, so that it is filled once")
    asked = parser.parse_args()
    with Station(asked.records, asked.clients, asked.home) as station:
        asyncio.run(_measure(station, asked))


def study(bundle: dict[str, list[dict[str, str]]], name: str) -> dict[str, list[dict[str, str]]]:
    """The rows under names of their own: names that a group used before would mean its records of then."""
    renamed = {"bench": name}
    return {
        form: [
            {
                key: f"{name}-{value}" if key == "sample_name" else renamed.get(value, value)
                for key, value in row.items()
            }
            for row in rows
        ]
        for form, rows in bundle.items()
    }


async def _measure(station: Station, asked: argparse.Namespace) -> None:
    client, codes, told = Client(station.port), [], station.told

    async def submit(number: int) -> Answer:
        token = told["tokens"][number % len(told["tokens"])]
        body = json.dumps(
            {"group": "bench", "rows": study(told["bundle"], uuid.uuid4().hex[:12]), "submit": True}
        ).encode()
        answer = await client.send(
            "POST", "/api/v1/submissions", body, Authorization=f"Bearer {token}",
            Content_Type="application/json", Idempotency_Key=uuid.uuid4().hex,
        )  # fmt: skip
        if answer.status < 400 and answer.json()["state"] == "submitted":
            codes.append(answer.json()["submission"])
        return answer

    used = station.cpu_seconds()
    tally = await keep_busy(Tally("submissions"), submit, asked.clients, asked.seconds)
    spent = (station.cpu_seconds() - used) * 1000 / max(1, len(codes))
    accessions, seconds = await _accept(client, codes, told["curator"])
    client.close()
    _, inserts = await bare.measure(max(2.0, asked.seconds / 20))
    print(tally, f"; {spent:.0f} ms of server CPU each; station {station.megabytes():.0f} MB, {inserts}")
    print(f"accepted {len(codes)} in {seconds:.0f} s: {len(accessions)} accessions; locked {station.locked()}")
    twice = len(accessions) - len(set(accessions))
    rate = len(codes) / tally.seconds
    bare_time = inserts.rate() / max(rate, 0.1)
    print(
        f"{rate:.1f} submissions/s of 50 samples, {twice} accessions issued twice; "
        f"{bare_time:.0f} bare inserts in the time of one"
    )


async def _accept(client: Client, codes: list[str], token: str) -> tuple[list[str], float]:
    begun, found = time.perf_counter(), []
    waiting = list(codes)

    def give(code: str, verb: str) -> Awaitable[Answer]:
        path = f"/api/v1/submissions/{code}/{verb}"
        return client.send("POST", path, b"{}", Authorization=f"Bearer {token}", Content_Type="application/json")

    async def curate() -> None:
        while waiting:
            code = waiting.pop()
            for verb in ("take", "accept"):
                while (answer := await give(code, verb)).status in (429, 503):
                    await asyncio.sleep(WAIT)
                if answer.status >= 400:
                    raise SystemExit(f"{verb} of {code}: {answer.status} {answer.body[:300]!r}")
            found.extend(line["accession"] for line in answer.json()["accessions"] if line["accession"])

    await asyncio.gather(*(curate() for _ in range(CURATORS)))
    return found, time.perf_counter() - begun


if __name__ == "__main__":
    main()
