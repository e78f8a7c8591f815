"""kill -9 at every step of every workflow, so many times each, and at random moments under load (goal F1).

python nightly/kill_sweep.py [--times 3] [--kills 2000] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.load import kill_at_random
from tests.faults.sweep import Sweep


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--kills", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory(prefix="biomoa-kill-") as folder:
        sweep = Sweep(Path(folder))
        points = sweep.points() * asked.times
        outcomes = [sweep.run(point) for point in points]
        for outcome in outcomes:
            if outcome.faults:
                faults += 1
                print(outcome.point, *outcome.faults, sep="\n  ")
        met, slowest = sum(outcome.is_met for outcome in outcomes), sweep.station.slowest_seconds
        sweep.close()
    print(f"{len(points)} steps, {met} met, slowest start {slowest:.1f} s")
    with tempfile.TemporaryDirectory(prefix="biomoa-kill-") as folder:
        result = kill_at_random(Path(folder), asked.kills, asked.seed)
    print(*result.faults, sep="\n")
    slowest = max(slowest, result.slowest_seconds)
    print(f"{result.kills} random kills over {result.deposits} whole deposits, slowest start {slowest:.1f} s")
    bad = faults + len(result.faults)
    print(f"kill-sweep: {bad} faults in {met} kills at steps and {result.kills} at random (seed {asked.seed})")
    return 0 if bad == 0 and slowest <= 10 else 1


if __name__ == "__main__":
    sys.exit(main())
