"""Examples above the data, totals and remarks among and below them: told once, left out; a real row is never lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biomoa.forms import datarows
from biomoa.forms.checking import FileCheck, check_file
from biomoa.forms.library import Library
from biomoa.forms.template import write_template
from tests.forms.test_sheets import GOOD, HEADER, SECOND, codes, text_file


def _check(library: Library, folder: Path, *rows: list[str], header: list[str] = HEADER) -> FileCheck:
    return check_file(library, text_file(folder, "a.tsv", [header, *rows]), form="sample")


def _row(first: str, *others: str) -> list[str]:
    return [first, *others, *[""] * (len(HEADER) - 1 - len(others))]


FOOTERS = [
    _row("합계", "", "", "2"),
    _row("합  계:", "", "", "1,234", "", "-"),
    _row("계", "2개", "1.5", "30 %"),
    _row("Grand Total", "3 samples"),
    _row("Sub-total"),
    _row("sum", "", "", "18,4"),
    _row("총 24건"),
    _row("합계(24개)"),
    _row("Total: 12"),
    _row("비고", "2024년에 채취함"),
    _row("비고: 2024년에 채취함"),
    _row("※ 문의는 연구실로"),
    _row("주1) 동결 보관"),
    _row("* dried at 60 °C"),
    _row("Note: sampled twice"),
    _row("Remarks:", "sampled twice"),
    _row("# end of the table"),
]
KEPT = [
    _row("Total RNA 1"),
    _row("Total RNA 1", "study-1", "human", "9606"),
    _row("Total 1"),
    _row("합계", "study-1", "human", "9606", "Homo sapiens"),
    ["Sum", *GOOD[1:]],
    ["Total", *GOOD[1:]],
    ["비고", *GOOD[1:]],
    _row("비고-1", "study-1"),
    _row("계곡물 1"),
    _row("계룡산", "", "", "9606"),
    _row("Notebook: 7", "study-1"),
    _row("*S1"),
    _row("* S1", "study-1", "human"),
    _row("총각무 3개"),
    _row("Summit 1", "", "", "9606"),
    _row("", "", "", "", "", "", "", "합계"),
    _row("", "", "", "", "", "Total"),
    _row("", "총계", "2"),
]


@pytest.mark.parametrize("footer", FOOTERS, ids="|".join)
def test_totals_and_remarks_below_the_data_are_told_once(library: Library, tmp_path: Path, footer: list[str]) -> None:
    found = _check(library, tmp_path, GOOD, SECOND, footer)
    assert (codes(found), found.rows, found.valid) == (["rows-footer"], 2, True)
    assert "line 4" in found.problems[0].message.en and "4번째 줄" in found.problems[0].message.ko


@pytest.mark.parametrize("row", KEPT, ids="|".join)
def test_a_row_that_may_be_data_stays(library: Library, tmp_path: Path, row: list[str]) -> None:
    found = _check(library, tmp_path, GOOD, SECOND, row)
    assert found.rows == 3 and "rows-footer" not in codes(found)


def test_several_are_told_together_and_rows_keep_their_numbers(library: Library, tmp_path: Path) -> None:
    rows = [GOOD, _row("소계", "1"), ["S-002", *GOOD[1:7], "femal"], [""] * 8, _row("합계", "2"), _row("* 끝")]
    found = _check(library, tmp_path, *rows)
    assert [(each.code, each.row) for each in found.problems] == [("rows-footer", None), ("term-unknown", 3)]
    assert "lines 3, 6, 7" in found.problems[0].message.en
    assert found.rows == 2 and found.sheets[0].frame.height == 3


def test_a_total_is_no_formula_of_a_row(library: Library, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "sample"
    for row in (HEADER, GOOD, SECOND, _row("합계", "", "", "=COUNTA(A2:A3)")):
        sheet.append(row)
    sheet.merge_cells("A4:C4")
    book.save(tmp_path / "a.xlsx")
    found = check_file(library, tmp_path / "a.xlsx")
    assert (codes(found), found.rows) == (["rows-footer"], 2)


def test_many_names_that_begin_like_a_remark_are_looked_at_by_columns(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []
    real = datarows._is_footer
    monkeypatch.setattr(datarows, "_is_footer", lambda row, last: looked_at.append(row) or real(row, last))
    rows = [[f"{mark}{number}", *GOOD[1:]] for number in range(300) for mark in ("주", "Sum", "* ", "비고: ", "계")]
    assert _check(library, tmp_path, GOOD, *rows).rows == 1501 and not looked_at


def test_persons_in_a_remark_are_told(library: Library, tmp_path: Path) -> None:
    found = _check(library, tmp_path, GOOD, _row("비고: 환자 880101-4234567"))
    assert codes(found) == ["rows-footer", "person-identifier-beside"]
    assert "880101" not in repr(found.problems)


EXAMPLES = ["예시", "예)", "(예시)", "[예시]", "(example)", "e.g.", "Example", "EXAMPLE:", "예) S-001"]
EXAMPLES += ["(예시) S-001", "예: S-001", "e.g. S-001", "Example: S-001", "예시 S-001", "example S-001", "ex) S-9"]
EXAMPLES += ["작성 예시", "Example!_S-001"]
NO_EXAMPLES = [
    "예시 1",
    "Example 1",
    "Example soil",
    "예천 1",
    "ex",
    "Ex1",
    "exon-1",
    "e.g",
    "example-7",
    "예",
    "예산군",
]


@pytest.mark.parametrize("mark", EXAMPLES)
def test_example_rows_are_told_once(library: Library, tmp_path: Path, mark: str) -> None:
    found = _check(library, tmp_path, [mark, *GOOD[1:]], SECOND, ["S-003", *GOOD[1:7], "femal"])
    assert [(each.code, each.row) for each in found.problems] == [("rows-example", None), ("term-unknown", 2)]
    assert "line 2" in found.problems[0].message.en and "2번째 줄" in found.problems[0].message.ko
    assert found.rows == 2 and found.sheets[0].first_line == 3


@pytest.mark.parametrize("name", NO_EXAMPLES)
def test_what_may_be_a_name_is_no_example(library: Library, tmp_path: Path, name: str) -> None:
    found = _check(library, tmp_path, [name, *GOOD[1:]], SECOND)
    assert found.rows == 2 and "rows-example" not in codes(found)


def test_the_lines_of_instruction_of_the_ega_are_no_data(korea: Library, oracles: Path) -> None:
    """Under the header "TODO: …" in each cell, then "Provide your real metadata below this row", then "Example!_…"."""
    path = oracles / "ega" / "templates" / "sequence-based-metadata" / "EGA_metadata_submission_template_v1.xlsx"
    found = check_file(korea, path)
    assert found.rows == 0
    told = [(each.code, each.message.en) for each in found.problems if each.sheet == "sample"]
    assert [code for code, _ in told if code.startswith("rows-")] == ["rows-example", "rows-explaining"]
    assert "line 4" in dict(told)["rows-example"] and "2 row(s)" in dict(told)["rows-explaining"]
    unknown = [each.value for each in found.problems if each.sheet == "sample" and each.code == "column-unknown"]
    assert len(unknown) == len(set(unknown))


@pytest.mark.parametrize(
    ("line", "is_data"),
    [
        ("↓ 이 줄 아래에 입력하세요", False),
        ("Please enter your samples below", False),
        ("Soil below 10 cm", True),
        ("아래층 공기", True),
    ],
)
def test_an_invitation_above_the_data_is_no_data(library: Library, tmp_path: Path, line: str, is_data: bool) -> None:
    found = _check(library, tmp_path, _row(line), GOOD)
    assert found.rows == 1 + is_data and ("rows-explaining" in codes(found)) != is_data


def test_an_example_below_data_is_data(library: Library, tmp_path: Path) -> None:
    assert _check(library, tmp_path, GOOD, ["예시", *GOOD[1:]]).rows == 2


def test_a_mark_in_a_column_of_its_own_counts(library: Library, tmp_path: Path) -> None:
    found = _check(library, tmp_path, ["예시 1", *GOOD], ["1", *SECOND], header=["구분", *HEADER])
    assert (found.rows, codes(found)) == (1, ["rows-example", "column-unknown"])


def test_a_sheet_with_nothing_but_an_example_says_so(library: Library, tmp_path: Path) -> None:
    assert codes(_check(library, tmp_path, ["예시", *GOOD[1:]])) == ["rows-example", "sheet-empty"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_example_of_our_template_is_no_data(library: Library, tmp_path: Path, language: str) -> None:
    """Also when its # was taken off, or somebody typed under it."""
    path = write_template(library, ["sample"], tmp_path / "t.xlsx", language=language).path  # type: ignore[arg-type]
    book = openpyxl.load_workbook(path)
    sheet = book["sample"]
    for name, value in zip(HEADER, GOOD, strict=True):
        at = next(cell.column for cell in sheet[2] if str(cell.value).lstrip("*") == name)
        sheet.cell(4, at).value = value
    book.save(path)
    assert "rows-example" not in codes(found := check_file(library, path)) and found.rows == 1
    sheet["A3"].value = str(sheet["A3"].value).lstrip("#")
    book.save(path)
    found = check_file(library, path)
    assert codes(found).count("rows-example") == 1 and found.rows == 1


NAMES = st.text(st.characters(categories=["L", "N"], include_characters=" .:*()-"), min_size=1, max_size=12).filter(
    lambda name: name.strip() and not name.strip().startswith("#")
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(st.one_of(NAMES, st.sampled_from(["합계", "Total", "비고", "Note:", "* a"])), min_size=1, max_size=6)
)
def test_a_row_with_its_fields_is_never_a_footer(library: Library, tmp_path: Path, names: list[str]) -> None:
    found = _check(library, tmp_path, GOOD, *([name, *GOOD[1:]] for name in names))
    assert found.rows == 1 + len(names)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=NAMES, word=st.sampled_from(["합계", "Total", "Sum", "비고", "note"]))
def test_a_name_that_only_contains_a_word_is_kept(library: Library, tmp_path: Path, name: str, word: str) -> None:
    found = _check(library, tmp_path, GOOD, _row(f"{word} {name} a", "", "", "9606"), _row(f"a{name}{word}"))
    assert found.rows == 3
