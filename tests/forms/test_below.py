"""What stands below a table on the same sheet: its header again, or another table."""

from __future__ import annotations

from pathlib import Path

from biomoa.forms.checking import FileCheck, check_file
from biomoa.forms.library import Library
from tests.forms.test_sheets import GOOD, HEADER, SECOND, codes, text_file

RUN = ["alias", "file_names", "experiment", "md5"]
RUNS = [["R-1", "a.bam", "TSE00000001", "0" * 32], ["R-2", "b.bam", "TSE00000001", "1" * 32]]
WIDE = len(HEADER)


def _check(library: Library, folder: Path, *rows: list[str], form: str | None = None) -> FileCheck:
    filled = [[*row, *[""] * (WIDE - len(row))] for row in rows]
    return check_file(library, text_file(folder, "sample.tsv", filled), form=form)


def test_a_header_that_is_repeated_is_no_data(library: Library, tmp_path: Path) -> None:
    found = _check(library, tmp_path, HEADER, GOOD, HEADER, [], HEADER, SECOND, ["S-003", *GOOD[1:7], "femal"])
    assert [(each.code, each.row) for each in found.problems] == [
        ("rows-header-again", None), ("rows-empty", None), ("term-unknown", 6),
    ]  # fmt: skip
    assert "lines 3, 5" in found.problems[0].message.en and found.rows == 3
    assert "line 4" in found.problems[1].message.en and "4번째 줄" in found.problems[1].message.ko


def test_another_table_below_is_told_once(library: Library, tmp_path: Path) -> None:
    for rows in (([], RUN, *RUNS), ([], ["2. 런"], RUN, *RUNS), (["합계", "2"], [], [], RUN, *RUNS)):
        for form in (None, "sample"):
            found = _check(library, tmp_path, HEADER, GOOD, SECOND, *rows, form=form)
            (told,) = [each for each in found.problems if each.severity == "error"]
            line = 4 + next(at for at, row in enumerate(rows) if row == RUN)
            assert told.code == "sheet-second-table" and found.rows == 2
            assert f"line {line} " in told.message.en and f"{line}번째 줄" in told.message.ko


def test_the_same_form_in_another_order_is_another_table(library: Library, tmp_path: Path) -> None:
    found = _check(library, tmp_path, HEADER, GOOD, [], HEADER[::-1], SECOND[::-1])
    assert codes(found, "error") == ["sheet-second-table"]


def test_persons_in_the_other_table_are_told(library: Library, tmp_path: Path) -> None:
    found = _check(library, tmp_path, HEADER, GOOD, [], [*RUN, "연락처"], [*RUNS[0], "010-2345-6789"])
    assert set(codes(found)) == {"sheet-second-table", "person-identifier-beside"}


def test_a_header_in_another_language_is_no_other_table(library: Library, tmp_path: Path) -> None:
    korean = ["시료 이름", "과제", "패키지", "분류 ID", "생물", "채취일", "채취 장소", "성별"]
    found = _check(library, tmp_path, HEADER, [], korean, GOOD)
    assert (codes(found), found.rows) == (["rows-explaining"], 1)


def test_rows_of_data_below_an_empty_row_stay(library: Library, tmp_path: Path) -> None:
    found = _check(library, tmp_path, HEADER, GOOD, [], ["sex", "package", *GOOD[2:]], ["title"], SECOND)
    assert found.rows == 4 and "sheet-second-table" not in codes(found)
