from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from biomoa.qc.formats.bam import FORMAT

from .alignments import END, bgzf, inspect, labelled


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The inflated bytes of a small BAM that htslib wrote: 300 sorted pairs, two references, one read group."""
    path = tmp_path_factory.mktemp("bam") / "x.bam"
    write_bam(path, 300)
    return b"".join(gz_read(path))


def gz_read(path: Path) -> list[bytes]:
    import gzip

    return [gzip.decompress(path.read_bytes())]


def write_bam(path: Path, pairs: int) -> None:
    chance = random.Random(7)
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "chr1", "LN": 1_000_000}, {"SN": "chr2", "LN": 50_000}],
        "RG": [{"ID": "g", "SM": "s", "PL": "ILLUMINA"}],
    }
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number in range(pairs):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.reference_id, read.reference_start = f"r{number}", 0, number * 100
            read.query_sequence = "".join(chance.choices("ACGT", k=100))
            read.query_qualities = pysam.qualitystring_to_array("".join(chance.choices("#5?I", k=100)))
            read.cigarstring, read.mapping_quality = "95M5S", chance.randrange(61)
            read.flag = chance.choice([0, 16, 0x400, 0x200, 99, 147, 256])
            if read.flag & 1:
                read.next_reference_id, read.next_reference_start = 0, number * 100 + 200
                read.template_length = 300 if read.flag == 99 else -300
            read.set_tag("RG", "g")
            read.set_tag("NM", 1)
            out.write(read)


def records_at(plain: bytes) -> int:
    text = struct.unpack_from("<i", plain, 4)[0]
    at = 12 + text
    for _ in range(struct.unpack_from("<i", plain, 8 + text)[0]):
        at += 8 + struct.unpack_from("<i", plain, at)[0]
    return int(at)


def test_oracle_labels_hold(oracles: Path) -> None:
    checked = 0
    for folder in (oracles / "case-bam-cram", oracles / "case-damaged"):
        for name, label in labelled(folder, ".bam"):
            if label in ("valid", "invalid"):
                verdict = inspect(FORMAT, folder / name).verdict
                assert (label == "invalid") == (verdict == "fail"), name
                checked += 1
    assert checked >= 16


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: data[: -len(END)], "bam-eof-missing"),
        (lambda data: data + b"junk", "bam-data-after-eof"),
        (lambda data: data[:-1], "bgzf-truncated"),
        (lambda data: data[:100], "bgzf-truncated"),
        (lambda data: data[:14] + b"\0" + data[15:], "bgzf-block-malformed"),
        (lambda data: data[:3] + b"\x0c" + data[4:], "bgzf-block-malformed"),
        (lambda data: data[: -len(END) - 8] + b"\0\0\0\0" + data[-len(END) - 4 :], "bgzf-crc-mismatch"),
        (lambda _: b"", "bam-empty"),
        (lambda _: b"BAM\1", "bam-not-bgzf"),
    ],
)
def test_damaged_framing(tmp_path: Path, plain: bytes, damage: Callable[[bytes], bytes], code: str) -> None:
    path = tmp_path / "x.bam"
    path.write_bytes(damage(bgzf(plain)))
    report = inspect(FORMAT, path)
    assert code in report.counts and report.verdict == "fail"


@pytest.mark.parametrize(
    ("offset", "form", "value", "code"),
    [
        (0, "<i", 10, "bam-record-size"),
        (4, "<i", 2, "reference-id-out-of-range"),
        (8, "<i", -2, "position-out-of-range"),
        (8, "<i", 2_000_000, "position-beyond-reference"),
        (12, "<B", 0, "bam-record-inconsistent"),
        (14, "<H", 1, "bin-mismatch"),
        (18, "<H", 4096, "flag-reserved-bits"),
        (20, "<i", 1 << 20, "bam-record-inconsistent"),
        (24, "<i", -5, "reference-id-out-of-range"),
        (36, "<B", 64, "qname-invalid"),
        (39, "<I", 95 << 4 | 9, "cigar-operation-unknown"),
        (39, "<I", 94 << 4, "cigar-length-mismatch"),
        (39 + 8 + 50, "<B", 94, "quality-out-of-range"),
        (39 + 8 + 150 + 2, "<B", ord("Q"), "aux-type-unknown"),
        (39 + 8 + 150 + 3, "<B", ord("h"), "read-group-undeclared"),
        (39 + 8 + 150, "<B", ord("9"), "aux-tag-invalid"),
    ],
)
def test_one_broken_field_has_its_code(
    tmp_path: Path, plain: bytes, offset: int, form: str, value: int, code: str
) -> None:
    data = bytearray(plain)
    struct.pack_into(form, data, records_at(plain) + offset, value)
    path = tmp_path / "x.bam"
    path.write_bytes(bgzf(bytes(data)))
    report = inspect(FORMAT, path)
    assert code in report.counts, report.counts
    assert report.places[code] == "record 1"


def test_dictionary_must_be_that_of_the_text(tmp_path: Path, plain: bytes) -> None:
    path = tmp_path / "x.bam"
    path.write_bytes(bgzf(plain.replace(b"chr2\0", b"chrX\0", 1)))
    assert "bam-dictionary-disagrees" in inspect(FORMAT, path).counts
    path.write_bytes(bgzf(plain[:60]))
    assert "bam-header-truncated" in inspect(FORMAT, path).counts
    path.write_bytes(bgzf(b"BAM\2" + plain[4:]))
    assert "bam-magic-wrong" in inspect(FORMAT, path).counts
    path.write_bytes(bgzf(plain[:-7]))
    assert "bam-truncated" in inspect(FORMAT, path).counts


def test_numbers_agree_with_pysam(tmp_path: Path) -> None:
    path = tmp_path / "x.bam"
    write_bam(path, 5000)
    report = inspect(FORMAT, path, block=1000)
    assert report.verdict == "pass", report.counts
    with pysam.AlignmentFile(str(path)) as file:
        reads = list(file.fetch(until_eof=True))
    primary = [read for read in reads if not read.is_secondary and not read.is_supplementary]
    sequence = "".join(read.query_sequence or "" for read in primary)
    metrics = report.metrics
    assert metrics["records"] == len(reads) and metrics["reads"] == len(primary)
    assert metrics["duplicates"] == sum(read.is_duplicate for read in reads)
    assert metrics["qc_failed"] == sum(read.is_qcfail for read in reads)
    assert metrics["properly_paired"] == sum(read.is_proper_pair for read in primary)
    assert metrics["bases"] == len(sequence)
    gc = sequence.count("G") + sequence.count("C")
    assert metrics["gc_percent"] == pytest.approx(100 * gc / len(sequence), abs=0.001)
    qualities = [q for read in primary for q in read.query_qualities or ()]
    assert metrics["quality_mean"] == pytest.approx(sum(qualities) / len(qualities), abs=0.001)
    cycles = [(read.get_forward_qualities() or [])[3] for read in primary]
    assert metrics["quality_by_cycle"][3] == pytest.approx(sum(cycles) / len(cycles), abs=0.01)
    assert sum(metrics["mapq"]) == len(reads) and metrics["insert_size_median"] == 300
    assert metrics["aligned_bases"] == 95 * len(reads)


def test_long_cigars_are_read_from_their_tag(tmp_path: Path) -> None:
    path = tmp_path / "x.bam"
    header = {"HD": {"VN": "1.6"}, "SQ": [{"SN": "c", "LN": 400_000}]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        read = pysam.AlignedSegment(out.header)
        read.query_name, read.flag, read.reference_id, read.reference_start = "long", 0, 0, 0
        read.query_sequence = "A" * 140_000
        read.cigartuples = [(0, 1), (1, 1)] * 70_000
        out.write(read)
    report = inspect(FORMAT, path)
    assert report.verdict == "pass", report.counts
    assert report.metrics["long_cigars"] == 1 and report.metrics["length_max"] == 140_000


def test_a_bomb_stops(tmp_path: Path, plain: bytes) -> None:
    path = tmp_path / "x.bam"
    at = records_at(plain)
    blank = struct.pack("<iiiBBHHHiiii", 60_032, -1, -1, 2, 0, 4680, 0, 4, 0, -1, -1, 0) + b"*\0"
    blank += b"XXZ" + b" " * (60_036 - len(blank) - 4) + b"\0"
    block = bgzf(blank, end=b"", level=9)
    path.write_bytes(bgzf(plain[:at], end=b"") + block * 3000 + END)
    assert "bgzf-bomb" in inspect(FORMAT, path).counts


def test_flipped_bytes_never_crash_and_never_pass_changed(tmp_path: Path, plain: bytes) -> None:
    chance, path = random.Random(3), tmp_path / "x.bam"
    data = bgzf(plain, size=9000)
    path.write_bytes(data)
    sound = inspect(FORMAT, path)
    for _ in range(150):
        broken = bytearray(data)
        place = chance.randrange(18, len(data))
        broken[place] ^= 1 << chance.randrange(8)
        path.write_bytes(bytes(broken))
        report = inspect(FORMAT, path)
        # A block's time stamp and system byte say nothing: there the content must be what it was.
        assert report.verdict == "fail" or report.metrics == sound.metrics, place
    for _ in range(150):  # behind good checksums any byte may stand
        broken = bytearray(plain)
        broken[chance.randrange(len(plain))] ^= 1 << chance.randrange(8)
        path.write_bytes(bgzf(bytes(broken)))
        inspect(FORMAT, path)


def test_the_kernel_can_be_made_ready_beforehand() -> None:
    from biomoa.qc.alignment.tally import warm

    warm()


def test_a_name_without_its_end_is_not_compared(tmp_path: Path, plain: bytes) -> None:
    text = struct.unpack_from("<i", plain, 4)[0]
    data = bytearray(plain.replace(b"SO:coordinate", b"SO:queryname", 1))
    struct.pack_into("<i", data, 4, text - 1)  # the name of the order is a letter shorter
    at = records_at(bytes(data))
    data[at + 38] = 65  # the NUL behind "r0"
    path = tmp_path / "x.bam"
    path.write_bytes(bgzf(bytes(data)))
    assert "qname-invalid" in inspect(FORMAT, path).counts
