"""Sheets that are small on disk and large when read, and workbooks whose damage comes out only while reading."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from biomoa.forms import beside
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


def test_more_texts_than_the_file_has_bytes_are_not_made_room_for(library: Library, tmp_path: Path) -> None:
    path = _changed(tmp_path, "xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="42949672')
    (problem,) = check_file(library, path, form="sample").problems
    assert problem.code == "file-hostile"


def test_empty_columns_up_to_a_far_cell_are_not_searched(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """9 kB with one cell in the last column took 20 seconds, a millisecond and more for each column before it."""
    searched: list[int] = []
    monkeypatch.setattr(beside, "suspects", lambda cells: searched.append(len(cells)) or cells.head(0))
    path = _changed(tmp_path, "xl/worksheets/sheet1.xml", b'<c r="G2"', b'<c r="XFD2"')
    found = check_file(library, path, form="sample")
    assert "column-nameless" in {problem.code for problem in found.problems}
    assert len(searched) < 20


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


def _changed(folder: Path, part: str, old: bytes, new: bytes) -> Path:
    """A sound workbook but for ``old`` in one of its parts."""
    good, path = folder / "good.xlsx", folder / "changed.xlsx"
    good.write_bytes(good_sheets(folder)["x.xlsx"][1])
    with zipfile.ZipFile(good) as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in whole.namelist():
            content = whole.read(name)
            assert name != part or old in content
            out.writestr(name, content.replace(old, new) if name == part else content)
    return path


@pytest.mark.parametrize("part", ["xl/workbook.xml", "docProps/core.xml"])
def test_an_encoding_that_nobody_knows_is_damage(library: Library, tmp_path: Path, part: str) -> None:
    path = _changed(tmp_path, part, b'encoding="UTF-8"', b'encoding="d"')
    codes = {problem.code for problem in check_file(library, path, form="sample").problems}
    assert "file-too-large" not in codes
    assert ("file-not-workbook" in codes) == (part == "xl/workbook.xml")


@pytest.mark.parametrize("cell", ["XFD1048576", "xfd1048576", "E9999999999999999999916", "ZZZZZZ2", "C" + "9" * 5_000])
def test_a_cell_far_from_its_row_spans_no_large_grid(library: Library, tmp_path: Path, cell: str) -> None:
    path = _changed(tmp_path, "xl/worksheets/sheet1.xml", b'<c r="G2"', f'<c r="{cell}"'.encode())
    (problem,) = check_file(library, path, form="sample").problems
    assert problem.code == "sheet-too-wide"
    assert cell[:20] in problem.message.en
