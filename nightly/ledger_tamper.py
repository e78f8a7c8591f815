"""Random tamperings of a ledger, each looked for with the heads that were published (goal A1).

One in LARGE_EVERY is made in a ledger of ``--entries``, where a walk takes half a second; the others in one of 500.

    python nightly/ledger_tamper.py [--tamperings 10000] [--entries 100000] [--seconds 600] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults.stopping import Stop, add_seconds
from tests.ledger.tamper import KINDS, breaks_of, make_ledger, tamper

SMALL = 500
LARGE_EVERY = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tamperings", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    add_seconds(parser)
    asked = parser.parse_args()
    chance, stop = random.Random(asked.seed), Stop(asked.seconds)
    found, done, unseen = 0, 0, Counter[str]()
    small, large = make_ledger(SMALL, 5), make_ledger(asked.entries, 30)
    for number in stop.through(range(asked.tamperings), f"of {asked.tamperings} tamperings"):
        done += 1
        kind = KINDS[number % len(KINDS)]
        whole = small if number % LARGE_EVERY else large
        _, tampered = tamper(whole, chance, kind)
        if breaks_of(tampered, whole.heads):
            found += 1
        else:
            unseen[kind] += 1
    print(f"of {done} tamperings of {asked.tamperings} unseen: {dict(unseen) or 'none'} (seed {asked.seed})")
    print(f"ledger-tamper: {found}/{done} found")
    return 0 if found == done else 1


if __name__ == "__main__":
    sys.exit(main())
