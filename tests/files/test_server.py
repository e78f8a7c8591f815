"""Uploads through the real web server, cut and killed."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from ..jobs.station import Station
from ..ports import held_port

DATA = os.urandom(300 * 1024**2)
MAKE = """
from tests.files.conftest import make_world
world = make_world()
answer = [str(world.shelf.pk), world.tokens["member"]]
"""
FILES = "from biomoa.files.models import StoredFile\nanswer = [f.object_id for f in StoredFile.objects.all()]"


class Web:
    """gunicorn with two processes, as a station runs it."""

    def __init__(self, station: Station, port: int) -> None:
        self.station, self.port = station, port
        shelf, token = station.run(MAKE)
        self.address = f"http://127.0.0.1:{self.port}/files/tus/{shelf}/"
        self.http = httpx.Client(headers={"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {token}"}, timeout=300)
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-k",
            "gthread",
            "-w",
            "2",
            "--threads",
            "4",
            "--log-level",
            "error",
        ]
        self.process = self.station.start(*command, "-b", f"127.0.0.1:{self.port}", "station_wsgi")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                self.http.options(self.address)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail("the server does not answer")

    def kill(self) -> None:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in [self.process.pid, *map(int, children)]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def peak_megabytes(self) -> float:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        lines = [line for pid in children for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return max(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    def create(self, size: int) -> str:
        headers = {"Upload-Length": str(size), "Upload-Metadata": "filename YS5iYW0="}
        return str(self.http.post(self.address, headers=headers).headers["Location"])

    def patch(self, url: str, offset: int, body: Any) -> httpx.Response:
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.http.patch(url, content=body, headers=headers)

    def offset(self, url: str) -> int:
        return int(self.http.head(url).headers["Upload-Offset"])

    def open_patch(self, url: str, offset: int, length: int) -> socket.socket:
        parts = urlsplit(url)
        connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
        connection.sendall(
            f"PATCH {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nTus-Resumable: 1.0.0\r\n"
            f"Authorization: {self.http.headers['Authorization']}\r\nUpload-Offset: {offset}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        return connection


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    station = Station(tmp_path / "home")
    (station.folder / "station_wsgi.py").write_text("from biomoa.site.wsgi import application\n")
    with held_port() as port:
        made = Web(station, port)
        yield made
        made.http.close()
        if made.process.poll() is None:
            made.kill()
        station.end()


def test_cut_chunked_and_killed_uploads_arrive_whole_in_constant_memory(web: Web) -> None:
    url = web.create(len(DATA))
    with web.open_patch(url, 0, len(DATA)) as connection:
        connection.sendall(DATA[:1_234_567])
    assert _settled(web, url) == 1_234_567
    chunks = (DATA[at : at + 100_000] for at in range(1_234_567, 3_234_567, 100_000))
    assert web.patch(url, 1_234_567, chunks).headers["Upload-Offset"] == "3234567"

    with web.open_patch(url, 3_234_567, len(DATA) - 3_234_567) as connection:
        connection.sendall(DATA[3_234_567:-1000])
        time.sleep(0.5)
        web.kill()
    web.start()
    kept = web.offset(url)
    assert kept >= 3_234_567 + 64 * 1024**2
    assert web.patch(url, kept, DATA[kept:]).status_code == 204
    assert web.station.run(FILES) == [hashlib.sha256(DATA).hexdigest()]
    assert web.peak_megabytes() < 250


def _settled(web: Web, url: str) -> int:
    """The offset once the server has seen that the connection is gone."""
    seen = -1
    while (now := web.offset(url)) != seen or now == 0:
        seen = now
        time.sleep(0.3)
    return seen
