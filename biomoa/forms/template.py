"""Workbooks to fill in, one sheet a form: drop-downs, notes, units, colours, example; also records written out again.

The first row shows labels (a comment row, as it starts with ``#``), the second the field names, the third an example
(a comment row too). Form and revision of each sheet stand in the custom document properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import xlsxwriter

from biomoa.catalog.model import Language
from biomoa.forms.datarows import EXAMPLE_MARKS
from biomoa.forms.faces import LEVEL_TEXTS, WebField, expected_text, web_fields
from biomoa.forms.library import Library
from biomoa.forms.model import Form
from biomoa.forms.sheets import PROPERTY

Rows = pl.DataFrame | Sequence[Mapping[str, str]]

LABEL_ROW, HEADER_ROW, EXAMPLE_ROW = 0, 1, 2
MAX_CELL = 32_767  # characters of an xlsx cell
_CHOICE_ROWS = 100_000  # rows that have drop-downs
_TERMS = "_terms"
_COLOURS = {"mandatory": "#FFD9D2", "group": "#FFEFC2", "recommended": "#DDEBFF", "optional": "#EEF1F4"}
_NOT_NAME = re.compile(r"[^A-Za-z0-9가-힣]")


class Written(msgspec.Struct, frozen=True):
    """``cut`` are the cells (form, row, field) that are longer than a workbook can hold and were shortened."""

    path: Path
    cut: tuple[tuple[str, int, str], ...] = ()


def write_template(
    library: Library,
    forms: Sequence[str],
    out: Path,
    *,
    language: Language = "ko",
    packages: Sequence[str] | None = None,
    rows: Mapping[str, Rows] | None = None,
) -> Written:
    """Writes the workbook. ``packages`` narrows the fields; ``rows`` (field -> text) fills the sheets."""
    book = xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_calc_mode("auto")
    writer = _Writer(library, book, language)
    cut: list[tuple[str, int, str]] = []
    for form in forms:
        cut += writer.write_form(library.form(form), packages, None if rows is None else rows.get(form, ()))
    writer.write_terms()
    book.close()
    return Written(out, tuple(cut))


class _Writer:
    def __init__(self, library: Library, book: Any, language: Language) -> None:
        self.library = library
        self.book = book
        self.language: Language = language
        self.text = book.add_format({"num_format": "@"})
        self.example = book.add_format({"num_format": "@", "italic": True, "font_color": "#5F6B7A"})
        self.lists: dict[tuple[str, ...], str] = {}  # terms -> range or defined name
        self.named: dict[tuple[str, str], tuple[str, ...]] = {}

    def write_form(
        self, form: Form, packages: Sequence[str] | None, rows: Rows | None
    ) -> Iterable[tuple[str, int, str]]:
        sheet = self.book.add_worksheet(form.form[:31])
        self.book.set_custom_property(f"{PROPERTY}{form.form[:31]}", f"{form.form}@{form.revision}")
        chosen = _own(form, packages)
        fields = self._fields(form, chosen)
        sheet.freeze_panes(EXAMPLE_ROW, 1)
        for column, field in enumerate(fields):
            self._head(sheet, form, column, field)
            self._choose(sheet, form, column, field, fields)
        if rows is not None:
            names = [*(field.name for field in fields), *self._others(sheet, form, fields, rows)]
            return self._fill(sheet, form, names, rows)
        for column, field in enumerate(fields):
            mark = EXAMPLE_MARKS[self.language] if column == 0 else ""
            sheet.write_string(EXAMPLE_ROW, column, mark + _example(form, field, chosen), self.example)
        return ()

    def _fields(self, form: Form, packages: Sequence[str]) -> list[WebField]:
        """The alias first: a row that starts with ``#`` is a comment."""
        found = web_fields(self.library, form.form, packages[0] if len(packages) == 1 else None)
        if packages:
            matrix = self.library.matrix(form.form)
            found = [
                field
                for field in found
                if field.name not in matrix or any(matrix[field.name].get(one, "-") != "-" for one in packages)
            ]
        return sorted(found, key=lambda field: field.name != form.alias)

    def _head(self, sheet: Any, form: Form, column: int, field: WebField) -> None:
        head = self.book.add_format(
            {"bold": True, "border": 1, "num_format": "@", "bg_color": _COLOURS[field.level], "text_wrap": True}
        )
        label = field.label.in_(self.language) + (f" ({field.unit})" if field.unit else "")
        sheet.write_string(LABEL_ROW, column, f"# {label}" if column == 0 else label, head)
        mark = "*" if field.level == "mandatory" else ""
        sheet.write_string(HEADER_ROW, column, mark + field.name, head)
        sheet.write_comment(HEADER_ROW, column, self._note(form, field), {"x_scale": 2.2, "y_scale": 1.8})
        sheet.set_column(column, column, max(12, min(40, len(field.name) + 4, 40)), self.text)

    def _note(self, form: Form, field: WebField) -> str:
        other: Language = "en" if self.language == "ko" else "ko"
        declared = form.field(field.name)
        lines = [
            f"{field.label.in_(language)} - {LEVEL_TEXTS[field.level].in_(language)}"
            for language in (self.language, other)
        ]
        lines += [expected_text(declared).in_(language) for language in (self.language, other)]
        if field.help:
            lines += [field.help.in_(self.language), field.help.in_(other)]
        if field.unit:
            lines.append(f"단위 / unit: {field.unit}")
        if field.example:
            lines.append(f"예 / example: {field.example}")
        return "\n".join(lines)[:2000]

    def _choose(self, sheet: Any, form: Form, column: int, field: WebField, fields: Sequence[WebField]) -> None:
        source = self._source(form, field, fields)
        if not source:
            return
        strict = field.control in ("choice", "yes-no") and not field.open_options
        rule = {
            "validate": "list",
            "source": source,
            "error_type": "stop" if strict else "information",
            "error_title": field.label.in_(self.language)[:32],
            "error_message": expected_text(form.field(field.name)).in_(self.language)[:255],
        }
        sheet.data_validation(EXAMPLE_ROW + 1, column, _CHOICE_ROWS, column, rule)

    def _source(self, form: Form, field: WebField, fields: Sequence[WebField]) -> str:
        missing = tuple(choice.value for choice in field.missing)
        if field.control == "yes-no":
            return self._list(("yes", "no", *missing))
        bound = dict.fromkeys(choice.only_for for choice in field.options if choice.only_for)
        names = [one.name for one in fields]
        if bound and field.depends_on in names:
            return self._dependent(form, field, list(bound), names.index(field.depends_on))
        values = tuple(dict.fromkeys(choice.value for choice in field.options))
        return self._list((*values, *missing)) if values else ""

    def _dependent(self, form: Form, field: WebField, keys: Sequence[str], other: int) -> str:
        """``=INDIRECT("v_instrument_" & SUBSTITUTE($E4, " ", "_"))``: a name for each value of the other field."""
        prefix = f"v_{_NOT_NAME.sub('_', form.form)}_{_NOT_NAME.sub('_', field.name)}_"
        free = tuple(choice.value for choice in field.options if not choice.only_for)
        missing = tuple(choice.value for choice in field.missing)
        for key in keys:
            terms = tuple(choice.value for choice in field.options if choice.only_for == key)
            self.named[prefix, _NOT_NAME.sub("_", key)] = (*terms, *free, *missing)
        cell = f"${xlsxwriter.utility.xl_col_to_name(other)}{EXAMPLE_ROW + 2}"
        for character in sorted({each for key in keys for each in _NOT_NAME.findall(key)} - {"_"}):
            cell = f'SUBSTITUTE({cell},"{character}","_")'
        return f'=INDIRECT("{prefix}"&{cell})'

    def _list(self, values: tuple[str, ...]) -> str:
        if values not in self.lists:
            column = xlsxwriter.utility.xl_col_to_name(len(self.lists))
            self.lists[values] = f"={_TERMS}!${column}$1:${column}${len(values)}"
        return self.lists[values]

    def write_terms(self) -> None:
        """The hidden sheet of terms, one column a list."""
        if not (self.lists or self.named):
            return
        ranges = {(prefix, key): self._list(values) for (prefix, key), values in self.named.items()}
        sheet = self.book.add_worksheet(_TERMS)
        sheet.hide()
        for column, values in enumerate(self.lists):
            for row, value in enumerate(values):
                sheet.write_string(row, column, value)
        for (prefix, key), where in ranges.items():
            self.book.define_name(f"{prefix}{key}", where)

    def _others(self, sheet: Any, form: Form, fields: Sequence[WebField], rows: Rows) -> list[str]:
        """The columns of a frame that are of no field, with their headers."""
        known = {field.name for field in form.fields}
        others = [name for name in rows.columns if name not in known] if isinstance(rows, pl.DataFrame) else []
        for column, name in enumerate(others, len(fields)):
            sheet.write_string(HEADER_ROW, column, name[:MAX_CELL], self.example)
        return others

    def _fill(self, sheet: Any, form: Form, names: Sequence[str], rows: Rows) -> list[tuple[str, int, str]]:
        cut: list[tuple[str, int, str]] = []
        for number, values in enumerate(_dicts(rows)):
            for column, name in enumerate(names):
                value = values.get(name) or ""
                if value:
                    # Always a string, never a formula, whatever it starts with.
                    sheet.write_string(HEADER_ROW + 1 + number, column, value[:MAX_CELL], self.text)
                if len(value) > MAX_CELL:
                    cut.append((form.form, number + 1, name))
        return cut


def _dicts(rows: Rows) -> Iterable[Mapping[str, str]]:
    return rows.iter_rows(named=True) if isinstance(rows, pl.DataFrame) else rows


def _own(form: Form, packages: Sequence[str] | None) -> list[str]:
    """Those of the chosen packages that the form has; what is none of its own narrows nothing."""
    known = {one.name for one in form.packages.packages} if form.packages else set()
    return [one for one in packages or () if one in known]


def _example(form: Form, field: WebField, packages: Sequence[str]) -> str:
    """The example of a package names that package, and not the one of the form's own example."""
    is_selector = form.packages is not None and field.name == form.packages.selector
    return packages[0] if is_selector and len(packages) == 1 else field.example
