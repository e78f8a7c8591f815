"""L6: another machine harvests 100,000 records, and harvests again when nothing has changed.

    python bench/load_harvest.py [--records 100000] [--home FOLDER]

Claim: the whole in 120 s; the second harvest is sent at most 1 % of the bytes. Peer in the same run: the rows alone,
copied from one SQLite file into another, which checks no permission and speaks no HTTP.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load.station import Station

PAGE = 1_000
COPIED = """
SELECT r.accession, r.state, r.record_type, r.form, r.version, r.title, v."values" FROM records_record r
JOIN records_version v ON v.record_id = r.id AND v.number = r.version WHERE r.state = 'released' ORDER BY r.id
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="keeps the station here, so that it is filled once")
    asked = parser.parse_args()
    with Station(asked.records, 1, asked.home) as station, tempfile.TemporaryDirectory() as folder:
        copy, bare = Path(folder) / "copy.sqlite3", Path(folder) / "bare.sqlite3"
        used = station.cpu_seconds()
        with _counting(station.port) as (port, counted):
            first, seconds = _harvest(port, copy)
            spent, sent = station.cpu_seconds() - used, counted[0]
            again, _ = _harvest(port, copy)
            more = counted[0] - sent
        begun = time.perf_counter()
        _copy_rows(station.folder / "home" / "station.sqlite3", bare)
        bare_seconds = time.perf_counter() - begun
        print(f"first {first}, then {again}; {spent:.1f} s of server CPU, station {station.megabytes():.0f} MB")
        print(
            f"{first['records']} records harvested in {seconds:.1f} s ({sent / 1e6:.0f} MB), again with no change "
            f"{more} bytes ({more / sent:.4%}); {seconds / bare_seconds:.0f} times a copy of the bare rows"
        )


def _harvest(port: int, file: Path) -> tuple[dict[str, int], float]:
    command = [sys.executable, "-m", "biomoa.cli.main", "harvest", f"http://127.0.0.1:{port}", "--into", str(file)]
    begun = time.perf_counter()
    done = subprocess.run([*command, "--json"], env=os.environ, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout), time.perf_counter() - begun


@contextmanager
def _counting(port: int) -> Iterator[tuple[int, list[int]]]:
    """A line to the station that counts what the station sends."""
    counted = [0]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, port, counted), daemon=True).start()
        yield listener.getsockname()[1], counted


def _accept(listener: socket.socket, port: int, counted: list[int]) -> None:
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        far = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=_pass_on, args=(near, far, [0]), daemon=True).start()
        threading.Thread(target=_pass_on, args=(far, near, counted), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, counted: list[int]) -> None:
    while part := source.recv(1 << 16):
        counted[0] += len(part)
        target.sendall(part)
    target.shutdown(socket.SHUT_WR)


def _copy_rows(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as rows, sqlite3.connect(target, isolation_level=None) as copy:
        copy.execute("PRAGMA synchronous = FULL")
        copy.execute("CREATE TABLE t (a TEXT PRIMARY KEY, s, r, f, v, t, record)")
        found = rows.execute(COPIED)
        while page := found.fetchmany(PAGE):
            copy.execute("BEGIN")
            copy.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", page)
            copy.execute("COMMIT")


if __name__ == "__main__":
    main()
