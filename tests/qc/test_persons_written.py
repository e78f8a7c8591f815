"""How people write identifiers, beside the forms that the labelled set has; and words that only begin like a name."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from biomoa.qc.persons.detector import find, kind_in
from biomoa.qc.persons.lines import chosen
from biomoa.qc.persons.suspects import is_suspect
from biomoa.qc.runner import inspect

WRITTEN = (
    ("resident-number", "19880808-1234561"), ("resident-number", "880808-1-234561"),
    ("resident-number", "88.08.08-1234561"), ("resident-number", "주민등록번호 앞자리 880808 뒷자리 1234561"),
    ("foreigner-number", "ARC 880808-5234567"), ("phone", "010*2345*6789"), ("phone", "+82 (10) 2345-6789"),
    ("email", "minji {at} example.ac.kr"), ("email", "minji at example dot ac dot kr"),
    ("email", "minji_at_example.ac.kr"), ("email", "minji%40example.org"), ("email", "minji&#64;example.org"),
    ("passport", "여권번호는 M123A4567입니다"), ("driving-licence", "운전면허번호:경기-12-345678-90"),
    *(("record-number", f"{label} 12345678") for label in (
        "챠트 No.", "Chart#", "Hosp ID", "Pt. No.", "Pt ID", "원무번호", "병원번호:", "수진자번호", "입원번호",
        "등록 번호:", "EMR no.", "Medical Record #:",
    )),
    ("card", "국민은행 123456-04-987654"), ("card", "계좌번호(신한) 110-345-678901"), ("card", "통장 302-1234-5678-91"),
    ("card", "예금주 김민지 카카오뱅크 3333-01-2345678"),
    *(("name", f"{label}김민지") for label in (
        "검체 제공자: ", "보호자(모) ", "참여자명: ", "신청인 ", "수진자명: ", "공여자 ", "피검자명 ",
    )),
    ("name", "김민지님"), ("name", "보호자 장화 동의"),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_what_people_write_is_found_and_worth_a_search(kind: str, text: str) -> None:
    assert kind in {each.kind for each in find(text) if each.is_told}
    assert is_suspect(text) and chosen([text])


WORDS = (
    "환자 고혈압", "환자 위암 조직", "대상자 성인", "환자 유형별 분석", "환자 서열 데이터", "환자 기록",
    "대상자 기록 보관", "환자 우울증", "환자 표준화", "환자 임상 정보", "기증자 신장", "피험자 노인",
    "환자 양성", "환자 이전", "성명 한글", "이름 변경", "이름, 이메일 주소", "보호자 설문지", "대상자: 성인",
    "품종 이름: 고추", "균주 이름: 유산균", "sample name: 고추", "선생님", "교수님", "환자 방문 기록",
    "이름: 표준화",
)  # fmt: skip


@pytest.mark.parametrize("text", WORDS)
def test_words_are_no_names(text: str) -> None:
    """A study of patients could not be named in a title, a comment or a row."""
    assert kind_in(text) is None


@pytest.mark.parametrize(
    "text", ["m64011_190830_220126/1234567/ccs", "20230206-1234567", "230206-1-000123", "23.02.06-0000123"]
)
def test_days_and_numbers_of_instruments_are_no_residents(text: str) -> None:
    assert kind_in(text) is None


SEQUENCE, NAMED = "ACGT" * 25, "patient_name=김민지 880808-1234561"
RECORD = f"r1\t0\tchr1\t1\t60\t100M\t*\t0\t0\t{SEQUENCE}\t{'I' * 100}"
FILES = {
    "after-plus.fastq": f"@r1\n{SEQUENCE}\n+{NAMED}\n{'I' * 100}\n".encode(),
    "tag.sam": f"@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:1000\n{RECORD}\tCO:Z:880808-1234561\n".encode(),
    "wide.txt": f"메모\n{NAMED}\n".encode("utf-16"),
    "wide-late.txt": f"메모 {'가나다라 ' * 30_000}\n{NAMED}\n".encode("utf-16"),
    "windows.csv": "번호,메모\n1,환자명: 김민지\n".encode("cp949"),
    "escaped.json": json.dumps({"note": "환자명: 김민지"}).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_texts_are_read_wherever_and_however_a_file_holds_them(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    told = inspect(tmp_path / name)
    assert "person-identifier" in {each.code for each in told.findings}
    said = msgspec.json.encode(told).decode()
    assert "김민지" not in said and "1234561" not in said
