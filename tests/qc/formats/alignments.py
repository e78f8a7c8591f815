"""A small file source, a collecting report and BGZF writing for the tests of alignment formats."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from biomoa.qc.model import Format
from biomoa.qc.persons import inspection as persons

END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class FileSource:
    """``Source`` over a file on disk."""

    def __init__(self, path: Path, block: int = 1 << 20) -> None:
        self.path, self.name, self.size_bytes = path, path.name, path.stat().st_size
        with path.open("rb") as file:
            gz = file.read(2) == b"\x1f\x8b"
        self.compression: Literal["none", "gzip", "bgzf", "bzip2"] = "gzip" if gz else "none"
        self._block = block

    def raw(self) -> Iterator[memoryview]:
        with self.path.open("rb") as file:
            while block := file.read(self._block):
                yield memoryview(block)

    def decoded(self) -> Iterator[memoryview]:
        with gzip.open(self.path) if self.compression == "gzip" else self.path.open("rb") as file:
            while block := file.read(self._block):
                yield memoryview(block)


class Collected:
    """``Report`` that keeps every finding and renders each sentence, so that no fact of a text is missing."""

    def __init__(self, file_format: Format) -> None:
        self._rows = {row.code: row for row in (*file_format.findings, *persons.FINDINGS)}
        self.metrics: dict[str, Any] = {}
        self.counts: Counter[str] = Counter()
        self.places: dict[str, str | None] = {}
        self._severities: set[str] = set()

    def add(self, code: str, *, at: str | None = None, **facts: object) -> None:
        row = self._rows[code]
        assert row.message.ko.format(**facts) and row.message.en.format(**facts)
        self.counts[code] += 1
        self.places.setdefault(code, at)
        self._severities.add(row.severity)

    def has(self, *codes: str) -> bool:
        return any(self.counts[code] for code in codes)

    def keep_back(self, text: str, at: str | None) -> None:
        assert text, at

    @property
    def verdict(self) -> str:
        if "error" in self._severities:
            return "fail"
        return "warn" if "warning" in self._severities else "pass"


def inspect(file_format: Format, path: Path, block: int = 1 << 20) -> Collected:
    """The report of one file."""
    report = Collected(file_format)
    file_format.inspect(FileSource(path, block), report)
    return report


def bgzf(data: bytes, size: int = 60_000, end: bytes = END, level: int = 1) -> bytes:
    """``data`` in BGZF blocks, with the end marker."""
    out = []
    for at in range(0, len(data), size):
        piece = data[at : at + size]
        machine = zlib.compressobj(level, zlib.DEFLATED, -15)
        body = machine.compress(piece) + machine.flush()
        head = struct.pack("<4BI2BH2BHH", 31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(body) + 25)
        out.append(head + body + struct.pack("<II", zlib.crc32(piece), len(piece)))
    return b"".join(out) + end


def labelled(folder: Path, suffix: str) -> Iterator[tuple[str, str]]:
    """Name and label of every file of an oracle folder with this ending that lies there by itself."""
    for row in (folder / "FILES.tsv").read_text().splitlines()[1:]:
        name, label = row.split("\t")[:2]
        if name.endswith(suffix) and " : " not in name:
            yield name, label


def unpacked(folder: Path, suffix: str, into: Path) -> Iterator[tuple[str, str, Path]]:
    """The labelled files that lie in ``more-cases.tar.gz``, written out one by one under names of our own."""
    import tarfile

    for row in (folder / "FILES.tsv").read_text().splitlines()[1:]:
        name, label = row.split("\t")[:2]
        archive, colon, member = name.partition(" : ")
        if colon and name.endswith(suffix):
            path = into / f"member{suffix}"
            with tarfile.open(folder / archive) as tar:
                found = next(m for m in tar.getmembers() if m.name.endswith(member))
                stream = tar.extractfile(found)
                assert stream is not None
                path.write_bytes(stream.read())
            yield name, label, path
