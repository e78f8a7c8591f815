"""Sheets that a depositor brings: read by the forms' reader in a child process, since files are hostile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from biomoa.forms.problems import Problem
from biomoa.forms.sheets import read_sheets
from biomoa.qc.persons import kind_in
from biomoa.qc.scratch import Scratch
from biomoa.records import rules
from biomoa.records.library import library

Tables = dict[str, list[dict[str, str]]]
NAME_BYTES = 200


@contextmanager
def kept(name: str | None, chunks: Iterable[bytes]) -> Iterator[tuple[Path, str]]:
    """An uploaded sheet as a file, under its own name: the name of a table tells the form that it is of."""
    own = Path((name or "").replace("\0", "")).name or "sheet"
    if kind_in(own):  # it would stand in every problem of the sheet
        own = f"sheet{Path(own).suffix}" if not kind_in(Path(own).suffix) else "sheet"
    short = own.encode()[-NAME_BYTES:].decode(errors="ignore")
    with Scratch("biomoa-received-") as folder:
        path = folder.path / short
        with path.open("wb") as scratch:
            for chunk in chunks:
                scratch.write(chunk)
        yield path, own


def read(path: Path, name: str, most_rows: int) -> tuple[Tables, dict[str, str], list[Problem]]:
    """The rows by form, sheet name -> form, and what was wrong while reading, under the file's own ``name``.

    A sheet by which a form would have more than ``most_rows`` is left out before its rows are made: millions of them
    take the memory of the whole station.
    """
    found = read_sheets(library(), path)
    tables: Tables = {}
    problems = [*found.problems]
    for sheet in found.sheets:
        rows = len(tables.get(sheet.form, ())) + sheet.data.height
        if too_many := rules.check_size(library().form(sheet.form), rows, most_rows):
            problems += too_many
            continue
        tables.setdefault(sheet.form, []).extend(sheet.data.to_dicts())
        problems += (each for each in sheet.problems if each not in problems)
    told = {sheet.name: sheet.form for sheet in found.sheets}
    return tables, told, [_named(each, path.name, name) for each in problems]


def _named(problem: Problem, scratch: str, name: str) -> Problem:
    """The depositor knows the file by its own name, not by that of the scratch file."""
    if problem.file != scratch:
        return problem
    message = msgspec.structs.replace(
        problem.message,
        ko=problem.message.ko.replace(scratch, name),
        en=problem.message.en.replace(scratch, name),
    )
    return msgspec.structs.replace(problem, file=name, message=message)
