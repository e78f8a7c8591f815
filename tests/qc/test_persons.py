"""Identifiers of persons: the labelled lines and files, lines made here, and texts of great length."""

from __future__ import annotations

import gzip
import os
import random
import time
import unicodedata
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.qc.persons import detector, find, find_in_table
from biomoa.qc.persons.lines import chosen
from biomoa.qc.persons.numbers import has_check_digit, is_ean13
from biomoa.qc.persons.suspects import is_suspect
from biomoa.qc.runner import inspect

from .made_persons import DECOYS, PERSONS

CASES = Path(__file__).parents[3] / "shared/oracles/case-pii-kr"
if not CASES.exists() and os.environ.get("CI") != "true":
    pytest.skip("the set of cases is not here", allow_module_level=True)


def _lines() -> list[list[str]]:
    return [line.split("\t", 4) for line in (CASES / "lines.tsv").read_text("utf-8").splitlines()[1:]]


def test_recall_and_false_alarms_on_the_labelled_lines() -> None:
    lines = _lines()
    numbers = [bool(find(line[4])) for line in lines if line[1] == "Y" and "registration" in line[2]]
    others = [bool(find(line[4])) for line in lines if line[1] == "Y" and "registration" not in line[2]]
    decoys = [bool(find(line[4])) for line in lines if line[1] == "N"]
    assert len(numbers) > 50 and len(others) > 50 and len(decoys) > 100
    assert sum(numbers) >= 0.99 * len(numbers)
    assert sum(others) >= 0.99 * len(others)
    assert sum(decoys) <= 0.02 * len(decoys)


@pytest.mark.parametrize("kind", PERSONS)
def test_recall_on_made_identifiers(kind: str) -> None:
    rng = random.Random(f"recall {kind}")
    lines = [PERSONS[kind](rng) for _ in range(500)]
    assert [line for line in lines if not find(line)][5:] == []


@pytest.mark.parametrize("kind", DECOYS)
def test_false_alarms_on_made_decoys(kind: str) -> None:
    rng = random.Random(f"alarms {kind}")
    lines = [DECOYS[kind](rng) for _ in range(500)]
    assert [line for line in lines if find(line)][10:] == []


@pytest.mark.parametrize("label", ["valid", "invalid", "warn"])
def test_files_of_the_set(label: str) -> None:
    rows = [row.split("\t") for row in (CASES / "FILES.tsv").read_text("utf-8").splitlines()[1:]]
    for row in rows:
        if row[1] == label and row[0].startswith("files/"):
            text = (CASES / row[0]).read_bytes().decode("utf-8", "replace")
            table = [line.split("\t") for line in text.splitlines()]
            found = [*find(Path(row[0]).name), *find(text), *(each for _, each in find_in_table(table))]
            assert bool(found) is (label != "valid"), row[0]


DISGUISED = (
    "٩٠٠١٠١-١٢٣٤٥٦٧",  # Arabic digits
    "९००१०१-१२३४५६७",  # of Devanagari
    "900101─1234567", "900101━1234567", "900101ᅳ1234567", "900101一1234567", "900101﹘1234567",
    "900101⁃1234567", "900101〜1234567", "900101・1234567",  # what keyboards give for a hyphen or a dot
    "900101‎-‎1234567", "900101ㅤ-1234567", "900101️-1234567", "9͏00101-1234567",
    "900101᠎-1234567", "900101󠀠-1234567", "‮900101-1234567", "010─1234─5678",  # not seen
    "성명: 홍 길 동", "姓名: 홍길동", "홍길동(남/45세)", "홍길동 (F, 7)",
)  # fmt: skip


@pytest.mark.parametrize("text", DISGUISED)
def test_other_signs_hide_nothing(text: str) -> None:
    """Neither from the search nor from what chooses the cells and lines that are searched."""
    assert any(each.is_told for each in find(f"메모 {text}"))
    assert is_suspect(f"메모 {text}")
    assert chosen([f"메모 {text}"])


@pytest.mark.parametrize("text", ["CO₂ 5% 10⁶ cells", "피험자: 총 45 명", "한우(암/3산)", "대조군(남/여 각 5)"])
def test_other_signs_alone_are_nobody(text: str) -> None:
    assert not [each for each in find(text) if each.is_told]


def test_a_label_without_end_costs_no_more_than_a_label() -> None:
    began = time.thread_time()  # its own work: the processor is shared with whatever else runs
    assert any(each.kind == "record-number" for each in find("12345678", field="x" * 3_000_000 + " 환자번호"))
    assert time.thread_time() - began < 0.2


BIRTHS = st.dates(date(2061, 1, 1), date(2099, 12, 31))
SEPARATORS = st.sampled_from(["-", " - ", "_", " ", "", "–", "－", "\u200b-"])


HEADERS = ("@RG\tID:1\tLB:{}\tSM:a", "@r1 {} length=150", ">{}", "#CHROM\tPOS\tFORMAT\t{}", "{}.bam", "{}.fastq.gz")


@pytest.mark.parametrize("number", ["9102208155290", "7605123825063", "8807047394442"])
@pytest.mark.parametrize("header", HEADERS)
def test_a_number_that_could_be_an_article_is_asked_about_where_articles_have_no_business(
    number: str, header: str
) -> None:
    """Every tenth number has the check digit of GS1; in text it is an article more often than a person."""
    digits = number[:12] + str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(number[:12])) % 10)
    assert is_ean13(digits) and not has_check_digit(digits)
    assert [each.kind for each in find(header.format(digits))] in (["resident-number"], ["foreigner-number"])
    assert not find(f"kit {digits}") and not find(digits)


