"""Telephones, mail, passports, masked numbers and births in less usual ways of writing."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from biomoa.qc.persons.detector import find, kind_in
from biomoa.qc.persons.suspects import is_suspect

WRITTEN = (
    *(("phone", text) for text in (
        "82 10 2345 6789", "821023456789", "+ 82 10 2345 6789", "00 82 10 2345 6789", "001-82-10-2345-6789", "82-2-740-8114",
        "02 7408114", "(063)_2173-9919", "contact: 1023456789", "연락처1 1023456789", "연락처 2: 010 2345 6789",
    )),
    *(("passport", text) for text in (
        "여권(번호) M12345678", "여권번호는_M13062677", "여권사본 M123A4567", "M123A4567(여권)", "PP No. M12345678", "여권 M123 A4567",
        "M12345678 (passport)",
    )),
    *(("email", text) for text in (
        "hong at snu.ac.kr", "hong (at) snu (dot) ac (dot) kr", "hong@snu,ac,kr", "이메일: kim at naver.com", "kim.minsu at gmail.com",
        "gdhong-at-snu.ac.kr", "gdhong#at#naver.com", "gdhong 앳 yuhs.ac",
    )),
    *(("birth-date", text) for text in ("DOB_020301", "생년월일은_1980.03.04", "생년월일(6자리): 900101", "Birth: 1980-03-04")),
    *(("resident-number", text) for text in ("900101-1○○○○○○", "900101-1■■■■■■", "9001011******", "900101-12*****", "900101-1 234567")),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), WRITTEN)
def test_what_people_write(kind: str, text: str) -> None:
    assert kind in {each.kind for each in find(text)} and is_suspect(text)


@pytest.mark.parametrize("label", ["Contact", "연락처1", "폰번호", "비상연락처", "휴대전화번호"])
def test_a_spreadsheet_takes_the_nought_from_telephones(label: str) -> None:
    assert [each.kind for each in find("1023456789", field=label)] == ["phone"]


@pytest.mark.parametrize("label", ["Birth", "생년월일(6자리)", "DOB"])
@pytest.mark.parametrize("cell", ["900101", "1971-03-04", "3/23/1975"])
def test_a_column_of_births(label: str, cell: str) -> None:
    assert [each.kind for each in find(cell, field=label)] == ["birth-date"]


@pytest.mark.parametrize(
    "text",
    ["available at zenodo.org", "Data are deposited at genome.kr", "contact us at kobic.re.kr", "see details at ncbi.nlm.nih.gov", "cells at day.five",
     "E. coli at 37.5 C", "82 10 2345", "4 82 10 2345 6789 3", "02 20230101", "Birth weight: 3200", "birth: 3200.5", "900101-1", "900101-1##",
     "230206-1-000123", "tissue at www.snu.ac.kr", "02 1234567 3", "M123A4567"],
)  # fmt: skip
def test_what_is_nobodys(text: str) -> None:
    assert kind_in(text) is None
