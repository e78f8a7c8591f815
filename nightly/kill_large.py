"""kill -9 of the server, its web processes and its worker while a study of 10,000 samples and 20,000 runs is handed in.

python nightly/kill_large.py [--samples 10000] [--runs 20000] [--kills 4] [--seed 1]

A station as it is shipped (``biomoa serve``) is asked over HTTP to write, take in, review and accept the study; at
each of these ``--kills`` processes are killed at random moments, and what was not acknowledged is sent again. At the
end every row has one accession, none is given twice, the ledger verifies, and the search finds what was accepted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from load.station import family  # noqa: E402

from tests.faults.driver import Driver, wait_until  # noqa: E402
from tests.ports import held_port  # noqa: E402

UP_SECONDS = 60
REQUEST_SECONDS = 300
# Between two kills of a step, on the average: about a quarter of what the step takes, so that it is met under way.
PAUSE_SECONDS = {"create": 3.0, "submit": 0.7, "take": 0.01, "accept": 3.0}
BIOMOA = [sys.executable, "-m", "biomoa.cli.main"]


class Served:
    """``biomoa serve`` with all its processes, any of which may be killed."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.environment, self.port = environment, port
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.slowest_seconds, self.lock = 0.0, threading.Lock()

    def start(self, fault: str = "", record: Path | None = None) -> None:  # noqa: ARG002 - as the driver asks
        begun = time.monotonic()
        command = [*BIOMOA, "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(lambda: self._answers() or self.is_dead(), UP_SECONDS, "the station is not up")
        if not self.is_dead():  # it may be killed while it starts
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - begun)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def end(self, number: int = signal.SIGKILL) -> None:
        if self.process:
            self._signal_all(number)
            self.process.wait(UP_SECONDS)

    def _signal_all(self, number: int) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def kill_some(self, chance: random.Random) -> str:
        """One process of the station, or all of them as a power cut takes them."""
        if self.process is None or self.is_dead():
            return "nothing"
        if chance.random() < 0.4:
            self._signal_all(signal.SIGKILL)
            return "all"
        members = family(self.process.pid)[1:]
        if not members:
            return "nothing"
        os.kill(chance.choice(members), signal.SIGKILL)
        return "one"


class Killer(threading.Thread):
    """Kills so many times at random moments, then rests."""

    def __init__(self, station: Served, kills: int, pause_seconds: float, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.station, self.kills, self.pause_seconds, self.chance = station, kills, pause_seconds, chance
        self.done: Counter[str] = Counter()
        self.stopping = threading.Event()

    def run(self) -> None:
        for _ in range(self.kills):
            if self.stopping.wait(self.chance.expovariate(1 / self.pause_seconds)):
                return
            try:
                self.done[self.station.kill_some(self.chance)] += 1
            except ProcessLookupError:
                self.done["nothing"] += 1


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="biomoa-kill-large-") as folder, held_port() as port:
        home = Path(folder) / "home"
        django = {"DJANGO_SETTINGS_MODULE": "biomoa.settings.django", "BIOMOA_HOME": str(home), "PYTHONPATH": str(ROOT)}
        environment = os.environ | django
        subprocess.run([*BIOMOA, "init"], env=environment, check=True, stdout=subprocess.DEVNULL)
        made = json.loads(_inside(environment, "people", str(asked.samples), str(asked.runs)))
        station = Served(environment, port)
        try:
            return _sweep(asked, station, made)
        finally:
            station.end()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=4, help="at each of four steps")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _sweep(asked: argparse.Namespace, station: Served, made: dict[str, object]) -> int:
    chance, kills = random.Random(asked.seed), Counter[str]()
    station.start()
    driver = Driver(station, made["tokens"])  # type: ignore[arg-type]
    driver.http = httpx.Client(timeout=REQUEST_SECONDS)
    code = ""
    for step, pause_seconds in PAUSE_SECONDS.items():
        killer = Killer(station, asked.kills, pause_seconds, chance)
        killer.start()
        begun = time.monotonic()
        if step == "create":
            code = driver.create("large", made["rows"])["submission"]  # type: ignore[arg-type]
        else:
            who = "depositor" if step == "submit" else "curator"
            answer = driver.api(who, "POST", f"/submissions/{code}/{step}")
        killer.stopping.set()
        killer.join()
        kills.update(killer.done)
        print(f"{step}: acknowledged after {time.monotonic() - begun:.1f} s, killed {dict(killer.done)}", flush=True)
        if step == "create":
            _inside(station.environment, "files", code, str(asked.runs))
    if station.is_dead():
        station.end()
        station.start()
    given = Counter(line["accession"] for line in answer["accessions"])
    faults = _faults(station, code, given, 1 + asked.samples + 2 * asked.runs)
    print(*faults, sep="\n")
    print(
        f"kill-large: {len(faults)} faults; {sum(given.values()):,} accessions; killed {dict(kills)}, the station "
        f"started {driver.deaths + 1} times, slowest start {station.slowest_seconds:.1f} s (seed {asked.seed})"
    )
    return 1 if faults else 0


def _faults(station: Served, code: str, given: Counter[str], count: int) -> list[str]:
    faults = [f"{name} was given {times} times" for name, times in given.items() if times > 1]
    if len(given) != count:
        faults.append(f"{len(given)} accessions for {count} rows")
    verified = subprocess.run([*BIOMOA, "ledger", "verify"], env=station.environment, capture_output=True, text=True)
    if verified.returncode:
        faults.append(f"ledger: {verified.stdout[-500:]}")
    until = time.monotonic() + UP_SECONDS
    while (found := _found(station)) != count and time.monotonic() < until:
        time.sleep(0.5)
    if found != count:
        faults.append(f"the search finds {found} of {count}")
    kept = json.loads(_inside(station.environment, "count", code))
    if kept != {"records": count, "submissions": 1, "state": "released"}:
        faults.append(f"the station holds {kept}")
    return faults


def _found(station: Served) -> int:
    return int(httpx.get(f"{station.url}/api/v1/search", timeout=60).json()["total"])


def _inside(environment: dict[str, str], *order: str) -> str:
    """Work in a process of the station's own."""
    command = [sys.executable, __file__, "--inside", *order]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _work(order: list[str]) -> None:
    import django

    django.setup()
    import accept

    match order:
        case ["people", samples, runs]:
            print(json.dumps({"tokens": _people(accept), "rows": accept.bundle_of(int(samples), int(runs))}))
        case ["files", code, runs]:
            accept._lay_files(int(code[3:]), int(runs))
        case ["count", code]:
            from biomoa.records.models import Record, Submission

            state = Submission.objects.get(pk=int(code[3:])).state
            print(json.dumps({"records": Record.objects.count(), "submissions": Submission.objects.count(),
                              "state": state}))  # fmt: skip


def _people(accept: object) -> dict[str, str]:
    from biomoa.people.models import User
    from biomoa.people.queries import actor_of
    from biomoa.people.services import create_token

    accept.people()  # type: ignore[attr-defined]
    scopes = {"depositor": ["read", "deposit"], "curator": ["read", "curate"]}
    found = {}
    for name, allowed in scopes.items():
        actor = actor_of(User.objects.get(email=f"{name}@example.org"))
        found[name] = create_token(actor, "kill", allowed, 1).secret
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        _work(sys.argv[2:])
    else:
        sys.exit(main())
