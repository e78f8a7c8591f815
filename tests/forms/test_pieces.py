"""A large sheet read in pieces is the sheet read as a whole, or it is read as a whole."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import fastexcel
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.exceptions import PolarsError

from biomoa.forms.checking import check_file
from biomoa.forms.library import Library
from biomoa.forms.package import open_package
from biomoa.forms.pieces import Around, divide, read_grid, read_in_pieces
from tests.forms.test_sheets import GOOD, HEADER

PART = "xl/worksheets/sheet1.xml"
START = (
    '<?xml version="1.0"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
END = '</sheetData><pageMargins left="0.7" right="0.7"/></worksheet>'
MARK = "known to nobody"
DATE = ' s="1"'
SHARED = ' t="s"'
ERROR = ' t="e"'
FORMULA = b'<c r="H15000" t="str"><f>1</f><v>female</v>'
CDATA = '<![CDATA[</t></is></c></row><row r="31"><c r="A31" t="inlineStr"><is><t>]]>'


def parts_of() -> dict[str, bytes]:
    """The parts of a workbook with shared strings and a style for dates."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("sheet")
        sheet.write_string("A1", "shared")
        sheet.write_datetime("A2", datetime(2024, 3, 5), book.add_format({"num_format": 14}))
    with zipfile.ZipFile(file) as package:
        return {name: package.read(name) for name in package.namelist()}


PARTS = parts_of()


