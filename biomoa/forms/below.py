"""What may stand below a table on the same sheet: its own header again, or another table, that needs its own sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from typing import NamedTuple

import msgspec
import polars as pl

from biomoa.forms import beside
from biomoa.forms.findings import Fact
from biomoa.forms.headers import Header, Names, find_header
from biomoa.forms.raw import RawSheet, place_of_column, place_of_line, sheet_problem

_FEWEST = 3  # fields of a row that is a header and no record
_GAPS = 50  # empty rows below which another table is looked for
_LONGEST_GAP = 40
_AFTER_GAP = 2  # rows: the header, or a title and the header


class _Second(NamedTuple):
    cut: int
    header: Header


def alone(raw: RawSheet, header: Header, names: Callable[[], Iterable[Names]]) -> RawSheet:
    """Only the first table, with its header once. ``names`` are of all forms, asked for when there is an empty row."""
    raw = _with_header_once(raw, header)
    second = _second(raw.grid, header, names)
    if second is None:
        return raw
    place = place_of_line(raw, second.header.line)
    form: Fact = next(each.form.label for each in names() if each.form.form == second.header.form)
    below = raw.grid.slice(second.header.line)
    found = beside.in_columns(below, range(below.width), 0, partial(place_of_column, raw))
    problems = (
        sheet_problem(raw.name, "sheet-second-table", line=place, form=form),
        *beside.problems_of(found, sheet=raw.name),
    )
    return msgspec.structs.replace(raw, grid=raw.grid.head(second.cut), problems=(*raw.problems, *problems))


def _with_header_once(raw: RawSheet, header: Header) -> RawSheet:
    """Without the rows that repeat the header cell by cell, as printed pages do."""
    at = min(header.fields.values())
    rows = raw.grid.slice(header.line + 1)
    is_same = (rows.to_series(at) == raw.grid.row(header.line)[at]).fill_null(False)
    titles = _plain(raw.grid.row(header.line))
    again = [header.line + 1 + line for line in is_same.arg_true() if _plain(rows.row(line)) == titles]
    if not again:
        return raw
    told = sheet_problem(raw.name, "rows-header-again", lines=place_of_line(raw, *again))
    return raw.without_lines(again, (told,))


def _second(grid: pl.DataFrame, header: Header, names: Callable[[], Iterable[Names]]) -> _Second | None:
    for gap in _gaps(grid, header):
        rows = enumerate(grid.slice(gap, _LONGEST_GAP).iter_rows(), gap)
        for line, row in islice(((at, row) for at, row in rows if any(_plain(row))), _AFTER_GAP):
            found = find_header(names(), [row])
            is_header = found and len(found.fields) >= max(_FEWEST, len(found.unknown) + len(found.twice))
            if found and is_header and not found.fields.items() <= header.fields.items():
                return _Second(gap, found._replace(line=line))
    return None


def _gaps(grid: pl.DataFrame, header: Header) -> Iterable[int]:
    """Where empty rows begin. Only rows without a cell in the first column of the table are looked at whole."""
    start = header.line + 1
    lines, rows = pl.int_range(start, grid.height, eager=True), grid.slice(start)
    first = pl.col(grid.columns[min(header.fields.values())])
    for is_empty in (_is_empty(first), pl.all_horizontal(_is_empty(pl.all()))):
        is_left = rows.select(is_empty).to_series()
        lines, rows = lines.filter(is_left), rows.filter(is_left)
    return lines.filter(lines.diff().fill_null(2) != 1).head(_GAPS).to_list()


def _is_empty(column: pl.Expr) -> pl.Expr:
    return ~column.str.contains(r"\S").fill_null(False)


def _plain(row: Iterable[str | None]) -> list[str]:
    return [(cell or "").strip() for cell in row]
