"""A station that is asked to stop finishes what it began; one that was stopped hard gives its tasks back."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx

from biomoa.settings.station import default_catalogue
from tests.ports import held_port

from .conftest import Operated

# A form that is read to its end before it is answered, from a sender who waits for the sign to go on.
BEGUN = b"""\
POST /i18n/setlang/ HTTP/1.1
Host: 127.0.0.1
Content-Type: application/x-www-form-urlencoded
Content-Length: 8000
Expect: 100-continue

"""


def wait_until_ready(address: str) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/readyz", timeout=30).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    raise AssertionError("the station does not come up")


def states(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "station.sqlite3")) as database:
        return {row[0] for row in database.execute("SELECT DISTINCT status FROM django_tasks_database_dbtaskresult")}


def test_serve_ends_its_requests_and_gives_its_tasks_back(station: Operated) -> None:
    with held_port() as port:
        serving = station.start("serve", "--port", str(port))
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
                line.sendall(BEGUN.replace(b"\n", b"\r\n"))
                assert line.recv(1000).startswith(b"HTTP/1.1 100 "), "it has begun with the request"
                serving.send_signal(signal.SIGTERM)
                for _ in range(8):
                    line.sendall(b"x" * 1000)
                    time.sleep(0.25)
                answer = line.makefile("rb").readline()
            assert serving.wait(60) == 0
        finally:
            serving.kill()
            serving.communicate()
    # The request that was under way was answered, whatever the answer; the connection was not cut.
    assert answer.startswith(b"HTTP/1.1 ")
    assert "RUNNING" not in states(station.folder)
    lines = [json.loads(line) for line in (station.folder / "log" / "station.log").read_text().splitlines()]
    assert any(line["message"].startswith("worker") and line["message"].endswith("ends") for line in lines)


def test_a_broken_catalogue_stops_the_start_with_file_and_line(station: Operated, tmp_path: Path) -> None:
    broken = tmp_path / "korea"
    shutil.copytree(default_catalogue(), broken)
    with (broken / "forms" / "bioproject.yaml").open("a") as form:
        form.write("no such key: 1\n")
    settings = station.folder / "station.toml"
    settings.write_text(f'catalogue = "{broken}"\n' + settings.read_text())
    with held_port() as port:
        serving = station.start("serve", "--port", str(port))
        said = "".join(part or "" for part in serving.communicate(timeout=300))
    assert serving.returncode == 2
    assert "bioproject.yaml" in said and "no such key" in said and "Traceback" not in said
