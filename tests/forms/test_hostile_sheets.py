"""Sheets that are small on disk and large when read, and workbooks whose damage comes out only while reading."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from biomoa.forms.checking import check_file
from biomoa.forms.library import Library
from tests.forms.fuzzing import good_sheets

LEAST = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)); "
READ = LEAST + (
    "from pathlib import Path; from biomoa.forms.opening import Opened; "
    "print([p.code for p in Opened(Path(sys.argv[1])).raw().problems])"
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wide.csv", "," * 100_000 + "\n" + "a\n" * 100_000),
        ("ragged.csv", "a\n" * 100_000 + "," * 100_000 + "\n"),
        ("header.tsv", "a\t" * 20_000 + "\n"),
        ("keys.jsonl", "\n".join(f'{{"k{number}": 1}}' for number in range(20_000))),
    ],
)
def test_a_small_file_spans_no_large_grid(tmp_path: Path, name: str, text: str) -> None:
    """In a process with 2 GiB: 300 kB once took more than 4 GiB, and with them the web process."""
    path = tmp_path / name
    path.write_text(text, encoding="ascii")
    asked = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=False)
    assert asked.stdout.strip() == "['file-too-large']", asked.stderr[-500:]


def test_wide_and_long_sheets_of_people_are_read(library: Library, tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    header = ["alias", *(f"c{number}" for number in range(2_000))]
    wide.write_text(",".join(header) + "\n" + (",".join(["v"] * 2_001) + "\n") * 3, encoding="ascii")
    found = check_file(library, wide, form="sample")
    assert found.rows == 3 and "file-too-large" not in {problem.code for problem in found.problems}


@pytest.mark.parametrize("damage", ["checksum", "version", "method", "xml"])
def test_damage_inside_a_workbook_is_told_as_damage(library: Library, tmp_path: Path, damage: str) -> None:
    """And not as too much memory or time, which is what a reader that ended looks like."""
    data = bytearray(good_sheets(tmp_path)["x.xlsx"][0])
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as package:
        at = package.getinfo("xl/worksheets/sheet1.xml").header_offset
        entry = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    if damage == "checksum":
        place = data.index(b"<sheetData>", at)
        data[place + 1 : place + 3] = b"sS"
    elif damage == "version":
        data[entry + 6] = 84
    elif damage == "method":
        data[entry + 10] = data[at + 8] = 77
    else:
        data = data.replace(b"<sheets>", b"<sheetz>")
    path.write_bytes(data)
    found = check_file(library, path, form="sample")
    assert {problem.code for problem in found.problems} & {"file-not-workbook", "file-hostile"}
    assert "file-too-large" not in {problem.code for problem in found.problems}