def workbook(sheet: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {**PARTS, PART: sheet}.items():
            package.writestr(name, data)
    return file.getvalue()


def whole(sheet: bytes) -> pl.DataFrame | None:
    try:
        return read_grid(fastexcel.read_excel(workbook(sheet)), 0)
    except (fastexcel.FastExcelError, PolarsError):
        return None


def pieced(sheet: bytes, piece_bytes: int = 300, block: int = 200) -> pl.DataFrame | None:
    around = Around(PART, {name: data for name, data in PARTS.items() if name != PART}, piece_bytes, MARK)
    blocks = (sheet[at : at + block] for at in range(0, len(sheet), block))
    with ThreadPoolExecutor(2) as readers:
        return read_in_pieces(blocks, "sheet", around, readers)


def cell(column: str, row: int, value: str, kind: str = ' t="inlineStr"') -> str:
    shown = f"<is><t>{value}</t></is>" if "inlineStr" in kind else f"<v>{value}</v>"
    return f'<c r="{column}{row}"{kind}>{shown}</c>'


def rows_of(numbers: Iterable[int], columns: str = "ABC") -> list[str]:
    return [f'<row r="{n}">' + "".join(cell(c, n, f"{c} {n}") for c in columns) + "</row>" for n in numbers]


def text(rows: list[str], start: str = START, end: str = END) -> bytes:
    return (start + "".join(rows) + end).encode()


ORDINARY = {
    "plain": rows_of(range(1, 60)),
    "starts below": rows_of(range(7, 60)),
    "starts in column C": rows_of(range(1, 60), "CDE"),
    "rows left out": rows_of(range(1, 200, 7)),
    "wider in the middle": [*rows_of(range(1, 30)), *rows_of([30], "ABCDEFG"), *rows_of(range(31, 60))],
    "empty rows": [*rows_of(range(1, 30)), *(f'<row r="{n}"></row>' for n in range(30, 50)), *rows_of(range(50, 60))],
    "first column empty at first": [*rows_of(range(1, 30), "BC"), *rows_of(range(30, 60))],
    "cells with a style only": [
        *(f'<row r="{n}"><c r="A{n}" s="1"/>{cell("B", n, "x")}</row>' for n in range(1, 60)),
    ],
    "an error value": [
        *rows_of(range(1, 30)),
        f'<row r="30">{cell("A", 30, "#N/A", ERROR)}</row>',
        *rows_of(range(31, 90)),
    ],
    "numbers, dates, shared strings, truth": [
        f'<row r="{n}">{cell("A", n, "1.50", "")}{cell("B", n, "45000", DATE)}{cell("C", n, "0", SHARED)}</row>'
        for n in range(1, 60)
    ],
}


@pytest.mark.parametrize("rows", ORDINARY.values(), ids=ORDINARY.keys())
@pytest.mark.parametrize("block", [200, 777, 100_000])
def test_ordinary_sheets_are_read_in_pieces(rows: list[str], block: int) -> None:
    sheet = text(rows)
    found, expected = pieced(sheet, block=block), whole(sheet)
    assert expected is not None
    if block < len(sheet):
        assert found is not None and found.equals(expected)
    else:
        assert found is None  # nothing to cut


BROKEN = {
    "only errors in column A": [
        f'<row r="{n}">{cell("A", n, "#N/A", ERROR)}{cell("B", n, "x")}</row>' for n in range(1, 60)
    ],
    "in no order": rows_of([*range(1, 40), *range(80, 100), *range(40, 80)]),
    "back to the start": [*rows_of(range(1, 40)), *rows_of(range(1, 40))],
    "a row twice": [*rows_of(range(1, 41)), *rows_of(range(40, 80))],
    "a cell of a row far below": [
        *rows_of(range(1, 30)),
        f'<row r="30">{cell("A", 300, "x")}</row>',
        *rows_of(range(31, 400)),
    ],
    "a cell of a row above": [
        *rows_of(range(1, 30)),
        f'<row r="30">{cell("A", 2, "x")}</row>',
        *rows_of(range(31, 90)),
    ],
    "a formula without a value": [
        *rows_of(range(1, 30)),
        '<row r="30"><c r="A30"><f>1+1</f></c></row>',
        *rows_of(range(31, 90)),
    ],
    "an end in the middle": [*rows_of(range(1, 30)), "</sheetData><sheetData>", *rows_of(range(30, 90))],
    "a comment over rows": [*rows_of(range(1, 30)), "<!-- ", *rows_of(range(30, 50)), " -->", *rows_of(range(50, 90))],
    "a comment not closed": [*rows_of(range(1, 30)), "<!-- ", *rows_of(range(30, 90))],
    "text that looks like rows": [
        *rows_of(range(1, 30)),
        f'<row r="30">{cell("A", 30, CDATA)}</row>',
        *rows_of(range(31, 90)),
    ],
    "a cell not closed": [*rows_of(range(1, 30)), '<row r="30"><c r="A30"><v>1</v></row>', *rows_of(range(31, 90))],
    "a row not closed": [*rows_of(range(1, 30)), f'<row r="30">{cell("A", 30, "x")}', *rows_of(range(31, 90))],
    "rows without numbers": [row.replace(f' r="{n}"', "", 1) for n, row in enumerate(rows_of(range(1, 90)), 1)],
    "neither rows nor cells have numbers": [re.sub(' r="[A-Z]?[0-9]+"', "", row) for row in rows_of(range(1, 90))],
    "the last rows are empty": [
        *rows_of(range(1, 30)),
        *(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(30, 90)),
    ],
}


def test_the_encoding_of_a_sheet_holds_for_all_its_pieces() -> None:
    rows = [f'<row r="{n}">{cell("A", n, "서울")}</row>' for n in range(1, 60)]
    sheet = text(rows, START.replace('"1.0"', '"1.0" encoding="EUC-KR"')).decode().encode("euc-kr")
    found, expected = pieced(sheet), whole(sheet)
    assert found is not None and expected is not None and found.equals(expected) and found.item(50, 0) == "서울"


@pytest.mark.parametrize("rows", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("block", [200, 350])
def test_what_is_unusual_is_the_same_or_left_to_the_whole(rows: list[str], block: int) -> None:
    sheet = text(rows)
    found, expected = pieced(sheet, block=block), whole(sheet)
    assert found is None or (expected is not None and found.equals(expected))


ROW_OF_ONE = st.tuples(st.integers(1, 12), st.sampled_from("ABCZ"), st.sampled_from(["x", "", " ", "가", "&lt;/c&gt;"]))
ROW_ELSEWHERE = st.tuples(st.integers(1, 12), st.integers(1, 12))
TAGS = """<row>|</row>|</sheetData>|<sheetData>|<!--|-->|<c>|</c>|<v>|</v>|<is>|\n|<row r="3"/>|<row r="3"></row>
<row r="3" ht="15"><c r="A3" s="1"/></row>|<row r="4"><c r="A4" t="e"><v>#N/A</v></c></row>|</row><row r=|<c/>|<v>7</v>
<row r="4"><c r="A4"><f>1</f></c></row>|<row r="5"><c t="inlineStr"><is><t>y</t></is></c></row>|<![CDATA[
]]>|<?x|?>|'|"|&|<"""
FRAGMENTS = st.one_of(
    ROW_OF_ONE.map(lambda told: f'<row r="{told[0]}">{cell(told[1], told[0], told[2])}</row>'),
    ROW_ELSEWHERE.map(lambda told: f'<row r="{told[0]}">{cell("B", told[1], "1", "")}</row>'),
    st.sampled_from([tag for line in TAGS.split("\n") for tag in line.split("|")]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40), st.integers(0, 3), st.randoms(use_true_random=False))
def test_any_text_is_read_as_the_whole_reads_it(fragments: list[str], ordered: int, chance: random.Random) -> None:
    """Rows of every kind among ordinary ones; mostly the whole cannot be read either."""
    rows = rows_of(range(1, 80))
    for fragment in fragments if not ordered else fragments[:ordered]:
        rows.insert(chance.randrange(len(rows) + 1), fragment)
    sheet = text(rows)
    found, expected = pieced(sheet), whole(sheet)
    assert found is None or (expected is not None and found.equals(expected))


def test_a_large_workbook_tells_every_problem_at_its_row(library: Library, tmp_path: Path) -> None:
    """Large enough to be divided, with a formula that is seen on the way."""
    rows = [(number, f"S-{number}", "female") for number in range(2, 20_002)]
    rows[9] = (11, "S-11", "femal")
    rows[17_999] = (18_001, "S-18001", "900101-1234567")
    path = tmp_path / "large.xlsx"
    cells = {1: HEADER, **{number: [alias, *GOOD[1:7], sex] for number, alias, sex in rows}}
    sheet = text([sample_row(number, each) for number, each in cells.items()])
    path.write_bytes(workbook(sheet.replace(b'<c r="H15000" t="inlineStr"><is><t>female</t></is>', FORMULA)))
    with open_package(path) as package:
        assert divide(package, PART) is not None
    found = check_file(library, path, form="sample")
    told = {(each.row, each.field, each.code) for each in found.problems if each.severity != "info"}
    unknown = {(row, "sex", "term-unknown") for row in (10, 18_000)}
    assert found.rows == 20_000
    assert told == unknown | {(14_999, "sex", "cell-formula"), (18_000, "sex", "person-identifier")}


def sample_row(number: int, cells: list[str]) -> str:
    shown = "".join(cell("ABCDEFGH"[at], number, each) for at, each in enumerate(cells))
    return f'<row r="{number}">{shown}' + f'<c r="Z{number}" s="0"/>' * 40 + "</row>"


def test_a_small_workbook_is_read_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "small.xlsx"
    path.write_bytes(workbook(text(ORDINARY["plain"])))
    with open_package(path) as package:
        assert divide(package, PART) is None


def test_damage_in_a_part_beside_the_sheet_is_left_to_the_whole() -> None:
    sheet = text([sample_row(number, GOOD) for number in range(1, 500)])
    data = bytearray(workbook(sheet).replace(b"xl/theme/theme1.xml", b"xl/themes/theme.xml"))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        data[package.getinfo("xl/themes/theme.xml").header_offset + 100] ^= 1
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert divide(package, PART, 1) is None
