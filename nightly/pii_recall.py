"""Identifiers of persons not seen before: how many are found, how many decoys are taken for one (goal P1).

Run: .venv/bin/python nightly/pii_recall.py [--seed 1] [--count 2000]
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

from biomoa.qc.persons import find

ROOT = Path(__file__).resolve().parents[1]
RECALL, FALSE_ALARMS = 0.99, 0.02


def _made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made_persons", ROOT / "tests/qc/made_persons.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--count", type=int, default=2_000, help="of each kind")
    asked = parser.parse_args()
    made, rng = _made(), random.Random(asked.seed)
    good = True
    for title, makers, wanted in (("recall", made.PERSONS, True), ("false alarms", made.DECOYS, False)):
        for kind, make in makers.items():
            share = sum(bool(find(make(rng))) for _ in range(asked.count)) / asked.count
            good &= share >= RECALL if wanted else share <= FALSE_ALARMS
            print(f"pii-recall: {title} {kind}: {share:.4f}")
    print(f"pii-recall: seed {asked.seed}, {asked.count} of each kind: {'good' if good else 'GOAL MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
