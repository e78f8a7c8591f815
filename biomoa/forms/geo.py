"""Metadata sheets of GEO: study, samples, protocols and checksums in one sheet, sample, library and files in one row.

What of it the forms know is laid out as a sheet of each form with the same lines, so that a problem names the row as
the file has it. What is left is told. Templates: https://www.ncbi.nlm.nih.gov/geo/info/seq.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec
import polars as pl

from biomoa.forms import beside
from biomoa.forms.datarows import without_asides
from biomoa.forms.headers import SEARCHED_LINES, Header, Names
from biomoa.forms.model import Form
from biomoa.forms.problems import Problem
from biomoa.forms.raw import RawSheet, sheet_problem

Row = Sequence[str | None]
_SECTIONS = frozenset(
    ("study", "series", "samples", "protocols", "data processing pipeline", "data processing", "processed data files",
     "raw files", "paired-end experiments", "solid experiments", "md5 checksums")
)  # fmt: skip
_ALIAS = frozenset(("library name", "sample name"))
_RAW = frozenset(("raw file", "raw files", "raw data file"))
_FILE, _CHECKSUM = frozenset(("file name", "filename")), frozenset(("file checksum", "checksum", "md5", "md5 checksum"))
# Of the protocols those that say how a library came to be; joined in this order.
_OF_LIBRARIES = ("extract protocol", "library construction protocol")
_PROTOCOL_FIELD = "library_construction_protocol"


class Forms(NamedTuple):
    """The forms of what stands in a row, each referring to the one before."""

    sample: Form
    experiment: Form
    run: Form


class Laid(NamedTuple):
    """The sheets of the forms, and the problems that tell so."""

    sheets: Mapping[str, RawSheet]  # by form
    problems: tuple[Problem, ...]


def without_geo(sheets: Sequence[RawSheet], names: Mapping[str, Names]) -> tuple[tuple[RawSheet, ...], dict[str, str]]:
    """The sheets with each of GEO laid out as sheets of the forms; and the form of each that was so made, by name."""
    forms = _forms_of(each.form for each in names.values())
    if forms is None or not any(_has_samples(each) for each in sheets):
        return tuple(sheets), {}
    checksums = _checksums_in(sheets)
    found: list[RawSheet] = []
    made: dict[str, str] = {}
    for sheet in sheets:
        laid = _laid_out(sheet, forms, names, checksums)
        if laid:
            made |= {part.name: form for form, part in laid.sheets.items()}
            first, *others = laid.sheets.values()
            found += [msgspec.structs.replace(first, problems=(*first.problems, *laid.problems)), *others]
        elif not (checksums and _is_of_checksums(sheet)):
            found.append(sheet)
    return tuple(found), made


def _forms_of(forms: Iterable[Form]) -> Forms | None:
    """Files belong to a run, a run to an experiment, an experiment to a sample; None where the catalogue has it not."""
    known = {form.form: form for form in forms}
    for run in known.values():
        has_files = any(each.type == "files" and each.requirement == "mandatory" for each in run.fields)
        experiment = known.get(_parent(run, known)) if has_files else None
        sample = known.get(_parent(experiment, known)) if experiment else None
        if experiment and sample:
            return Forms(sample, experiment, run)
    return None


def _parent(form: Form, known: Mapping[str, Form]) -> str:
    return next((each.to for each in form.fields if each.to in known and each.requirement == "mandatory"), "")


def _find_samples(rows: Sequence[Row]) -> int | None:
    """The line of the header of the samples: it has a name, raw files, and stands under one of GEO's titles."""
    for number, row in enumerate(rows[:SEARCHED_LINES]):
        words = {_word(cell) for cell in row}
        if words & _ALIAS and words & _RAW and any(_title(each) == "samples" for each in rows[:number]):
            return number
    return None


def _has_samples(sheet: RawSheet) -> bool:
    return _find_samples(sheet.grid.head(SEARCHED_LINES).rows()) is not None


