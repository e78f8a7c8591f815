"""ENOSPC and EIO at the n-th write, EIO at the n-th fsync, of every workflow (goal F3).

python nightly/full_disk.py [--calls 300] [--seconds 3600] [--seed 1]

The order is drawn, so that a run that was stopped has met every workflow; its figure says how far it came.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults import badfiles
from tests.faults.driver import compile_shim
from tests.faults.stopping import Stop, add_seconds
from tests.faults.sweep import Sweep


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=300, help="at most so many of each kind and workflow")
    parser.add_argument("--seed", type=int, default=1)
    add_seconds(parser)
    asked = parser.parse_args()
    stop, chance = Stop(asked.seconds), random.Random(asked.seed)
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="biomoa-full-") as folder:
        sweep = Sweep(Path(folder), compile_shim(Path(folder)))
        troubles = badfiles.troubles(sweep, chance, asked.calls)
        chance.shuffle(troubles)
        for each in stop.through(troubles, f"of {len(troubles)} troubles"):
            outcomes.append(badfiles.run(sweep, each))
            if outcomes[-1].faults:
                print(outcomes[-1], flush=True)
        sweep.close()
    bad, refused = sum(bool(one.faults) for one in outcomes), sum(one.refusals > 0 for one in outcomes)
    print(
        f"full-disk: {bad} faults in {len(outcomes)} troubles of {len(troubles)}, {refused} of them told to the sender "
        f"(seed {asked.seed})"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