@given(BIRTHS, st.sampled_from("3478"), st.integers(0, 999_999), SEPARATORS, st.booleans())
def test_registration_numbers_not_seen_before(birth: date, s: str, tail: int, separator: str, wide: bool) -> None:
    number = f"{birth:%y%m%d}{separator}{s}{tail:06d}"
    text = number.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)}) if wide else number
    for line in (f"주민등록번호: {text}", f"RRN={text};sex=F", f"patient {text} visit 2"):
        assert "number" in " ".join(each.kind for each in find(line))
    digits = f"{birth:%y%m%d}{s}{tail:06d}"
    if separator.strip(" \u200b") or has_check_digit(digits) or not is_ean13(digits):
        assert find(text)


@given(BIRTHS, st.sampled_from("3478"), st.integers(0, 999_999))
def test_a_finding_never_repeats_the_datum(birth: date, s: str, tail: int) -> None:
    number = f"{birth:%y%m%d}-{s}{tail:06d}"
    for each in find(f"환자 {number} 010-0000-1234"):
        said = msgspec.json.encode([each, each.description]).decode()
        assert number not in said and number[7:] not in said and "0000-1234" not in said


@given(
    st.integers(0, 9999), st.integers(0, 9999), st.sampled_from(["010-{}-{}", "+82 10 {} {}", "(010) {}.{}", "010{}{}"])
)
def test_mobile_phones(first: int, second: int, written: str) -> None:
    assert [each.kind for each in find(written.format(f"{first:04d}", f"{second:04d}"))] == ["phone"]


@given(st.text("0123456789abcdef", min_size=64, max_size=64).filter(lambda text: not text.isdigit()))
def test_digests_are_no_persons(digest: str) -> None:
    assert find(digest) == []


@pytest.mark.parametrize(
    "decoy",
    [
        "SRR1234567.1 1/1", "A00123:45:HXXXX:1:1101:1234:5678 1:N:0:ATCG", "chr1:110712-1234567",
        "NC_000001.11:110712-1234567",
        "timestamp 1711101234567", "37.123456, 127.1234567", "2024-01-02T03:04:05Z", "0000-0002-1825-0097",
        "GCF_000001405.40",
        "보호자 동의", "대상자 정보", "균주 등록번호 12345678", "barcode 8801234123457", "samtools 1.2.3.4",
        "경기도 수원시 팔달구",
    ],
)  # fmt: skip
def test_decoys(decoy: str) -> None:
    assert find(decoy) == []


@given(st.text(max_size=300), st.text("0123456789-@. 성명주소:()\t", max_size=300))
def test_any_text_can_be_searched(one: str, two: str) -> None:
    for each in (*find(one), *find(two)):
        assert 0 <= each.start < each.end


def test_an_inspection_reports_it_masked(tmp_path: Path) -> None:
    for name in ("reads.fastq", "header.sam"):
        target = tmp_path / name
        target.write_bytes((CASES / "files" / name).read_bytes())
        found = inspect(target)
        assert found.verdict == "fail"
        assert "person-identifier" in {each.code for each in found.findings}
        assert b"3703117" not in msgspec.json.encode(found.findings)


def test_a_file_name_is_searched(tmp_path: Path) -> None:
    target = tmp_path / "변학도_770707_reads.fastq"
    target.write_bytes(b"@r1\nACGT\n+\nIIII\n")
    assert [each.code for each in inspect(target).findings if each.code == "person-identifier"]


def _codes_of(target: Path) -> list[str]:
    return [each.code for each in inspect(target).findings if each.code == "person-identifier"]


def test_the_head_of_a_compressed_file_is_searched(tmp_path: Path) -> None:
    target = tmp_path / "reads.fastq.gz"
    with target.open("wb") as file, gzip.GzipFile("홍길동_880101-4234567.fastq".encode().decode("latin-1"), "wb", fileobj=file) as packed:  # fmt: skip  # noqa: E501
        packed.write(b"@r1\nACGT\n+\nIIII\n")
    assert _codes_of(target)


def test_binary_headers_are_searched(tmp_path: Path) -> None:
    found = {}
    for name in ("identified.dcm", "deidentified.dcm"):
        target = tmp_path / name
        target.write_bytes((CASES / "files" / name).read_bytes())
        found[name] = bool(_codes_of(target))
    block = gzip.compress(b"@HD\tVN:1.6\n@RG\tID:a\tSM:880101-4234567\n")
    target = tmp_path / "a.cram"
    target.write_bytes(b"CRAM\x03\x00" + bytes(20) + block + bytes(60))
    assert found == {"identified.dcm": True, "deidentified.dcm": False} and _codes_of(target)


def test_every_decimal_digit_of_unicode_is_read_as_one() -> None:
    others = {sign: unicodedata.decimal(sign) for sign in map(chr, range(0x80, 0x1FC00)) if sign.isdecimal()}
    assert len(others) > 600
    assert all(detector._TABLE[ord(sign)] == ord(str(digit)) for sign, digit in others.items())
