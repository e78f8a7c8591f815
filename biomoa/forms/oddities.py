"""What a spreadsheet program or an editor did to cells and columns: told, and mended where that is safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec
import polars as pl

from biomoa.catalog.model import Text
from biomoa.forms.findings import Finding, problem_of
from biomoa.forms.headers import Header
from biomoa.forms.model import Form
from biomoa.forms.problems import Problem
from biomoa.forms.raw import RawSheet, place_of_column, sheet_problem

_DATE_CELL = r"^(\d{4}-\d\d-\d\d) 00:00:00(?:\.0+)?$"
_DAY_NUMBER = r"^([0-9]{5})(?:\.[0-9]+)?$"
_EPOCH_1904 = date(1904, 1, 1)
_MANGLED = r"^\d{4}-\d\d-\d\d 00:00:00$|^-?\d+(?:\.\d+)?E\+\d+$"


def odd_cells(raw: RawSheet, header: Header, form: Form, start: int, frame: pl.DataFrame) -> Iterator[Problem]:
    names = {at + raw.oddities.first_column: name for name, at in header.fields.items()}
    labels = {field.name: field.label for field in form.fields}
    for code, cells in (("cell-formula", raw.oddities.formulas), ("cell-error", raw.oddities.errors)):
        for cell in cells:
            name, row = names.get(cell.column), cell.line - start
            if name is None or not 0 <= row < frame.height or cell.line in raw.asides:
                continue
            shown = frame[name][row]
            finding = Finding(code, {"formula": cell.text}, shown or None if code == "cell-formula" else None)
            value = shown if code == "cell-formula" and shown else cell.text
            told = problem_of(finding, label=labels.get(name), value=value, field=name)
            yield msgspec.structs.replace(told, sheet=raw.name, row=row + 1)
    for merge in raw.oddities.merges:
        is_below = merge.last_line >= start and merge.first_line < start + frame.height
        if is_below and any(merge.first_column <= column <= merge.last_column for column in names):
            yield sheet_problem(raw.name, "cell-merged", cells=merge.cells)


def hidden(raw: RawSheet) -> Iterator[Problem]:
    """What the workbook does not show is read as the rest, and told."""
    if raw.oddities.hidden:
        yield sheet_problem(raw.name, "sheet-hidden")
    rows, columns = raw.oddities.hidden_rows, raw.oddities.hidden_columns
    if rows or columns:
        ko = " · ".join(word for word, is_so in (("숨긴 행", rows), ("숨긴 열", columns)) if is_so)
        en = " and ".join(word for word, is_so in (("hidden rows", rows), ("hidden columns", columns)) if is_so)
        told = problem_of(Finding("cells-hidden", {"sheet": raw.name, "what": Text(ko=ko, en=en)}))
        yield msgspec.structs.replace(told, sheet=raw.name)


def merged(raw: RawSheet, header: Header, start: int, frame: pl.DataFrame) -> pl.DataFrame:
    """The value of merged cells in each of their rows."""
    for merge in raw.oddities.merges:
        first, last = merge.first_line - start, min(merge.last_line - start, frame.height - 1)
        for name, at in header.fields.items():
            if 0 <= first < last and at + raw.oddities.first_column == merge.first_column:
                rows = list(range(first + 1, last + 1))
                frame = frame.with_columns(frame[name].scatter(rows, [frame[name][first]] * len(rows)))
    return frame


def ragged(raw: RawSheet, header: Header, start: int, height: int) -> Iterator[Problem]:
    """Rows of a text file with cells beyond the header: a separator too many."""
    width = max((at for at, cell in enumerate(raw.grid.row(header.line)) if cell), default=0) + 1
    beyond = raw.grid.columns[width:]
    if not beyond:
        return
    rows = raw.grid.slice(start, height).select(pl.any_horizontal(pl.col(beyond).fill_null("") != "")).to_series()
    for row in rows.arg_true().to_list():
        filled = max(at for at, cell in enumerate(raw.grid.row(start + row)) if cell) + 1
        told = problem_of(Finding("row-ragged", {"count": str(filled), "expected": str(width)}))
        yield msgspec.structs.replace(told, sheet=raw.name, row=row + 1)


def nameless(raw: RawSheet, header: Header, start: int, height: int) -> Iterator[Problem]:
    """Columns with something in them and nothing in the header. Beyond the header of separated text: ``ragged``."""
    line = raw.grid.row(header.line)
    width = max((at for at, cell in enumerate(line) if cell), default=0) + 1
    rows = raw.grid.slice(start, height)
    for at in range(width if raw.separated else raw.grid.width):
        column = rows.to_series(at)
        if (line[at] or "").strip() or column.null_count() == len(column):
            continue
        if any(cell.strip() for cell in column.drop_nulls().unique()):
            yield sheet_problem(raw.name, "column-nameless", column=place_of_column(raw, at))


def left(raw: RawSheet, header: Header, start: int, height: int, joined: Sequence[str]) -> pl.DataFrame:
    """The columns that are of no field and not empty, by their headers; by their number where they have none."""
    line, rows = raw.grid.row(header.line), raw.grid.slice(start, height)
    met = Counter[str]()
    found: dict[str, pl.Series] = {}
    for at in sorted(set(range(raw.grid.width)) - set(header.fields.values())):
        name = (line[at] or "").strip() or f"[{at + 1}]"
        if name in joined or not rows.to_series(at).str.contains(r"\S").any():
            continue
        met[name] += 1
        while (free := f"{name} ({met[name]})" if met[name] > 1 else name) in found or free in header.fields:
            met[name] += 1  # what is in brackets is no part of a name
        found[free] = rows.to_series(at).fill_null("")
    return pl.DataFrame(found)


def date_cells(form: Form, frame: pl.DataFrame) -> pl.DataFrame:
    """Real date cells of a spreadsheet are dates, whatever format they show."""
    dates = [field.name for field in form.fields if field.type == "date" and field.name in frame.columns]
    return frame.with_columns(pl.col(name).str.replace(_DATE_CELL, "$1") for name in _having(frame, dates, _DATE_CELL))


def days_of_1904(sheet: str, form: Form, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """Days that show as a number, told as dates: taken for days since 1900 they would be four years early."""
    dates = {field.name: field for field in form.fields if field.type == "date" and field.name in frame.columns}
    told = []
    for name in _having(frame, list(dates), _DAY_NUMBER):
        column = frame[name]
        is_number = column.str.contains(_DAY_NUMBER)
        days = column.str.extract(_DAY_NUMBER).cast(pl.Int32) + _EPOCH_1904.toordinal() - date(1970, 1, 1).toordinal()
        written = days.cast(pl.Date).dt.to_string("%Y-%m-%d")
        for row in is_number.arg_true().to_list():
            facts = {"day": written[row]}
            found = problem_of(Finding("date-1904", facts), label=dates[name].label, value=column[row], field=name)
            told.append(msgspec.structs.replace(found, sheet=sheet, row=row + 1))
        frame = frame.with_columns(
            pl.select(pl.when(is_number).then(written).otherwise(column)).to_series().alias(name)
        )
    return frame, told


def mangled(sheet: str, form: Form, frame: pl.DataFrame) -> Iterator[Problem]:
    texts = {field.name: field for field in form.fields if field.type in ("text", "term", "reference")}
    for name in _having(frame, [name for name in texts if name in frame.columns], _MANGLED):
        for row in frame[name].str.contains(_MANGLED).arg_true().to_list():
            told = problem_of(Finding("cell-mangled"), label=texts[name].label, value=frame[name][row], field=name)
            yield msgspec.structs.replace(told, sheet=sheet, row=row + 1)


def _having(frame: pl.DataFrame, names: Sequence[str], pattern: str) -> list[str]:
    """The columns in which a cell matches; they are searched side by side."""
    if not (names and frame.height):
        return []
    found = frame.select(pl.col(name).str.contains(pattern).any() for name in names).row(0)
    return [name for name, has in zip(names, found, strict=True) if has]
