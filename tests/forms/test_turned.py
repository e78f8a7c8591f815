"""Sheets turned by 90 degrees: fields down the first column, a record in each column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biomoa.forms.checking import FileCheck, check_file
from biomoa.forms.library import Library
from tests.forms.test_sheets import GOOD, HEADER, SECOND, codes, text_file

THIRD = ["S-003", *GOOD[1:7], "femal"]
Rows = Sequence[Sequence[str | None]]


def _turned(*rows: Sequence[str]) -> list[list[str]]:
    return [list(line) for line in zip(*rows, strict=True)]


def _book(path: Path, sheets: dict[str, Rows], *, down: int = 0, right: int = 0, merge: str = "") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for line, row in enumerate(rows, 1 + down):
            for column, cell in enumerate(row, 1 + right):
                sheet.cell(line, column).value = cell
        if merge:
            sheet.merge_cells(merge)
    book.save(path)
    return path


def _told(found: FileCheck) -> list[tuple[str, int | None]]:
    return [(each.code, each.row) for each in found.problems]


def test_a_turned_table_is_read_and_told_once(library: Library, tmp_path: Path) -> None:
    found = check_file(library, text_file(tmp_path, "a.tsv", _turned(HEADER, GOOD, SECOND, THIRD)), form="sample")
    assert _told(found) == [("sheet-turned", None), ("term-unknown", 3)]
    assert found.sheets[0].frame.rows()[1] == tuple(SECOND)
    told = found.problems[0]
    assert "column A" in told.message.en and "row 1 is column B" in told.message.en
    assert "A열" in told.message.ko and "1행은 B열" in told.message.ko


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(st.lists(st.sampled_from(["", "합계", "예시", "7", "x", " "]), min_size=7, max_size=7), max_size=5)
)
def test_turning_changes_no_row(library: Library, tmp_path: Path, cells: list[list[str]]) -> None:
    rows = [HEADER, GOOD, *([f"S{number}", *each] for number, each in enumerate(cells))]
    upright = check_file(library, text_file(tmp_path, "a.tsv", rows), form="sample")
    turned = check_file(library, text_file(tmp_path, "b.tsv", _turned(*rows)), form="sample")
    assert turned.sheets[0].frame.equals(upright.sheets[0].frame)
    assert _told(turned) == [("sheet-turned", None), *_told(upright)]


def test_places_of_a_workbook_are_found_again(library: Library, tmp_path: Path) -> None:
    """A title line and notes around it; formulas, merged cells, and rows without a name where the file has them."""
    header, example = ["항목", *HEADER, "", "colour"], ["예시", *GOOD, "", ""]
    table = _turned(header, example, ["1", *GOOD, "lost", "red"], ["2", *THIRD, "", ""])
    table[2][3] = None  # type: ignore[call-overload]
    table[5][2] = '="Homo"&" sapiens"'
    path = _book(tmp_path / "a.xlsx", {"시료": [["우리 연구실 시료"], [], *table]}, right=2, merge="E5:F5")
    found = check_file(library, path, form="sample")
    told = {each.code: each for each in found.problems}
    assert "column C" in told["sheet-turned"].message.en and "row 1 is column E" in told["sheet-turned"].message.en
    assert "column D" in told["rows-example"].message.en and "D열" in told["rows-example"].message.ko
    assert (told["cell-formula"].row, told["cell-formula"].field) == (1, "organism")
    assert "line 12" in told["column-nameless"].message.en and "12번째 줄" in told["column-nameless"].message.ko
    assert "E5:F5" in told["cell-merged"].message.en
    assert found.sheets[0].frame["project"].to_list() == ["study-1", "study-1"]
    assert (told["term-unknown"].row, found.rows) == (2, 2)
    assert "header-moved" not in told and "value-above" not in told


def test_one_record_with_its_fields_down_a_column(korea: Library, tmp_path: Path) -> None:
    rows = [["항목", "내용"], ["과제명 (국문)", "간 연구"], ["과제 설명 (국문)", "길다."], ["주제어", "간"]]
    found = check_file(korea, text_file(tmp_path, "a.csv", rows, ","))
    assert [(each.form, each.frame.height) for each in found.sheets] == [("bioproject", 1)]
    assert "sheet-turned" in codes(found) and "sheet-missing" not in codes(found)


def test_lines_around_a_turned_table_are_no_fields(library: Library, tmp_path: Path) -> None:
    """A title and a remark beside nothing, and a column of units; what they say of persons is told."""
    units = ["단위", "", "", "", "", "", "YYYY-MM-DD", "", ""]
    table = _turned(["항목", *HEADER], units, ["1", *GOOD])
    notes = ["* 문의: 환자 880101-4234567", "", ""]
    rows = [["시료 정보", "", ""], ["", "", ""], *table, ["", "", ""], notes]
    found = check_file(library, text_file(tmp_path, "a.tsv", rows), form="sample")
    assert codes(found) == ["sheet-turned", "person-identifier-beside", "column-unknown", "rows-explaining"]
    assert [each.value for each in found.problems if each.code == "column-unknown"] == ["항목"]
    assert found.rows == 1 and found.valid


def test_one_record_beside_a_table_of_another_form(korea: Library, tmp_path: Path) -> None:
    project = [["과제명 (국문)", "간 연구"], ["과제 설명 (국문)", "길다."], ["주제어", "간"]]
    samples = [["시료명", "학명", "채취일"], ["S1", "Homo sapiens", "2024"]]
    found = check_file(korea, _book(tmp_path / "a.xlsx", {"과제": project, "시료": samples}))
    assert [(each.form, each.frame.height) for each in found.sheets] == [("bioproject", 1), ("biosample", 1)]


def test_a_sheet_that_describes_the_fields_is_no_data(library: Library, tmp_path: Path) -> None:
    about = [["항목", "설명", "필수"], *([name, f"{name}의 설명", "필수"] for name in HEADER)]
    path = _book(tmp_path / "a.xlsx", {"자료": [HEADER, GOOD, SECOND], "설명": about, "more": about[1:]})
    found = check_file(library, path)
    assert [(each.name, each.frame.height) for each in found.sheets] == [("자료", 2)]
    assert [(each.code, each.sheet) for each in found.problems if each.code == "sheet-unknown"] == [
        ("sheet-unknown", "설명"), ("sheet-unknown", "more"),
    ]  # fmt: skip
    assert found.valid


def test_a_form_of_others_that_stands_sideways_is_told_once(korea: Library, tmp_path: Path) -> None:
    """As the DDBJ asks for projects: only some of its names are known, and of several forms."""
    rows = [["first_name", "A"], ["last_name", "B"], ["consortium", "C"], ["title", "My title"], ["description", "D"]]
    rows += [["sample_scope", "Monoisolate"], ["organism", "Homo sapiens"], ["taxonomy_id", "9606"], ["label", "x"]]
    rows += [["my field", "y"]]
    found = check_file(korea, text_file(tmp_path, "a.tsv", rows))
    (told,) = found.problems
    assert (told.code, told.severity, found.rows) == ("sheet-sideways", "error", 0)
    assert "column A" in told.message.en and "A열" in told.message.ko


def test_projects_of_the_ddbj_are_told_once(korea: Library, oracles: Path) -> None:
    files = [*(oracles / "case-ddbj").rglob("bioproject*.tsv"), *(oracles / "case-ddbj").rglob("bioproject*.xlsx")]
    assert len(files) == 5
    for path in files:
        found = check_file(korea, path)
        assert found.rows == 0
        assert [each.code for each in found.problems if each.severity == "error"] == ["sheet-sideways"], path.name


def test_a_lone_field_that_is_no_name_is_no_header(korea: Library, tmp_path: Path) -> None:
    rows = [["Study Title", "x"], ["Person Roles", "submitter"], ["Publication DOI", ""], ["Protocol Name", "y"]]
    found = check_file(korea, text_file(tmp_path, "a.tsv", rows))
    assert codes(found) == ["sheet-missing"]


def test_one_of_several_sheets_may_be_turned(library: Library, tmp_path: Path) -> None:
    runs = [["alias", "file_names", "experiment", "md5"], ["R-1", "a.bam", "TSE00000001", "0" * 32]]
    path = _book(tmp_path / "a.xlsx", {"sample": _turned(HEADER, GOOD), "runs": runs})
    found = check_file(library, path)
    assert {(each.form, each.frame.height) for each in found.sheets} == {("sample", 1), ("run", 1)}
    assert codes(found).count("sheet-turned") == 1


@pytest.mark.parametrize(
    "rows",
    [
        [HEADER, GOOD],
        [HEADER, HEADER, GOOD],
        [["alias", "colour"], ["project", "red"], ["package", "blue"], ["organism", "green"]],
        [["alias", "project"], ["package", "organism"], ["sex", "taxon_id"], ["collection_date", "x"]],
        [*([name, "x"] for name in HEADER[1:5]), HEADER, GOOD],
    ],
)
def test_what_stands_upright_is_not_turned(library: Library, tmp_path: Path, rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    found = check_file(library, text_file(tmp_path, "a.tsv", rows), form="sample")
    turned = rows[0][1] == "colour"  # with that one nobody can tell but by the names of fields
    assert ("sheet-turned" in codes(found)) == turned


def test_an_unused_row_with_a_person_is_named_as_a_row(library: Library, tmp_path: Path) -> None:
    rows = _turned([*HEADER, "연락처"], [*GOOD, "010-2345-6789"])
    found = check_file(library, text_file(tmp_path, "a.tsv", rows), form="sample")
    (told,) = [each for each in found.problems if each.code == "person-identifier-beside"]
    assert "line 9" in told.message.en and "9번째 줄" in told.message.ko


def test_an_unused_column_is_named_by_its_letter(library: Library, tmp_path: Path) -> None:
    path = _book(tmp_path / "a.xlsx", {"sample": [[*HEADER, "연락처"], [*GOOD, "010-2345-6789"]]}, right=2)
    (told,) = [each for each in check_file(library, path).problems if each.code == "person-identifier-beside"]
    assert "column K" in told.message.en and "K열" in told.message.ko
