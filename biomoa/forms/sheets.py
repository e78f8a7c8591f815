"""Sheets of people's files as frames of the forms: whatever the file, the answer is frames and clear problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

import msgspec
import polars as pl

from biomoa.catalog.model import Term, Text
from biomoa.forms import below, beside, coordinates, datarows, geo, headers, oddities, side_by_side, turned
from biomoa.forms.findings import Finding, problem_of
from biomoa.forms.library import Library
from biomoa.forms.model import Form
from biomoa.forms.opening import Opened
from biomoa.forms.persons import CONTACT, MASK, withhold_quoted
from biomoa.forms.placed import Part
from biomoa.forms.problems import Problem
from biomoa.forms.raw import RawFile, RawSheet, file_problem, place_of_column, place_of_line, sheet_problem
from biomoa.forms.revisions import steps_from, upgrade_frame
from biomoa.forms.terms import TermIndex

PROPERTY = "biomoa-form:"  # custom property of a workbook: this + sheet name -> form@revision
_TELL_HEADER = ("sheet-of-geo", "sheet-turned")  # problems that name the header themselves
_COLUMN_NEAR = 0.8  # likeness from which a column is taken for a misspelt field: one slip in a short name


class Sheet(msgspec.Struct, frozen=True):
    """A sheet of a form. ``frame`` has a string column for each field that has a column in the file.

    ``first_line`` is the line of row 1 in the file (from 1); in a sheet that was turned it is the column, and
    ``is_turned``; 0 where the rows are values of one JSON list. ``revision`` is that of the file, before it was lifted
    to the present one; ``problems`` were found while reading. ``blank`` are rows (from 1) with nothing in any field, or
    set aside: they keep the numbers of the others as the file has them, and are no data. ``left`` are the columns that
    are of no field, by their headers.
    """

    form: str
    name: str
    frame: pl.DataFrame
    first_line: int
    revision: str
    problems: tuple[Problem, ...] = ()
    blank: tuple[int, ...] = ()
    is_turned: bool = False
    left: pl.DataFrame = msgspec.field(default_factory=pl.DataFrame)

    @property
    def part(self) -> Part:
        return Part(self.name, self.frame.height, self.first_line, self.is_turned)

    @property
    def rows(self) -> int:
        """How many rows say something."""
        return self.frame.height - len(self.blank)

    @property
    def data(self) -> pl.DataFrame:
        """The rows that say something."""
        if not self.blank:
            return self.frame
        return self.frame.filter(~pl.int_range(1, self.frame.height + 1, eager=True).is_in(list(self.blank)))


class Sheets(msgspec.Struct, frozen=True):
    """What was read from a file, and what stood in the way."""

    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...] = ()


def read_sheets(library: Library, path: Path, *, form: str | None = None) -> Sheets:
    """The sheets of a file. With ``form``, only that form is looked for; else each sheet tells its own."""
    return sheets_of(library, Opened(path).raw(), path.name, form=form)


def sheets_of(library: Library, raw: RawFile, file: str, *, form: str | None = None) -> Sheets:
    """The same for a file that was opened already. No problem repeats what identifies a person."""
    if named := beside.in_file_name(file):
        raw, file = _without_file_name(raw, file)
    read = _sheets_of(library, msgspec.structs.replace(raw, beside=(*named, *raw.beside)), file, form)
    contacts = {each.name for one in library.forms.values() for each in one.fields if each.type in CONTACT}
    sheets = [
        msgspec.structs.replace(each, problems=tuple(withhold_quoted(each.problems, contacts))) for each in read.sheets
    ]
    return Sheets(tuple(sheets), tuple(withhold_quoted(read.problems, contacts)))


def _without_file_name(raw: RawFile, file: str) -> tuple[RawFile, str]:
    """With what was told of the file, and of a sheet that is called like it, under another name."""
    own, mask = Path(file).stem, MASK * 3
    other = f"{mask}{Path(file).suffix}"

    def renamed(problem: Problem) -> Problem:
        ko, en = (said.replace(own, mask) for said in (problem.message.ko, problem.message.en))
        sheet = mask if problem.sheet == own else problem.sheet
        return msgspec.structs.replace(problem, file=problem.file and other, sheet=sheet, message=Text(ko, en))

    sheets = [
        msgspec.structs.replace(each, name=mask, problems=tuple(map(renamed, each.problems)))
        if each.name == own
        else each
        for each in raw.sheets
    ]
    return msgspec.structs.replace(raw, sheets=tuple(sheets), problems=tuple(map(renamed, raw.problems))), other


def _sheets_of(library: Library, raw: RawFile, file: str, form: str | None) -> Sheets:
    around = [*beside.problems_of(raw.beside, file=file)]
    for number, sheet in enumerate(raw.sheets, 1):
        if named := beside.in_name(sheet.name):
            sheet = msgspec.structs.replace(sheet, name=f"{MASK * 3} {number}")
            raw = msgspec.structs.replace(raw, sheets=(*raw.sheets[: number - 1], sheet, *raw.sheets[number:]))
        formulas = beside.in_formulas(each.text for each in sheet.oddities.formulas)
        around += beside.problems_of([*named, *sheet.oddities.beside, *formulas], sheet=sheet.name)
    forms = [library.form(form)] if form else list(library.forms.values())
    reader = _Reader(library, forms, raw.properties)
    raw = reader.upright(reader.without_geo(raw))
    raw = msgspec.structs.replace(raw, sheets=tuple(part for sheet in raw.sheets for part in reader.parts(sheet)))
    found = [reader.read(sheet) for sheet in raw.sheets]
    problems = [*raw.problems, *(each for sheet in raw.sheets for each in sheet.problems), *around]
    for sheet, one in zip(raw.sheets, found, strict=True):
        if not isinstance(one, Sheet):  # it is left out as a whole
            problems += beside.problems_of(_unread(sheet), sheet=sheet.name)
    sheets = _without_empty([each for each in found if isinstance(each, Sheet)])
    if not raw.sheets:
        return Sheets((), tuple(problems))
    unread = [each for each in found if isinstance(each, Problem)]
    if not sheets:
        is_told = any(each.severity == "error" for sheet in raw.sheets for each in sheet.problems)
        unread = [each for each in unread if each.severity == "error"]
        unread = unread or ([] if is_told else [_none_fits(raw, forms, file, form)])
    elif form or any(raw.properties):
        unread = [each for each in unread if each.code != "header-missing"]
    return Sheets(tuple(sheets), (*problems, *unread))


def _without_empty(sheets: list[Sheet]) -> list[Sheet]:
    """A workbook of many forms may leave some of its sheets empty."""
    filled = [sheet for sheet in sheets if sheet.frame.height]
    return filled or sheets


def _none_fits(raw: RawFile, forms: Sequence[Form], file: str, form: str | None) -> Problem:
    if all(sheet.grid.is_empty() for sheet in raw.sheets):
        return file_problem(file, "file-empty")
    expected = [field.name for field in forms[0].fields if field.requirement == "mandatory"] if forms else []
    if len(raw.sheets) == 1 and form:
        return sheet_problem(raw.sheets[0].name, "header-missing", expected=", ".join(expected))
    names = ", ".join(sheet.name for sheet in raw.sheets)
    return file_problem(file, "sheet-missing", form=form or ", ".join(each.form for each in forms), sheets=names)


class _Reader:
    def __init__(self, library: Library, forms: Sequence[Form], properties: Mapping[str, str]) -> None:
        self.library = library
        aliases = {name: form.alias for name, form in library.forms.items()}
        self.names = {form.form: headers.Names(form, aliases=aliases) for form in forms}
        self.told = _told_forms(properties)
        self.unread: Mapping[str, Problem] = {}  # by the name of a sheet that looks like one and is none

    @cached_property
    def _names_of_all(self) -> list[headers.Names]:
        """Also of the forms that were not asked for."""
        others = (form for form in self.library.forms.values() if form.form not in self.names)
        return [*self.names.values(), *(headers.Names(form) for form in others)]

    def without_geo(self, raw: RawFile) -> RawFile:
        """With each sheet of GEO laid out as sheets of the forms (``geo``)."""
        sheets, forms = geo.without_geo(raw.sheets, self.names)
        self.told |= {name: (form, "") for name, form in forms.items()}
        return msgspec.structs.replace(raw, sheets=sheets)

    def upright(self, raw: RawFile) -> RawFile:
        """With each sheet that is turned as if it were not (``turned``)."""
        found = turned.upright(raw.sheets, self.names)
        self.unread = found.unread
        return msgspec.structs.replace(raw, sheets=found.sheets)

    def parts(self, raw: RawSheet) -> list[RawSheet]:
        """The sheet as it is; or, where its rows hold records of two forms, one of each."""
        if raw.name.startswith("_") or raw.grid.is_empty() or raw.name in self.unread:
            return [raw]
        raw = self._prepared(raw)
        if len(self.names) == 1 or raw.name in self.told:
            return [raw]
        header = headers.find_header(self.names.values(), raw.grid.head(headers.SEARCHED_LINES).rows())
        if header is None or not header.unknown:
            return [raw]
        first = self.library.form(header.form)
        others = [names for form, names in self.names.items() if form != header.form]
        second = side_by_side.find_second(raw.grid, header, first, others)
        if second is None:
            return [raw]
        mine, theirs = side_by_side.divided(raw.grid, header, second)
        facts = {"first": first.label, "second": second.form.label}
        told = msgspec.structs.replace(
            problem_of(Finding("sheet-divided", {"sheet": raw.name, **facts})), sheet=raw.name
        )
        self.told[f"{raw.name} ({second.form.form})"] = second.form.form, ""
        other = msgspec.structs.replace(raw, name=f"{raw.name} ({second.form.form})", grid=theirs, problems=())
        return [msgspec.structs.replace(raw, grid=mine, problems=(*raw.problems, told)), other]

    def read(self, raw: RawSheet) -> Sheet | Problem | None:
        """The sheet; a problem when it fits no form; None when there is nothing to say (hidden, empty, notes)."""
        if raw.name.startswith("_") or raw.grid.is_empty():
            return None
        if raw.name in self.unread:
            return self.unread[raw.name]
        told, revision = self._told(raw)
        names = [self.names[told]] if told in self.names else list(self.names.values())
        header = headers.find_header(names, raw.grid.head(headers.SEARCHED_LINES).rows())
        if header is None or (told and told not in self.names):
            return None if told else sheet_problem(raw.name, "sheet-unknown")
        return self._sheet(raw, header, revision, bool(told) and told != raw.name and raw.name not in self.told)

    def _prepared(self, raw: RawSheet) -> RawSheet:
        """Without what is no data, and with what stands above the header for all rows."""
        lines = raw.grid.head(headers.SEARCHED_LINES).rows()
        header = headers.find_header(self.names.values(), lines)
        if header is None:
            return raw
        raw = datarows.without_asides(raw, header, self.names[header.form])
        raw = below.alone(raw, header, lambda: self._names_of_all)
        raw = _with_lists(raw, header, self.names[header.form])
        return raw if raw.turned_from is not None else self._with_values_above(raw, header, lines[: header.line])

    def _with_values_above(
        self, raw: RawSheet, header: headers.Header, above: Sequence[Sequence[str | None]]
    ) -> RawSheet:
        """With a column for each field whose one value stands above the header ("FileType fastq" of the ENA)."""
        forms = self._forms_of(raw, header)
        grid, problems, known = raw.grid, list(raw.problems), set(header.fields)
        for line in above:
            filled = [cell.strip() for cell in line if cell and cell.strip()]
            if not 2 <= len(filled) <= 3 or headers.is_comment(line):
                continue
            names = next((each for each in forms if each.find(filled[0]) in each.labels), None)
            name = names.find(filled[0]) if names else None
            if names and name and name not in known:
                known.add(name)
                grid = _with_column(grid, header.line, filled[0], filled[1])
                told = problem_of(Finding("value-above"), label=names.labels[name], value=filled[1], field=name)
                problems.append(msgspec.structs.replace(told, sheet=raw.name))
        if grid is raw.grid:
            return raw
        return msgspec.structs.replace(raw, grid=grid, problems=tuple(problems))

    def _forms_of(self, raw: RawSheet, header: headers.Header) -> list[headers.Names]:
        """The form of the header, and that whose records stand beside in its rows."""
        first = self.names[header.form]
        others = [names for form, names in self.names.items() if form != header.form]
        second = side_by_side.find_second(raw.grid, header, self.library.form(header.form), others, partly=True)
        return [first, self.names[second.form.form]] if second else [first]

    def _told(self, raw: RawSheet) -> tuple[str, str]:
        """Form and revision by the hidden property of the sheet's name, else by that of its columns' form."""
        if raw.name in self.told:
            return self.told[raw.name]
        by_name = next((name for name in self.names if name == raw.name.strip().lower()), "")
        if by_name and headers.find_header([self.names[by_name]], raw.grid.head(headers.SEARCHED_LINES).rows()):
            return by_name, self._revision_of(by_name)
        return "", ""

    def _revision_of(self, form: str) -> str:
        return next((revision for name, revision in self.told.values() if name == form), "")

    def _sheet(self, raw: RawSheet, header: headers.Header, revision: str, renamed: bool) -> Sheet:
        form = self.library.form(header.form)
        revision = revision or self._revision_of(form.form)
        problems = list(self._header_problems(raw, header, form, renamed))
        start, passed = datarows.first_row(raw, header, self.names[form.form])
        problems += [sheet_problem(raw.name, code, count=str(count)) for code, count in passed.items() if count]
        body = raw.grid.slice(start)
        frame = _body(body, header)
        halves = coordinates.find_halves(form, header.fields, raw.grid.row(header.line))
        if halves:
            frame = frame.with_columns(coordinates.joined(body, halves))
            problems.append(_joined_problem(raw.name, form, halves.field, halves.headers))
        if form.alias not in frame.columns and side_by_side.is_unique(frame, form.alias_from):
            frame = frame.with_columns(pl.col(form.alias_from).alias(form.alias))
            problems.append(_alias_problem(raw.name, form))
        frame = datarows.trimmed(frame)
        problems += oddities.nameless(raw, header, start, frame.height)
        problems += beside.problems_of(_beside(raw, header, start), sheet=raw.name)
        if not frame.height:
            problems.append(sheet_problem(raw.name, "sheet-empty"))
        problems += oddities.hidden(raw)
        problems += oddities.odd_cells(raw, header, form, start, frame)
        frame = oddities.merged(raw, header, start, frame)
        if raw.separated:
            problems += oddities.ragged(raw, header, start, frame.height)
        blank = datarows.blank(frame)
        if untold := [row for row in blank if start + row - 1 not in raw.asides]:
            place = place_of_line(raw, *(start + row - 1 for row in untold))
            problems.append(sheet_problem(raw.name, "rows-empty", count=f"{len(untold):,}", lines=place))
        frame = oddities.date_cells(form, frame)
        if raw.oddities.from_1904:
            frame, days = oddities.days_of_1904(raw.name, form, frame)
            problems += days
        frame, told = self._lifted(raw, form, frame, revision)
        problems += [*told, *oddities.mangled(raw.name, form, frame)]
        is_turned, revision = raw.turned_from is not None, revision or form.revision
        first = start + (raw.first_line if raw.turned_from is None else raw.turned_from + 1)
        left = oddities.left(raw, header, start, frame.height, halves.headers if halves else ())
        return Sheet(form.form, raw.name, frame, first, revision, tuple(problems), blank, is_turned, left)

    def _header_problems(self, raw: RawSheet, header: headers.Header, form: Form, renamed: bool) -> Iterator[Problem]:
        if renamed or (len(self.names) > 1 and raw.name.strip().lower() != form.form and raw.name not in self.told):
            yield sheet_problem(raw.name, "sheet-renamed", form=form.form)
        is_told = any(each.code in _TELL_HEADER for each in raw.problems)
        if not is_told and any(not headers.is_comment(line) for line in raw.grid.head(header.line).rows()):
            yield sheet_problem(raw.name, "header-moved", line=str(header.line + 1))
        halves = coordinates.find_halves(form, header.fields, raw.grid.row(header.line))
        others = self._others(header)
        absent = TermIndex(Term(field.name, field.label) for field in form.fields if field.name not in header.fields)
        for column in dict.fromkeys(header.unknown):
            if beside.names_person(column) or (halves and column in halves.headers):
                continue  # told among the columns that are left out, or as read together
            yield _elsewhere(raw.name, others, column) or _unknown_column(raw.name, absent, column)
        for name, column in header.twice:
            known = {field.name: field.label for field in form.fields}
            facts = {"label": known.get(name, name), "column": column}
            yield msgspec.structs.replace(_column_problem(raw.name, "column-duplicate", column, facts), field=name)

    def _others(self, header: headers.Header) -> list[headers.Names]:
        """The other forms, first the one that knows most of the columns that are left."""
        others = [names for form, names in self.names.items() if form != header.form]
        return sorted(others, key=lambda each: -sum(bool(each.find(one)) for one in header.unknown))

    def _lifted(
        self, raw: RawSheet, form: Form, frame: pl.DataFrame, revision: str
    ) -> tuple[pl.DataFrame, list[Problem]]:
        known = {field.name for field in form.fields}
        facts = {"form": form.form, "found": revision, "current": form.revision}
        if revision and revision != form.revision and steps_from(form, revision) is None:
            return frame.select(name for name in frame.columns if name in known), [
                sheet_problem(raw.name, "revision-unknown", **facts)
            ]
        old = revision if revision != form.revision else ""
        if not revision and any(name not in known for name in frame.columns):
            old = min(form.history, key=lambda one: (one.date, one.revision)).revision
        if not old or old == form.revision:
            return frame.select(name for name in frame.columns if name in known), []
        lifted = upgrade_frame(form, frame, old)
        told = sheet_problem(raw.name, "revision-old", **{**facts, "found": old})
        return lifted.select(name for name in lifted.columns if name in known), [told]


def _with_lists(raw: RawSheet, header: headers.Header, names: headers.Names) -> RawSheet:
    """With the files of a row, and their checksums, in one column each."""
    grid, lists = side_by_side.with_lists(raw.grid, header, names)
    told = tuple(_joined_problem(raw.name, names.form, field, columns) for field, columns in lists.items())
    return msgspec.structs.replace(raw, grid=grid, problems=(*raw.problems, *told))


def _with_column(grid: pl.DataFrame, header: int, label: str, value: str) -> pl.DataFrame:
    """With one more column: its label in the header, its value in every row under it that says something."""
    says = grid.select(pl.any_horizontal(pl.all().fill_null("").str.strip_chars() != "")).to_series()
    below = pl.int_range(grid.height, eager=True) > header
    column = pl.select(pl.when(says & below).then(pl.lit(value)).otherwise(None)).to_series()
    return grid.with_columns(column.scatter(header, label).alias(str(grid.width)))


def _beside(raw: RawSheet, header: headers.Header, start: int) -> Iterator[beside.Beside]:
    """What is dropped: columns of no field, lines over the header, rows with a ``#`` that are no examples."""
    left = sorted(set(range(raw.grid.width)) - set(header.fields.values()))
    yield from beside.in_columns(raw.grid, left, header.line, partial(place_of_column, raw))
    commented = raw.grid.slice(header.line + 1, start - header.line - 1).rows()
    examples = tuple(datarows.EXAMPLE_MARKS.values())
    plain = [row for row in commented if not next((cell for cell in row if cell), "").startswith(examples)]
    yield from beside.in_lines([*raw.grid.head(header.line).rows(), *plain])


