"""Names after labels: those that are words elsewhere, those of the old, of kin; and crops that have names, too."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from biomoa.qc.persons.detector import find, kind_in
from biomoa.qc.persons.suspects import is_suspect

_WRITTEN = "유지영 유지원 유지현 유지민 고지영 고지훈 이재민 하나은 조사랑 구성민 정보람 이동식 최우수 김말순 김점순"
ALSO_WORDS = _WRITTEN.split()


@pytest.mark.parametrize("name", ALSO_WORDS)
@pytest.mark.parametrize("label", ["성명: ", "환자명=", "보호자 성명: ", "환자명|", "성명/"])
def test_after_a_label_of_persons_a_word_is_a_name(label: str, name: str) -> None:
    assert kind_in(f"{label}{name}") == "name"


@pytest.mark.parametrize(
    "name", ["유지영", "고지훈", "구성민", "정보람", "김복례", "이판석", "박칠성", "최용팔", "정귀례", "윤분이"]
)
@pytest.mark.parametrize("label", ["환자 ", "보호자: ", "성명 ", "이름: "])
def test_names_that_begin_like_a_word_and_names_of_the_old(label: str, name: str) -> None:
    assert kind_in(f"{label}{name}") == "name"


@pytest.mark.parametrize(
    "cell",
    [
        "미기재",
        "비공개",
        "없음",
        "익명",
        "가명",
        "기재 안 함",
        "이하 생략",
        "모름",
        "공란",
        "해당 없음",
        "수집하지 않음",
        "기재란",
    ],
)
@pytest.mark.parametrize("label", ["성명", "환자명"])
def test_what_stands_in_place_of_a_name(label: str, cell: str) -> None:
    assert not find(cell, field=label) and not find(f"{label}: {cell}")


CROPS = [
    "신동진",
    "추청",
    "금실",
    "마늘",
    "임진강",
    "현미",
    "한라봉",
    "하령",
    "진율미",
    "국화",
    "인삼",
    "서광",
    "고운빛",
    "대장균",
]


@pytest.mark.parametrize("crop", CROPS)
def test_a_crop_has_a_name_too(crop: str) -> None:
    assert not find(f"이름: {crop}") and not find(crop, field="Name") and not find(crop, field="이름")


def test_where_only_a_person_has_a_name_a_crop_is_one() -> None:
    assert kind_in("성명: 신동진") == "name" and kind_in("환자명: 신동진") == "name"


OF_KIN = (
    "산모: 박지민", "산모명 김윤호", "환아 김윤호", "환아명: 이서준", "PT_NAME: 박지민", "김윤호님의 혈액", "김윤호님께서 제공",
    "홍길동의 주민번호", "환자 김민준으로부터", "환자 김민준에게서", "배우자: 조은영", "모친: 김성수", "부친 이서준", "어머니: 길연우",
    "아버지: 박판석", "남편 이경민", "아내: 최수진", "자녀: 이선영", "환자의 딸 서하윤", "부: 정희철", "모: 정정희", "보호자: 김철",
)  # fmt: skip


@pytest.mark.parametrize("text", OF_KIN)
def test_of_mothers_children_and_kin(text: str) -> None:
    assert "name" in {each.kind for each in find(text) if each.is_told} and is_suspect(text)


@pytest.mark.parametrize(
    "text",
    ["대상자 어머니", "환자 모친 동의", "환자 남편", "부모 동의", "자녀 유무", "형제 이식", "산모 연령", "산모 제대혈", "모: 한우", "부: 요크셔",
     "어머니 연령", "딸기 신품종", "아들 둘", "배우자 있음", "남편 정상", "환아 보호자", "담당자님께", "고객님의", "연구자의 연락처",
     "신청인의 주소", "대상자의 전화번호", "한국인의 혈액", "배우자 유전자"],
)  # fmt: skip
def test_words_about_kin_are_no_names(text: str) -> None:
    assert kind_in(text) is None
