"""``biomoa check``, ``template``, ``forms``: sheets against forms, without a station and without Django."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biomoa.cli.words import fail, language

if TYPE_CHECKING:  # imported when a command runs, so that `biomoa --help` starts at once
    from biomoa.forms.checking import FileCheck
    from biomoa.forms.library import Library
    from biomoa.forms.model import Package
    from biomoa.forms.problems import Problem
    from biomoa.forms.sheets import Sheet

SHOWN = 50  # problems that the readable table prints


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = subparsers.add_parser("check", help="check a sheet (xlsx, tsv, csv, jsonl) against its form")
    check.add_argument("form", nargs="?", default="auto", help="name of a form; `auto` or nothing: each sheet tells")
    check.add_argument("sheet", type=Path)
    check.add_argument("--json", action="store_true", help="print every problem as JSON")
    check.add_argument("--fix", type=Path, metavar="OUT.xlsx", help="write the sheet with the proposed corrections")
    check.set_defaults(run=run_check)
    template = subparsers.add_parser("template", help="write a workbook to fill in, one sheet a form")
    template.add_argument("form", nargs="+")
    template.add_argument("-o", "--output", type=Path, required=True)
    template.add_argument("--language", choices=("ko", "en"), default="ko")
    template.add_argument("--package", action="append", default=[], help="only the fields of this package")
    template.set_defaults(run=run_template)
    forms = subparsers.add_parser("forms", help="list the forms, or show one")
    forms.add_argument("form", nargs="?")
    forms.add_argument("--revision", help="show what changed since this revision")
    forms.add_argument("--json", action="store_true", help="the form as JSON Schema (2020-12)")
    forms.set_defaults(run=run_forms)
    for command in (check, template, forms):
        command.add_argument(
            "--catalogue", type=Path, help="folder of the catalogue (default: BIOMOA_CATALOGUE, Korea)"
        )


def default_catalogue() -> Path:
    """The folder named by ``BIOMOA_CATALOGUE``, else ``catalogs/korea`` beside the package."""
    named = os.environ.get("BIOMOA_CATALOGUE")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "catalogs" / "korea"


def run_check(options: argparse.Namespace) -> int:
    from biomoa.cli.limits import run_apart

    if not options.sheet.is_file():
        return fail(f"{options.sheet} is a folder" if options.sheet.is_dir() else f"no file {options.sheet}")
    if options.fix and options.fix.suffix.lower() != ".xlsx":
        return fail("--fix writes an .xlsx file")
    code = run_apart(lambda: _check_here(options))
    return _tell_limit(options) if code is None else code


def _check_here(options: argparse.Namespace) -> int:
    gc.disable()  # the problems of a large sheet are many, and none is ever garbage before the end
    from biomoa.forms.opening import Opened
    from biomoa.forms.workbooks import limit

    limit()
    opened = Opened(options.sheet, apart=False)  # it is being read while the rules and forms are loaded
    from biomoa.forms.checking import check_sheets
    from biomoa.forms.sheets import sheets_of

    library = _library(options)
    form = None if options.form == "auto" else options.form
    if form is not None and form not in library.forms:
        return fail(f"no form {form}; there are: {', '.join(library.forms)}")
    check = check_sheets(library, sheets_of(library, opened.raw(), options.sheet.name, form=form))
    if options.json:
        _print_json(library, check, options.form)
    else:
        _print_table(check)
    if options.fix and check.sheets:
        _fix(library, check, options.fix)
    return 0 if check.valid else 1


def _tell_limit(options: argparse.Namespace) -> int:
    """The answer when the file broke the limits of memory or CPU, or the reader."""
    from biomoa.forms.checking import FileCheck
    from biomoa.forms.raw import file_problem
    from biomoa.forms.workbooks import CPU_SECONDS, MEMORY_BYTES

    reason = f"{MEMORY_BYTES >> 30} GiB, {CPU_SECONDS} s CPU"
    check = FileCheck((), (file_problem(options.sheet.name, "file-too-large", reason=reason),))
    if options.json:
        _print_json(_library(options), check, options.form)
    else:
        _print_table(check)
    return 1


def run_template(options: argparse.Namespace) -> int:
    from biomoa.forms.template import write_template

    library = _library(options)
    unknown = [form for form in options.form if form not in library.forms]
    if unknown:
        return fail(f"no form {', '.join(unknown)}; there are: {', '.join(library.forms)}")
    if options.output.suffix.lower() != ".xlsx":
        return fail("a template is an .xlsx file: -o NAME.xlsx")
    packages = {one.name for form in options.form for one in _packages(library, form)}
    if strange := [name for name in options.package if name not in packages]:
        return fail(f"no package {', '.join(strange)}; there are: {', '.join(sorted(packages)) or 'none'}")
    forms = list(dict.fromkeys(options.form))
    write_template(library, forms, options.output, language=options.language, packages=options.package or None)
    print(options.output)
    return 0


def _packages(library: Library, form: str) -> Sequence[Package]:
    packages = library.form(form).packages
    return packages.packages if packages else ()


def run_forms(options: argparse.Namespace) -> int:
    library = _library(options)
    if options.form is None and options.revision:
        return fail(f"--revision needs a form; there are: {', '.join(library.forms)}")
    if options.form is None:
        return _list_forms(library, options)
    if options.form not in library.forms:
        return fail(f"no form {options.form}; there are: {', '.join(library.forms)}")
    if options.revision:
        return _show_changes(library, options.form, options.revision)
    return _show_form(library, options)


def _library(options: argparse.Namespace) -> Library:
    from biomoa.catalog.load import load_catalogue
    from biomoa.forms.library import load_library

    return load_library(load_catalogue(options.catalogue or default_catalogue()))


# check


def _print_json(library: Library, check: FileCheck, asked: str) -> None:
    import msgspec

    forms = list(dict.fromkeys(sheet.form for sheet in check.sheets)) or [asked]
    revisions = [library.form(form).revision if form in library.forms else "" for form in forms]
    answer = {
        "form": ",".join(forms),
        "revision": ",".join(revisions),
        "rows": check.rows,
        "valid": check.valid,
        "problems": [_plain(problem) for problem in check.problems],
    }
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "field": problem.field,
        "code": problem.code,
        "severity": problem.severity,
        "value": problem.value,
        "message": problem.message,
        "suggestion": problem.suggestion,
    }


def _print_table(check: FileCheck) -> None:
    sheets = {sheet.name: sheet for sheet in check.sheets}
    ranked = sorted(check.problems, key=lambda each: ("error", "warning", "info").index(each.severity))
    for problem in ranked[:SHOWN]:
        at = _line(sheets.get(problem.sheet or ""), problem.row)
        place = " ".join(part for part in (problem.sheet or "", at) if part)
        mend = f" -> {problem.suggestion}" if problem.suggestion else ""
        print(f"{problem.severity:<7} {place}: {problem.message.in_(language())} [{problem.code}]{mend}")
    if len(ranked) > SHOWN:
        print(f"... {len(ranked) - SHOWN:,} more (--json prints all)")
    for (severity, code), count in Counter((each.severity, each.code) for each in ranked).most_common():
        print(f"{count:>9,}  {severity:<7} {code}")
    rows = ", ".join(f"{sheet.name} ({sheet.form}): {sheet.rows:,}" for sheet in check.sheets)
    print(f"{'valid' if check.valid else 'not valid'}; rows: {rows or 'none'}")


def _line(sheet: Sheet | None, row: int | None) -> str:
    if row is None:
        return ""
    if sheet:
        return sheet.part.line(row).in_(language())
    return f"{row}행" if language() == "ko" else f"row {row}"


def _fix(library: Library, check: FileCheck, out: Path) -> None:
    from biomoa.forms.checking import corrected
    from biomoa.forms.corrections import suggestions
    from biomoa.forms.template import write_template

    frames = corrected(check)
    write_template(library, list(frames), out, language="ko", rows=frames)
    for sheet in check.sheets:
        mended = suggestions(each for each in check.problems if each.sheet == sheet.name)
        for (row, field), value in list(mended.items())[:SHOWN]:
            print(f"{sheet.name} row {row} {field}: {value}", file=sys.stderr)
        print(f"{out}: {sheet.name}: {len(mended):,} cell(s) corrected", file=sys.stderr)


# forms


def _list_forms(library: Library, options: argparse.Namespace) -> int:
    import msgspec

    rows = [
        {"form": form.form, "revision": form.revision, "label": form.label, "fields": len(form.fields)}
        for form in library.forms.values()
    ]
    if options.json:
        sys.stdout.buffer.write(msgspec.json.encode(rows) + b"\n")
        return 0
    for form in library.forms.values():
        print(f"{form.form:<20} {form.revision:<10} {len(form.fields):>4} fields  {form.label.en} / {form.label.ko}")
    return 0


def _show_form(library: Library, options: argparse.Namespace) -> int:
    import msgspec

    from biomoa.forms.faces import help_table
    from biomoa.forms.jsonschema import schema_of

    if options.json:
        sys.stdout.buffer.write(msgspec.json.encode(schema_of(library, options.form)) + b"\n")
        return 0
    form = library.form(options.form)
    print(f"{form.form} {form.revision}  {form.label.en} / {form.label.ko}\n{form.description.en}\n")
    for row in help_table(library, options.form):
        print(f"{row.name:<32} {row.requirement:<12} {row.type:<10} {row.label.en} / {row.label.ko}")
    return 0


def _show_changes(library: Library, name: str, revision: str) -> int:
    from biomoa.forms.revisions import steps_from

    steps: Sequence[Any] | None = steps_from(library.form(name), revision)
    if steps is None:
        known = ", ".join(one.revision for one in library.form(name).history)
        return fail(f"form {name} has no revision {revision}; there are: {known}")
    for step in steps:
        print(f"{step.revision} ({step.date}): {step.note.en} / {step.note.ko}")
    return 0
