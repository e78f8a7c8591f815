"""Sheets turned by 90 degrees, with the fields down a column and a record in each column: turned upright.

A sheet that explains the fields of another looks the same, and is no data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
import polars as pl

from biomoa.forms import beside
from biomoa.forms.datarows import first_row
from biomoa.forms.headers import SEARCHED_LINES, Header, Names, find_header
from biomoa.forms.problems import Problem
from biomoa.forms.raw import Merge, OddCell, Oddities, RawSheet, place_of_line, sheet_problem

_LOOKED_AT = 5  # columns that may hold the names of the fields
_MOST_LINES = 1_000  # no form has as many fields
_FEWEST = 3  # fields down a column
_WEAK = 1  # fields in a row, when its first cell is the first field of such a column


class Upright(NamedTuple):
    """The sheets, all upright, and what is told of those that are not read, by name."""

    sheets: tuple[RawSheet, ...]
    unread: Mapping[str, Problem]


def upright(sheets: Sequence[RawSheet], names: Mapping[str, Names]) -> Upright:
    """The sheets as they are, but those that are turned."""
    above = {each.name: find_header(names.values(), each.grid.head(SEARCHED_LINES).rows()) for each in sheets}
    forms = {each.form for each in above.values() if each is not None and len(each.fields) > _WEAK}
    found, unread = [], {}
    for sheet in sheets:
        header = _header_down(sheet, above[sheet.name], names.values())
        is_named = sheet.name.strip().lower() in names
        if header is None:
            found.append(sheet)
        elif not is_named and (
            header.form in forms or (forms and above[sheet.name] is None and not _is_mostly_fields(header))
        ):
            unread[sheet.name] = sheet_problem(sheet.name, "sheet-unknown")
            found.append(sheet)
        elif _is_mostly_fields(header):
            found.append(_turned(sheet, header, names[header.form]))
        else:
            made = msgspec.structs.replace(sheet, turned_from=sheet.oddities.first_column)
            place = place_of_line(made, header.line)
            unread[sheet.name] = sheet_problem(sheet.name, "sheet-sideways", column=place)
            found.append(sheet)
    return Upright(tuple(found), unread)


def _header_down(sheet: RawSheet, above: Header | None, names: Iterable[Names]) -> Header | None:
    """The header in one of the first columns, when no row can be one."""
    grid = sheet.grid
    if sheet.name.startswith("_") or grid.height > _MOST_LINES or (above and len(above.fields) > _WEAK):
        return None
    header = find_header(names, [grid.to_series(at).to_list() for at in range(min(grid.width, _LOOKED_AT))])
    return None if header is None or len(header.fields) < _FEWEST or header.line + 1 == grid.width else header


def _is_mostly_fields(header: Header) -> bool:
    """Of the form and of no other, so that its records are surely of it."""
    return len(header.fields) >= len(header.unknown) + len(header.twice)


def _turned(sheet: RawSheet, header: Header, names: Names) -> RawSheet:
    rows = sheet.grid.rows()
    notes = [at for at, row in enumerate(rows) if _is_note(row, header, names)]
    data = {str(at): ([None] * len(row) if at in notes else row) for at, row in enumerate(rows)}
    grid = pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))
    made = msgspec.structs.replace(
        sheet, grid=grid, oddities=_turned_oddities(sheet.oddities), separated=False,
        turned_from=sheet.oddities.first_column,
    )  # fmt: skip
    first, _ = first_row(made, header, names)
    told = sheet_problem(
        sheet.name, "sheet-turned", column=place_of_line(made, header.line), first=place_of_line(made, first)
    )
    persons = beside.problems_of(beside.in_lines(rows[at] for at in notes), sheet=sheet.name)
    return msgspec.structs.replace(made, problems=(*sheet.problems, told, *persons))


def _is_note(row: Sequence[str | None], header: Header, names: Names) -> bool:
    """Whether a line is a title or a remark: it stands among the names of the fields, and has nothing beside it."""
    filled = [at for at, cell in enumerate(row) if cell and cell.strip()]
    return len(filled) == 1 and filled[0] <= header.line and not names.find(row[filled[0]] or "")


def _turned_oddities(odd: Oddities) -> Oddities:
    """Lines as columns; what is hidden stays as the file names it."""
    start = odd.first_column
    return msgspec.structs.replace(
        odd,
        formulas=tuple(OddCell(each.column - start, each.line, each.text) for each in odd.formulas),
        errors=tuple(OddCell(each.column - start, each.line, each.text) for each in odd.errors),
        merges=tuple(
            Merge(each.first_column - start, each.first_line, each.last_column - start, each.last_line, each.cells)
            for each in odd.merges
        ),
        first_column=0,
    )
