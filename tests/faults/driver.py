"""The other process: asks a station over HTTP for everything a depositor and a curator want, and remembers what was
acknowledged. When the station dies under a request it is started again and the same request is sent again."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec

from tests.ports import held_port

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "tests" / "records" / "catalogue"
UP_SECONDS = 60.0
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


class Told(msgspec.Struct):
    """What the station has acknowledged."""

    states: dict[str, str] = {}
    accessions: dict[str, str] = {}
    versions: dict[str, int] = {}
    withdrawn: list[str] = []
    files: list[str] = []
    offsets: dict[str, int] = {}
    heads: dict[str, Any] | None = None


class Station(Protocol):
    """A station in a process of its own."""

    url: str

    def start(self, fault: str = "", record: Path | None = None) -> None: ...

    def end(self, number: int = signal.SIGKILL) -> None: ...

    def is_dead(self) -> bool: ...

    def check(self, told: Told, *, is_at_rest: bool) -> list[str]: ...


def environment(home: Path) -> dict[str, str]:
    named = {"BIOMOA_HOME": str(home), "BIOMOA_CATALOGUE": str(CATALOGUE), "PYTHONPATH": str(ROOT),
             "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}  # fmt: skip
    return {**os.environ, **named}


def _shimmed(home: Path, shim: Path | None) -> dict[str, str]:
    return environment(home) | ({"LD_PRELOAD": str(shim), "SHIM_ROOT": str(home)} if shim else {})


def compile_shim(folder: Path) -> Path:
    """``shim.c`` as a library to be loaded before the others."""
    made = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, source, "-ldl", "-lpthread"], check=True)
    return made


class ForkedStation:
    """A station forked from a loaded host: up in milliseconds, everything in one process that can be killed."""

    def __init__(self, home: Path, shim: Path | None = None) -> None:
        self._held = ExitStack()
        self.home, self.port = home, self._held.enter_context(held_port())
        self.orders: dict[str, Any] = {}  # of the next start, for shim.c
        self.url = f"http://127.0.0.1:{self.port}"
        self.pid, self.worker, self.slowest_seconds = 0, False, 0.0
        self._host = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.host"], env=_shimmed(home, shim), cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,  # Ctrl-C is for the sweep alone
        )  # fmt: skip
        self._read()

    def _read(self) -> dict[str, Any]:
        assert self._host.stdout is not None
        for line in self._host.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        raise AssertionError(f"the host ended: {self._host.wait()}")

    def _order(self, **order: Any) -> dict[str, Any]:
        assert self._host.stdin is not None
        self._host.stdin.write(json.dumps(order) + "\n")
        self._host.stdin.flush()
        return self._read()

    def start(self, fault: str = "", record: Path | None = None) -> None:
        order = {"do": "start", "port": self.port, "fault": fault, "worker": self.worker, **self.orders}
        self.orders = {}
        begun = time.monotonic()
        begun_as = self._order(**order, **({"record": str(record)} if record else {}))
        self.pid, self.parent = begun_as["pid"], begun_as["parent"]
        wait_until(lambda: self._answers() or self.is_dead(), UP_SECONDS, "the station is not up")
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - begun)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v1/me", timeout=30).status_code < 500
        except httpx.TransportError:
            return False

    def is_dead(self) -> bool:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
        except (FileNotFoundError, ProcessLookupError):  # the second, when it goes between opening and reading
            return True

    def end(self, number: int = signal.SIGKILL) -> None:
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            self._order(do="wait", pid=self.parent)
        self.pid = 0

    def check(self, told: Told, *, is_at_rest: bool) -> list[str]:
        return list(self._order(do="check", told=msgspec.to_builtins(told), is_at_rest=is_at_rest)["faults"])

    def behind(self) -> list[str]:
        """What the worker has still to do; empty when it is at rest."""
        return list(self._order(do="behind")["behind"])

    def close(self) -> None:
        self.end()
        self._host.kill()
        self._host.wait()
        self._held.close()


def wait_until(is_so: Callable[[], bool], seconds: float, said: str) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"{said} after {seconds:.0f} s")
        time.sleep(0.02)


class Driver:
    """Sends each command until it is answered, under one key, and writes down what the answer promised."""

    def __init__(self, station: Station, tokens: dict[str, str], told: Told | None = None) -> None:
        self.station, self.told = station, told or Told()
        self.tokens, self.deaths, self.refusals = tokens, 0, 0
        self.http = httpx.Client(timeout=60)
        self.statuses: Counter[int] = Counter()
        self.before_each: Callable[[], None] = lambda: None

    def send(self, who: str, method: str, path: str, **request: Any) -> httpx.Response:
        """The good answer, however often the station has to be started for it."""
        own = {"Authorization": f"Bearer {self.tokens[who]}"}
        headers = {**own, **request.pop("headers", {})}
        if method != "GET" and path.startswith("/api/"):
            headers.setdefault("Idempotency-Key", os.urandom(8).hex())
        self.before_each()
        for _ in range(40):
            try:
                answer = self.http.request(method, self.station.url + path, headers=headers, **request)
            except httpx.TransportError:
                self._revive()
                continue
            self.statuses[answer.status_code] += 1
            if answer.status_code in (423, 500, 503, 507):
                self.refusals += 1
                time.sleep(0.05)
                continue
            if answer.status_code >= 400 and not (method == "PATCH" and answer.status_code in (404, 409)):
                raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text[:600]}")
            return answer
        raise AssertionError(f"{method} {path} is never answered")

    def _revive(self) -> None:
        time.sleep(0.01)
        if not self.station.is_dead():
            time.sleep(0.2)  # its line is cut before it is gone, on a busy machine long before
        if self.station.is_dead():
            self.deaths += 1
            self.station.end()
            self.station.start()

    def api(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self.send(who, method, f"/api/v1{path}", json=body, **more)
        return answer.json() if answer.content else None

    # What people do

    def create(self, tag: str, bundle: dict[str, list[dict[str, str]]], **more: Any) -> dict[str, Any]:
        body = {"rows": bundle, "submit": False, "title": tag, **more}
        made: dict[str, Any] = self.api("depositor", "POST", "/submissions", body, headers={"Idempotency-Key": tag})
        self.told.states.setdefault(made["submission"], "draft")
        return made

    def upload(self, tus: str, name: str, content: bytes, part_bytes: int) -> None:
        """By tus, in parts; asks for the offset whenever it is not sure."""
        metadata = "filename " + base64.b64encode(name.encode()).decode()
        headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        location = self.send("depositor", "POST", tus, headers=headers).headers["Location"]
        path = httpx.URL(location).path
        key = path.rstrip("/").rsplit("/", 1)[-1]
        offset = 0
        while offset < len(content):
            sent = {**TUS, "Upload-Offset": str(offset), "Content-Type": BYTES}
            part = content[offset : offset + part_bytes]
            answer = self.send("depositor", "PATCH", path, headers=sent, content=part)
            if answer.status_code == 409:
                answer = self.send("depositor", "HEAD", path, headers=TUS)
            offset = int(answer.headers["Upload-Offset"])
            self.told.offsets[key] = max(offset, self.told.offsets.get(key, 0))
        self.send("depositor", "HEAD", path, headers=TUS)

    def command(self, who: str, code: str, command: str, state: str, body: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.api(who, "POST", f"/submissions/{code}/{command}", body)
        assert answer.get("state", state) == state, answer
        self.told.states[code] = state
        return answer

    def accept(self, code: str, state: str) -> dict[str, Any]:
        receipt = self.command("curator", code, "accept", state)
        for line in receipt["accessions"]:
            before = self.told.accessions.setdefault(line["alias"], line["accession"])
            assert before == line["accession"], f"{line['alias']} was {before}, is {line['accession']}"
            self.told.versions[before] = max(line["version"], self.told.versions.get(before, 0))
        return receipt

    def keep_heads(self) -> None:
        self.told.heads = self.send("depositor", "GET", "/ledger/heads").json()


def new_home(folder: Path) -> dict[str, str]:
    """A station with a group, a depositor, a curator and their tokens."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.prepare"], env=environment(folder), cwd=ROOT, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def copy_home(source: Path, target: Path) -> None:
    """The home as it lies, links and all."""
    for entry in list(target.iterdir()) if target.exists() else []:
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)


def run_steps(work: Sequence[Callable[[], None]]) -> None:
    for each in work:
        each()
