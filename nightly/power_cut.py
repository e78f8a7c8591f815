"""Power cuts at random points of recorded runs, a station started on what each leaves (goal F2).

python nightly/power_cut.py [--cuts 1000] [--seed 1]
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
from tests.faults.sweep import Sweep
from tests.faults.workflows import WORKFLOWS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, done, bad = random.Random(asked.seed), Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="biomoa-cut-") as folder:
        sweep = Sweep(Path(folder), compile_shim(Path(folder)))
        for each in WORKFLOWS:
            for cut in cuts(sweep, each.name, -(-asked.cuts // len(WORKFLOWS)), chance):
                done[cut.mode] += 1
                if cut.faults:
                    bad += 1
                    print(cut)
        sweep.close()
    print(dict(done))
    print(f"power-cut: {bad} faults in {done.total()} cuts (seed {asked.seed})")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
