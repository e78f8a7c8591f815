"""Numbers of residents that are the number of an article as well, and numbers of records under all their labels."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from biomoa.qc.persons.detector import find, kind_in
from biomoa.qc.persons.numbers import has_check_digit, is_ean13
from biomoa.qc.persons.suspects import is_suspect


def _article(twelve: str) -> str:
    digits = twelve + str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(twelve)) % 10)
    assert is_ean13(digits) and not has_check_digit(digits)
    return digits


SINCE_2020 = ("220315415529", "690220522507", "760512582506", "010704347394", "990101612345")


@pytest.mark.parametrize("twelve", SINCE_2020)
@pytest.mark.parametrize("text", ["{}", "sample {}", "{} 간조직", "KH-{}", "혈액_{}"])
def test_every_tenth_number_could_be_an_article_and_is_asked_about(twelve: str, text: str) -> None:
    digits = _article(twelve)
    assert [each.is_sure for each in find(text.format(digits)) if each.is_told] == [False]


@pytest.mark.parametrize("twelve", SINCE_2020)
@pytest.mark.parametrize(
    "label",
    ["alien registration no: ", "ARC no. ", "national ID ", "resident ", "외국인번호 ", "Korean ID no. ", "주민번호 "],
)
def test_under_its_label_it_is_sure(twelve: str, label: str) -> None:
    digits = _article(twelve)
    assert [each.is_sure for each in find(label + digits)] == [True] and is_suspect(label + digits)


@pytest.mark.parametrize("twelve", SINCE_2020)
@pytest.mark.parametrize(
    "label", ["kit ", "EAN-13: ", "바코드 ", "product ", "GTIN ", "Cat. ", "시약 ", "배지 ", "키트 "]
)
def test_under_a_label_of_goods_it_is_an_article(twelve: str, label: str) -> None:
    assert not find(label + _article(twelve))


@pytest.mark.parametrize("twelve", ["880123456789", "880112324345", "400112312345"])
def test_an_article_of_korea_or_germany_is_nobody(twelve: str) -> None:
    assert not find(_article(twelve))


def test_where_articles_have_no_business_all_are_asked_about() -> None:
    digits = _article("880112112345")
    assert not find(digits) and kind_in(f"@{digits}")
    assert [each.is_told for each in find(digits, of_sequences=True)] == [True]


RECORDS = (
    "등록번호가 12345678인 환자", "차트넘버 123456", "MR No. 12345678", "MR# 1234567", "Med Rec No 12345678", "Unit No. 1234567",
    "HN 12345678", "PID: 12345678", "환자식별번호 12345678", "환자코드 12345678", "등록번호(환자) 12345678", "ID No. 12345678 (환자)",
    "Registration No. 12345678 (of patients)", "Reg. No. 12345678 (patient)", "환자번호;12345678", "환자번호→12345678",
    "환자 번호 No.12345678", "MRN 1234 5678", "MRN 123-456", "접수번호 12345678 (환자)", "C/N 12345678", "U/N 12-345678",
)  # fmt: skip


@pytest.mark.parametrize("text", RECORDS)
def test_a_number_of_records(text: str) -> None:
    assert kind_in(text) == "record-number" and is_suspect(text)


@pytest.mark.parametrize("label", ["EMR번호", "PID", "Unit No", "챠트넘버", "환자 식별자", "차트넘버", "MR No."])
@pytest.mark.parametrize("cell", ["12345678", "123456", "1234567.0"])
def test_a_cell_of_a_column_of_records(label: str, cell: str) -> None:
    assert [each.kind for each in find(cell, field=label)] == ["record-number"]


@pytest.mark.parametrize(
    "text",
    ["pid 12345", "Unit No. 3", "Case No. 12345678", "Registration No. 12345678", "C/N 12.3", "patient id P123", "Patient ID: 123-456",
     "환자코드 A12", "등록번호 12-34-56", "ID: 12345678", "H1N1 12345678", "chart 3"],
)  # fmt: skip
def test_what_is_no_record_of_a_patient(text: str) -> None:
    assert kind_in(text) is None
