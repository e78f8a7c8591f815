from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biomoa.qc.formats.sam import FORMAT
from biomoa.qc.persons import find

from .alignments import Collected, inspect, labelled, unpacked

ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
# The publishers' labels that the specification itself does not bear out.
EXCEPTIONS = {
    "hdr.HD3.sam": "GO:none: SAMv1 1.3 lists none as a valid value, and htsjdk writes it into most of its files",
    "auxf_values.sam": "tag A! and lower-case hex: against SAMv1 1.5; the reader's own tolerance is what it tests",
    "0001_empty_eof.sam": "0 bytes: the text twin of a CRAM without records; nothing was deposited",
}
HEADER = "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:1000\n@SQ\tSN:chr2\tLN:500\n@RG\tID:g\tSM:s\tPL:ILLUMINA\n"
GOOD = ["r1", "99", "chr1", "10", "60", "4M1I3M2S", "=", "50", "60", "ACGTNACGTA", "IIIIIIIIII", "NM:i:1", "RG:Z:g"]


def write(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "x.sam"
    path.write_text(header + "".join(line + "\n" for line in lines), encoding="utf-8", newline="")
    return path


def record(**columns: str) -> str:
    names = ("qname", "flag", "rname", "pos", "mapq", "cigar", "rnext", "pnext", "tlen", "seq", "qual")
    return "\t".join([columns.get(name, value) for name, value in zip(names, GOOD, strict=False)] + GOOD[11:])


def check(folder: Path, *lines: str, header: str = HEADER) -> Collected:
    return inspect(FORMAT, write(folder, *lines, header=header))


def test_oracle_labels_hold(oracles: Path, tmp_path: Path) -> None:
    files = [(name, label, folder / name) for folder in (oracles / "case-sam", oracles / "case-bam-cram")
             for name, label in labelled(folder, ".sam")]  # fmt: skip
    wrong, valid, invalid = set(), 0, 0
    for name, label, path in [*files, *unpacked(oracles / "case-bam-cram", ".sam", tmp_path)]:
        verdict = inspect(FORMAT, path).verdict
        valid += label == "valid"
        invalid += label == "invalid"
        if (label == "invalid") != (verdict == "fail") or (label == "warn" and verdict != "warn"):
            wrong.add(Path(name).name)
    assert wrong == set(EXCEPTIONS)
    assert invalid >= 72 and valid >= 110


def test_a_good_record_passes_with_its_numbers(tmp_path: Path) -> None:
    report = check(tmp_path, record())
    assert report.verdict == "pass", report.counts
    metrics = report.metrics
    assert (metrics["reads"], metrics["mapped"], metrics["properly_paired"], metrics["bases"]) == (1, 1, 1, 10)
    assert metrics["quality_mean"] == 40 and metrics["gc_percent"] == pytest.approx(44.444)
    assert metrics["reference_reads"] == {"chr1": 1, "*": 0} and metrics["read_group_reads"] == {"g": 1}
    assert metrics["insert_size_median"] == 60 and metrics["mapq"][60] == 1


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("qname", "a b", "qname-invalid"),
        ("qname", "x" * 255, "qname-invalid"),
        ("flag", "65536", "flag-malformed"),
        ("flag", "099", "flag-malformed"),
        ("flag", "4195", "flag-reserved-bits"),
        ("flag", "98", "flag-unpaired-contradiction"),
        ("flag", "103", "flag-unmapped-contradiction"),
        ("rname", "chrX", "rname-undeclared"),
        ("rname", "", "rname-malformed"),
        ("pos", "0", "flag-mapped-without-place"),
        ("pos", "-1", "position-malformed"),
        ("pos", "2147483648", "position-malformed"),
        ("pos", "1001", "position-beyond-reference"),
        ("pos", "998", "alignment-beyond-reference"),
        ("mapq", "256", "mapq-malformed"),
        ("cigar", "10", "cigar-malformed"),
        ("cigar", "9M", "cigar-length-mismatch"),
        ("cigar", "4M2S4M", "cigar-clip-position"),
        ("cigar", "2M1H8M", "cigar-clip-position"),
        ("cigar", "10M0D", "cigar-zero-length"),
        ("cigar", "*", "cigar-missing"),
        ("rnext", "chrY", "rnext-undeclared"),
        ("rnext", "chr1", "rnext-explicit"),
        ("rnext", "*", "mate-contradiction"),
        ("rnext", "chr2", None),
        ("pnext", "1.5", "mate-position-malformed"),
        ("pnext", "1001", "mate-beyond-reference"),
        ("tlen", "-2147483648", "template-length-malformed"),
        ("tlen", "+5", "template-length-malformed"),
        ("seq", "ACGT ACGTA", "sequence-malformed"),
        ("seq", "acgtnacgta", "sequence-unusual"),
        ("seq", "*", "quality-without-sequence"),
        ("qual", "IIIII", "quality-length-mismatch"),
        ("qual", "IIII IIIII", "quality-malformed"),
    ],
)
def test_one_broken_column_has_its_code_and_line(tmp_path: Path, column: str, value: str, code: str | None) -> None:
    report = check(tmp_path, record(), record(**{column: value}))
    found = set(report.counts) - {"coordinate-order-broken"}
    assert found == ({code} if code else set()), report.counts
    if code:
        assert report.places[code] == "line 6"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("NM:i:x", "aux-value-invalid"),
        ("XX:i:4294967296", "aux-value-invalid"),
        ("XX:f:1.", "aux-value-invalid"),
        ("XX:A:ab", "aux-value-invalid"),
        ("XX:H:abc", "aux-value-invalid"),
        ("XX:B:c,128", "aux-value-invalid"),
        ("XX:B:x,1", "aux-value-invalid"),
        ("XX:Z:\x7f", "aux-value-invalid"),
        ("XX:q:1", "aux-type-unknown"),
        ("9X:i:1", "aux-tag-invalid"),
        ("XX=1", "aux-malformed"),
        ("NM:i:2", "aux-duplicated"),
        ("MD:i:2", "aux-type-wrong"),
        ("BC:i:2", "aux-type-unusual"),
        ("RG:Z:other", "aux-duplicated"),
        ("MM:Z:C+m,0", "base-modification-malformed"),
        ("MM:Z:X+m,0;", "base-modification-malformed"),
        ("MM:Z:C+m,5;", "base-modification-beyond"),
        ("MM:Z:C+m,0;\tML:B:C,1,2", "base-modification-likelihoods"),
        ("MM:Z:C+m,0;\tML:B:C,1\tMN:i:9", "base-modification-stale"),
    ],
)
def test_one_broken_field_has_its_code(tmp_path: Path, field: str, code: str) -> None:
    report = check(tmp_path, record() + "\t" + field)
    assert code in report.counts, report.counts


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("@HD\tVN:1.6", "header-hd-not-first"),
        ("@SQ\tSN:chr1\tLN:5", "reference-name-duplicated"),
        ("@SQ\tSN:c3", "header-tag-missing"),
        ("@SQ\tSN:c3\tLN:2147483648", "reference-length-invalid"),
        ("@SQ\tSN:c3\tLN:5\tLN:5", "header-tag-duplicated"),
        ("@SQ\tSN:c3\tLN:5\tAN:a b", "reference-alias-invalid"),
        ("@RG\tID:g", "read-group-duplicated"),
        ("@RG\tID:h\tPL:illumina", "read-group-platform-case"),
        ("@RG\tID:h\tPL:ABACUS", "read-group-platform-unknown"),
        ("@RG\tID:h\tPI:long", "read-group-value-malformed"),
        ("@PG\tID:p\tPP:q", "program-previous-missing"),
        ("@PG\tID:p\tPP:p", "program-cycle"),
        ("@PG\tID:p\n@PG\tID:p", "program-duplicated"),
        ("@XY\tab:c", "header-record-type-unknown"),
        ("@RG ID:h", "header-line-malformed"),
        ("@RG\tID:h\tbad", "header-tag-malformed"),
    ],
)
def test_one_broken_header_line_has_its_code(tmp_path: Path, line: str, code: str) -> None:
    report = check(tmp_path, record(), header=HEADER + line + "\n")
    assert set(report.counts) == {code}


