"""The peer: gunicorn threads and SQLite, a request reads one row or inserts one durably. Nothing can do less."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from load.client import Client
from load.measure import Tally, keep_busy
from load.station import wait_for
from tests.ports import held_port

ROWS = 10_000
_local = threading.local()


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    base = _base()
    if environ["REQUEST_METHOD"] == "POST":
        base.execute("INSERT INTO t (v) VALUES (?)", ["x" * 300])
        body = b"written"
    else:
        body = base.execute("SELECT v FROM t WHERE id = ?", [int(environ["QUERY_STRING"] or 1)]).fetchone()[0].encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _base() -> sqlite3.Connection:
    if not hasattr(_local, "base"):
        _local.base = sqlite3.connect(os.environ["BARE_FILE"], isolation_level=None, timeout=30)
        _local.base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    base: sqlite3.Connection = _local.base
    return base


async def measure(seconds: float, clients: int = 16) -> tuple[Tally, Tally]:
    """Reads a second and durable inserts a second of the bare server, one after the other."""
    with tempfile.TemporaryDirectory() as folder, held_port() as port:
        file = Path(folder) / "bare.sqlite3"
        with sqlite3.connect(file) as base:
            base.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
            base.executemany("INSERT INTO t (v) VALUES (?)", (["x" * 2000] for _ in range(ROWS)))
        process = _serve(file, port)
        try:
            wait_for(f"http://127.0.0.1:{port}/?1")
            return await _measure(Client(port), seconds, clients)
        finally:
            process.terminate()
            process.wait(30)


async def _measure(client: Client, seconds: float, clients: int) -> tuple[Tally, Tally]:
    def read(number: int) -> Any:
        return client.send("GET", f"/?{number % ROWS + 1}")

    def write(_: int) -> Any:
        return client.send("POST", "/")

    reads = await keep_busy(Tally("bare reads"), read, clients, seconds)
    writes = await keep_busy(Tally("bare durable inserts"), write, clients, seconds)
    client.close()
    return reads, writes


def _serve(file: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "load.bare:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "8", "--keep-alive", "10", "--no-control-socket", "--log-level", "error"]
    folder = str(Path(__file__).parents[1])
    return subprocess.Popen(command, env=os.environ | {"BARE_FILE": str(file)}, cwd=folder)
