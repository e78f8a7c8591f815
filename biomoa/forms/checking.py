"""The check of a whole file: what the sheets said while they were read, and every rule of their forms."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import msgspec
import polars as pl

from biomoa.forms.bundle import Known
from biomoa.forms.corrections import apply_suggestions
from biomoa.forms.findings import Finding, problem_of
from biomoa.forms.library import Library
from biomoa.forms.problems import Problem
from biomoa.forms.sheets import Sheet, Sheets, read_sheets


class FileCheck(msgspec.Struct, frozen=True):
    """A file, checked. ``valid``: there is something in it and no problem is an error."""

    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> int:
        return sum(sheet.rows for sheet in self.sheets)

    @property
    def valid(self) -> bool:
        return bool(self.sheets) and not any(problem.severity == "error" for problem in self.problems)


def check_file(library: Library, path: Path, *, form: str | None = None, known: Known | None = None) -> FileCheck:
    """Reads and checks a file; never raises for what is in it. Raises KeyError for an unknown form."""
    return check_sheets(library, read_sheets(library, path, form=form), known=known)


def check_sheets(library: Library, read: Sheets, *, known: Known | None = None) -> FileCheck:
    """Every problem of sheets that were read, with the keys between them; several sheets of a form count as one."""
    by_form: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in read.sheets:
        by_form[sheet.form].append(sheet)
    frames = {form: _joined(sheets) for form, sheets in by_form.items()}
    names = {form: sheets[0].name for form, sheets in by_form.items()}
    rows = {form: _rows(sheets) for form, sheets in by_form.items() if any(sheet.blank for sheet in sheets)}
    parts = {form: [sheet.part for sheet in sheets] for form, sheets in by_form.items()}
    found = library.check_bundle(frames, names=names, rows=rows, parts=parts, known=known) if frames else []
    split = {sheets[0].name: (sheets, _ends(sheets)) for sheets in by_form.values()}
    problems = [*read.problems, *(each for sheet in read.sheets for each in sheet.problems)]
    placed = [_in_own_sheet(problem, *split[problem.sheet or ""]) for problem in found]
    problems += _missing_columns(library, read.sheets, _without_spoilt(placed, problems))
    order = {sheet.name: number for number, sheet in enumerate(read.sheets)}
    problems.sort(key=lambda each: (order.get(each.sheet or "", -1), each.row or 0))
    return FileCheck(read.sheets, tuple(problems))


def corrected(check: FileCheck) -> dict[str, pl.DataFrame]:
    """The rows of each form with every proposed correction, and their columns of no field: nothing is lost."""
    by_sheet: dict[str, list[Problem]] = defaultdict(list)
    for problem in check.problems:
        by_sheet[problem.sheet or ""].append(problem)
    frames: dict[str, list[pl.DataFrame]] = defaultdict(list)
    for sheet in check.sheets:
        mended = apply_suggestions(sheet.frame, by_sheet[sheet.name])
        mended = mended.hstack([column for column in sheet.left if column.name not in mended.columns])
        frames[sheet.form].append(msgspec.structs.replace(sheet, frame=mended).data)
    return {form: pl.concat(each, how="diagonal").fill_null("") for form, each in frames.items()}


def _joined(sheets: Sequence[Sheet]) -> pl.DataFrame:
    if len(sheets) == 1:
        return sheets[0].data
    return pl.concat([sheet.data for sheet in sheets], how="diagonal")


def _rows(sheets: Sequence[Sheet]) -> list[int]:
    """The numbers of the rows that are data, counted through the joined sheets."""
    found: list[int] = []
    before = 0
    for sheet in sheets:
        blank = set(sheet.blank)
        found += [before + row for row in range(1, sheet.frame.height + 1) if row not in blank]
        before += sheet.frame.height
    return found


def _without_spoilt(problems: Iterable[Problem], told: Iterable[Problem]) -> list[Problem]:
    """A cell with the error of a spreadsheet was told; it is not told as missing too, nor is its group."""
    spoilt = {(each.sheet, each.row, each.field) for each in told if each.code == "cell-error"}
    return [
        each
        for each in problems
        if each.code not in ("value-missing", "group-missing") or (each.sheet, each.row, each.field) not in spoilt
    ]


def _ends(sheets: Sequence[Sheet]) -> list[int]:
    """The last row of each, counted through the joined sheets."""
    return list(accumulate(sheet.frame.height for sheet in sheets))


def _in_own_sheet(problem: Problem, sheets: Sequence[Sheet], ends: Sequence[int]) -> Problem:
    """A row of the joined sheets as a row of the sheet that it came from."""
    if len(sheets) == 1 or problem.row is None:
        return problem
    number = bisect_left(ends, problem.row)
    if number == len(sheets):
        return problem
    row = problem.row - ends[number] + sheets[number].frame.height
    return msgspec.structs.replace(problem, sheet=sheets[number].name, row=row)


def _missing_columns(library: Library, sheets: Sequence[Sheet], problems: Iterable[Problem]) -> list[Problem]:
    """A mandatory field without a column is told once, not once a row."""
    absent = {
        (sheet.name, field.name): sheet
        for sheet in sheets
        for field in library.form(sheet.form).fields
        if field.name not in sheet.frame.columns
    }
    kept: list[Problem] = []
    rows: Mapping[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        key = (problem.sheet or "", problem.field or "")
        if problem.code == "value-missing" and key in absent:
            rows[key].append(problem)
        elif problem.code != "value-recommended" or key not in absent:
            kept.append(problem)
    for (name, field), found in rows.items():
        sheet = absent[name, field]
        kept += (
            [_missing_column(library, sheet, field)] if len(found) == sheet.frame.height - len(sheet.blank) else found
        )
    return kept


def _missing_column(library: Library, sheet: Sheet, field: str) -> Problem:
    label = library.form(sheet.form).field(field).label
    told = problem_of(Finding("column-missing", {"name": field}), label=label, field=field)
    return msgspec.structs.replace(told, sheet=sheet.name)
