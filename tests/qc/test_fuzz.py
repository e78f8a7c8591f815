"""500 damaged files of each format, 500 damaged sheets of each kind (20,000: nightly/fuzz_formats.py)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forms.fuzzing import SHEETS, run_sheets
from tests.qc.fuzzing import Fuzzer
from tests.qc.mutations import alignments_broken, envelope_broken, mutated

COUNT, SEED = 500, 1
NAMES = ("x.fastq", "x.fastq.gz", "x.fastq.bz2", "x.fasta", "x.fasta.gz", "x.sam", "x.bam", "x.cram",
         "x.bam.bai", "x.bam.csi", "x.cram.crai")  # fmt: skip


@pytest.fixture(scope="module")
def fuzzer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzer]:
    folder = tmp_path_factory.mktemp("fuzz")
    yield Fuzzer(folder, folder / "kept", SEED)


@pytest.mark.parametrize("name", NAMES)
def test_damaged_files_are_answered(fuzzer: Fuzzer, name: str) -> None:
    tally = fuzzer.run(name, range(COUNT))
    assert tally.files == COUNT and not tally.faults
    assert not tally.ended, "a parser that ends its child has a fault of its own, though it is told"
    assert tally.verdicts["fail"] > COUNT / 4 and len(tally.outcomes) >= 3


def test_every_format_is_damaged(fuzzer: Fuzzer) -> None:
    from biomoa.qc.runner import known_formats

    assert set(fuzzer.good) == set(NAMES)
    told = {fuzzer.sandbox.inspect(_written(fuzzer, name), name=name).format for name in NAMES}
    assert told == set(known_formats())
    assert {fuzzer.sandbox.inspect(_written(fuzzer, name), name=name).verdict for name in NAMES} == {"pass"}


def _written(fuzzer: Fuzzer, name: str) -> Path:
    path = fuzzer.scratch / f"good-{name}"
    path.write_bytes(fuzzer.good[name][0][-1])
    return path


@pytest.mark.parametrize("name", SHEETS)
def test_damaged_sheets_are_answered(tmp_path: Path, name: str) -> None:
    tally = run_sheets(name, range(COUNT), SEED, tmp_path, tmp_path / "kept")
    assert tally.files == COUNT and not tally.faults
    assert len(tally.outcomes) >= 20, "the damage does not reach what is behind the first check"


def test_the_outside_readers_see_damage(fuzzer: Fuzzer, tmp_path: Path) -> None:
    """The measure itself: whole files are sound to them, cut ones are not."""
    whole, cut = tmp_path / "whole.bam", tmp_path / "cut.bam"
    data = fuzzer.good["x.bam"][0][0]
    whole.write_bytes(data)
    cut.write_bytes(data[: len(data) // 2])
    found = alignments_broken([whole, cut])
    assert not found[whole] and found[cut]
    packed = fuzzer.good["x.fastq.gz"][0][0]
    assert not envelope_broken(packed) and envelope_broken(packed[:-3])
    assert mutated([data], random.Random(1)) != data
