"""Which rows below the header are data: not comments, units, examples, totals and remarks.

What is set aside is told with its line. A row is set aside only where it is certain; else it stays, and is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from biomoa.forms import beside
from biomoa.forms.headers import Header, Names, explains, gives_units
from biomoa.forms.raw import RawSheet, place_of_line, sheet_problem

Row = Sequence[str | None]
EXAMPLE_MARKS = {"ko": "#예시 ", "en": "#example "}  # before the first cell of a template's example row
_SEARCHED = 200  # rows below the header among which data must begin
_LOOKED_AT = 3  # columns, beside that of the alias, in which a footer may begin
_FEW = 2  # cells that a remark fills at most

# An example says so before the name, or instead of it. "Example 1" and "예시 1" may be names.
_EXAMPLE_WORD = r"(?:(?:작성|입력|기재)\s?)?(?:예시|보기)|example"
_IS_EXAMPLE = re.compile(
    rf"[(\[<（【]?\s*(?:{_EXAMPLE_WORD})\s*[)\]>）】]?\s*[:：.)]?|(?:예|ex)\s*[:：)]|e\.\s?g\.[:,]?"
    rf"|[(\[<（【]\s*(?:{_EXAMPLE_WORD}|예|ex|e\.\s?g\.)\s*[)\]>）】].*"
    rf"|(?:{_EXAMPLE_WORD}|예|ex)\s*[:：)!].*|e\.\s?g\..*",
    re.I | re.S,
)
_BEFORE_EXAMPLE = re.compile(rf"#?\s*(?:{_EXAMPLE_WORD})\s+", re.I)
_NUMBERED_EXAMPLE = re.compile(rf"(?:{_EXAMPLE_WORD})\s*\d{{1,2}}", re.I)

_UNIT = r"(?:개|건|명|종|점|주|회|마리|ea|samples?|files?|reads?|rows?|records?|[KMGT]?B|%)"
_IS_NUMBER = re.compile(rf"[-+]?\d[\d,]*(?:\.\d+)?\s*{_UNIT}?|[-–—]", re.I)
_TOTAL = (
    r"(?:합\s*계|총\s*계|소\s*계|누\s*계|총\s*합(?:\s*계)?|계|평\s*균|(?:grand\s*|sub[\s-]?)?totals?|sum|average|mean)"
)
_TOTAL_ALONE = rf"{_TOTAL}\s*[:：]?"
# The number in the same cell: "총 24건", "합계(24개)", "Total: 12"; not "Total 1".
_COUNT = rf"(?:{_TOTAL}|총|전체)\s*(?:[:：(（]\s*\d[\d,]*\s*{_UNIT}?\s*[)）]?|\d[\d,]*\s*{_UNIT})\s*(?:시료|샘플|파일)?"
_REMARK_WORD = r"(?:비\s*고|참\s*고|주\s*석|주\s?\d*|출\s*처|notes?|remarks?|footnotes?|source)"
_REMARK = rf"(?:[#※]|[*＊]+\s|{_REMARK_WORD}\s*[:：)]|n\.\s?b\.)\s*\S.*"
_REMARK_ALONE = r"(?:비\s*고|참\s*고|※|(?:비\s*고|참\s*고|notes?|remarks?|source)\s*[:：])"
_IS_TOTAL, _IS_COUNT = re.compile(_TOTAL_ALONE, re.I), re.compile(_COUNT, re.I)
_IS_REMARK, _IS_REMARK_ALONE = re.compile(_REMARK, re.I | re.S), re.compile(_REMARK_ALONE, re.I)
_MAY_BE_FOOTER = rf"(?is)^\s*(?:{_TOTAL_ALONE}|{_COUNT}|{_REMARK}|{_REMARK_ALONE})\s*$"
_MAY_BE_TOTAL = rf"(?i)^\s*{_TOTAL_ALONE}\s*$"


def first_row(raw: RawSheet, header: Header, names: Names) -> tuple[int, dict[str, int]]:
    """The line of the first data row (from 0), and how many rows were passed over, by what is to be told of them."""
    if raw.first_line < 1:  # JSON has no remarks above its data, and one that cannot be read keeps its number
        return header.line + 1, {}
    leading = list(_leading(raw.grid, header, names))
    kinds = [kind for _, kind in leading]
    return leading[-1][0], {code: kinds.count(code) for code in ("rows-commented", "rows-explaining")}


def without_asides(raw: RawSheet, header: Header, names: Names, *, end: int | None = None) -> RawSheet:
    """With examples, totals and remarks above line ``end`` (from 0) taken out: their lines are empty and told."""
    grid = raw.grid.head(raw.grid.height if end is None else end)
    leading = list(_leading(grid, header, names))
    asides = {
        "rows-example": [line for line, kind in leading if kind == "rows-example"],
        "rows-footer": list(_footers(grid, header, names, start=leading[-1][0])),
    }
    lines = sorted(line for found in asides.values() for line in found)
    if not lines:
        return raw
    problems = [
        sheet_problem(raw.name, code, lines=place_of_line(raw, *found)) for code, found in asides.items() if found
    ]
    problems += beside.problems_of(beside.in_lines(raw.grid[lines].rows()), sheet=raw.name)
    return raw.without_lines(lines, problems)


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


def _leading(grid: pl.DataFrame, header: Header, names: Names) -> Iterator[tuple[int, str]]:
    """The lines below the header that are no data, with the code that tells so or ""; last the line of the data."""
    line, explaining = header.line + 1, 0
    for row in grid.slice(line, _SEARCHED).iter_rows():
        filled = [cell for cell in row if cell and cell.strip()]
        is_first = line == header.line + 1 + explaining
        if filled and (explains(names, header, row) or (is_first and gives_units(names, header, row))):
            explaining += 1
            yield line, "rows-explaining"
        elif filled and filled[0].startswith("#"):
            yield line, "" if filled[0].startswith(tuple(EXAMPLE_MARKS.values())) else "rows-commented"
        elif filled and _is_example(names, header, row):
            yield line, "rows-example"
        elif filled:
            break
        else:
            yield line, ""
        line += 1
    yield line, ""


def _is_example(names: Names, header: Header, row: Row) -> bool:
    """Whether a row says that it is an example: where its name should stand, or before, in a column of no field."""
    at = _alias_column(header, names)
    own = {place: name for name, place in header.fields.items()}
    first = next(place for place, cell in enumerate(row) if cell and cell.strip())
    for place in {at, first}:
        cell = (row[place] or "").strip()
        if place != at and place in own:
            continue
        if _IS_EXAMPLE.fullmatch(cell) or (place not in own and _NUMBERED_EXAMPLE.fullmatch(cell)):
            return True
        rest = _BEFORE_EXAMPLE.sub("", cell)
        if rest != cell and place in own and rest == names.examples.get(own[place]):
            return True
    return False


def _footers(grid: pl.DataFrame, header: Header, names: Names, *, start: int) -> Iterator[int]:
    """The lines of totals and remarks, wherever they stand among or below the data."""
    if sum(bool(cell and cell.strip()) for cell in grid.row(header.line)) < 2:
        return  # in a list of names a total looks like any of them
    last = _alias_column(header, names)
    looked = [pl.col(grid.columns[at]) for at in (*range(min(last, _LOOKED_AT)), last)]
    # Two searches, so that a name like any of them in every row does not bring a large sheet here row by row.
    rows, lines = grid.slice(start), pl.int_range(start, grid.height, eager=True)
    filled = pl.sum_horizontal(pl.all().str.contains(r"\S").fill_null(False).cast(pl.UInt32))
    for may_be in (_begins(looked, _MAY_BE_FOOTER), (filled <= _FEW) | _begins(looked, _MAY_BE_TOTAL)):
        is_left = rows.select(may_be).to_series()
        rows, lines = rows.filter(is_left), lines.filter(is_left)
    yield from (line for line, row in zip(lines, rows.iter_rows(), strict=True) if _is_footer(row, last))


def _begins(columns: Iterable[pl.Expr], pattern: str) -> pl.Expr:
    return pl.any_horizontal(each.str.contains(pattern).fill_null(False) for each in columns)


def _is_footer(row: Row, last: int) -> bool:
    """Whether a row is a total with nothing but numbers, or a remark that stands alone, beginning by ``last``."""
    cells = [(place, cell.strip()) for place, cell in enumerate(row) if cell and cell.strip()]
    (place, first), others = cells[0], [cell for _, cell in cells[1:]]
    if place > last:
        return False
    if _IS_TOTAL.fullmatch(first):
        return all(_IS_NUMBER.fullmatch(cell) for cell in others)
    if not others:
        return any(each.fullmatch(first) for each in (_IS_COUNT, _IS_REMARK, _IS_REMARK_ALONE))
    return len(others) == 1 and bool(_IS_REMARK_ALONE.fullmatch(first))


def _alias_column(header: Header, names: Names) -> int:
    form = names.form
    leftmost = min(header.fields.values())
    return header.fields.get(form.alias, header.fields.get(form.alias_from, leftmost))
