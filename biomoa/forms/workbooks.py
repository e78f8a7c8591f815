"""Reads a workbook in a child process with limits: a hostile file can end the child, never the station.

The child is this module run as a program. It leaves one Arrow file a sheet and ``told.json`` in a folder of its
parent's choosing, so that 100,000 rows cross the border without being copied.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import fastexcel
import msgspec
import polars as pl

from biomoa.forms import beside, pieces
from biomoa.forms import package as packages
from biomoa.forms.beside import Beside
from biomoa.forms.findings import Fact
from biomoa.forms.raw import Oddities, RawFile, RawSheet, Unreadable, file_problem
from biomoa.qc.scratch import Scratch

logging.getLogger("calamine").setLevel(logging.ERROR)  # that a chart is no sheet need not be told to anybody
MEMORY_BYTES = 6 << 30
CPU_SECONDS = 300
WALL_SECONDS = 600
READERS = min(4, os.cpu_count() or 1)  # threads that read pieces of a large sheet
SCAN_FIRST_BYTES = 2 << 20  # a small file is scanned before it is read; a large one meanwhile


class Told(msgspec.Struct):
    """What the child says: a fault, or the sheets in order with their oddities."""

    code: str = ""
    facts: dict[str, Fact] = {}
    names: list[str] = []
    oddities: list[Oddities] = []
    properties: dict[str, str] = {}
    beside: tuple[Beside, ...] = ()


class Reading:
    """A child at work. Started at once; ``result`` waits for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scratch = Scratch("biomoa-cells-", _roomy(path))
        self._folder = self._scratch.path
        command = [sys.executable, "-I", "-m", "biomoa.forms.workbooks", str(path.resolve()), str(self._folder)]
        self._child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def result(self) -> RawFile:
        """The sheets, or the problem of the file when it cannot be read."""
        try:
            return self._collect()
        finally:
            if self._child.poll() is None:
                self._child.kill()
                self._child.wait()
            self._scratch.remove()

    def _collect(self) -> RawFile:
        try:
            status = self._child.wait(WALL_SECONDS)
        except subprocess.TimeoutExpired:
            return self._fault("file-too-large", reason=f"{WALL_SECONDS} s")
        told_file = self._folder / "told.json"
        if status or not told_file.exists():
            return self._fault("file-too-large", reason=f"{MEMORY_BYTES >> 30} GiB, {CPU_SECONDS} s CPU")
        told = msgspec.json.decode(told_file.read_bytes(), type=Told)
        if told.code:
            return self._fault(told.code, **told.facts)
        sheets = tuple(
            RawSheet(name, pl.read_ipc(self._folder / f"{number}.arrow"), oddities)
            for number, (name, oddities) in enumerate(zip(told.names, told.oddities, strict=True))
        )
        return RawFile(sheets, properties=told.properties, beside=told.beside)

    def _fault(self, code: str, **facts: Fact) -> RawFile:
        return RawFile((), (file_problem(self._path.name, code, **facts),))


def read_workbook(path: Path) -> RawFile:
    """The sheets of an xlsx workbook as text, in a child process with limits of memory, CPU and time."""
    return Reading(path).result()


def read_here(path: Path) -> RawFile:
    """The same in this process, for a caller that has set limits itself (``limit``). Raises Unreadable.

    Damage below the directory comes out only while a part is read.
    """
    with packages.open_package(path) as package:
        try:
            return _read_package(path, package)
        except packages.DAMAGE as error:
            raise Unreadable("file-not-workbook", reason=packages.damaged(error)) from None


def _roomy(path: Path) -> str | None:
    """Shared memory when it surely has room for the unpacked cells: nothing is written to a disk then."""
    memory = Path("/dev/shm")
    with contextlib.suppress(OSError):
        if memory.is_dir() and shutil.disk_usage(memory).free > 30 * path.stat().st_size + (64 << 20):
            return str(memory)
    return None


class Look(NamedTuple):
    """What was seen in the text of a sheet; ``grid`` are its cells when they were read in pieces on the way."""

    oddities: Oddities = Oddities()
    grid: pl.DataFrame | None = None


def _read_package(path: Path, package: zipfile.ZipFile) -> RawFile:
    """Reads the cells while a second thread looks for what they do not show."""
    parts = packages.sheet_parts(package)
    divided = {name: around for name, part in parts.items() if (around := pieces.divide(package, part))}
    with ThreadPoolExecutor(READERS) as readers, ThreadPoolExecutor(1) as pool:
        looks = {
            name: pool.submit(_look, package, part, name, divided.get(name), readers) for name, part in parts.items()
        }
        if path.stat().st_size < SCAN_FIRST_BYTES:
            for look in looks.values():
                look.result()
        grids = list(_grids(path, {name: looks[name] for name in divided}))
        seen = [(name, grid, looks[name].result() if name in looks else Look()) for name, grid in grids]
    hidden, from_1904 = packages.hidden_sheets(package), packages.counts_from_1904(package)
    sheets = tuple(
        RawSheet(name, grid, msgspec.structs.replace(look.oddities, hidden=name in hidden, from_1904=from_1904))
        for name, grid, look in seen
    )
    told = tuple(beside.in_package(package, lambda text: any(_holds(sheet.grid, text) for sheet in sheets)))
    return RawFile(sheets, properties=packages.custom_properties(package), beside=told)


def _holds(grid: pl.DataFrame, text: str) -> bool:
    return any(column.str.contains(text, literal=True).any() for column in grid.get_columns())


def _look(
    package: zipfile.ZipFile, part: str, sheet: str, around: pieces.Around | None, readers: ThreadPoolExecutor
) -> Look:
    scan = packages.Scan(package, part, sheet)
    text = scan.passing()
    grid = pieces.read_in_pieces(text, sheet, around, readers) if around else None
    for _ in text:  # what was not taken
        pass
    return Look(scan.found(), grid)


def _grids(path: Path, divided: Mapping[str, Future[Look]]) -> Iterator[tuple[str, pl.DataFrame]]:
    try:
        book = fastexcel.read_excel(path)
        for number, name in enumerate(book.sheet_names):
            grid = divided[name].result().grid if name in divided else None
            yield name, pieces.read_grid(book, number) if grid is None else grid
    except fastexcel.FastExcelError as error:
        raise Unreadable("file-not-workbook", reason=packages.damaged(error)) from None


# The child


def limit() -> None:
    """Limits of memory and CPU for this process, before it reads a workbook of a stranger."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(path: Path, folder: Path) -> None:
    try:
        raw = read_here(path)
    except Unreadable as fault:
        told = Told(code=fault.code, facts=fault.facts)
    else:
        for number, sheet in enumerate(raw.sheets):
            sheet.grid.write_ipc(folder / f"{number}.arrow", compression="uncompressed")
        oddities = [sheet.oddities for sheet in raw.sheets]
        names = [sheet.name for sheet in raw.sheets]
        told = Told(names=names, oddities=oddities, properties=dict(raw.properties), beside=raw.beside)
    (folder / "told.json").write_bytes(msgspec.json.encode(told))


if __name__ == "__main__":
    limit()
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
