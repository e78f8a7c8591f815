"""What was found is repeated nowhere: not by another finding, not by a metric; whatever is told is held back."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import msgspec
import pysam
import pytest

from biomoa.qc.model import Inspection
from biomoa.qc.runner import inspect

UNSURE = "2103014123459"  # a number issued since October 2020: no check digit, and no label
ARTICLE = "2103014123456"  # the same with the check digit of an article number
RECORD = "12345678"
HEAD = "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:1000\n"
READ = "\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tFFFF"
FASTQ = "@{}\nACGT\n+\nFFFF\n"
RUN = "A00123:45:HXXXXDSX2:1:1101:{}:1001"


def _write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _told(found: Inspection, *data: str) -> list[tuple[str, str | None]]:
    """Codes and places of what was found; nothing of ``data`` is said."""
    said = msgspec.json.encode([found.findings, found.metrics]).decode()
    assert [each for each in data if each in said] == []
    return [(each.code, each.at) for each in found.findings if each.code.startswith("person-identifier")]


SURE, ASKED = "person-identifier", "person-identifier-unsure"
ALIGNMENTS = {
    "name": (f"환자번호_{RECORD}{READ}\n", RECORD, SURE),
    "name in the encoding of Windows": (f"환자번호_{RECORD}{READ}\n".encode("cp949"), RECORD, SURE),
    "name that is cut": (f"{'x' * 58} 환자번호 {RECORD}{READ}\n", RECORD[:6], SURE),
    "tag": (f"r1{READ}\tCO:Z:등록번호 09681775\n", "09681775", SURE),
    "sample": (f"@RG\tID:a\tSM:{UNSURE}\nr1{READ}\n", UNSURE, ASKED),
    "sample that could be an article": (f"@RG\tID:a\tSM:{ARTICLE}\nr1{READ}\n", ARTICLE, ASKED),
    "command": (f'@PG\tID:bwa\tCL:bwa mem -R "혈액_{UNSURE}"\nr1{READ}\n', UNSURE, ASKED),
    "malformed header line": (f"@RG\tID:a\t주민번호 {UNSURE}\nr1{READ}\n", UNSURE, SURE),
}  # fmt: skip


@pytest.mark.parametrize("place", ALIGNMENTS)
def test_alignments(tmp_path: Path, place: str) -> None:
    text, datum, code = ALIGNMENTS[place]
    found = inspect(_write(tmp_path / "a.sam", HEAD.encode() + (text if isinstance(text, bytes) else text.encode())))
    assert (code, "line 3") in _told(found, datum)


@pytest.mark.parametrize("mode", ["wb", "wc"])
@pytest.mark.parametrize("place", ["name", "tag", "sample", "command"])
def test_alignments_in_bytes(tmp_path: Path, place: str, mode: str) -> None:
    text, datum, code = ALIGNMENTS[place]
    assert isinstance(text, str)
    source, target = _write(tmp_path / "a.sam", HEAD + text), tmp_path / ("a.bam" if mode == "wb" else "a.cram")
    header = HEAD + "".join(line for line in text.splitlines(keepends=True) if line.startswith("@"))
    reference = _write(tmp_path / "a.fa", ">chr1\n" + "ACGTACGTAC" * 100 + "\n")
    with (
        pysam.AlignmentFile(str(source), check_sq=False) as lines,
        pysam.AlignmentFile(str(target), mode, text=header, reference_filename=str(reference)) as packed,  # type: ignore[arg-type]
    ):
        for read in lines:
            packed.write(read)
    assert code in {code for code, _ in _told(inspect(target), datum)}


def test_what_a_program_writes_into_tags_is_no_person(tmp_path: Path) -> None:
    tags = "\tOQ:Z:FF@FF.FFF\tMD:Z:900101A1234567\tBC:Z:ACGT\tCO:Z:checked"
    assert _told(inspect(_write(tmp_path / "a.sam", f"{HEAD}r1{READ}{tags}\n"))) == []


@pytest.mark.parametrize(("name", "code"), [(UNSURE, ASKED), (ARTICLE, ASKED), (f"주민번호 {UNSURE}", SURE)])
@pytest.mark.parametrize("before", [0, 1, 1500])
def test_names_of_reads_wherever_they_stand(tmp_path: Path, name: str, code: str, before: int) -> None:
    text = "".join(FASTQ.format(RUN.format(number)) for number in range(before)) + FASTQ.format(name)
    assert _told(inspect(_write(tmp_path / "a.fastq", text)), name[-13:]) == [(code, f"line {4 * before + 1}")]
    text = "".join(f">s{number}\n{'ACGT' * 20}\n" for number in range(before)) + f">{name}\nACGT\n"
    assert _told(inspect(_write(tmp_path / "a.fasta", text)), name[-13:]) == [(code, f"line {2 * before + 1}")]


def test_many_unsure_ones_hide_no_sure_one(tmp_path: Path) -> None:
    text = "".join(FASTQ.format(RUN.format(number)) for number in range(1500))
    text += "".join(FASTQ.format(f"21030141{number:05d}") for number in range(10_000, 10_060)) + FASTQ.format(
        "주민 900101-1234567"
    )
    assert SURE in {code for code, _ in _told(inspect(_write(tmp_path / "a.fastq", text)), "900101")}


def test_more_than_a_report_tells_are_held_back_too(tmp_path: Path) -> None:
    groups = "".join(f"@RG\tID:a{number}\tSM:010-1234-{number}\n" for number in range(5_000, 5_100))
    found = inspect(_write(tmp_path / "a.sam", HEAD + groups))
    assert len(found.metrics["read_groups"]) == 100
    assert len(_told(found, "010-1234", "-50")) == 20


def test_a_line_that_is_no_read_is_found_and_not_quoted(tmp_path: Path) -> None:
    found = inspect(_write(tmp_path / "a.fastq", FASTQ.format("r1") + f"{'x' * 28} 900101-1234567\nACGT\n"))
    assert "fastq-not-fastq" in {each.code for each in found.findings}
    assert _told(found, "900101", "1234567") == [(SURE, "line 5")]


def test_a_sentence_about_another_place_is_kept(tmp_path: Path) -> None:
    found = inspect(_write(tmp_path / "a.sam", f"{HEAD}환자번호_{RECORD}{READ}\nr 2{READ}\n"))
    assert [("r 2" in each.message.en, each.at) for each in found.findings if each.code == "qname-invalid"] == [
        (False, "line 3"),
        (True, "line 4"),
    ]


def _member(body: str, *, name: bytes = b"", comment: bytes = b"") -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(body.encode()) + packer.flush()
    labels = b"".join(each + b"\0" for each in (name, comment) if each)
    head = b"\x1f\x8b\x08" + bytes([8 * bool(name) + 16 * bool(comment)]) + b"\0\0\0\0\0\x03"
    return head + labels + packed + struct.pack("<II", zlib.crc32(body.encode()), len(body))


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
@pytest.mark.parametrize(
    "labels", [{"name": "김서연_R1.fastq"}, {"name": "900101-1234567.fastq"}, {"comment": "환자 성명: 김서연"}]
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_what_a_compressed_file_is_called_within(
    tmp_path: Path, labels: dict[str, str], place: int, encoding: str
) -> None:
    members = [_member(FASTQ.format(f"r{number}"), name=b"reads.fastq") for number in range(4)]
    members[place] = _member(FASTQ.format("r"), **{key: text.encode(encoding) for key, text in labels.items()})
    found = inspect(_write(tmp_path / "a.fastq.gz", b"".join(members)))
    assert found.metrics["reads"] == 4
    assert _told(found, "김서연", "900101") == [(SURE, None)]


def test_a_name_within_that_is_cut_by_the_end_of_a_block(tmp_path: Path) -> None:
    from biomoa.qc.source import BLOCK_BYTES

    for left in (4, 12, 20, 5000):
        first = _member(FASTQ.format("r1"), comment=b"x" * 3000)
        first += _member("", comment=b"y" * (BLOCK_BYTES - left - len(first) - len(_member("", comment=b"z")) + 1))
        assert len(first) == BLOCK_BYTES - left
        data = first + _member(FASTQ.format("r2"), name="김서연_R1.fastq".encode())
        assert _told(inspect(_write(tmp_path / "a.fastq.gz", data)), "김서연") == [(SURE, None)], left
