"""Names in Latin letters after labels of persons, and what only looks like one."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from biomoa.qc.persons.detector import find, kind_in
from biomoa.qc.persons.suspects import is_suspect

NAMES = (
    "Patient: Minjun Kim", "Name: Gildong Hong", "Pt name: KO, SEOYEON", "Guardian: Kim Min Soo", "Full name: Pak Ji-Hoon",
    "Name of patient: Yi Eunji", "Name of the donor: Rhee Sunhee", "성명: Kim Minjun", "환자명: Chung, Youngsoo", "영문이름: Yim Ji Young",
    "patient_name=Kim_Minsu", "Patient_Name_Minsu_Kim", "Mother: Gim Seo-Yeon", "Parent/guardian: YIM YOUNGSOO", "patient Hong Gildong",
    "Donor: Jae Hyun Moon", "Name: LIM, EUNJI", "환자 Kim Minjun의 조직", "Patient: Kim Alice", "Patient: John Smith", "Patient: Nguyen Linh",
)  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_a_name_after_a_label(text: str) -> None:
    assert kind_in(text) == "name" and is_suspect(text)


@pytest.mark.parametrize(
    "label", ["성명", "성명(영문)", "영문이름", "영문명", "patient_name", "PatientName", "Full Name", "Name", "환자명"]
)
@pytest.mark.parametrize("cell", ["Kim Minjun", "Ji Young Rhee", "Chung, Seo-Yeon", "Hyun-Woo Yi"])
def test_cells_of_a_column_of_names(label: str, cell: str) -> None:
    assert [each.kind for each in find(cell, field=label)] == ["name"]


THINGS = (
    "Name: Han River", "Name: Park Soil", "Name: Lee Side Reef", "name: Hong Kong strain", "sample name: Han Gang", "Patient Min Age",
    "Patient: Tumor Tissue", "Patient: Not Applicable", "Donor: Whole Blood", "Donor: Homo sapiens", "Subject: Mus musculus",
    "Patient Lee stage index", "Donor Park biobank", "Patient: Stage II", "strain name: Jeju Kim", "Name: Jeju Black Pig", "patient Han Chinese",
    "Patient cohort Kim et al. 2020", "Name: Tumor 01", "gene name: Song Ji", "Patient-Derived Organoid", "subject: Kim Lab", "Name: Kimchi",
    "patient name: not collected", "Name: Moon Jellyfish", "PI: Gildong Hong",
)  # fmt: skip


@pytest.mark.parametrize("text", THINGS)
def test_what_is_no_name(text: str) -> None:
    assert kind_in(text) is None


def test_a_long_text_is_searched_in_a_time_that_its_length_says() -> None:
    import time

    began = time.thread_time()
    for text in ("Patient: " + "Kim_" * 50_000, "name " * 40_000, "patient " * 40_000 + "x", "성명: " * 40_000):
        find(text)
    assert time.thread_time() - began < 10
