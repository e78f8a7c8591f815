"""Identifiers far into a file: descriptions, whole headers, names of reads, texts of no known format."""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from biomoa.qc.model import Inspection
from biomoa.qc.persons.lines import chosen, find_told, without_given_name
from biomoa.qc.runner import inspect

from .made_persons import PERSONS

DATUM = "880101-4234567"
SEQUENCE, QUALITY = "ACGT" * 30, "F" * 120


def _told(found: Inspection) -> list[str | None]:
    """The places, and that nothing which was written is repeated in what the inspection says."""
    assert DATUM.encode() not in msgspec.json.encode([found.findings, found.metrics])
    return [each.at for each in found.findings if each.code == "person-identifier"]


@pytest.mark.parametrize("kind", PERSONS)
def test_the_choice_of_lines_is_never_narrower_than_the_search(kind: str) -> None:
    rng = random.Random(f"lines {kind}")
    texts = [PERSONS[kind](rng) for _ in range(500)]
    sure = [text for text in texts if any(find_told(without_given_name(text), of_sequences=True))]
    assert sure and set(sure) <= set(chosen(texts))


def _hex(rng: random.Random, count: int) -> str:
    return f"{rng.getrandbits(4 * count):0{count}x}"


NAMES: dict[str, Callable[[random.Random, int], str]] = {
    "illumina": lambda r, _: f"@A00{r.randint(100, 999)}:45:HXXXXDSX2:1:{r.randint(1101, 2678)}"
    f":{r.randint(1000, 32000)}:{r.randint(1000, 32000)} 1:N:0:ACGT+TTGA",
    "illumina, places that look like a day and a number": lambda r, i: f"@A00123:45:HKGC7DSX5:1:1101:{831_001 + i % 29}"
    f":{r.randint(1_000_000, 2_000_000)} 1:N:0:ACGTACGT",
    "archive": lambda _, i: f"@SRR1234567.{i} {i} length=150",
    "archive, six digits that are a day": lambda _, i: f"@DRR880101.{i + 1_000_000} {i} length=150",
    "pacbio": lambda r, _: f"@m54329U_190528_{r.randint(0, 23):02d}{r.randint(0, 59):02d}{r.randint(0, 59):02d}/"
    f"{r.randint(1, 9_999_999)}/ccs",
    "nanopore": lambda r, i: f"@{_hex(r, 8)}-{_hex(r, 4)}-{_hex(r, 4)}-{_hex(r, 4)}-{_hex(r, 12)} runid={_hex(r, 40)} "
    f"read={i} ch=7 start_time=2023-0{r.randint(1, 9)}-1{r.randint(0, 9)}T01:10:20Z model=dna_r10.4@v4.2.0",
    "mgi": lambda r, _: f"@V350{r.randint(100_000, 999_999)}L1C001R00{r.randint(1, 9)}{r.randint(0, 9_999_999):07d}/1",
    "counted": lambda _, i: f"@{i + 1_000_000}/1",
    "assembly": lambda r, i: f">NODE_{i}_length_{r.randint(200, 999_999)}_cov_1.{r.randint(0, 999_999):06d}",
    "protein": lambda r, _: f">tr|A0A{r.randint(100, 999)}K{r.randint(100, 999)}|X_Y Patient-derived IP receptor "
    f"{r.randint(1, 99)} OS=Clostridium phage OX={r.randint(1000, 2_999_999)} GN=g1 PE=4 SV=1",
    "transcript": lambda r, _: f">NM_{r.randint(0, 999_999_999):09d}.1 Homo sapiens protein (GENE9), variant 2, mRNA",
    "scaffold": lambda r, i: f"@SQ\tSN:scaffold_{i}\tLN:{r.randint(1000, 9_999_999)}\tM5:{_hex(r, 32)}",
    "genes": lambda r, i: f">contig_{i} # {r.randint(1, 9_999_999)} # {r.randint(1, 9_999_999)} # -1 # gc_cont=0.512",
    "variant": lambda r, _: f"chr1\t{r.randint(1, 240_000_000)}\trs{r.randint(1, 999_999_999)}\tA\tG\t33.1\t.\tDP=7",
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMES)
def test_what_instruments_and_archives_write_is_no_person(kind: str) -> None:
    rng = random.Random(f"names {kind}")
    lines = [NAMES[kind](rng, number) for number in range(20_000)]
    few = chosen(lines)
    assert len(few) <= 0.02 * len(lines), "each costs a close look"
    assert [line for line in few if any(find_told(without_given_name(line), of_sequences=True))] == []


def _reads(count: int, named: range) -> str:
    names = (f"@{DATUM}_{i}" if i in named else f"@A1:45:HXX:1:1101:{i}:{i}" for i in range(count))
    return "".join(f"{name}\n{SEQUENCE}\n+\n{QUALITY}\n" for name in names)


