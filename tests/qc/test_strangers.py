"""Files that are something else than their name says, or lack as a whole what each record may lack."""

from __future__ import annotations

import gzip
import random
import zlib
from pathlib import Path

import pytest

from biomoa.qc.model import Inspection
from biomoa.qc.runner import inspect
from biomoa.qc.source import BGZF_END

RNG = random.Random(8)
PAGE = b"<!DOCTYPE html>\n<html><title>404 Not Found</title></html>\n"
STRANGERS = {
    "HTML": PAGE,
    "HTML)": b"\n\n<?xml version='1.0'?>\n<html xmlns='a'></html>",
    "XML": b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
    "JSON": b'{\n  "error": {"code": 403}}',
    "git lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "git annex": b"../.git/annex/objects/X1/MD5E-s12345--d41d8cd9.fastq.gz\n",
    "macOS": bytes.fromhex("0005160700020000") + b"Mac OS X        " + bytes(80),
    "SRA": b"NCBI.sra\x88\x19\x03\x05" + bytes(100),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "Windows": bytes.fromhex("4C0000000114020000000000C000000000000046"),
    "zero": bytes(5000),
    "Crypt4GH": b"crypt4gh\1\0\0\0" + bytes(80),
    "PGP": b"-----BEGIN PGP MESSAGE-----\n\nabc\n",
    "POD5": b"\x8bPOD\r\n\x1a\n" + bytes(80),
    "AB1": b"ABIF\0e" + bytes(80),
    "GenBank": b"LOCUS       AB000001  10 bp\n",
    "GFF": b"##gff-version 3\nchr1\t.\tgene\t1\t10\t.\t+\t.\tID=a\n",
    "VCF": b"##fileformat=VCFv4.3\n#CHROM\tPOS\n",
    "old Macs": b"@r1\rACGT\r+\rIIII\r@r2\rACGT\r+\rIIII\r",
    "CR alone": b">s1 a\rACGT\r>s2\rACGT\r",
    "checksums": b"d41d8cd98f00b204e9800998ecf8427e  a.fastq.gz\n",
}


def _seq(count: int) -> str:
    return "".join(RNG.choices("ACGT", k=count))


def _quality(count: int) -> str:
    return "".join(chr(RNG.randint(58, 73)) for _ in range(count))


def _fastq(reads: int, name: str = "@r{}", sequence: str = "", quality: str = "") -> bytes:
    rows = (f"{name.format(i)}\n{sequence or _seq(60)}\n+\n{quality or _quality(60)}\n" for i in range(reads))
    return "".join(rows).encode()


def _bgzf(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    size = (len(body) + 25).to_bytes(2, "little")
    tail = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return bytes.fromhex("1f8b08040000000000ff060042430200") + size + body + tail


def _told(tmp_path: Path, name: str, data: bytes) -> Inspection:
    (tmp_path / name).write_bytes(data)
    return inspect(tmp_path / name)


def _codes(found: Inspection) -> list[str]:
    return [each.code for each in found.findings]


@pytest.mark.parametrize("name", ["a.fastq.gz", "a.fastq", "a.fa", "a.bam", "a.cram", "a.sam"])
@pytest.mark.parametrize("kind", STRANGERS)
def test_another_thing_is_told_by_its_name(tmp_path: Path, name: str, kind: str) -> None:
    found = _told(tmp_path, name, STRANGERS[kind])
    assert (found.verdict, _codes(found)) == ("fail", ["another-thing"])
    (one,) = found.findings
    assert kind.split()[-1].rstrip(")").lower() in one.message.en.lower() and "{" not in one.message.ko + one.message.en


def test_it_is_seen_through_gzip_too(tmp_path: Path) -> None:
    assert _codes(_told(tmp_path, "a.fastq.gz", gzip.compress(PAGE))) == ["another-thing"]


@pytest.mark.parametrize("name", ["report.html", "notes.json", "supplement.pdf", "a.sra"])
def test_other_names_promise_no_sequences(tmp_path: Path, name: str) -> None:
    assert "another-thing" not in _codes(_told(tmp_path, name, PAGE))


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("fastq-nothing-called", _fastq(20, sequence="N" * 60)),
        ("fastq-mostly-n", _fastq(20, sequence="N" * 40 + "A" * 20)),
        ("fastq-qualities-alike", _fastq(300, quality="?" * 60)),
    ],
)
def test_reads_that_say_nothing(tmp_path: Path, code: str, data: bytes) -> None:
    found = _told(tmp_path, "a.fastq", data)
    assert code in _codes(found) and found.verdict != "pass"


