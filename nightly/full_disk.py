"""ENOSPC and EIO at the n-th write, EIO at the n-th fsync, of every workflow (goal F3).

python nightly/full_disk.py [--calls 300] [--seed 1]
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
from tests.faults.sweep import Sweep


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=300, help="at most so many of each kind and workflow")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-full-") as folder:
        sweep = Sweep(Path(folder), compile_shim(Path(folder)))
        outcomes = [
            badfiles.run(sweep, each) for each in badfiles.troubles(sweep, random.Random(asked.seed), asked.calls)
        ]
        sweep.close()
    bad = [outcome for outcome in outcomes if outcome.faults]
    print(*bad, sep="\n")
    refused = sum(outcome.refusals > 0 for outcome in outcomes)
    print(f"full-disk: {len(bad)} faults in {len(outcomes)} troubles, {refused} of them told to the sender")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
