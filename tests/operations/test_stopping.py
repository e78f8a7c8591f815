"""A station that is asked to stop finishes what it began; one that was stopped hard gives its tasks back."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx

from biomoa.settings.station import default_catalogue

from .conftest import Operated


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_ready(address: str) -> None:
    for _ in range(240):
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    raise AssertionError("the station does not come up")


def states(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "station.sqlite3")) as database:
        return {row[0] for row in database.execute("SELECT DISTINCT status FROM django_tasks_database_dbtaskresult")}


def test_serve_ends_its_requests_and_gives_its_tasks_back(station: Operated) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    serving = station.start("serve", "--port", str(port))
    try:
        wait_until_ready(address)
        answers: list[int] = []

        def upload_slowly() -> None:
            def body() -> object:
                for _ in range(8):
                    yield b"x" * 1000
                    time.sleep(0.25)

            answers.append(httpx.post(f"{address}/i18n/setlang/", content=body(), timeout=30).status_code)

        asking = threading.Thread(target=upload_slowly)
        asking.start()
        time.sleep(0.7)
        serving.send_signal(signal.SIGTERM)
        asking.join()
        assert serving.wait(60) == 0
    finally:
        serving.kill()
        serving.communicate()
    # The request that was under way was answered, whatever the answer; the connection was not cut.
    assert len(answers) == 1
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
    serving = station.start("serve", "--port", str(free_port()))
    said = "".join(part or "" for part in serving.communicate(timeout=120))
    assert serving.returncode == 2
    assert "bioproject.yaml" in said and "no such key" in said and "Traceback" not in said