@pytest.mark.parametrize(
    ("file", "read", "is_told"),
    [
        ("a_R1.fastq", "@r{} 2:N:0:A", True), ("a_2.fastq", "@r{}/1", True), ("a_R2_001.fastq", "@r{} 1:N:0:A", True),
        ("a_R1.fastq", "@r{} 1:N:0:A", False), ("a_R1.fastq", "@r{}", False), ("sample1.fastq", "@r{}/2", False),
    ],
)  # fmt: skip
def test_a_mate_under_the_name_of_the_other(tmp_path: Path, file: str, read: str, is_told: bool) -> None:
    assert ("fastq-mate-not-as-named" in _codes(_told(tmp_path, file, _fastq(20, read)))) is is_told


def test_zeros_behind_the_end_and_other_bytes_behind_them(tmp_path: Path) -> None:
    data = gzip.compress(_fastq(20))
    assert _codes(_told(tmp_path, "a.fastq.gz", data)) == []
    assert _codes(_told(tmp_path, "a.fastq.gz", data + bytes(4096))) == ["compression-padded"]
    late = _told(tmp_path, "a.fastq.gz", data + bytes(1 << 20) + b"x")
    assert _codes(late) == ["compression-trailing-garbage"]


def test_blocks_that_are_as_they_say(tmp_path: Path) -> None:
    good = _bgzf(_fastq(300)) + _bgzf(_fastq(300, "@s{}")) + BGZF_END
    assert _codes(_told(tmp_path, "a.fastq.gz", good)) == []
    assert _codes(_told(tmp_path, "a.fastq.gz", good[: -len(BGZF_END)])) == ["bgzf-end-missing"]
    wrong = good[:16] + (17).to_bytes(2, "little") + good[18:]
    assert _codes(_told(tmp_path, "a.fastq.gz", wrong)) == ["bgzf-size-wrong"]


HEADER = "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:2000\n@RG\tID:a\tSM:s\n"


def _sam(count: int, flag: int = 0, sequence: str = "ACGTACGTAC", quality: str = "IIIIIIIIII") -> bytes:
    row = "r{}\t{}\tchr1\t{}\t60\t10M\t*\t0\t0\t{}\t{}\tRG:Z:a\n"
    return (HEADER + "".join(row.format(i, flag, i + 1, sequence, quality) for i in range(count))).encode()


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("alignment-no-records", _sam(0)),
        ("alignment-no-sequences", _sam(100, sequence="*", quality="*")),
        ("alignment-no-qualities", _sam(100, quality="*")),
        ("alignment-mates-missing", _sam(100, flag=65)),
        ("alignment-mates-missing", _sam(100, flag=1)),
    ],
)
def test_what_the_records_lack_as_a_whole(tmp_path: Path, code: str, data: bytes) -> None:
    found = _told(tmp_path, "a.sam", data)
    assert (found.verdict, _codes(found)) == ("warn", [code])


def test_sequences_of_nothing_and_names_behind_a_blank(tmp_path: Path) -> None:
    assert "fasta-only-n" in _codes(_told(tmp_path, "a.fasta", b">a\nNNNN\n"))
    assert "fasta-name-empty" in _codes(_told(tmp_path, "a.fasta", b"> a\nACGT\n"))


def test_compressed_under_a_plain_name_and_with_flags_that_mean_nothing(tmp_path: Path) -> None:
    data = gzip.compress(_fastq(20))
    told = _told(tmp_path, "a.fastq", data)
    assert (told.verdict, _codes(told)) == ("warn", ["compression-not-named"])
    assert "compression-corrupt" in _codes(_told(tmp_path, "a.fastq.gz", data[:3] + b"\xe0" + data[4:]))


@pytest.mark.parametrize("gap", ["    ", ","])
def test_a_sam_without_its_tabs_is_no_fastq(tmp_path: Path, gap: str) -> None:
    found = _told(tmp_path, "a.sam", _sam(3).replace(b"\t", gap.encode()))
    assert (found.format, found.verdict) == ("sam", "fail")
    assert "format-not-as-named" not in _codes(found)


def test_a_broken_alignment_is_not_said_to_have_no_reads(tmp_path: Path) -> None:
    found = _told(tmp_path, "a.sam", _sam(3).replace(b"\t60\t", b"\t300\t"))
    assert "alignment-no-records" not in _codes(found) and found.verdict == "fail"
