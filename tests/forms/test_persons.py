"""Identifiers of persons in sheets: found by kind and place, and written in no problem."""

from __future__ import annotations

import random

import msgspec
import polars as pl
import pytest

from biomoa.forms.library import Library
from biomoa.qc.persons import find
from biomoa.qc.persons.suspects import is_suspect, suspects
from tests.qc.made_persons import PERSONS

DATUM = "880101-9234567".replace("9", "4", 1)


@pytest.mark.parametrize("kind", PERSONS)
def test_the_choice_of_cells_is_never_narrower_than_the_search(kind: str) -> None:
    rng = random.Random(f"cells {kind}")
    texts = [PERSONS[kind](rng) for _ in range(500)]
    chosen = set(suspects(pl.Series(texts)))
    sure = [text for text in texts if any(each.confidence != "low" for each in find(text))]
    assert sure and [text for text in sure if text not in chosen] == []


def _form(library: Library) -> tuple[str, list[str]]:
    name = next(iter(library.forms))
    return name, [field.name for field in library.form(name).fields]


@pytest.mark.parametrize("place", range(6))
def test_no_problem_repeats_the_datum(library: Library, place: int) -> None:
    form, fields = _form(library)
    column = fields[place % len(fields)]
    frame = pl.DataFrame({fields[0]: ["one", "two"], **{column: ["fine", DATUM]}})
    found = [*library.check_table(form, frame), *library.check_bundle({form: frame})]
    told = [each for each in found if each.code == "person-identifier"]
    assert [(each.row, each.field) for each in told] == [(2, column)] * 2
    assert DATUM[:6] not in msgspec.json.encode(found).decode() and DATUM[7:] not in msgspec.json.encode(found).decode()


UNSURE = "2103014123459"  # a number issued since October 2020: no check digit, and no label


@pytest.mark.parametrize("value", [UNSURE, f"x {UNSURE} x", UNSURE.replace("2", "２"), f"{'y' * 195} {UNSURE}"])
def test_an_unsure_number_is_repeated_by_no_neighbour(korea: Library, value: str) -> None:
    for field in ("taxonomy_id", "organism", "collection_date", "geo_loc_name"):
        found = korea.check_record("biosample", {"sample_name": "S-1", field: value})
        assert "person-identifier-unsure" in {each.code for each in found}
        said = msgspec.json.encode(found).decode()
        assert UNSURE not in said and UNSURE[-6:] not in said and value not in said, field


def test_of_several_in_a_cell_none_is_repeated(korea: Library) -> None:
    found = korea.check_record("biosample", {"organism": f"{DATUM};{UNSURE}", "title": UNSURE})
    assert UNSURE not in msgspec.json.encode(found).decode()


def test_one_record_and_a_column_that_the_form_does_not_know(library: Library) -> None:
    form, fields = _form(library)
    found = library.check_record(form, {fields[0]: "one", "환자번호": "12345678"})
    assert [each.field for each in found if each.code == "person-identifier"] == ["환자번호"]
    assert "12345678" not in msgspec.json.encode(found).decode()


@pytest.mark.parametrize("value", ["", "x", DATUM])
def test_what_a_depositor_calls_a_column_is_searched_too(library: Library, value: str) -> None:
    form, fields = _form(library)
    column = f"홍길동 {DATUM}"
    frame = pl.DataFrame({fields[0]: ["one", "two"], column: [value, None]})
    for found in (
        library.check_table(form, frame), [*library.check_bundle({form: frame})],
        library.check_record(form, {fields[0]: "one", column: value}),
    ):  # fmt: skip
        assert "person-identifier" in {each.code for each in found}
        said = msgspec.json.encode(found).decode()
        assert DATUM[:6] not in said and DATUM[7:] not in said and "홍길동" not in said


def test_the_submitters_own_contact_is_no_finding(library: Library) -> None:
    for name, form in library.forms.items():
        for field in form.fields:
            if field.type in ("email", "phone"):
                value = "lab@example.org" if field.type == "email" else "02-0000-1234"
                assert "person-identifier" not in {
                    each.code for each in library.check_record(name, {field.name: value})
                }


def test_one_text_is_suspect_where_a_column_of_it_is() -> None:
    """``is_suspect`` says in Python what ``suspects`` says in polars."""
    parts = [
        "900101-1234567", "９00101", "010 1234 5678", "+82-10-1234-5678", "02-123-4567", "1234-5678-9012",
        "12-34-567890", "서울 123456", "85년 3", "101호", "a@b.kr", "a(at)b", "ㅡ", "\u200b", "\U0001d7d9",
        "환자 번호 123", "Patient ID 12 3 4", "KEY ıD ſubject 123", "성명: 홍길동", "Name: Kim, H", "donor Lee S",
        "Homo sapiens", "liver", "12345", "x1y2z3", "", "d41d8cd98f00b204e9800998ecf8427e", "ip 10.0.0.1",
        "Panax ginseng C.A. Meyer", "0 1 2 3 4 5 6", "\x1c", "면허 12\n3",
    ]  # fmt: skip
    texts = [*parts, *(f"{one}{gap}{other}" for one in parts for other in parts for gap in ("", " ", "\n"))]
    chosen = set(suspects(pl.Series(texts, dtype=pl.String)))
    differ = [text for text in dict.fromkeys(texts) if is_suspect(text) != (text in chosen)]
    assert not differ
    assert 50 < len(chosen) < len(set(texts)) - 50
