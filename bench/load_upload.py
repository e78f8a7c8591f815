"""L4: 200 clients, each 64 MiB by tus in parts of 4 MiB; one request in five is cut at a random byte; all arrive whole.

    python bench/load_upload.py [--seconds 1800] [--records 1000] [--clients 200] [--megabytes 64]

Claim: no SHA-256 differs, 100 MB/s together, the station below 600 MB. ``--seconds`` is the most it may take. Peer in
the same run: a loop that hashes (SHA-256 and MD5) and writes the same bytes with a sync after each part.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from load.client import Answer, Client
from load.station import Station

PART = 4 * 1024**2
CUT_SHARE = 0.2
TUS = {"Tus_Resumable": "1.0.0"}


class Uploader:
    """One client: its own bytes, made of one block and its number, so that 200 of them fit into memory."""

    def __init__(self, station: Station, number: int, size: int, block: bytes, kinds: Counter[str]) -> None:
        self.client, self.size, self.block, self.kinds = Client(station.port), size, block, kinds
        self.number, self.shelf = number, station.told["shelf"]
        self.token = {"Authorization": f"Bearer {station.told['tokens'][number]}"}
        self.chance = random.Random(number)

    def part(self, offset: int) -> bytes:
        """The bytes from an offset to the end of its part."""
        start = offset // PART * PART
        whole = (f"{self.number}:{start}:".encode() + self.block)[:PART]
        return whole[offset - start : self.size - start]

    def digest(self) -> str:
        found = hashlib.sha256()
        for offset in range(0, self.size, PART):
            found.update(self.part(offset))
        return found.hexdigest()

    async def run(self) -> str:
        """Sends all; the SHA-256 that the station gives afterwards is looked up by the caller."""
        place, offset = await self._begin(), 0
        while offset < self.size:
            body = self.part(offset)
            headers = {"Upload_Offset": str(offset), "Content_Type": "application/offset+octet-stream"}
            answer = await self._send("PATCH", place, body, **headers)
            good = answer is not None and answer.status == 204
            offset = int(answer.headers["upload-offset"]) if good and answer else await self._offset(place)
        self.client.close()
        return f"load-{self.number}.bin"

    async def _begin(self) -> str:
        name = base64.b64encode(f"load-{self.number}.bin".encode()).decode()
        headers = {"Upload_Length": str(self.size), "Upload_Metadata": f"filename {name}"}
        while True:
            answer = await self._send("POST", f"/files/tus/{self.shelf}/", b"", **headers)
            if answer is not None and answer.status == 201:
                return "/files/" + answer.headers["location"].partition("/files/")[2]
            await asyncio.sleep(1)

    async def _offset(self, place: str) -> int:
        while True:
            answer = await self._send("HEAD", place, b"")
            if answer is not None and answer.status in (200, 204):
                return int(answer.headers["upload-offset"])
            await asyncio.sleep(0.5)

    async def _send(self, method: str, path: str, body: bytes, **headers: str) -> Answer | None:
        cut = self.chance.randrange(1, len(body)) if len(body) > 1 and self.chance.random() < CUT_SHARE else 0
        try:
            answer = await self.client.send(method, path, body, cut, **TUS, **self.token, **headers)
        except (OSError, EOFError, TimeoutError) as error:
            self.kinds["cut" if cut else type(error).__name__] += 1
            return None
        self.kinds[str(answer.status)] += 1
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--records", type=int, default=1_000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=64)
    parser.add_argument("--home", type=Path, help="keeps the station here, so that it is filled once")
    asked = parser.parse_args()
    with Station(asked.records, asked.clients, asked.home) as station:
        asyncio.run(_measure(station, asked))


async def _measure(station: Station, asked: argparse.Namespace) -> None:
    block, size, kinds = os.urandom(PART), asked.megabytes * 1024**2, Counter[str]()
    senders = [Uploader(station, number, size, block, kinds) for number in range(asked.clients)]
    used, begun, peaks = station.cpu_seconds(), time.perf_counter(), [station.megabytes()]
    watch = asyncio.create_task(_watch(station, peaks))
    async with asyncio.timeout(asked.seconds):
        names = await asyncio.gather(*(sender.run() for sender in senders))
    seconds, used = time.perf_counter() - begun, station.cpu_seconds() - used
    watch.cancel()
    kept = await _kept(station)
    differ = sum(kept.get(name) != sender.digest() for name, sender in zip(names, senders, strict=True))
    sent = size * len(senders) / 1e6
    bare = _bare(senders[0], min(len(senders), 8))
    print(f"{len(senders)} x {asked.megabytes} MiB in {seconds:.1f} s, {used:.1f} s of server CPU; {dict(kinds)}")
    print(
        f"station {peaks[0]:.0f} MB before, {max(peaks):.0f} MB at most; "
        f"locked {station.locked()}; bare {bare:.0f} MB/s"
    )
    print(
        f"{sent / seconds:.0f} MB/s together, {differ} SHA-256 differ, {max(peaks):.0f} MB at most; "
        f"bare/ours {bare / (sent / seconds):.1f}"
    )


async def _watch(station: Station, peaks: list[float]) -> None:
    while True:
        await asyncio.sleep(2)
        peaks.append(station.megabytes())


async def _kept(station: Station) -> dict[str, str]:
    token = f"Bearer {station.told['tokens'][0]}"
    client = Client(station.port)
    answer = await client.send("GET", f"/api/v1/shelves/{station.told['shelf']}/files", Authorization=token)
    client.close()
    return {file["name"]: file["sha256"] for file in answer.json()}


def _bare(sender: Uploader, files: int) -> float:
    """MB/s of hashing and writing durably, one file after the other."""
    begun = time.perf_counter()
    for _ in range(files):
        sums = hashlib.sha256(), hashlib.md5()
        with tempfile.TemporaryFile() as file:
            for offset in range(0, sender.size, PART):
                part = sender.part(offset)
                file.write(part)
                file.flush()
                os.fsync(file.fileno())
                for each in sums:
                    each.update(part)
    return files * sender.size / 1e6 / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
