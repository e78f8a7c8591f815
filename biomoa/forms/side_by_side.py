"""Two forms in one row, as sheets of other archives have experiment and files: read as a sheet of each.

The second sheet has the same lines and columns, so that a problem names the row as the file has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl

from biomoa.forms.headers import Header, Names
from biomoa.forms.model import Form

# Their values may stand in columns of their own: filename, filename2; forward_file_name, reverse_file_name.
_LISTS = ("files", "md5")
_NUMBERED = re.compile(r"(?P<base>.*?(?:[^\W\d_]|md5))[\W_]*\d+", re.S | re.I)
_OF_A_MATE = re.compile(r"(?:forward|reverse|r[12]|read[12])[\W_]+(?P<base>.+)", re.I | re.S)
_FEWEST = 2  # fields of the other form: a single column is told, it is no record


class Second(NamedTuple):
    """What of a row is of another form. ``columns`` gives the columns (from 0) of each of its fields."""

    form: Form
    alias: int
    refers: str
    columns: Mapping[str, tuple[int, ...]]


def find_second(
    grid: pl.DataFrame, header: Header, first: Form, others: Iterable[Names], *, partly: bool = False
) -> Second | None:
    """The form whose records stand beside those of ``first`` in the same rows, with the files that it must have.

    ``partly``: one column of it is enough, as more of it may stand above the header.
    """
    alias = header.fields.get(first.alias, header.fields.get(first.alias_from))
    if alias is None or not _holds_unique(grid.to_series(alias).slice(header.line + 1)):
        return None
    for names in others:
        form = names.form
        mandatory = [each for each in form.fields if each.requirement == "mandatory"]
        refers = next((each.name for each in mandatory if each.to == first.form), "")
        columns = _columns_of(names, header, grid) if refers else {}
        files = {each.name for each in mandatory if each.type in _LISTS}
        if len(columns) >= (1 if partly else _FEWEST) and files and files <= columns.keys():
            return Second(form, alias, refers, columns)
    return None


def divided(grid: pl.DataFrame, header: Header, second: Second) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The grid of each form. Alias and reference of the second are the alias of the first."""
    taken = {at for columns in second.columns.values() for at in columns}
    mine = grid.with_columns(pl.lit(None, pl.String).alias(grid.columns[at]) for at in taken)
    own = {
        grid.columns[columns[0]]: _headed(_joined(grid, columns), header.line, name)
        for name, columns in second.columns.items()
    }
    alias = grid.to_series(second.alias)
    own[grid.columns[second.alias]] = _headed(alias, header.line, second.form.alias)
    theirs = grid.select(
        own.get(name, pl.Series(name, [None] * grid.height, pl.String)).alias(name) for name in grid.columns
    )
    reference = _headed(alias, header.line, second.refers).alias(str(grid.width))
    return mine, theirs.with_columns(reference)


def with_lists(grid: pl.DataFrame, header: Header, names: Names) -> tuple[pl.DataFrame, Mapping[str, tuple[str, ...]]]:
    """The grid with the values of a list in one column, and the headers of the columns that they stood in, by field."""
    types = {field.name: field.type for field in names.form.fields if field.type in _LISTS}
    found: dict[str, tuple[int, ...]] = {}
    line = grid.row(header.line)
    for at, cell in enumerate(line):
        name = (names.find(cell) or _of_a_list(names, _bare(cell), types)) if cell and cell.strip() else None
        if name in types:
            found[name] = (*found.get(name, ()), at)
    told = {}
    for name, columns in found.items():
        if len(columns) == 1 and name in header.fields:
            continue
        if len(columns) > 1:
            told[name] = tuple((line[at] or "").strip() for at in columns)
        joined = _headed(_joined(grid, columns), header.line, name)
        empty = [pl.lit(None, pl.String).alias(grid.columns[at]) for at in columns[1:]]
        grid = grid.with_columns(joined.alias(grid.columns[columns[0]]), *empty)
    return grid, told


def _bare(cell: str) -> str:
    return cell.strip(" *＊")


def _columns_of(names: Names, header: Header, grid: pl.DataFrame) -> dict[str, tuple[int, ...]]:
    types = {field.name: field.type for field in names.form.fields}
    found: dict[str, tuple[int, ...]] = {}
    for at, cell in enumerate(grid.row(header.line)):
        if not cell or cell.strip() not in header.unknown:
            continue
        name = names.find(cell) or _of_a_list(names, _bare(cell), types)
        if name in types and (name not in found or types[name] in _LISTS):
            found[name] = (*found.get(name, ()), at)
    return found


def _of_a_list(names: Names, cell: str, types: Mapping[str, str]) -> str | None:
    """The field whose values stand in several columns, of which this is one."""
    bases = [found["base"] for pattern in (_NUMBERED, _OF_A_MATE) if (found := pattern.fullmatch(cell))]
    return next((name for base in bases if types.get(name := names.find(base) or "") in _LISTS), None)


def _joined(grid: pl.DataFrame, columns: tuple[int, ...]) -> pl.Series:
    """The values of the columns as one list in each row."""
    if len(columns) == 1:
        return grid.to_series(columns[0])
    cells = zip(*(grid.to_series(at).fill_null("").to_list() for at in columns), strict=True)
    return pl.Series([";".join(cell for cell in row if cell.strip()) for row in cells], dtype=pl.String)


def _headed(column: pl.Series, line: int, name: str) -> pl.Series:
    """The column from its header on, which is the name of a field."""
    return pl.Series(column.name, [*[None] * line, name, *column.slice(line + 1).to_list()], pl.String)


def is_unique(frame: pl.DataFrame, name: str) -> bool:
    """Whether there is such a column, and no value stands in it twice."""
    return name in frame.columns and _holds_unique(frame[name])


def _holds_unique(column: pl.Series) -> bool:
    filled = column.drop_nulls().str.strip_chars()
    filled = filled.filter(filled != "")
    return bool(len(filled)) and filled.n_unique() == len(filled)