def test_declared_orders_are_held_to(tmp_path: Path) -> None:
    late, early = record(pos="20"), record(pos="10")
    assert check(tmp_path, early, late).verdict == "pass"
    broken = check(tmp_path, late, early)
    assert set(broken.counts) == {"coordinate-order-broken"} and broken.verdict == "fail"
    by_name = HEADER.replace("coordinate", "queryname")
    names = [[record(qname=name) for name in order] for order in (("r2", "r10"), ("r10", "r2"), ("b", "a"))]
    verdicts = [check(tmp_path, *lines, header=by_name).verdict for lines in names]
    assert verdicts == ["pass", "pass", "fail"]  # natural, lexicographic, neither


def test_cut_crlf_blank_and_compressed_files(tmp_path: Path) -> None:
    path = tmp_path / "x.sam"
    path.write_text(HEADER + record()[:30])
    assert "sam-truncated" in inspect(FORMAT, path).counts
    path.write_text(HEADER + record())
    assert set(inspect(FORMAT, path).counts) == {"sam-last-line-open"}
    path.write_text((HEADER + record() + "\n").replace("\n", "\r\n"), newline="")
    assert set(inspect(FORMAT, path).counts) == {"sam-carriage-return"}
    assert "sam-empty-line" in check(tmp_path, record(), "", record()).counts
    assert "sam-header-after-records" in check(tmp_path, record(), "@CO\tlate").counts
    packed = tmp_path / "x.sam.gz"
    packed.write_bytes(gzip.compress((HEADER + record() + "\n").encode()))
    assert inspect(FORMAT, packed).verdict == "pass"


