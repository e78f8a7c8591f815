"""Accepting proposed corrections: in a sheet, in a record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from biomoa.forms.problems import Problem


def suggestions(problems: Iterable[Problem]) -> dict[tuple[int, str], str]:
    """(row, field) -> corrected value. Where several meet in a cell, the last speaks: it saw the rest mended."""
    found: dict[tuple[int, str], str] = {}
    for problem in problems:
        if problem.suggestion is not None and problem.row is not None and problem.field is not None:
            found[problem.row, problem.field] = problem.suggestion
    return found


def apply_suggestions(
    frame: pl.DataFrame, problems: Iterable[Problem], *, rows: Sequence[int] | None = None
) -> pl.DataFrame:
    """The frame with every proposed correction. ``rows`` are the row numbers when they are not 1..n."""
    index = None if rows is None else {row: at for at, row in enumerate(rows)}
    by_field: dict[str, dict[int, str]] = defaultdict(dict)
    for (row, field), value in suggestions(problems).items():
        at = row - 1 if index is None else index.get(row, -1)
        if 0 <= at < frame.height:
            by_field[field][at] = value
    return frame.with_columns(_mended(frame, field, cells) for field, cells in by_field.items())


def mended_record(values: Mapping[str, str], problems: Iterable[Problem]) -> dict[str, str]:
    """The record with every proposed correction."""
    return {**values, **{field: value for (_, field), value in suggestions(problems).items()}}


def _mended(frame: pl.DataFrame, field: str, cells: Mapping[int, str]) -> pl.Series:
    if field not in frame.columns:
        return pl.Series(field, [cells.get(at, "") for at in range(frame.height)], dtype=pl.String)
    order = sorted(cells)
    column = frame[field].cast(pl.String).clone()
    return column.scatter(order, [cells[at] for at in order])
