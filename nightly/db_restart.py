"""PostgreSQL whose connections are cut at its answers, one in seven of those to COMMIT, under commands that are sent
with their keys until they are answered (goal F4).

    python nightly/db_restart.py [--cuts 200] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.driver import Driver, ForkedStation, new_home
from tests.faults.proxy import CuttingProxy
from tests.faults.workflows import rows
from tests.on_postgresql import postgresql

COMMENTS = 5
CLEAR = frozenset({200, 201, 204, 503})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-db-") as folder, postgresql(is_durable=True) as address:
        host, port, user = address.split(":")
        proxy = CuttingProxy(host, int(port), random.Random(asked.seed))
        os.environ["BIOMOA_FAULTS_DATABASE"] = f"127.0.0.1:{proxy.port}:{user}"
        faults, commands = _run(Path(folder) / "home", proxy, asked.cuts)
        proxy.close()
    print(*faults, sep="\n")
    print(f"db-restart: {len(faults)} faults in {proxy.cuts} cuts under {commands} commands (seed {asked.seed})")
    return 1 if faults else 0


def _run(home: Path, proxy: CuttingProxy, cuts: int) -> tuple[list[str], int]:
    tokens = new_home(home)
    station = ForkedStation(home)
    station.start()
    driver = Driver(station, tokens)
    proxy.is_cutting = True
    number, sent = 0, 0
    try:
        while proxy.cuts < cuts:
            tag = f"n{number}"
            made = driver.create(tag, {"bioproject": rows(tag)["bioproject"]})["submission"]
            driver.command("depositor", made, "submit", "submitted")
            for each in range(COMMENTS):
                driver.api("curator", "POST", f"/submissions/{made}/comments", {"text": f"{tag} {each}"})
            driver.command("curator", made, "take", "in-review", {})
            driver.accept(made, "released")
            number, sent = number + 1, sent + 4 + COMMENTS
        proxy.is_cutting = False
        faults = [f"{line} comments on {tag}" for tag, line in _comments(driver, number).items() if line != COMMENTS]
        if unclear := set(driver.statuses) - CLEAR:
            faults.append(f"answered {sorted(unclear)}: {_failures(home)}")
    except AssertionError as error:
        return [str(error)], sent
    finally:
        station.end()
        proxy.is_cutting = False
    faults += station.check(driver.told, is_at_rest=False)
    station.close()
    return faults, sent


def _failures(home: Path) -> str:
    """What the station wrote into its log about answers 500."""
    lines = [json.loads(line) for line in (home / "log" / "station.log").read_text().splitlines()]
    failed = [line for line in lines if line["level"] == "error" and line["message"].endswith("failed")]
    return "\n".join(f"{line['message']}\n{line['exception']}" for line in failed)


def _comments(driver: Driver, count: int) -> dict[str, int]:
    found = {}
    for number in range(count):
        code = driver.create(f"n{number}", {})["submission"]
        thread = driver.api("depositor", "GET", f"/submissions/{code}/thread")
        found[f"n{number}"] = sum(f"n{number} " in str(step.get("text", "")) for step in thread)
    return found


if __name__ == "__main__":
    threading.excepthook = lambda _: None
    sys.exit(main())
