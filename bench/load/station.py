"""A real station in a folder of its own: ``biomoa init``, generated records, ``biomoa serve`` with its worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from biomoa.qc.scratch import Scratch
from tests.ports import held_port

FILL = Path(__file__).with_name("fill.py")


class Station:
    """Everything as shipped: SQLite in WAL with synchronous=FULL, two web processes, one worker, all limits on."""

    def __init__(self, records: int, clients: int, kept: Path | None = None) -> None:
        self.scratch = None if kept else Scratch("biomoa-loaded-")
        self.folder = self.scratch.path if self.scratch else Path(kept or "")
        self._held = ExitStack()
        # Ended as a service is ended, a bench takes its station with it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.port = self._held.enter_context(held_port())
        django = {"DJANGO_SETTINGS_MODULE": "biomoa.settings.django"}
        self.environment = os.environ | django | {"BIOMOA_HOME": str(self.folder / "home")}
        self.told: dict[str, Any] = self._told(records, clients)
        self.process = subprocess.Popen(
            [*_biomoa(), "serve", "--port", str(self.port)], env=self.environment, stdout=subprocess.DEVNULL
        )
        wait_for(f"http://127.0.0.1:{self.port}/")

    def _told(self, records: int, clients: int) -> dict[str, Any]:
        """What the generator must know; a kept station was filled once and is taken as it is."""
        note = self.folder / "told.json"
        if not note.exists():
            subprocess.run([*_biomoa(), "init"], env=self.environment, check=True, stdout=subprocess.DEVNULL)
            command = [sys.executable, str(FILL), str(records), str(clients)]
            filled = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE)
            note.write_bytes(filled.stdout.splitlines()[-1])
        told: dict[str, Any] = json.loads(note.read_bytes())
        return told

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        self._held.close()
        if self.scratch:
            self.scratch.remove()

    def cpu_seconds(self) -> float:
        return sum(_cpu_seconds(pid) for pid in family(self.process.pid))

    def megabytes(self) -> float:
        """The unshared memory of all processes of the station together."""
        return sum(_proportional_kilobytes(pid) for pid in family(self.process.pid)) / 1024

    def locked(self) -> int:
        """How often the log tells of a database that was locked."""
        log = self.folder / "home" / "log" / "station.log"
        return log.read_text(errors="replace").count("database is locked") if log.exists() else 0


def _biomoa() -> list[str]:
    return [sys.executable, "-m", "biomoa.cli.main"]


def wait_for(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=10).read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in family(int(child)))]


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _proportional_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
