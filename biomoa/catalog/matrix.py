"""The package x attribute matrix that stands beside a form, as a TSV (``forms.model.Packages``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from biomoa.catalog.documents import Fault, read_text
from biomoa.catalog.model import BrokenCatalogue

_LEVEL = re.compile(r"M|O|-|G:[a-z][a-z0-9-]*")


class Matrix(msgspec.Struct, frozen=True):
    """``cells[field][package]`` is ``M``, ``O``, ``-`` or ``G:group-name``; ``lines[field]`` counts from 1."""

    path: Path
    packages: tuple[str, ...]
    cells: Mapping[str, Mapping[str, str]]
    lines: Mapping[str, int]

    def levels(self, package: str) -> dict[str, str]:
        """Field -> level of one package. Raises KeyError for an unknown package."""
        return {field: row[package] for field, row in self.cells.items()}

    def groups(self, package: str) -> dict[str, tuple[str, ...]]:
        """Group name -> the fields of which the package wants at least one."""
        found: dict[str, list[str]] = {}
        for field, level in self.levels(package).items():
            if level.startswith("G:"):
                found.setdefault(level[2:], []).append(field)
        return {name: tuple(fields) for name, fields in found.items()}


def read_matrix(path: Path) -> Matrix:
    """First column ``field``, then one column a package. Raises BrokenCatalogue with every fault found."""
    faults: list[Fault] = []
    text = read_text(path, faults)
    rows = [line.split("\t") for line in (text or "").splitlines()]
    header = rows[0] if rows else []
    if text is not None:
        faults.extend((path, 1, reason) for reason in _faults_of_header(header))
    cells: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    for line, row in enumerate(rows[1:], start=2):
        faults.extend((path, line, reason) for reason in _faults_of_row(row, header, lines))
        lines[row[0]] = line
        cells[row[0]] = dict(zip(header[1:], row[1:], strict=False))
    if faults:
        raise BrokenCatalogue(faults)
    return Matrix(path=path, packages=tuple(header[1:]), cells=cells, lines=lines)


def _faults_of_header(header: list[str]) -> list[str]:
    if header[:1] != ["field"] or len(header) < 2:
        return ["the first line must be `field` and the names of the packages, with tabs between"]
    twice = sorted({name for name in header if header.count(name) > 1})
    return [f"package `{name}` has two columns" for name in twice]


def _faults_of_row(row: list[str], header: list[str], lines: dict[str, int]) -> list[str]:
    faults = []
    if len(row) != len(header):
        faults.append(f"expected {len(header)} cells, found {len(row)}")
    if row[0] in lines:
        faults.append(f"field `{row[0]}` stands in line {lines[row[0]]} too")
    for package, level in zip(header[1:], row[1:], strict=False):
        if not _LEVEL.fullmatch(level):
            faults.append(f"`{level}` of package `{package}` is none of M, O, -, G:group-name")
    return faults
