"""Sheets that a depositor brings: read by the forms' reader in a child process, since files are hostile."""

from __future__ import annotations

from pathlib import Path

import msgspec

from biomoa.forms.problems import Problem
from biomoa.forms.sheets import read_sheets
from biomoa.records.library import library

Tables = dict[str, list[dict[str, str]]]


def read(path: Path, name: str) -> tuple[Tables, dict[str, str], list[Problem]]:
    """The rows by form, sheet name -> form, and what was wrong while reading, under the file's own ``name``."""
    found = read_sheets(library(), path)
    tables: Tables = {}
    problems = [*found.problems]
    for sheet in found.sheets:
        tables.setdefault(sheet.form, []).extend(sheet.frame.to_dicts())
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
