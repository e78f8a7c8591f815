"""Sheets that a depositor brings: read by the forms' reader in a child process, since files are hostile."""

from __future__ import annotations

from pathlib import Path

from biomoa.forms.problems import Problem
from biomoa.records.library import library

Tables = dict[str, list[dict[str, str]]]


def read(path: Path, name: str) -> tuple[Tables, dict[str, str], list[Problem]]:
    """The rows by form, sheet name -> form, and what was wrong while reading."""
    raise NotImplementedError(path, name, library)
