"""A full or failing disk at the n-th write or fsync: a clear refusal, nothing told is lost, it goes on by itself."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults import badfiles
from tests.faults.driver import compile_shim
from tests.faults.sweep import Sweep


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    folder = tmp_path_factory.mktemp("full")
    made = Sweep(folder, compile_shim(folder))
    yield made
    made.close()


# Found by the nightly sweep: a lock file or folder of an upload that could not be made was answered with 500.
KNOWN = [badfiles.Trouble("upload", "error", 20), badfiles.Trouble("upload", "fsync", 3)]


def test_a_disk_in_trouble_is_told_and_loses_nothing(sweep: Sweep) -> None:
    troubles = [*KNOWN, *badfiles.troubles(sweep, random.Random(2), 1)]
    outcomes = [badfiles.run(sweep, each) for each in troubles]
    assert [each for each in outcomes if each.faults] == []
    assert sum(each.refusals > 0 for each in outcomes) >= len(outcomes) // 3