def _laid_out(raw: RawSheet, forms: Forms, names: Mapping[str, Names], checksums: Mapping[str, str]) -> Laid | None:
    """The samples of a sheet of GEO as sheets of the forms; None for any other sheet."""
    rows = raw.grid.rows()
    header = _find_samples(rows)
    if header is None:
        return None
    end = next((at for at in range(header + 1, len(rows)) if _title(rows[at])), len(rows))
    alias = next(at for at, cell in enumerate(rows[header]) if _word(cell) in _ALIAS)
    line = Header(forms.sample.form, header, {forms.sample.alias: alias}, (), (), 0)
    raw = without_asides(raw, line, names[forms.sample.form], end=end)
    samples = _Samples(raw.grid, header, end, alias)
    protocols = _values_under(rows, "protocols")
    method = " ".join(protocols[name] for name in _OF_LIBRARIES if protocols.get(name))
    owners = _owners(rows[header], forms, names)
    sheets = {}
    for form, before in zip(forms, (None, forms.sample, forms.experiment), strict=True):
        extra = samples.named(form, before)
        if form is forms.experiment and method:
            extra[_PROTOCOL_FIELD] = samples.filled(method)
        if form is forms.run:
            extra |= samples.files(form, checksums)
        grid = samples.grid_of({at for at, owner in owners.items() if owner == form.form}, extra, form is forms.sample)
        name = raw.name if form is forms.sample else f"{raw.name} ({form.form})"
        problems = raw.problems if form is forms.sample else ()
        sheets[form.form] = msgspec.structs.replace(raw, name=name, grid=grid, problems=problems)
    problems = (*_told(raw.name, rows, header, protocols, bool(method)), *_persons(raw.name, rows[samples.end :]))
    return Laid(sheets, problems)


class _Samples:
    """The rows of the samples in their sheet, with all columns at their places, so that what a workbook says of a cell
    still holds."""

    def __init__(self, grid: pl.DataFrame, header: int, end: int, alias: int) -> None:
        self.header, self.end, self._grid, self._alias = header, end, grid, alias
        self._line = grid.row(header)
        self._rows = grid.slice(header + 1, end - header - 1).rows()

    def named(self, form: Form, before: Form | None) -> dict[str, list[str | None]]:
        """The columns that say the name: as alias, as what it is taken from, as reference to the form before."""
        refers = next((each.name for each in form.fields if before and each.to == before.form), "")
        cells = [row[self._alias] for row in self._rows]
        return {name: cells for name in (form.alias, form.alias_from, refers) if name}

    def filled(self, value: str) -> list[str | None]:
        return [value if any(cell and cell.strip() for cell in row) else None for row in self._rows]

    def files(self, form: Form, checksums: Mapping[str, str]) -> dict[str, list[str | None]]:
        """All raw files of a row as one list, and their checksums when each has one."""
        places = [at for at, cell in enumerate(self._line) if _word(cell) in _RAW]
        lists = [[name for at in places if (name := _cell(row, at))] for row in self._rows]
        fields = {each.type: each.name for each in form.fields if each.type in ("files", "md5")}
        found: dict[str, list[str | None]] = {fields["files"]: [";".join(each) for each in lists]}
        if "md5" in fields and checksums:
            are_known = [all(name in checksums for name in each) for each in lists]
            sums = [";".join(checksums.get(name, "") for name in each) for each in lists]
            found[fields["md5"]] = [each if known else None for each, known in zip(sums, are_known, strict=True)]
        return found

    def grid_of(self, own: Set[int], extra: Mapping[str, list[str | None]], with_lines_above: bool) -> pl.DataFrame:
        """Own columns at their places, then the others; nothing below the last sample."""
        above: list[str | None] = [None] * self.header
        below: list[str | None] = [None] * (self._grid.height - self.end)
        data: dict[str, list[str | None]] = {}
        for at, column in enumerate(self._grid.get_columns()):
            cells = column.head(self.end).to_list()
            own_cells = cells[self.header :] if at in own else [None] * (self.end - self.header)
            data[column.name] = [*(cells[: self.header] if with_lines_above else above), *own_cells, *below]
        for name, cells in extra.items():
            data[str(len(data))] = [*above, name, *cells, *below]
        return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))


