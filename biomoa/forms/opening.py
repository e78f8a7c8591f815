"""Files of sheets, opened: reading begins at once, while the caller loads what is needed to check them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from biomoa.catalog.model import Text
from biomoa.forms.aside import begin
from biomoa.forms.problems import Problem
from biomoa.forms.raw import RawFile, Unreadable, file_problem
from biomoa.forms.textfiles import read_text_file
from biomoa.forms.workbooks import Reading, read_here

_TEXT_SUFFIXES = (".tsv", ".csv", ".txt", ".tab", ".jsonl", ".ndjson")
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
# Packages that begin like a workbook and are none, by the suffixes under which people send them.
_OTHER_PACKAGES = (".ods", ".odt", ".numbers", ".docx", ".pptx", ".hwpx", ".cell", ".xlsb", ".zip")
_OTHER_KINDS = {
    b"\x1f\x8b": "gzip", b"BZh91AY&": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"%PDF": "PDF",
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"SQLite f": "SQLite",
}  # fmt: skip
_NO_SUFFIX = Text(ko="확장자 없음", en="no suffix")
_FOLDER = Text(ko="폴더", en="a folder")


class Opened:
    """A file being read, so that the caller may load its forms meanwhile.

    A workbook is read in a child process with limits, unless the caller is one itself (``apart=False``).
    """

    def __init__(self, path: Path, *, apart: bool = True) -> None:
        self.path = path
        self._apart = apart
        self._collect: Callable[[], RawFile] | None = None
        self._fault: Problem | None = None
        try:
            self._collect = self._open()
        except Unreadable as fault:
            self._fault = file_problem(path.name, fault.code, **fault.facts)
        except OSError as error:
            self._fault = file_problem(path.name, "file-missing", reason=error.strerror or type(error).__name__)

    def _open(self) -> Callable[[], RawFile]:
        if self.path.stat().st_size == 0:
            raise Unreadable("file-empty")
        if self.path.is_dir():
            raise Unreadable("file-missing", reason=_FOLDER)
        with self.path.open("rb") as file:
            head = file.read(8)
        suffix = self.path.suffix.lower()
        is_package = head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"))
        if (is_package and suffix not in _OTHER_PACKAGES) or suffix in _WORKBOOK_SUFFIXES:
            return Reading(self.path).result if self._apart else begin(read_here, self.path)
        if suffix not in _TEXT_SUFFIXES:
            raise Unreadable("file-kind", reason=self.path.suffix or _NO_SUFFIX)
        if kind := next((kind for start, kind in _OTHER_KINDS.items() if head.startswith(start)), ""):
            raise Unreadable("file-kind", reason=kind)
        return begin(read_text_file, self.path)

    def raw(self) -> RawFile:
        """The grids; waits for the child. Call once."""
        if self._fault is not None or self._collect is None:
            return RawFile((), (self._fault,) if self._fault else ())
        try:
            return self._collect()
        except Unreadable as fault:
            return RawFile((), (file_problem(self.path.name, fault.code, **fault.facts),))
