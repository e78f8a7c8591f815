"""Identifiers of persons not seen before: how many are found, how many decoys are taken for one (goal P1).

Run: .venv/bin/python nightly/pii_recall.py [--seed 1] [--count 2000]
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from biomoa.qc.persons import find

ROOT = Path(__file__).resolve().parents[1]
RECALL, FALSE_ALARMS = 0.99, 0.02


sys.path.insert(0, str(ROOT))


def _sets() -> list[tuple[str, dict[str, Callable[[random.Random], Any]], bool]]:
    from tests.qc import made_persons, unseen_persons, wider_persons

    return [
        ("recall", made_persons.PERSONS, True),
        ("recall, other ways of writing", unseen_persons.PERSONS, True),
        ("recall, cells", unseen_persons.CELLS, True),
        ("recall, every age and label", wider_persons.PERSONS, True),
        ("recall, cells, every label", wider_persons.CELLS, True),
        ("false alarms", made_persons.DECOYS, False),
        ("false alarms, other lookalikes", unseen_persons.DECOYS, False),
        ("false alarms, cells", unseen_persons.PLAIN_CELLS, False),
        ("false alarms, labelled things", wider_persons.DECOYS, False),
        ("false alarms, cells, labelled things", wider_persons.PLAIN_CELLS, False),
    ]


def _is_found(made: str | tuple[str, str]) -> bool:
    """A text, or the label of a column and a cell of it."""
    return bool(find(made) if isinstance(made, str) else find(made[1], field=made[0]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--count", type=int, default=2_000, help="of each kind")
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    good = True
    for title, makers, wanted in _sets():
        for kind, make in makers.items():
            share = sum(_is_found(make(rng)) for _ in range(asked.count)) / asked.count
            good &= share >= RECALL if wanted else share <= FALSE_ALARMS
            print(f"pii-recall: {title} {kind}: {share:.4f}")
    print(f"pii-recall: seed {asked.seed}, {asked.count} of each kind: {'good' if good else 'GOAL MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
