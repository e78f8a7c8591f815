"""Which rows below the header are data."""

from __future__ import annotations

import polars as pl

from biomoa.forms.headers import Header, Names, explains, gives_units

EXAMPLE_MARKS = {"ko": "#예시 ", "en": "#example "}  # before the first cell of a template's example row


def first_row(grid: pl.DataFrame, header: Header, names: Names) -> tuple[int, dict[str, int]]:
    """The line of the first data row (from 0), and how many rows were passed over, by what is to be told of them."""
    line, passed = header.line + 1, {"rows-commented": 0, "rows-explaining": 0}
    for row in grid.slice(line, 200).iter_rows():
        filled = [cell for cell in row if cell and cell.strip()]
        is_first = line == header.line + 1 + passed["rows-explaining"]
        if filled and (explains(names, header, row) or (is_first and gives_units(names, header, row))):
            passed["rows-explaining"] += 1
        elif filled and not filled[0].startswith("#"):
            break
        elif filled and not filled[0].startswith(tuple(EXAMPLE_MARKS.values())):
            passed["rows-commented"] += 1
        line += 1
    return line, passed


def blank(frame: pl.DataFrame) -> tuple[int, ...]:
    """The rows (from 1) with nothing in any field."""
    if not frame.width or any((column != "").all() and column.str.contains(r"^\S").all() for column in frame):
        return ()
    empty = frame.select(pl.all_horizontal(pl.all().str.strip_chars() == "")).to_series()
    return tuple(at + 1 for at in empty.arg_true().to_list())


def trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the empty rows at the end."""
    height = frame.height
    step = 1000
    while height:
        part = frame.slice(max(height - step, 0), min(step, height))
        filled = part.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series().arg_true()
        if len(filled):
            return frame.head(max(height - step, 0) + int(filled[-1]) + 1)
        height = max(height - step, 0)
    return frame.clear()
