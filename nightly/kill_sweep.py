"""kill -9 at every step of every workflow, so many times each, and at random moments under load (goal F1).

python nightly/kill_sweep.py [--times 3] [--kills 2000] [--seconds 3600] [--seed 1] [--keep FOLDER]

The order of the steps is drawn; ``--seconds`` ends each of the two parts, and the figure says how far it came.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.load import kill_at_random
from tests.faults.stopping import Stop, add_seconds
from tests.faults.sweep import Point, Sweep


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--kills", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the home of a station that random kills left with faults")
    add_seconds(parser, "end each of the two parts after so long")
    asked = parser.parse_args()
    faults, outcomes, stop = 0, [], Stop()
    with tempfile.TemporaryDirectory(prefix="biomoa-kill-") as folder:
        sweep = Sweep(Path(folder))
        points = _drawn(sweep, asked.times, random.Random(asked.seed))
        for point in stop.through(points, f"of {len(points)} steps", asked.seconds):
            outcomes.append(outcome := sweep.run(point))
            if outcome.faults:
                faults += 1
                print(outcome.point, *outcome.faults, sep="\n  ", flush=True)
        met, slowest = sum(outcome.is_met for outcome in outcomes), sweep.station.slowest_seconds
        sweep.close()
    print(f"{len(outcomes)} steps of {len(points)}, {met} met, slowest start {slowest:.1f} s")
    with tempfile.TemporaryDirectory(prefix="biomoa-kill-") as folder:
        result = kill_at_random(
            Path(folder), stop.through(range(asked.kills), f"of {asked.kills} kills", asked.seconds), asked.seed
        )
        if result.faults and asked.keep:
            shutil.copytree(Path(folder) / "home", asked.keep / f"seed-{asked.seed}", dirs_exist_ok=True)
    print(*result.faults, sep="\n")
    slowest = max(slowest, result.slowest_seconds)
    print(f"{result.kills} random kills over {result.deposits} whole deposits, slowest start {slowest:.1f} s")
    bad = faults + len(result.faults)
    print(f"kill-sweep: {bad} faults in {met} kills at steps and {result.kills} at random (seed {asked.seed})")
    return 0 if bad == 0 and slowest <= 10 else 1


def _drawn(sweep: Sweep, times: int, chance: random.Random) -> list[Point]:
    points = sweep.points()
    return [point for _ in range(times) for point in chance.sample(points, len(points))]


if __name__ == "__main__":
    sys.exit(main())
