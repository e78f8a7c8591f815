"""The CSV tables of a catalogue: a header line with exactly the columns of the struct, then one row a line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from biomoa.catalog.documents import Fault, read_text
from biomoa.catalog.model import Organisation, ResearchProject

Row = TypeVar("Row", Organisation, ResearchProject)

KINDS = ("ministry", "data-center", "institution")


def read_organisations(path: Path, faults: list[Fault]) -> tuple[Organisation, ...]:
    """The rows; a code is unique, the kind is known, a parent is a row of the table and no row is above itself."""
    rows = list(_read_rows(path, Organisation, faults))
    parents = {row.code: row.parent for _, row in rows}
    _check_unique(path, rows, lambda row: row.code, "code", faults)
    for line, row in rows:
        faults.extend((path, line, reason) for reason in _faults_of_organisation(row, parents))
    return tuple(row for _, row in rows)


def read_research_projects(path: Path, faults: list[Fault]) -> tuple[ResearchProject, ...]:
    """The rows; the number is unique and the budget, where there is one, is a whole number of million won."""
    rows = list(_read_rows(path, ResearchProject, faults))
    _check_unique(path, rows, lambda row: row.number, "number", faults)
    for line, row in rows:
        if not row.number or not row.title_ko:
            faults.append((path, line, "number and title_ko must be filled"))
        budget = row.budget_million_krw
        if budget and not (budget.isascii() and budget.isdigit()):
            faults.append((path, line, f"budget_million_krw `{budget}` is not a whole number"))
    return tuple(row for _, row in rows)


def _read_rows(path: Path, to: type[Row], faults: list[Fault]) -> Iterator[tuple[int, Row]]:
    text = read_text(path, faults)
    if text is None:
        return
    columns = [field.name for field in msgspec.structs.fields(to)]
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        if header != columns:
            faults.append((path, 1, f"the columns must be {','.join(columns)}"))
            return
        start = reader.line_num + 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if len(cells) == len(columns):
                yield line, to(*(cell.strip() for cell in cells))
            elif cells:
                faults.append((path, line, f"expected {len(columns)} cells, found {len(cells)}"))
    except csv.Error as error:
        faults.append((path, reader.line_num, f"not CSV: {error}"))


def _check_unique(
    path: Path, rows: list[tuple[int, Row]], key: Callable[[Row], str], name: str, faults: list[Fault]
) -> None:
    first: dict[str, int] = {}
    for line, row in rows:
        before = first.setdefault(key(row), line)
        if before != line:
            faults.append((path, line, f"{name} `{key(row)}` stands in line {before} too"))


def _faults_of_organisation(row: Organisation, parents: dict[str, str]) -> Iterator[str]:
    if not row.code or not row.name_ko or not row.name_en:
        yield "code, name_ko and name_en must be filled"
    if row.kind not in KINDS:
        yield f"kind `{row.kind}` is none of {', '.join(KINDS)}"
    if row.parent and row.parent not in parents:
        yield f"parent `{row.parent}` is no code of this table"
    if _is_above_itself(row.code, parents):
        yield f"`{row.code}` is above itself"


def _is_above_itself(code: str, parents: dict[str, str]) -> bool:
    seen = set()
    above = parents.get(code, "")
    while above and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False
