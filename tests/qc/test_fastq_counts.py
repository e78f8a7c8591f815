"""What is counted of FASTQ, against a plain reading of the same records in Python."""

from __future__ import annotations

import gzip
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.qc.fastq import counting
from biomoa.qc.fastq.reader import ADAPTERS
from biomoa.qc.runner import inspect

NAMES = st.text("ABCxyz019:_-\x01é", min_size=1, max_size=30)
MATES = st.sampled_from(["", "/1", "/2", " 1:N:0:ACGT", " 2:N:0:A", " x", "\t1:"])
LETTERS = st.sampled_from(["ACGT", "ACGTN", "acgtACGTN", "ACGTRYKM.u"])
ENDS = st.sampled_from(["\n", "\n", "\r\n"])


@st.composite
def records(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """Name line, bases, qualities, end of lines; short reads and such as are longer than the table of positions."""
    size = draw(st.one_of(st.integers(0, 40), st.sampled_from([150, 150, 511, 512, 513])))
    letters = draw(LETTERS)
    chance = draw(st.randoms(use_true_random=False))
    bases = "".join(chance.choices(letters, k=size))
    qualities = "".join(chance.choices("!#,:@AFIJ~", k=size))
    return draw(NAMES) + draw(MATES), bases, qualities, draw(ENDS)


def written(reads: list[tuple[str, str, str, str]]) -> bytes:
    return "".join(end.join((f"@{name}", bases, "+", qualities, "")) for name, bases, qualities, end in reads).encode()


def counted(data: bytes, block: int) -> counting.Counts:
    counts = counting.Counts(ADAPTERS)
    at = 0
    while at < len(data):
        taken = counts.take(data[at : at + block])
        assert not counts.error
        block = block if taken else 2 * block
        at += taken
    counts.settle()
    return counts


def code_of(letter: str) -> int:
    return next((n for n, same in enumerate(("Aa", "Cc", "Gg", "TtUu", "Nn.")) if letter in same), 5)


@given(st.lists(records(), min_size=1, max_size=15), st.integers(1, 4), st.sampled_from([64, 700, 1 << 20]))
@settings(deadline=None, max_examples=60)
def test_counts_are_those_of_a_plain_reading(reads: list[tuple[str, str, str, str]], times: int, block: int) -> None:
    reads = reads * (1 if times < 4 else 20)  # more than a byte counts
    counts = counted(written(reads), block)
    bases: Counter[tuple[int, int]] = Counter()
    qualities: Counter[tuple[int, int]] = Counter()
    shares: Counter[int] = Counter()
    averages: Counter[int] = Counter()
    for _, letters, marks, _ in reads:
        for place, (letter, mark) in enumerate(zip(letters, marks, strict=True)):
            bases[min(place, counting.POSITIONS - 1), code_of(letter)] += 1
            qualities[min(place, counting.POSITIONS - 1), ord(mark) - 33] += 1
        called = [code_of(letter) for letter in letters if code_of(letter) < 4]
        if called:
            strong = sum(code in (1, 2) for code in called)
            shares[(100 * strong + len(called) // 2) // len(called)] += 1
        if marks:
            averages[(sum(map(ord, marks)) + len(marks) // 2) // len(marks) - 33] += 1
    assert filled(counts.by_base) == bases
    assert filled(counts.by_quality) == qualities
    assert filled(counts.gc) == shares
    assert filled(counts.means) == averages
    assert filled(counts.lengths) == Counter(len(read[1]) for read in reads)
    letters_of_all = "".join(read[1] for read in reads)
    marks_of_all = [ord(mark) for read in reads for mark in read[2]]
    said = [mate_of(read[0]) for read in reads]
    expected = {
        "reads": len(reads), "bases": len(letters_of_all),
        "empty": sum(not read[1] for read in reads), "crlf": sum(read[3] == "\r\n" for read in reads),
        "min_length": min(len(read[1]) for read in reads), "max_length": max(len(read[1]) for read in reads),
        "min_quality": min(marks_of_all, default=255), "max_quality": max(marks_of_all, default=0),
        "mate1": said.count(1), "mate2": said.count(2), "names_kept": len(reads),
    }  # fmt: skip
    assert {name: getattr(counts, name) for name in expected} == expected


def filled(table: counting.Table) -> dict[object, int]:
    """The places of a table that are not zero; a place in one row is a number."""
    places = np.argwhere(table).tolist()
    return {place[0] if len(place) == 1 else tuple(place): int(table[tuple(place)]) for place in places}


def mate_of(name: str) -> int:
    if len(name.encode()) > 2 and name[-2:] in ("/1", "/2"):
        return int(name[-1])
    return int(name.partition(" ")[2][:1]) if name.partition(" ")[2][:2] in ("1:", "2:") else 0


@given(st.lists(records(), min_size=2, max_size=20, unique_by=lambda read: read[0].split()[0].partition("/")[0]))
@settings(deadline=None, max_examples=100)
def test_names_differ_by_hash_when_they_differ_and_the_mate_does_not_count(
    reads: list[tuple[str, str, str, str]],
) -> None:
    counts = counted(written(reads), 1 << 20)
    kept = counts.names[: len(reads)].tolist()
    assert len(set(kept)) == len(reads)
    mates = [(name.split()[0].partition("/")[0] + "/2", *rest) for name, *rest in reads]
    firsts = [(name.split()[0].partition("/")[0] + " 1:N:0:A", *rest) for name, *rest in reads]
    assert counted(written(mates), 1 << 20).name_digest == counts.name_digest
    assert counted(written(firsts), 1 << 20).name_digest == counts.name_digest


def test_the_mean_quality_of_a_whole_chromosome() -> None:
    """A consensus of an assembly is one read; its qualities sum to more than four bytes hold."""
    size = 25_000_000
    counts = counted(b"@chr1\n" + b"A" * size + b"\n+\n" + b"~" * size + b"\n", 1 << 28)
    assert filled(counts.means) == {93: 1}
    assert int(counts.by_quality.sum()) == int(counts.by_base.sum()) == size


def test_a_read_longer_than_a_block_is_counted_once() -> None:
    reads = [("a", "ACGTN" * 200_000, "I" * 1_000_000, "\n"), ("b", "ACGT", "IIII", "\n")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.fastq.gz"
        path.write_bytes(gzip.compress(written(reads), 1))
        found = inspect(path)
    assert (found.metrics["reads"], found.metrics["bases"]) == (2, 1_000_004)
    assert found.metrics["n_percent"] == 20.0
