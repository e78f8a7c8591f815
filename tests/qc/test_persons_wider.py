"""Persons of every age under every label, things labelled like them: recall and false alarms of each kind."""

from __future__ import annotations

import random

import polars as pl
import pytest

from biomoa.qc.persons import find, kind_in
from biomoa.qc.persons.suspects import is_suspect, suspects

from .wider_persons import CELLS, DECOYS, PERSONS, PLAIN_CELLS

COUNT = 1_000


@pytest.mark.parametrize("kind", PERSONS)
def test_recall_and_the_choice_of_cells(kind: str) -> None:
    rng = random.Random(f"wider {kind}")
    texts = [PERSONS[kind](rng) for _ in range(COUNT)]
    assert [text for text in texts if not kind_in(text)][COUNT // 100 :] == []
    chosen = set(suspects(pl.Series(texts)))
    assert [text for text in texts if kind_in(text) and (text not in chosen or not is_suspect(text))] == []


@pytest.mark.parametrize("kind", DECOYS)
def test_false_alarms(kind: str) -> None:
    rng = random.Random(f"wider things {kind}")
    texts = [DECOYS[kind](rng) for _ in range(COUNT)]
    assert [text for text in texts if find(text)][COUNT // 50 :] == []


def test_cells_under_the_label_of_their_column() -> None:
    rng = random.Random("wider cells")
    cells, plain = [CELLS["cell"](rng) for _ in range(COUNT)], [PLAIN_CELLS["cell"](rng) for _ in range(COUNT)]
    assert [each for each in cells if not find(each[1], field=each[0])][COUNT // 100 :] == []
    assert [each for each in plain if find(each[1], field=each[0])][COUNT // 50 :] == []
