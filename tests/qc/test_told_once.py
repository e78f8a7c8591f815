"""One cause is one finding, in sentences that anybody can print, with a way out that can be taken."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from biomoa.qc.model import Inspection
from biomoa.qc.runner import inspect

RECORD = "q{}\t0\tchr1\t{}\t60\t4M\t*\t0\t0\tACGT\tIIII\tRG:Z:g\n"


def _told(tmp_path: Path, name: str, data: bytes) -> Inspection:
    (tmp_path / name).write_bytes(data)
    return inspect(tmp_path / name)


def _codes(found: Inspection) -> list[str]:
    return [each.code for each in found.findings]


def _sam(header: str) -> bytes:
    return (header + "".join(RECORD.format(number, number + 1) for number in range(30))).encode()


def test_the_way_out_names_the_ending(tmp_path: Path) -> None:
    (told,) = _told(tmp_path, "a.fastq", gzip.compress(b"@r\nACGT\n+\nIIII\n")).findings
    assert told.message.ko.endswith("파일 이름 끝에 ‘.gz’를 붙여 주세요.")
    assert told.message.en.endswith("Add ‘.gz’ to the end of its name.")


def test_what_is_of_the_whole_header_is_told_once_with_its_number(tmp_path: Path) -> None:
    found = _told(tmp_path, "a.sam", _sam("@HD\tVN:1.6\n"))
    assert _codes(found) == ["dictionary-missing", "read-group-header-missing", "findings-cut", "findings-cut"]
    assert all("30 of this kind" in each.message.en for each in found.findings[2:])
    assert "reheader" in found.findings[0].message.ko


def test_a_read_with_its_place_is_not_said_to_have_none(tmp_path: Path) -> None:
    assert "flag-mapped-without-place" not in _codes(_told(tmp_path, "a.sam", _sam("@HD\tVN:1.6\n")))
    declared = _sam("@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:100\n@RG\tID:g\n").replace(b"\tchr1\t1\t", b"\t*\t0\t", 1)
    assert "flag-mapped-without-place" in _codes(_told(tmp_path, "b.sam", declared))


def test_ends_of_lines_are_told_once(tmp_path: Path) -> None:
    lines = _sam("@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:100\n@RG\tID:g\n").replace(b"\n", b"\r\n")
    assert _codes(_told(tmp_path, "a.sam", lines)) == ["sam-carriage-return", "findings-cut"]


def test_a_bam_in_plain_gzip_is_told_as_that_alone(tmp_path: Path) -> None:
    plain = b"BAM\1" + (0).to_bytes(4, "little") + (0).to_bytes(4, "little")
    assert _codes(_told(tmp_path, "a.bam", gzip.compress(plain))) == ["bam-not-bgzf"]


@pytest.mark.parametrize("name", ["a.fastq", "a.fa", "a.sam"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_the_only_thing_told(tmp_path: Path, name: str, encoding: str) -> None:
    assert _codes(_told(tmp_path, name, "@r\nACGT\n+\nIIII\n".encode(encoding))) == ["text-byte-order-mark"]


def test_text_before_the_first_name_is_not_told_as_letters_too(tmp_path: Path) -> None:
    assert _codes(_told(tmp_path, "a.fa", b";old comment!\n>a\nACGT\n")) == ["fasta-text-before-first"]
    assert "fasta-letter-invalid" in _codes(_told(tmp_path, "b.fa", b";old\n>a\nACGT1\n"))


def test_gaps_may_stay(tmp_path: Path) -> None:
    found = _told(tmp_path, "a.fa", b">a\nAC--GT\n>b\nACGGGT\n")
    assert (found.verdict, _codes(found)) == ("pass", ["fasta-gaps"])
    assert "그대로" in found.findings[0].message.ko and "leave them" in found.findings[0].message.en


@pytest.mark.parametrize("data", [gzip.compress(gzip.compress(b"@r\nA\n+\nI\n")), b"\x1b[2J\x07\x00r\nA\n+\nI\n"])
def test_no_sentence_holds_what_a_terminal_obeys(tmp_path: Path, data: bytes) -> None:
    found = _told(tmp_path, "a.fastq.gz", data if data[:2] == b"\x1f\x8b" else gzip.compress(data))
    assert found.verdict == "fail"
    assert all((each.message.ko + each.message.en).isprintable() for each in found.findings)
