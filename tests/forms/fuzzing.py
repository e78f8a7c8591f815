"""Damaged sheets through their reader, in children with the limits of a station: every one gets an answer.

Run as a program, this is the child: it reads the paths on its input and tells, line by line, what was found.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import select
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO

import xlsxwriter

from tests.qc.fuzzing import Tally
from tests.qc.mutations import mutated

SOME_DAY = datetime(2026, 1, 1)
SHEETS = ("x.xlsx", "x.tsv", "x.csv", "x.jsonl")
SECONDS, MEMORY_BYTES = 60, 1 << 30
HEADER = ("alias", "project", "package", "taxon_id", "organism", "collection_date", "age", "title")
ROW = ("S-{}", "study-1", "human", "9606", "Homo sapiens", "2024-03-05", "34", "사람 혈액, {}")
# Values of attributes, texts, elements without children.
XML_PIECES = tuple(
    map(re.compile, (rb'="([^"]*)"', rb">([^<]+)<", rb"(<[a-zA-Z:]+(?: [^<>]*)?/>|<(\w+)[^<>]*>[^<]*</\2>)"))
)
XML_VALUES = (
    b"", b"0", b"-1", b"1e400", b"NaN", b"4294967296", b"99999999999999999999", b"A1", b"A0", b"XFD1048576", b"XFE1",
    b"A1048577", b"A1:XFD1048576", b"s", b"e", b"b", b"d", b"str", b"inlineStr", b"#REF!", b"=1+1", b"\xff",
    b"&#0;", b"&#x1F4A9;", b"&none;", b"_x0000_", b"../../etc/passwd", b"rId1", b"a" * 40_000, "가".encode() * 3,
)  # fmt: skip
OWN = Path(__file__).parent / "catalogue"


def good_sheets(folder: Path) -> dict[str, list[bytes]]:
    made: dict[str, list[bytes]] = {name: [] for name in SHEETS}
    for count in (1, 30):
        rows = [HEADER, *(tuple(cell.format(number) for cell in ROW) for number in range(count))]
        made["x.tsv"].append("".join("\t".join(row) + "\n" for row in rows).encode())
        made["x.csv"].append("".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode())
        objects = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in rows[1:]]
        made["x.jsonl"].append("".join(line + "\n" for line in objects).encode())
        made["x.csv"].append(made["x.csv"][-1].decode().encode("cp949"))
        made["x.tsv"].append(made["x.tsv"][-1].decode().encode("utf-16"))
        made["x.xlsx"] += [_workbook(folder, rows, stored=stored) for stored in (True, False)]
    return made


def _workbook(folder: Path, rows: list[tuple[str, ...]], *, stored: bool) -> bytes:
    """``stored``: parts without compression, so that damage reaches the XML below it."""
    path = folder / "seed.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": SOME_DAY})  # the same bytes each time, so that a seed says all
        sheet = book.add_worksheet("sample")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    if stored:
        with zipfile.ZipFile(path) as packed, zipfile.ZipFile(folder / "stored.xlsx", "w") as out:
            for part in packed.namelist():
                out.writestr(zipfile.ZipInfo(part), packed.read(part))
        path = folder / "stored.xlsx"
    return path.read_bytes()


def _damaged(name: str, good: list[bytes], chance: random.Random) -> bytes:
    """A workbook is mostly damaged below its checksums: else nothing that reads its parts is ever met."""
    if name != "x.xlsx" or chance.random() < 0.2:
        return mutated(good, chance)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(chance.choice(good))) as whole, zipfile.ZipFile(made, "w") as out:
        names = whole.namelist()
        hit = chance.choice(names if chance.random() < 0.5 else [part for part in names if "/worksheets/sheet" in part])
        for part in names:
            content = whole.read(part)
            out.writestr(zipfile.ZipInfo(part), _damaged_part(content, chance) if part == hit else content)
    return made.getvalue()


def _damaged_part(content: bytes, chance: random.Random) -> bytes:
    """Bytes anywhere, or a value, a text or an element of the XML, which then stays well-formed as a rule."""
    if chance.random() < 0.25:
        return mutated([content], chance)
    for _ in range(chance.choice((1, 1, 2, 5))):
        if not (found := list(chance.choice(XML_PIECES).finditer(content))):
            continue
        place = chance.choice(found)
        start, end = place.span(1)
        piece = chance.choice(XML_VALUES) if place.re is not XML_PIECES[-1] else place[1] * chance.choice((0, 2, 500))
        content = content[:start] + piece + content[end:]
    return content


class _Child:
    """One warm reader; its folder for temporary files must be empty after each file."""

    def __init__(self, scratch: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=scratch))
        environment = os.environ | {"TMPDIR": str(self.folder), "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.forms.fuzzing"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=environment, start_new_session=True,
        )  # fmt: skip

    def ask(self, path: Path) -> tuple[str, list[str], int]:
        """Verdict, codes, peak of memory; the verdict says how it ended when it did."""
        stdin, stdout = _pipes(self.process)
        try:
            stdin.write(f"{path}\n")
            stdin.flush()
        except BrokenPipeError:
            return "crashed", [], 0
        if not select.select([stdout], [], [], SECONDS)[0]:
            return "hung", [], 0
        line = stdout.readline()
        return tuple(json.loads(line)) if line else ("crashed", [], 0)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout


def run_sheets(name: str, numbers: Iterable[int], seed: int, scratch: Path, kept: Path) -> Tally:
    """A damaged sheet for each of ``numbers``. A crash or hang is a fault: the station reads text sheets itself."""
    chance, tally = random.Random(f"{seed}:{name}"), Tally()
    good = good_sheets(scratch)[name]
    child = _Child(scratch)
    path = scratch / name
    for _ in numbers:
        path.write_bytes(_damaged(name, good, chance))
        started = time.perf_counter()
        verdict, codes, peak = child.ask(path)
        tally.files += 1
        tally.slowest_seconds = max(tally.slowest_seconds, time.perf_counter() - started)
        tally.peak_bytes = max(tally.peak_bytes, peak)
        tally.verdicts[verdict] += 1
        tally.outcomes.add(frozenset(codes))
        why = "" if verdict in ("valid", "invalid") else verdict
        why = why or (f"{peak} bytes of memory" if peak > MEMORY_BYTES else "")
        if left := list(child.folder.iterdir()):
            why = why or f"left behind: {left}"
        if why:
            kept.mkdir(parents=True, exist_ok=True)
            (kept / f"{seed}-{tally.files}-{name}").write_bytes(path.read_bytes())
            tally.faults.append(f"{kept / f'{seed}-{tally.files}-{name}'}: {why}")
            child.end()
            child = _Child(scratch)
    child.end()
    return tally


def _main() -> None:
    import resource

    from biomoa.catalog.load import load_catalogue
    from biomoa.forms.checking import check_sheets
    from biomoa.forms.library import load_library
    from biomoa.forms.opening import Opened
    from biomoa.forms.sheets import sheets_of
    from biomoa.forms.workbooks import limit

    limit()
    library = load_library(load_catalogue(OWN))
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        found = check_sheets(library, sheets_of(library, Opened(path, apart=False).raw(), path.name, form="sample"))
        codes = sorted({problem.code for problem in found.problems})
        for problem in found.problems:
            assert problem.message.ko and problem.message.en, problem
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        print(json.dumps(["valid" if found.valid else "invalid", codes, peak]), flush=True)


if __name__ == "__main__":
    _main()
