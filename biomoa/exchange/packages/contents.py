"""What a package of released data holds, and how it is read back.

``records/<form>.jsonl`` are the rows as the forms name them, ``accessions.tsv`` says which record each row is,
``files/<accession>/<name>`` are the files. The same layout stands in the payload of a bag and in a version of an
OCFL object.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from biomoa.exchange.bundle import Bundle, FileFact
from biomoa.exchange.exports.tables import text_cell
from biomoa.exchange.packages.bag import DECLARATION, check_bag
from biomoa.exchange.packages.faults import Fault
from biomoa.exchange.packages.ocfl_check import INVENTORY, check_object
from biomoa.exchange.packages.ocfl_inventory import digests_by_path
from biomoa.exchange.packages.ocfl_write import Source

RECORDS, FILES = "records/", "files/"
COLUMNS = ("accession", "version", "form", "alias", "title", "owner", "center", "accepted", "released", "url")
README = """\
Released records of {station} ({address}).
accessions.tsv    which record each row is
records/          the rows by form, JSON Lines, in the field names of the form
files/            the files by accession
"""


def sources(bundle: Bundle, rows: dict[str, bytes], blocks: Callable[[FileFact], Iterable[bytes]]) -> Iterator[Source]:
    """Everything that the package holds. ``rows`` are documents by name, ``blocks`` gives the bytes of a file."""
    readme = README.format(station=bundle.station, address=bundle.address)
    texts = {"README.txt": readme.encode(), "accessions.tsv": _accessions(bundle)}
    texts |= {f"{RECORDS}{name}": content for name, content in rows.items()}
    for path, content in texts.items():
        yield Source(path, lambda content=content: [content])  # type: ignore[misc]
    for item in bundle.items:
        for file in item.files:
            sums = {"sha256": file.sha256} | ({"md5": file.md5} if file.md5 else {})
            yield Source(f"{FILES}{item.accession}/{file.name}", lambda file=file: blocks(file), sums)  # type: ignore[misc]


def _accessions(bundle: Bundle) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([text_cell(str(getattr(item, name))) for name in COLUMNS] for item in bundle.items)
    return text.getvalue().encode()


class Package(msgspec.Struct, frozen=True):
    """A package that came in: where its rows and files lie. ``identifier`` names it and its version."""

    kind: str
    identifier: str
    paths: dict[str, Path]  # logical path -> file

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The rows by form. Raises ValueError naming file and line of what is no JSON object."""
        found = {}
        for logical, path in sorted(self.paths.items()):
            if logical.startswith(RECORDS) and logical.endswith(".jsonl"):
                lines = path.read_text("utf-8-sig").splitlines()
                numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
                found[Path(logical).stem] = [_row(logical, number, line) for number, line in numbered]
        return found

    def files(self) -> dict[str, Path]:
        """The files by name. Raises ValueError for a name that stands for two files."""
        found: dict[str, Path] = {}
        for logical, path in sorted(self.paths.items()):
            if logical.startswith(FILES):
                name = logical.rsplit("/", 1)[-1]
                if name in found:
                    raise ValueError(
                        f"{logical}: another file is named {name}, too; a submission needs different names"
                    )
                found[name] = path
        return found


def _row(logical: str, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise ValueError(f"{logical}, line {number}: a JSON object expected")
    return row


def check_package(folder: Path) -> tuple[str, list[Fault]]:
    """``bagit`` or ``ocfl``, and what is wrong with it. A folder that is neither is told so."""
    if (folder / DECLARATION).exists():
        return "bagit", check_bag(folder)
    if (folder / INVENTORY).exists() or list(folder.glob("0=ocfl_object_*")):
        return "ocfl", check_object(folder)
    return "", [Fault("not-a-package", ".", "neither a bag (bagit.txt) nor an OCFL object (0=ocfl_object_1.x) is here")]


def open_package(folder: Path, kind: str) -> Package:
    """The current content of a package that ``check_package`` found whole."""
    if kind == "bagit":
        payload = folder / "data"
        paths = {path.relative_to(payload).as_posix(): path for path in payload.rglob("*") if path.is_file()}
        return Package(kind, _bag_name(folder), paths)
    inventory = json.loads((folder / INVENTORY).read_bytes())
    manifest: dict[str, list[str]] = inventory["manifest"]
    state = digests_by_path(inventory["versions"][inventory["head"]]["state"])
    paths = {logical: folder / manifest[digest][0] for digest, logical in state}
    return Package(kind, f"{inventory['id']}#{inventory['head']}", paths)


def _bag_name(folder: Path) -> str:
    lines = (folder / "bag-info.txt").read_text("utf-8").splitlines() if (folder / "bag-info.txt").exists() else []
    told = dict(line.split(": ", 1) for line in lines if ": " in line)
    return f"{told.get('External-Identifier', folder.name)}#{told.get('Bagging-Date', '')}"
