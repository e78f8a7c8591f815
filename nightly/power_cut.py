"""Power cuts at random points of recorded runs, a station started on what each leaves (goal F2).

python nightly/power_cut.py [--cuts 1000] [--seconds 3600] [--seed 1]

Each workflow has its share; with ``--seconds`` also of the time. The figure says how far it came.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.cuts import cuts
from tests.faults.driver import compile_shim
from tests.faults.stopping import Stop, add_seconds
from tests.faults.sweep import Sweep
from tests.faults.workflows import WORKFLOWS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    add_seconds(parser)
    asked = parser.parse_args()
    stop, share = Stop(asked.seconds), -(-asked.cuts // len(WORKFLOWS))
    chance, done, bad = random.Random(asked.seed), Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="biomoa-cut-") as folder:
        sweep = Sweep(Path(folder), compile_shim(Path(folder)))
        for each in WORKFLOWS:
            found = cuts(sweep, each.name, share, chance)
            for cut in stop.through(found, f"{each.name}, of {share} cuts", asked.seconds / len(WORKFLOWS)):
                done[cut.mode] += 1
                if cut.faults:
                    bad += 1
                    print(cut, flush=True)
        sweep.close()
    print(dict(done))
    print(f"power-cut: {bad} faults in {done.total()} cuts of {asked.cuts} (seed {asked.seed})")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
