"""What a file holds before anybody asks which form it is: grids of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import polars as pl

from biomoa.catalog.model import Text
from biomoa.forms.beside import Beside, letters
from biomoa.forms.findings import Fact, Finding, problem_of
from biomoa.forms.problems import Problem


class OddCell(NamedTuple):
    """A cell that needs telling. ``line`` and ``column`` count from 0; ``text`` is a formula or an error value."""

    line: int
    column: int
    text: str


class Merge(NamedTuple):
    """Merged cells, from the first to the last line and column (from 0, both within)."""

    first_line: int
    first_column: int
    last_line: int
    last_column: int
    cells: str


class Oddities(msgspec.Struct, frozen=True):
    """What a workbook says about a sheet that the values do not show.

    Columns count from 0 at column A; ``first_column`` is the first column with a cell, with which the grid begins.
    ``beside`` are identifiers of persons in what is printed around its pages. ``hidden_rows`` and ``hidden_columns``
    say whether some near its beginning are hidden, as a filter leaves them, ``hidden`` whether the whole sheet is;
    ``from_1904`` whether the workbook counts its days from 1904.
    """

    formulas: tuple[OddCell, ...] = ()
    errors: tuple[OddCell, ...] = ()
    merges: tuple[Merge, ...] = ()
    first_column: int = 0
    beside: tuple[Beside, ...] = ()
    hidden: bool = False
    hidden_rows: bool = False
    hidden_columns: bool = False
    from_1904: bool = False


class RawSheet(msgspec.Struct, frozen=True):
    """A grid of text from line 0 and the first used column; empty cells are null or "".

    ``separated``: its cells were told apart by separators, so that one too many moves the rest of a row. ``asides`` are
    lines (from 0) that were emptied and told, as they are no data. ``first_line`` is the line of the file (from 1) at
    line 0: 0 where the names of the fields stand in no line of the file, -1 where its rows are the values of one JSON
    list, which are counted. ``turned_from``: its lines were columns of the file, from this one on.
    """

    name: str
    grid: pl.DataFrame
    oddities: Oddities = Oddities()
    problems: tuple[Problem, ...] = ()
    separated: bool = False
    asides: frozenset[int] = frozenset()
    first_line: int = 1
    turned_from: int | None = None

    def without_lines(self, lines: Sequence[int], told: Sequence[Problem]) -> RawSheet:
        """With these lines (from 0) emptied, as they are no data, and told."""
        is_kept = ~pl.int_range(self.grid.height, eager=True).is_in(list(lines))
        grid = self.grid.with_columns(pl.when(is_kept).then(pl.all()))
        return msgspec.structs.replace(
            self, grid=grid, problems=(*self.problems, *told), asides=self.asides | frozenset(lines)
        )


class RawFile(msgspec.Struct, frozen=True):
    """``properties`` are the hidden custom properties of a workbook, ``beside`` identifiers of persons in its parts."""

    sheets: tuple[RawSheet, ...]
    problems: tuple[Problem, ...] = ()
    properties: Mapping[str, str] = {}
    beside: tuple[Beside, ...] = ()


class Unreadable(Exception):
    """A file that cannot be read; ``code`` and ``facts`` tell why."""

    def __init__(self, code: str, **facts: Fact) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def file_problem(file: str, code: str, **facts: Fact) -> Problem:
    """A problem of the file as a whole."""
    return msgspec.structs.replace(problem_of(Finding(code, {"file": file, **facts})), file=file)


def sheet_problem(sheet: str, code: str, **facts: Fact) -> Problem:
    """A problem of a sheet as a whole."""
    return msgspec.structs.replace(problem_of(Finding(code, {"sheet": sheet, **facts})), sheet=sheet)


def place_of_line(sheet: RawSheet, *lines: int, most: int = 5) -> Text:
    """Where the file has lines of the grid (from 0): as lines, or as columns of a sheet that was turned."""
    more = len(lines) - most
    ko, en = (f" 외 {more:,}개", f" and {more:,} more") if more > 0 else ("", "")
    several = "s" if len(lines) > 1 else ""
    if sheet.turned_from is None and sheet.first_line < 0:
        listed = ", ".join(map(str, lines[:most]))
        return Text(ko=f"{listed}번째 값{ko}", en=f"value{several} {listed}{en}")
    if sheet.turned_from is None:
        listed = ", ".join(str(line + sheet.first_line) for line in lines[:most])
        return Text(ko=f"{listed}번째 줄{ko}", en=f"line{several} {listed}{en}")
    listed = ", ".join(letters(line + sheet.turned_from) for line in lines[:most])
    return Text(ko=f"{listed}열{ko}", en=f"column{several} {listed}{en}")


def place_of_column(sheet: RawSheet, column: int) -> Text:
    """Where the file has a column of the grid (from 0): as a column, or as a line of a sheet that was turned."""
    if sheet.turned_from is not None:
        return Text(ko=f"{column + 1}번째 줄", en=f"line {column + 1}")
    letter = letters(column + sheet.oddities.first_column)
    return Text(ko=f"{letter}열", en=f"column {letter}")