@pytest.mark.parametrize("named", [range(3_000, 3_001), range(19_999, 20_000), range(9_000, 13_000)])
@pytest.mark.parametrize("packed", [False, True])
def test_read_names_at_both_ends_and_runs_of_them_in_the_middle(tmp_path: Path, named: range, packed: bool) -> None:
    text = _reads(20_000, named).encode()
    target = tmp_path / ("reads.fastq.gz" if packed else "reads.fastq")
    target.write_bytes(gzip.compress(text, 1) if packed else text)
    told = _told(inspect(target))
    assert told and all(place and (int(place[5:]) - 1) // 4 in named for place in told)


def test_every_description_of_a_fasta(tmp_path: Path) -> None:
    target = tmp_path / "long.fasta"
    target.write_text("".join(f">s{i} {'환자번호 12345678' if i == 30_000 else ''}\nACGT\n" for i in range(60_000)))
    assert _told(inspect(target)) == ["line 60001"]


def _header(lines: int) -> str:
    many = "".join(f"@SQ\tSN:contig{i}\tLN:1000\n" for i in range(lines))
    return f"@HD\tVN:1.6\n{many}@RG\tID:a\tSM:{DATUM}\n@CO\tfine\n"


def test_whole_headers_of_alignments(tmp_path: Path) -> None:
    text = _header(9_000).encode()
    sam = tmp_path / "a.sam"
    sam.write_bytes(text)
    references = b"".join(
        struct.pack("<i", len(name) + 1) + name + b"\0" + struct.pack("<i", 1000)
        for name in (f"contig{i}".encode() for i in range(9_000))
    )
    plain = b"BAM\1" + struct.pack("<i", len(text)) + text + struct.pack("<i", 9_000) + references
    bam = tmp_path / "a.bam"
    bam.write_bytes(b"".join(_block(plain[at : at + 60_000]) for at in range(0, len(plain), 60_000)) + _block(b""))
    for target in (sam, bam):
        found = inspect(target)
        assert found.metrics["references"] == 9_000
        assert _told(found) == ["line 9002"], target


def _block(data: bytes) -> bytes:
    """A BGZF block (SAMv1 4.1)."""
    import zlib

    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    head = b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff\x06\0BC\x02\0" + struct.pack("<H", len(body) + 25)
    return head + body + struct.pack("<II", zlib.crc32(data), len(data))


def test_names_of_records_of_a_sam(tmp_path: Path) -> None:
    rows = "".join(
        f"{DATUM if i == 25_000 - 1 else f'r{i}'}\t4\t*\t0\t0\t*\t*\t0\t0\t{SEQUENCE}\t{QUALITY}\n"
        for i in range(25_000)
    )
    target = tmp_path / "a.sam"
    target.write_text("@HD\tVN:1.6\n" + rows)
    assert _told(inspect(target)) == ["record 25000"]


@pytest.mark.parametrize("packed", [False, True])
def test_texts_of_no_known_format(tmp_path: Path, packed: bool) -> None:
    contigs = "".join(f"##contig=<ID=c{i},length=1000>\n" for i in range(5_000))
    rows = "".join(f"c1\t{i}\t.\tA\tG\t10\tPASS\t.\n" for i in range(5_000))
    text = f"##fileformat=VCFv4.3\n{contigs}#CHROM\tPOS\t{DATUM}\n{rows}note\tpatient name: Hong Gildong\n".encode()
    target = tmp_path / ("a.vcf.gz" if packed else "a.vcf")
    target.write_bytes(gzip.compress(text) if packed else text)
    assert _told(inspect(target)) == ["line 5002", "line 10003"]


def test_one_place_is_told_once(tmp_path: Path) -> None:
    target = tmp_path / "a.fasta"
    target.write_text(f">a {DATUM}\nACGT\n")
    assert _told(inspect(target)) == ["line 1"]


def test_qualities_of_wrapped_records_are_no_names(tmp_path: Path) -> None:
    """Where records of four lines end, names no longer stand on every fourth line."""
    whole = "".join(f"@r{i}\nACGTACGTACGTAC\n+\nFFFFFFFFFFFFFF\n" for i in range(5))
    wrapped = f"@w\n{'ACGTACGTACGTAC' * 2}\nACGTACGTACGTAC\n+\n{DATUM}\n{'F' * 28}\n"
    target = tmp_path / "a.fastq"
    target.write_text(whole + 4 * wrapped)
    found = inspect(target)
    assert (found.metrics["reads"], found.verdict) == (9, "warn")
    assert _told(found) == []
    target.write_text(whole + 4 * wrapped + wrapped.replace("@w", f"@{DATUM}", 1))
    assert _told(inspect(target)) == ["line 45"]
