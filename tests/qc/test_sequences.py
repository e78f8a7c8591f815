"""FASTQ and FASTA: outside labels, one fault a code with its line, any bytes, any size of block."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.qc import source as source_module
from biomoa.qc.model import Inspection
from biomoa.qc.pairs import check_pair
from biomoa.qc.runner import inspect

# Labelled by what another program takes; each is explained here.
NO_NUCLEOTIDES = {f"valid/dnaio/simple.fast{x}{y}" for x in "qa" for y in ("", ".gz", ".bz2")}  # "SEQUENCE1"
SOUND = {
    "invalid/ena-readtools/bam2fastq/1fastq/S0567a_E1_L1__aln.sort.mapped.rmdupse_adna_v2.fastq",  # 20 whole records
    "invalid/ena-readtools/fastq_spot_incorrect4.txt",  # qualities wrapped over two lines, as many as bases
}


def looked_at(name: str, content: bytes, format: str | None = None) -> Inspection:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return inspect(path, format=format)


def places(found: Inspection) -> dict[str, str | None]:
    return {finding.code: finding.at for finding in found.findings}


@pytest.mark.parametrize("folder", ["case-fastq", "case-fasta"])
def test_outside_labels(oracles: Path, folder: str) -> None:
    wrong = []
    with (oracles / folder / "FILES.tsv").open() as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if row["label"] in ("valid", "invalid")]
    assert len(rows) >= 40
    for row in rows:
        if row["file"] in NO_NUCLEOTIDES | SOUND:
            continue
        found = inspect(oracles / folder / row["file"])
        if (found.verdict == "fail") != (row["label"] == "invalid"):
            wrong.append((row["label"], row["file"], places(found)))
    assert wrong == []


def test_damaged_sequence_files_fail(oracles: Path) -> None:
    with (oracles / "case-damaged" / "FILES.tsv").open() as table:
        rows = [
            r
            for r in csv.DictReader(table, delimiter="\t")
            if r["format"].split()[0] in ("FASTQ", "FASTA", "BAM", "CRAM")
        ]
    bad = [row["file"] for row in rows if row["label"] == "invalid"]
    assert len(bad) >= 8
    assert [name for name in bad if inspect(oracles / "case-damaged" / name).verdict != "fail"] == []


GOOD = b"@a 1:N:0\nACGTN\n+\nIIII#\n@b 1:N:0\nGGGTT\n+\nFFFFF\n"


@pytest.mark.parametrize(
    ("content", "code", "at"),
    [
        (b"", "file-empty", None),
        (b"\n\n", "fastq-no-reads", None),
        (GOOD + b"c\nAC\n+\nII\n", "fastq-not-fastq", "line 9"),
        (GOOD + b"@c\nAC!T\n+\nIIII\n", "fastq-base-invalid", "line 10"),
        (GOOD + b"@c\nACGT\n+\nII I\n", "fastq-quality-invalid", "line 12"),
        (GOOD + b"@c\nACGT\n+\nIII\n", "fastq-lengths-differ", "line 12"),
        (GOOD + b"@c\nACGT\n+\nIIIII\n", "fastq-lengths-differ", "line 12"),
        (GOOD + b"@c\nACGT\n+d\nIIII\n", "fastq-plus-name-differs", "line 11"),
        (GOOD + b"@\nACGT\n+\nIIII\n", "fastq-name-empty", "line 9"),
        (GOOD + b"@c\nACGT\n", "fastq-plus-missing", "line 9"),
        (GOOD + b"@c\nACGT\n+\nII", "fastq-lengths-differ", "line 9"),
    ],
)
def test_each_fault_has_its_code_and_line(content: bytes, code: str, at: str | None) -> None:
    found = looked_at("x.fastq", content, None if not content else "fastq")
    told = places(found)
    assert found.verdict == "fail", told
    assert code in told or "fastq-truncated" in told, told
    if code in told and at and code not in ("fastq-lengths-differ", "fastq-plus-missing"):
        assert told[code] == at


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (GOOD.replace(b"\n", b"\r\n"), "fastq-crlf"),
        (GOOD + b"\n" + GOOD.replace(b"@a", b"@c").replace(b"@b", b"@d"), "fastq-blank-line"),
        (b"@a\nACGT\nACGT\n+\nIIII\nIIII\n", "fastq-wrapped"),
        (GOOD + GOOD, "fastq-names-repeated"),
        (b"".join(b"@r%d\nACGTACGT\n+\nefghefgh\n" % n for n in range(9)), "fastq-offset-64"),
        (
            b"".join(b"@r%d\nACGTACGT\n+\n%s\n" % (n, (b"efghefgh", b"IIIII###")[n % 2]) for n in range(40)),
            "fastq-offset-mixed",
        ),
    ],
)
def test_what_is_only_odd_is_a_warning(content: bytes, code: str) -> None:
    found = looked_at("x.fastq", content)
    assert found.verdict == "warn"
    assert code in places(found)


@pytest.mark.parametrize(("least", "most"), [(26, 50), (30, 45), (93, 93), (40, 93), (26, 60), (2, 90)])
def test_good_bases_of_new_machines_are_no_old_ones(least: int, most: int) -> None:
    good, poor = (bytes(33 + quality for quality in row) for row in ((most, 40, 40, 31), (most, 40, least, least)))
    reads = (b"@r%d\nACGT\n+\n%s\n" % (n, (good, poor)[n % 4 == 0]) for n in range(40))
    found = looked_at("x.fastq", b"".join(reads))
    assert found.metrics["quality_offset"] == 33
    assert not {"fastq-offset-64", "fastq-offset-mixed"} & set(places(found))


@pytest.mark.parametrize("end", [b"@c\n\n+\n\n", b"@c\n\n+\n", b"@c\n\n+", b"@c\r\n\r\n+c\r\n\r\n", b"@c\n\n+\n\n\n\n"])
def test_an_empty_read_at_the_end_is_whole(end: bytes) -> None:
    found = looked_at("x.fastq", GOOD + end)
    assert found.metrics["reads"] == 3
    assert places(found).keys() <= {"fastq-empty-reads", "fastq-crlf"}
    assert looked_at("x.fastq", end, "fastq").metrics["reads"] == 1


def test_compression_is_known_by_content_and_its_damage_is_told() -> None:
    assert looked_at("x.fastq", gzip.compress(GOOD)).metrics["reads"] == 2
    assert looked_at("x.fastq.gz", bz2.compress(GOOD)).metrics["reads"] == 2
    assert (
        looked_at("x.fastq.gz", gzip.compress(GOOD) + gzip.compress(GOOD.upper().replace(b"@A", b"@C"))).metrics[
            "reads"
        ]
        == 4
    )
    whole = gzip.compress(GOOD * 1000, 1)
    for damaged, code in (
        (whole[: len(whole) // 2], "compression-truncated"),
        (whole[:-4], "compression-truncated"),
        (whole[:-8] + b"\0\0\0\0" + whole[-4:], "compression-corrupt"),
        (whole + b"more", "compression-trailing-garbage"),
    ):
        found = looked_at("x.fastq.gz", damaged)
        assert (found.verdict, code in places(found)) == ("fail", True), (code, places(found))
        assert found.checksums["sha256"] == hashlib.sha256(damaged).hexdigest()
        assert found.checksums["md5"] == hashlib.md5(damaged, usedforsecurity=False).hexdigest()


def test_only_the_damage_is_told_when_it_leaves_no_whole_read() -> None:
    whole, packed = gzip.compress(GOOD * 1000, 1), bz2.compress(GOOD * 1000)
    for name, data, code in (
        ("header", whole[:5], "compression-truncated"),
        ("start", whole[:12], "compression-truncated"),
        ("half", whole[: len(whole) // 2], "compression-truncated"),
        ("method", whole[:2] + b"\x07" + whole[3:], "compression-corrupt"),
        ("zeros", whole[:10] + b"\0" * 20 + whole[30:], "compression-corrupt"),
        ("checksum of nothing", gzip.compress(b"")[:-8] + b"\1" * 8, "compression-corrupt"),
        ("bzip2 cut", packed[:20], "compression-truncated"),
        ("bzip2 bad", packed[:12] + b"\0" * 8 + packed[20:], "compression-corrupt"),
    ):
        found = looked_at("x.fastq.bz2" if "bzip2" in name else "x.fastq.gz", data)
        told = [each.code for each in found.findings if each.severity == "error"]
        assert (found.verdict, told) == ("fail", [code]), (name, told)


def test_a_damaged_fasta_is_not_called_empty_too() -> None:
    whole = gzip.compress(b">s\nACGT\n" * 1000)
    for data in (whole[:5], whole[:12], whole[:2] + b"\x07" + whole[3:]):
        found = looked_at("x.fasta.gz", data)
        assert [each.code[:12] for each in found.findings if each.severity == "error"] == ["compression-"]


@pytest.mark.parametrize(
    "packed", [gzip.compress(b""), gzip.compress(b"") * 2, bz2.compress(b""), gzip.compress(b"\n")]
)
def test_nothing_that_is_packed_well_has_no_reads(packed: bytes) -> None:
    assert "fastq-no-reads" in places(looked_at("x.fastq", packed))


def test_an_unknown_format_is_never_a_pass() -> None:
    found = looked_at("notes.xyz", b"hello")
    assert (found.format, found.verdict) == ("unknown", "warn")
    assert "format-not-checked" in places(found)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.fastq.xz", b"\xfd7zXZ\0rest", "xz"),
        ("a.fastq.zst", b"\x28\xb5\x2f\xfdrest", "zstd"),
        ("a.fastq.zip", b"PK\x03\x04rest", "zip"),
        ("a.fastq.gz", gzip.compress(gzip.compress(GOOD, mtime=0), mtime=0), "gzip"),
        ("a.tar.gz", gzip.compress(b"a.fastq".ljust(257, b"\0") + b"ustar\0" + bytes(250), mtime=0), "tar"),
    ],
)
def test_what_is_packed_otherwise_is_told_with_the_way_out(name: str, content: bytes, kind: str) -> None:
    found = looked_at(name, content)
    (told,) = [each for each in found.findings if each.code == "packed-otherwise"]
    assert found.verdict != "pass" and "format-not-checked" not in places(found)
    assert kind in told.message.en and f"{kind}" in told.message.ko and "gzip으로 압축" in told.message.ko


def test_a_workbook_is_not_told_as_a_zip() -> None:
    assert places(looked_at("table.xlsx", b"PK\x03\x04rest")) == {"format-not-checked": None}


@pytest.mark.parametrize("name", ["a.fastq", "a.fa", "a.sam"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_told_as_such(name: str, encoding: str) -> None:
    text = {"a.fastq": GOOD.decode(), "a.fa": ">a\nACGT\n", "a.sam": "@HD\tVN:1.6\n"}[name]
    found = looked_at(name, text.encode(encoding))
    assert (found.verdict, found.findings[0].code) == ("fail", "text-byte-order-mark")


def test_a_name_and_a_content_that_differ_are_told_in_both_languages() -> None:
    found = looked_at("a.bam", b"@HD\tVN:1.6\n@SQ\tSN:c\tLN:9\n")
    (told,) = [each for each in found.findings if each.code == "format-not-as-named"]
    assert "정렬된 리드(BAM)" in told.message.ko and "Aligned" not in told.message.ko


def test_findings_beyond_the_shown_are_counted_and_end_as_sentences() -> None:
    lines = "".join(f"q{number}\t0\t*\t0\t60\t4M\t*\t0\t0\tACGT\tIIII\tRG:Z:g\n" for number in range(30))
    found = looked_at("a.sam", f"@HD\tVN:1.6\n{lines}".encode())
    assert not [each for each in found.findings if ":  " in each.message.en or ":  " in each.message.ko]
    (cut,) = [each.message for each in found.findings if "read-group-header-missing" in each.message.en]
    assert "30 of this kind" in cut.en
    (first, *_) = [each.message for each in found.findings if each.code == "read-group-header-missing"]
    assert ": q0. " in first.en and ": q0. " in first.ko


READS = st.lists(st.tuples(st.text("ACGTNacgt", min_size=1, max_size=40), st.integers(0, 40)), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(reads=READS, block=st.integers(1, 90))
def test_counts_do_not_depend_on_the_size_of_a_block(reads: list[tuple[str, int]], block: int) -> None:
    text = "".join(f"@r{n}\n{s}\n+\n{chr(33 + q) * len(s)}\n" for n, (s, q) in enumerate(reads)).encode()
    before = source_module.BLOCK_BYTES
    source_module.BLOCK_BYTES = block
    try:
        found = looked_at("x.fastq", text, "fastq")
    finally:
        source_module.BLOCK_BYTES = before
    bases = "".join(s for s, _ in reads).upper()
    assert found.verdict != "fail" or set(bases) == {"N"}, places(found)
    assert (found.metrics["reads"], found.metrics["bases"]) == (len(reads), len(bases))
    called = sum(bases.count(base) for base in "ACGT")
    strong = bases.count("G") + bases.count("C")
    assert found.metrics["gc_percent"] == pytest.approx(100 * strong / called if called else 0, abs=0.001)
    assert found.metrics["q30_percent"] == pytest.approx(
        100 * sum(len(s) for s, q in reads if q >= 30) / len(bases), abs=0.001
    )


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(content: bytes) -> None:
    for format in ("fastq", "fasta"):
        assert looked_at("x", b"@" + content, format).verdict in ("pass", "warn", "fail")


def test_a_second_opinion_counts_the_same() -> None:
    import sequali

    chance = random.Random(3)
    reads = ["".join(chance.choices("ACGTN", weights=(3, 3, 3, 3, 0.1), k=chance.randint(30, 150))) for _ in range(500)]
    text = "".join(f"@r{n}\n{s}\n+\n{''.join(chance.choices('#,:F', k=len(s)))}\n" for n, s in enumerate(reads))
    metrics = looked_at("x.fastq", text.encode()).metrics
    other = sequali.QCMetrics()
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        with Path(file.name).open("rb") as reader:
            for records in sequali.FastqParser(reader):
                other.add_record_array(records)
    assert other.number_of_reads == metrics["reads"] == 500
    assert other.max_length == metrics["length_max"]
    assert sum(sum(row) for row in zip(*[iter(other.base_count_table())] * 5, strict=True)) == metrics["bases"]


def pair(mate: int, names: list[str], bases: str = "ACGTACGTACGTACGT") -> Any:
    text = "".join(f"@{name} {mate}:N:0:A\n{bases}\n+\n{'I' * len(bases)}\n" for name in names)
    return looked_at(f"x_R{mate}.fastq", text.encode()).metrics


def test_mates_that_belong_together() -> None:
    names = [f"r{n}" for n in range(40)]
    assert check_pair(pair(1, names), pair(2, names, "T" * 16)) == ()
    for first, second, code in (
        (pair(1, names), pair(2, names[:-1]), "pair-counts-differ"),
        (pair(1, names), pair(2, names[::-1], "T" * 16), "pair-names-differ"),
        (pair(2, names), pair(1, names, "T" * 16), "pair-swapped"),
        (pair(1, names), pair(1, names), "pair-same-file"),
        (pair(1, names), pair(1, names, "T" * 16), "pair-same-mate"),
    ):
        assert [finding.code for finding in check_pair(first, second)] == [code]


def test_digests_made_in_different_ways_prove_nothing() -> None:
    first, second = pair(1, ["a", "b"]), pair(2, ["b", "a"], "T" * 16)
    older = {**second, "name_digest": second["name_digest"].rpartition(":")[2]}
    assert [finding.code for finding in check_pair(first, second)] == ["pair-names-differ"]
    assert check_pair(first, older) == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"ACGT\n>a\nACGT\n", "fasta-text-before-first"),
        (b">a\nAC1T\n", "fasta-letter-invalid"),
        (b">a\n>b\nACGT\n", "fasta-sequence-empty"),
        (b">a\nACGT\n>a\nACGT\n", "fasta-name-repeated"),
        (b">\nACGT\n", "fasta-name-empty"),
        (b">a\r\nACGT\r\n", "fasta-crlf"),
        (b"\n", "fasta-no-sequences"),
        (b">a\nACGT ACGT\n", "fasta-blank-in-sequence"),
        (b">a\n" + b"ACGT" * 20 + b"\n>b\nMKVLEEFFPQIL\n", "fasta-kinds-mixed"),
    ],
)
def test_faults_of_fasta(content: bytes, code: str) -> None:
    assert code in places(looked_at("x.fasta", content, "fasta"))


@pytest.mark.parametrize(
    ("name", "content", "is_told"),
    [
        ("x.faa", b">a\nACGTACGTTTGA\n", True),
        ("x.fna", b">a\nMKVLEEFFPQIL\n", True),
        ("x.ffn", b">a\nMKVLEEFFPQIL\n", True),
        ("x.faa", b">a\nMKVLEEFFPQIL*\n", False),
        ("x.fna", b">a\nACGTN-ACGT\n", False),
        ("x.fasta", b">a\nMKVLEEFFPQIL\n", False),
        ("x.fasta", b">a\nACGTACGTTTGA  \n", False),
        ("x.fasta", b">a\nMKVLEEFFPQIL\n>b\nMPPQLIEF\n>letters\nGANKY\n", False),
    ],
)
def test_proteins_and_nucleotides(name: str, content: bytes, is_told: bool) -> None:
    found = places(looked_at(name, content, "fasta"))
    assert ("fasta-kind-not-as-named" in found) is is_told
    assert not {"fasta-kinds-mixed", "fasta-blank-in-sequence"} & set(found)


def test_metrics_of_fasta() -> None:
    metrics = looked_at("x.fa", b">a one\nACGT\nACGTNN\n>b\nggcc\n").metrics
    assert (metrics["sequences"], metrics["residues"], metrics["molecule"]) == (2, 14, "nucleotide")
    assert metrics["gc_percent"] == pytest.approx(100 * 8 / 12, abs=0.001)
    assert (metrics["length_min"], metrics["length_max"], metrics["length_n50"]) == (4, 10, 10)
    assert looked_at("x.faa", b">p\nMKVLAAGIVGLPNVGKST*\n").metrics["molecule"] == "protein"
