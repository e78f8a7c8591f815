from __future__ import annotations

import os
import random
from pathlib import Path

import pysam
import pytest

from biomoa.qc.alignment.cram_bytes import Cursor
from biomoa.qc.formats.alignment_index import FORMAT as INDEX
from biomoa.qc.formats.cram import FORMAT

from .alignments import inspect, labelled, unpacked


@pytest.fixture(scope="module")
def cram(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CRAM of 3,000 records without an outside reference."""
    path = tmp_path_factory.mktemp("cram") / "x.cram"
    chance = random.Random(11)
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "c", "LN": 100_000, "M5": "0" * 32}]}
    with pysam.AlignmentFile(str(path), "wc", header=header, format_options=["no_ref=1", "seqs_per_slice=500"]) as out:
        for number in range(3000):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.flag, read.reference_id, read.reference_start = f"r{number}", 0, 0, number * 10
            read.query_sequence = "".join(chance.choices("ACGT", k=60))
            read.query_qualities = pysam.qualitystring_to_array("I" * 60)
            read.cigarstring, read.mapping_quality = "60M", 50
            out.write(read)
    return path


def test_oracle_labels_hold(oracles: Path, tmp_path: Path) -> None:
    folders = (oracles / "case-bam-cram", oracles / "case-damaged")
    files = [(name, label, folder / name) for folder in folders for name, label in labelled(folder, ".cram")]
    checked = 0
    for name, label, path in [*files, *unpacked(folders[0], ".cram", tmp_path)]:
        if label in ("valid", "invalid"):
            report = inspect(FORMAT, path)
            assert (label == "invalid") == (report.verdict == "fail"), (name, report.counts)
            checked += 1
    assert checked >= 48


def test_oracle_record_counts_agree(oracles: Path) -> None:
    folder = oracles / "case-bam-cram"
    for row in (folder / "FILES.tsv").read_text().splitlines()[1:]:
        name, label, _, opened, said = row.split("\t")[:5]
        if label == "valid" and name.endswith(".cram") and " : " not in name and opened == "OK":
            report = inspect(FORMAT, folder / name)
            assert f"pysam {report.metrics['records']} records" == said, name


def test_a_sound_file_is_decoded_without_reference(cram: Path) -> None:
    before = os.environ.get("REF_PATH")
    report = inspect(FORMAT, cram, block=777)
    assert report.verdict == "pass", report.counts
    metrics = report.metrics
    assert metrics["records"] == 3000 and metrics["bases"] == 180_000 and metrics["sequence_decoded"]
    assert metrics["reference"] == "none" and metrics["slices"] == 6 and metrics["quality_mean"] == 40
    assert 45 < metrics["gc_percent"] < 55
    assert os.environ.get("REF_PATH") == before


@pytest.mark.parametrize(
    ("cut", "tail", "code"),
    [
        (-38, b"", "cram-eof-missing"),
        (-3, b"\xff\x01K", "cram-eof-missing"),  # the end container is there, but damaged
        (-11, b"\2" * 11, "cram-eof-missing"),
        (None, b"x", "cram-data-after-eof"),
        (-1, b"", "cram-truncated"),
        (3000, b"", "cram-truncated"),
        (0, b"", "cram-empty"),
        (0, b"CRAM\x09\x00" + b"\0" * 20, "cram-version-unknown"),
    ],
)
def test_damaged_ends(tmp_path: Path, cram: Path, cut: int | None, tail: bytes, code: str) -> None:
    path = tmp_path / "x.cram"
    path.write_bytes(cram.read_bytes()[:cut] + tail)
    report = inspect(FORMAT, path)
    assert code in report.counts and report.verdict == "fail"


def test_every_flipped_byte_is_seen(tmp_path: Path, cram: Path) -> None:
    chance, path = random.Random(5), tmp_path / "x.cram"
    data = cram.read_bytes()
    for _ in range(200):
        broken = bytearray(data)
        place = chance.randrange(26, len(data))
        broken[place] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(broken))
        assert inspect(FORMAT, path).verdict == "fail", place


@pytest.mark.parametrize(
    ("data", "itf8", "ltf8"),
    [
        (b"\x7f", 127, 127),
        (b"\x80\x80", 128, 128),
        (b"\xe0\x45\x4f\x46", 4542278, 4542278),
        (b"\xff\xff\xff\xff\x0f", -1, None),
        (b"\xff" * 9, None, -1),
    ],
)
def test_variable_numbers(data: bytes, itf8: int | None, ltf8: int | None) -> None:
    assert itf8 is None or Cursor(data).itf8() == itf8
    assert ltf8 is None or Cursor(data).ltf8() == ltf8


def test_indexes_are_named_and_walked(oracles: Path, tmp_path: Path) -> None:
    seen = 0
    for suffix in (".bai", ".crai"):
        for name, _ in labelled(oracles / "case-bam-cram", suffix):
            path = oracles / "case-bam-cram" / name
            assert inspect(INDEX, path).verdict == "pass", name
            seen += 1
            if suffix == ".bai":
                cut = tmp_path / "cut.bai"
                cut.write_bytes(path.read_bytes()[:100])
                assert "index-truncated" in inspect(INDEX, cut).counts
    assert seen >= 9
    bad = tmp_path / "x.crai"
    bad.write_bytes(b"0\t1\t2\n")
    assert "index-line-malformed" in inspect(INDEX, bad).counts