def _persons(sheet: str, rows: Sequence[Row]) -> list[Problem]:
    """Below the samples; what stands above them is looked at with the lines over a header."""
    return beside.problems_of(beside.in_lines(rows), sheet=sheet)


def _checksums_in(sheets: Iterable[RawSheet]) -> dict[str, str]:
    """File -> MD5 of every table with both, wherever it stands."""
    found: dict[str, str] = {}
    for sheet in sheets:
        places: list[tuple[int, int]] = []
        for row in sheet.grid.iter_rows():
            words = [_word(cell) for cell in row]
            here = list(zip(_at(words, _FILE), _at(words, _CHECKSUM), strict=False))
            if here:
                places = here
                continue
            for file, checksum in places:
                if (name := _cell(row, file)) and (value := _cell(row, checksum)):
                    found[name] = value
    return found


def _told(
    sheet: str, rows: Sequence[Row], header: int, protocols: Mapping[str, str], is_method: bool
) -> Iterator[Problem]:
    yield sheet_problem(sheet, "sheet-of-geo", line=str(header + 1))
    taken = {"samples", "md5 checksums", *(("protocols",) if is_method else ())}
    left = [each.upper() for row in rows if (each := _title(row)) and each not in taken and not _is_taken(rows, each)]
    left += [name for name in protocols if is_method and name not in _OF_LIBRARIES]
    if left:
        yield sheet_problem(sheet, "section-left", sections=", ".join(dict.fromkeys(left)))


def _is_taken(rows: Sequence[Row], title: str) -> bool:
    """Whether a list of files says no more than their checksums."""
    at = next(number for number, row in enumerate(rows) if _title(row) == title)
    words = {_word(cell) for cell in (rows[at + 1] if at + 1 < len(rows) else ())} - {""}
    return title == "raw files" and bool(words) and words <= _FILE | _CHECKSUM


def _owners(line: Row, forms: Forms, names: Mapping[str, Names]) -> dict[int, str]:
    """Which form has each column; what no form has is told with those of the sample."""
    found = {}
    for at, cell in enumerate(line):
        word = _word(cell)
        if word and word not in _ALIAS and word not in _RAW:
            found[at] = next((form.form for form in forms if cell and names[form.form].find(cell)), forms.sample.form)
    return found


def _values_under(rows: Sequence[Row], title: str) -> dict[str, str]:
    """The names and values below a title, to the next title."""
    found: dict[str, list[str]] = {}
    is_under = False
    for row in rows:
        if here := _title(row):
            is_under = here == title
        elif is_under and (name := _word(_cell(row, 0))) and not name.startswith("#"):
            found.setdefault(name, []).extend(cell.strip() for cell in row[1:] if cell and cell.strip())
    return {name: " ".join(values) for name, values in found.items() if values}


def _title(row: Row) -> str:
    """The title of a section, which stands alone in its row."""
    filled = [cell.strip() for cell in row if cell and cell.strip()]
    word = _word(filled[0]) if len(filled) == 1 else ""
    return word if word in _SECTIONS else ""


def _word(cell: str | None) -> str:
    return re.sub(r"\s+", " ", (cell or "").replace("*", " ").replace("_", " ")).strip().casefold()


def _cell(row: Row, at: int) -> str:
    return (row[at] or "").strip() if at < len(row) else ""


def _at(words: Sequence[str], wanted: frozenset[str]) -> list[int]:
    return [at for at, word in enumerate(words) if word in wanted]


def _is_of_checksums(sheet: RawSheet) -> bool:
    """Whether a sheet is one of GEO's own for checksums: it was read with the samples."""
    lines = sheet.grid.head(SEARCHED_LINES).rows()
    return any({_word(cell) for cell in row} & _CHECKSUM and {_word(cell) for cell in row} & _FILE for row in lines)