def test_lines_are_found_across_blocks(tmp_path: Path) -> None:
    path = write(tmp_path, *[record(pos=str(i)) for i in range(1, 60)])
    whole, small = inspect(FORMAT, path), inspect(FORMAT, path, block=7)
    assert whole.metrics == small.metrics and whole.metrics["reads"] == 59


def test_a_cycle_of_programs_is_walked_once(tmp_path: Path) -> None:
    lines = "".join(f"@PG\tID:p{i}\tPP:p{(i + 1) % 20000}\n" for i in range(20000))
    assert check(tmp_path, record(), header=HEADER + lines).counts["program-cycle"] == 1


names = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="@"), min_size=1, max_size=40)
names = names.filter(lambda name: not find(name))  # which would be told as a person's
bases = st.text("ACGTN", min_size=2, max_size=80)


@settings(max_examples=60, deadline=None, suppress_health_check=ALLOWED)
@given(st.lists(st.tuples(names, bases, st.integers(1, 900), st.integers(0, 255), st.data()), min_size=1, max_size=5))
def test_any_legal_unpaired_record_passes(
    tmp_path: Path, drawn: list[tuple[str, str, int, int, st.DataObject]]
) -> None:
    lines = []
    for name, sequence, position, mapq, data in sorted(drawn, key=lambda row: row[2]):
        quality = data.draw(st.text(st.characters(min_codepoint=33, max_codepoint=126),
                                    min_size=len(sequence), max_size=len(sequence)))  # fmt: skip
        clip = data.draw(st.integers(0, len(sequence) - 1))
        cigar = f"{clip}S{len(sequence) - clip}M" if clip else f"{len(sequence)}M"
        strand = data.draw(st.sampled_from(["0", "16"]))
        lines.append(
            "\t".join([name, strand, "chr1", str(position), str(mapq), cigar, "*", "0", "0", sequence, quality])
        )
    report = check(tmp_path, *lines)
    assert report.verdict == "pass", report.counts
    assert report.metrics["records"] == len(lines)
    assert report.metrics["bases"] == sum(len(row[1]) for row in drawn)


@settings(max_examples=100, deadline=None, suppress_health_check=ALLOWED)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_report(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.sam"
    path.write_bytes(HEADER.encode() + data)
    inspect(FORMAT, path)
