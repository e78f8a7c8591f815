"""Identifiers of persons in sheets: found by kind and place, and written in no problem."""

from __future__ import annotations

import random

import msgspec
import polars as pl
import pytest

from biomoa.forms.library import Library
from biomoa.qc.persons import find
from biomoa.qc.persons.suspects import suspects
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


def test_one_record_and_a_column_that_the_form_does_not_know(library: Library) -> None:
    form, fields = _form(library)
    found = library.check_record(form, {fields[0]: "one", "환자번호": "12345678"})
    assert [each.field for each in found if each.code == "person-identifier"] == ["환자번호"]
    assert "12345678" not in msgspec.json.encode(found).decode()


def test_the_submitters_own_contact_is_no_finding(library: Library) -> None:
    for name, form in library.forms.items():
        for field in form.fields:
            if field.type in ("email", "phone"):
                value = "lab@example.org" if field.type == "email" else "02-0000-1234"
                assert "person-identifier" not in {
                    each.code for each in library.check_record(name, {field.name: value})
                }
