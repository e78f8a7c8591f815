"""Numbers and words of things that were taken for a person's: offices, registers, instruments, maps, crops."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from biomoa.qc.persons.detector import find, kind_in

THINGS = (
    "전화 1588-1234", "연락처 1577-1234", "대표전화 1899 4879", "전화번호: 15881234", "Tel 1661.1234 (고객센터)",
    "GenBank 등록번호 MN123456", "서열 등록번호 ON123947.1", "표본 등록번호 932472", "화합물 등록번호 123456",
    "품종보호 등록번호 12345", "유전자원 등록번호 IT123456", "등록번호 10-4048078", "특허 등록번호: 10-1234567",
    "등록번호 MN123456", "시료의 등록번호 123456", "제조번호 210804-4133927", "품번 800810-4545001", "품번 390628-6022773",
    "일련번호 210804-4133927", "시리얼번호 740304-0757198", "법인등록번호 110111-1234567", "법인번호 110106-1646771",
    "exon 880101-1234567", "loc=501002-2838121", "gene_830416_5005832", "region 501002-2838121", "880101_1234567_gene",
    "pos:880604-7077243", "scaffold9939 360610 9851182", "EPSG:5179 550930 2588509", "UTM 52S 550930 2588509",
    "880617 2021282 52S", "FAX82420_14591ef0", "010823-3630", "011127-0070", "client 4.0.1.2", "IP 4.5.6.7",
    "git@github.com:org/repo.git",
)  # fmt: skip


@pytest.mark.parametrize("text", THINGS)
def test_a_thing_is_nobody(text: str) -> None:
    assert kind_in(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("병원 등록번호 12345678", "record-number"), ("환자 등록번호 A1234567", "record-number"),
        ("등록번호 12-123456", "record-number"), ("시료 환자번호 12345678", "record-number"),
        ("전화 02-1588-1234", "phone"), ("연락처 1012345678", "phone"), ("011-823-3630", "phone"),
        ("FAX 042-123-4567", "phone"), ("접속 IP 10.20.30.4", "ip-address"), ("hong@github.com", "email"),
        ("#CHROM\tPOS\t880101-4234567", "resident-number"), ("IP 주소 1.2.3.4", "ip-address"),
    ],
)  # fmt: skip
def test_what_looks_alike_and_is_somebodys_is_found(text: str, kind: str) -> None:
    assert kind in {each.kind for each in find(text) if each.is_told}


COLUMNS = (("전화", "1588-1234"), ("연락처", "1577-1234"), ("대표전화", "1899 4879"), ("표본 등록번호", "82403468"),
           ("GenBank 등록번호", "OQ492014"))  # fmt: skip


@pytest.mark.parametrize(("label", "cell"), COLUMNS)
def test_a_cell_of_things_is_nobody(label: str, cell: str) -> None:
    assert not find(cell, field=label)


@pytest.mark.parametrize("text", ["210812_3299582", "200223_4440503"])
def test_a_day_and_a_number_of_an_instrument_are_no_more_than_asked_about(text: str) -> None:
    assert [each.is_sure for each in find(text)] == [False]
    assert not find(text.replace("_3", "_6").replace("_4", "_6"))  # nobody of 1921 is alive