def _unread(raw: RawSheet) -> Iterator[beside.Beside]:
    """Of a sheet that is left out as a whole."""
    return beside.in_columns(raw.grid, range(raw.grid.width), 0, partial(place_of_column, raw))


def _told_forms(properties: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Sheet name -> (form, revision)."""
    found = {}
    for name, value in properties.items():
        if name.startswith(PROPERTY):
            form, _, revision = value.partition("@")
            found[name.removeprefix(PROPERTY)] = (form, revision)
    return found


def _body(body: pl.DataFrame, header: headers.Header) -> pl.DataFrame:
    columns = body.columns
    return body.select(pl.col(columns[at]).fill_null("").alias(name) for name, at in header.fields.items())


def _alias_problem(sheet: str, form: Form) -> Problem:
    label, other = form.field(form.alias).label, form.field(form.alias_from).label
    told = problem_of(Finding("alias-taken", {"other": other}), label=label, field=form.alias)
    return msgspec.structs.replace(told, sheet=sheet)


def _joined_problem(sheet: str, form: Form, field: str, columns: Sequence[str]) -> Problem:
    facts = {"columns": ", ".join(f"‘{each}’" for each in columns)}
    told = problem_of(Finding("columns-joined", facts), label=form.field(field).label, field=field)
    return msgspec.structs.replace(told, sheet=sheet)


def _elsewhere(sheet: str, others: Sequence[headers.Names], column: str) -> Problem | None:
    """A column that another form has: sheets of other archives often hold experiment and files in one row."""
    for names in others:
        if (name := names.find(column)) and name in names.labels:
            facts = {"column": column, "label": names.labels[name], "other": names.form.label}
            return _column_problem(sheet, "column-elsewhere", column, facts)
    return None


def _unknown_column(sheet: str, absent: TermIndex, column: str) -> Problem:
    """A column of no field; a field that has no column (``absent``) and is named much like it is proposed."""
    near = absent.nearest(column, likeness_least=_COLUMN_NEAR)
    if near is None:
        return _column_problem(sheet, "column-unknown", column, {"column": column})
    return _column_problem(sheet, "column-misspelt", column, {"column": column, "name": near})


def _column_problem(sheet: str, code: str, value: str, facts: Mapping[str, object]) -> Problem:
    return msgspec.structs.replace(problem_of(Finding(code, facts), value=value), sheet=sheet)  # type: ignore[arg-type]
