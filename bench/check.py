"""``biomoa check`` of 100,000 rows x 60 fields beside a bare fastexcel read of the same file, in one run.

Claim: within 1.3 x of the bare read, with every bad cell (0.5 %) reported. Run: ``python bench/check.py [ROWS]``.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

ROWS = 100_000
BAD = 0.005
KINDS = {  # 60 fields with the alias
    "text": 13, "pattern": 10, "term": 12, "short": 6, "number": 12, "date": 6,
}  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fields = write_catalogue(home / "catalogue")
        table, bad = make_table(fields, rows)
        write_xlsx(home / "wide.xlsx", table)
        write_csv(home / "wide.csv", table)
        report(home, rows, bad)


def report(home: Path, rows: int, bad: int) -> None:
    for name, bare in (("wide.xlsx", BARE_XLSX), ("wide.csv", BARE_CSV)):
        path = home / name
        bare_seconds = min(timed([sys.executable, "-c", bare, str(path)])[0] for _ in range(3))
        command = [sys.executable, "-m", "biomoa.cli.main", "check", "wide", str(path), "--json"]
        runs = [timed([*command, "--catalogue", str(home / "catalogue")]) for _ in range(3)]
        seconds = min(run[0] for run in runs)
        told = json.loads(runs[0][1])
        print(
            f"{name}: {rows:,} x 60, bare read {bare_seconds:.2f} s, check {seconds:.2f} s, "
            f"ratio {seconds / bare_seconds:.2f}; bad cells {bad:,}, "
            f"cells with an error {len({(p['row'], p['field']) for p in told['problems'] if p['row']}):,}"
        )


BARE_XLSX = "import sys, fastexcel; fastexcel.read_excel(sys.argv[1]).load_sheet(0, dtypes='string').to_polars()"
BARE_CSV = "import sys, polars; polars.read_csv(sys.argv[1], infer_schema=False)"


def timed(command: list[str]) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return seconds, done.stdout


def write_catalogue(folder: Path) -> list[tuple[str, str]]:
    """A catalogue with one form of 60 fields; gives (name, kind) of its fields."""
    (folder / "forms").mkdir(parents=True)
    (folder / "vocabularies").mkdir()
    (folder / "catalogue.yaml").write_text(
        "name: {ko: 성능, en: Bench}\n"
        "accessions:\n  - {record_type: wide, prefix: W, digits: 8, label: {ko: 넓은, en: Wide}}\n"
    )
    (folder / "organisations.csv").write_text("code,kind,name_ko,name_en,parent,note\n")
    (folder / "research-projects.csv").write_text(
        "number,title_ko,ministry_ko,programme_ko,period,budget_million_krw\n"
    )
    terms = "".join(f"  - {{value: {term}}}\n" for term in TERMS)
    short = "".join(f"  - {{value: {term}}}\n" for term in SHORT)
    for name, body in (("long", terms), ("short", short)):
        (folder / "vocabularies" / f"{name}.yaml").write_text(
            f"vocabulary: {name}\nlabel: {{ko: {name}, en: {name}}}\nsource: bench\nterms:\n{body}"
        )
    fields = [(f"{kind}_{number}", kind) for kind, count in KINDS.items() for number in range(count)]
    lines = [f"  - {{name: {name}, label: {{ko: {name}, en: {name}}}, {GRAMMAR[kind]}}}\n" for name, kind in fields]
    (folder / "forms" / "wide.yaml").write_text(FORM + "".join(lines))
    return fields


FORM = """form: wide
revision: "1"
label: {ko: 넓은 양식, en: Wide form}
description: {ko: 성능 시험, en: Bench}
record_type: wide
alias: alias
title: [alias]
standard: {name: none, reference: none}
history:
  - {revision: "1", date: "2026-01-01", note: {ko: 처음, en: First}}
fields:
  - {name: alias, label: {ko: 별칭, en: Alias}, type: text, requirement: mandatory, unique: true}
"""
GRAMMAR = {
    "text": "type: text",
    "pattern": 'type: text, pattern: "[A-Z]{3}[0-9]{6}"',
    "term": "type: term, vocabulary: long, requirement: mandatory",
    "short": "type: term, vocabulary: short",
    "number": "type: number, minimum: 0, maximum: 1000",
    "date": "type: date",
}
_RANDOM = random.Random(7)
TERMS = sorted({"".join(_RANDOM.choices("abcdefghijklmnopqrstuvwxyz", k=_RANDOM.randint(6, 14))) for _ in range(2000)})
SHORT = ["female", "male", "mixed", "other"]


def make_table(fields: list[tuple[str, str]], rows: int) -> tuple[list[list[str]], int]:
    """The header, then rows; and how many cells are bad."""
    random_ = random.Random(11)
    table = [["alias", *(name for name, _ in fields)]]
    bad = 0
    for row in range(rows):
        cells = [f"S-{row:06d}"]
        for _, kind in fields:
            wrong = kind != "text" and random_.random() < BAD
            bad += wrong
            cells.append((make_bad if wrong else make_good)(kind, random_))
        table.append(cells)
    return table, bad


def make_good(kind: str, random_: random.Random) -> str:
    match kind:
        case "pattern":
            return f"{random_.choice(('ABC', 'XYZ'))}{random_.randrange(10**6):06d}"
        case "term":
            return random_.choice(TERMS)
        case "short":
            return random_.choice(SHORT)
        case "number":
            return f"{random_.random() * 1000:.3f}"
        case "date":
            return f"20{random_.randrange(10, 25)}-{random_.randrange(1, 13):02d}-{random_.randrange(1, 29):02d}"
    return f"a value of text {random_.randrange(10**5)}"


def make_bad(kind: str, random_: random.Random) -> str:
    match kind:
        case "pattern":
            return f"abc{random_.randrange(10**6)}"
        case "term":
            term = random_.choice(TERMS)
            return f"{term[:3]}#{random_.randrange(100)}{term[3:]}"
        case "short":
            return "femal"
        case "number":
            return f"{random_.random() * 1000 + 1001:.1f}"
    return f"{random_.randrange(1, 29)}.{random_.randrange(1, 13)}.20{random_.randrange(10, 25)}"


def write_xlsx(path: Path, table: list[list[str]]) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("wide")
    for number, cells in enumerate(table):
        for column, cell in enumerate(cells):
            sheet.write_string(number, column, cell)
    book.close()


def write_csv(path: Path, table: list[list[str]]) -> None:
    path.write_text("".join(",".join(cells) + "\n" for cells in table))


if __name__ == "__main__":
    main()
