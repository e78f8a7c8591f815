"""The zip package of an xlsx workbook: is it safe to read, and what the cell reader does not tell.

Never unpacks to disk, follows no link, expands no entity. ECMA-376 part 1 (SpreadsheetML), part 2 (packages).
"""

from __future__ import annotations

import itertools
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
from isal import isal_zlib

from biomoa.catalog.model import Text
from biomoa.forms import beside
from biomoa.forms.raw import Merge, OddCell, Oddities, Unreadable

MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 4 << 30
MAX_RATIO = 200  # of unpacked to packed; repetitive real sheets reach 60, the densest bombs 1,030
RATIO_FROM_BYTES = 16 << 20  # smaller parts may be as dense as they like
MAX_SPARSE_LINES = 20_000  # lines without any cell below which a far cell is taken for a slip
MAX_TOLD = 1_000_000  # formula and error cells of one sheet

# What the readers of a damaged package raise: checksums, streams, XML, encodings and packings that nobody knows.
_ISAL: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stub says instance
DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, _ISAL, struct.error, ElementTree.ParseError, EOFError, NotImplementedError,
    RuntimeError, LookupError, ValueError, OverflowError, OSError,
)  # fmt: skip

_LEAST_ROW_BYTES = 16  # <row r="1"></row>
_BLOCK = 1 << 20
_PACKED_BLOCK = 1 << 15  # unpacked it stays in the processor's cache, and its memory with the process
_ROOT_BYTES = 4096  # within which the first element of a part begins
_PREFIX_BYTES = 40  # longer than the longest prefix that is looked for, with its brackets
_FAR_AWAY = 1 << 32
_NEAR_BYTES = 4 << 20  # of a sheet, within which each cell is looked at for being far away: it takes a while
_SEAM = 16  # bytes on both sides of the border of two blocks: longer than what is looked for
_TAIL = 1 << 18  # bytes of a sheet's end, where page headers, footers and validations stand
_NO_ZIP = Text(ko="ZIP 형식이 아니거나 잘린 파일", en="no ZIP package, or a cut one")
_NO_WORKBOOK = Text(ko="xl/workbook.xml 없음", en="no xl/workbook.xml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATION = "/relationships}id"  # the attribute in the transitional and in the strict name space (part 1, 22.5)
_PREFIXED = re.compile(rb"<([A-Za-z_][\w.-]{0,30}):worksheet\b")
_CELL = re.compile(rb"<c\b([^>]*)>\s*(<f\b[^>]*?(?:/>|>(.*?)</f>))?\s*(?:<v>(.*?)</v>)?", re.S)
_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_FAR = re.compile(rb'\br="([A-Za-z]{1,3}(\d{6,})|[A-Za-z]{4,}\d+)"')
_NUMBER_DIGITS = 20  # of a line; longer ones are as far away
_TEXTS = re.compile(rb"""<(?:[\w.-]{1,40}:)?sst\b[^>]*?\buniqueCount=["'](\d{1,20})""")
_MERGE = re.compile(rb'<mergeCell\b[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_FIRST_CELL = re.compile(rb'<row\b[^>]*>\s*<c\b[^>]*?\br="([A-Z]{1,3})\d')
_CELL_OF_A = re.compile(rb'<c r="A\d')
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d{1,7})"')


_OWN_SUFFIXES = ("", ".xlsx", ".xlsm", ".csv", ".tsv", ".txt")  # what an old workbook is renamed to


def open_package(path: Path) -> zipfile.ZipFile:
    """The package, when its directory promises no harm. Raises Unreadable."""
    head = path.open("rb").read(8)
    if head == _OLE:
        raise (
            Unreadable("file-password")
            if _is_encrypted(path)
            else Unreadable("file-kind", reason=".xls" if path.suffix.lower() in _OWN_SUFFIXES else path.suffix)
        )
    try:
        package = zipfile.ZipFile(path)
    except DAMAGE:
        raise Unreadable("file-not-workbook", reason=_NO_ZIP) from None
    try:
        _check_directory(package)
    except Unreadable:
        package.close()
        raise
    return package


def _is_encrypted(path: Path) -> bool:
    # An encrypted workbook is an OLE file with a stream of this name (MS-OFFCRYPTO 2.3.4.4).
    with path.open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(4 << 20)


def _check_directory(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise Unreadable("file-hostile", reason=f"{len(parts):,} parts")
    for part in parts:
        if part.flag_bits & 1:
            raise Unreadable("file-password")
        if part.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part.filename):
            raise Unreadable("file-hostile", reason=f"part name {part.filename[:80]!r}")
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > RATIO_FROM_BYTES and ratio > MAX_RATIO:
            raise Unreadable("file-hostile", reason=f"{part.filename}: x {ratio:,.0f}")
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Unreadable("file-too-large", reason=f"> {MAX_UNPACKED_BYTES >> 30} GiB")
    if "xl/workbook.xml" not in package.namelist() and not _has_workbook(package):
        raise Unreadable("file-not-workbook", reason=_NO_WORKBOOK)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            _refuse_head(package, part)


def _has_workbook(package: zipfile.ZipFile) -> bool:
    return any(name.endswith("workbook.xml") for name in package.namelist())


def _refuse_head(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Entities, and more texts than the part has bytes."""
    try:
        with package.open(part) as file:
            head = file.read(4096)
    except Exception as error:  # zlib.error has no public base: any damage of the stream is the file's
        raise Unreadable("file-not-workbook", reason=damaged(error, part.filename)) from None
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
        raise Unreadable("file-hostile", reason=f"{part.filename}: DOCTYPE")
    if (texts := _TEXTS.search(head)) and int(texts[1]) > part.file_size:  # the reader would make room for them
        raise Unreadable("file-hostile", reason=f"{part.filename}: uniqueCount {int(texts[1]):,}")


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> name of its part."""
    book = _tree(package, "xl/workbook.xml")
    relations = {
        one.get("Id", ""): one.get("Target", "") for one in _tree(package, "xl/_rels/workbook.xml.rels").iter()
    }
    names = set(package.namelist())
    found = {}
    for sheet in book.iter():
        if not sheet.tag.endswith("}sheet"):
            continue
        target = relations.get(next((value for key, value in sheet.items() if key.endswith(_RELATION)), ""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            found[sheet.get("name", "")] = part
    return found


def hidden_sheets(package: zipfile.ZipFile) -> frozenset[str]:
    """The names of sheets that the workbook does not show."""
    sheets = (one for one in _tree(package, "xl/workbook.xml").iter() if one.tag.endswith("}sheet"))
    return frozenset(one.get("name", "") for one in sheets if one.get("state", "visible") != "visible")


def counts_from_1904(package: zipfile.ZipFile) -> bool:
    """Whether days are counted as the first spreadsheets of the Macintosh did (ECMA-376 part 1, 18.17.4.1)."""
    found = (one for one in _tree(package, "xl/workbook.xml") if one.tag.endswith("}workbookPr"))
    return any(one.get("date1904", "0") in ("1", "true", "on") for one in found)


def custom_properties(package: zipfile.ZipFile) -> dict[str, str]:
    """The custom document properties, in which a template tells form and revision of each sheet."""
    if "docProps/custom.xml" not in package.namelist():
        return {}
    tree = _tree(package, "docProps/custom.xml")
    return {one.get("name", ""): "".join(one.itertext()) for one in tree if one.get("name")}


def _tree(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    try:
        if package.getinfo(part).file_size > _BLOCK:
            raise Unreadable("file-hostile", reason=f"{part}: > 1 MiB")
        return ElementTree.fromstring(package.read(part))
    except DAMAGE as error:
        raise Unreadable("file-not-workbook", reason=damaged(error, part)) from None


_HIDDEN_BYTES = 4 << 20  # of a sheet are looked at for hidden rows
_HIDDEN_ROW, _HIDDEN_COLUMN = (re.compile(rf'<{tag} [^>]*hidden="(?:1|true)"'.encode()) for tag in ("row", "col"))


class Scan:
    """A look at the text of a sheet while it passes, for what the cell reader does not tell."""

    def __init__(self, package: zipfile.ZipFile, part: str, sheet: str) -> None:
        self._package = package
        self._part = part
        self._sheet = sheet
        self._seen = 0
        self._seam = self._tail = b""
        self._is_odd = self._hides_rows = self._hides_columns = self._has_column_a = False

    def passing(self) -> Iterator[bytes]:
        """The text, in blocks that were looked at. Raises Unreadable for a cell far away from the table."""
        for block in _unprefixed(_inflated(self._package, self._part)):
            self._look(block)
            yield block

    def found(self) -> Oddities:
        """Formulas, error values, merged cells and what is printed around; after the whole text has passed."""
        is_plain = self._has_column_a and not self._is_odd
        odd = Oddities() if is_plain else _oddities(self._package, self._part)
        around = tuple(beside.in_page(self._tail))
        return msgspec.structs.replace(
            odd, beside=around, hidden_rows=self._hides_rows, hidden_columns=self._hides_columns
        )

    def _look(self, block: bytes) -> None:
        self._tail = (self._tail + block)[-_TAIL:] if len(block) < _TAIL else block[-_TAIL:]
        if self._seen < _HIDDEN_BYTES and b'hidden="' in block:
            self._hides_rows = self._hides_rows or bool(_HIDDEN_ROW.search(block))
            self._hides_columns = self._hides_columns or bool(_HIDDEN_COLUMN.search(block))
        self._has_column_a = self._has_column_a or bool(_CELL_OF_A.search(block))
        self._seen += len(block)
        at = block.rfind(b"<row ")
        last = int(match[1]) if at >= 0 and (match := _ROW.match(block, at)) else 0
        self._refuse_far(f"A{last}", last)
        if self._seen - len(block) < _NEAR_BYTES:  # a cell may say another line than its row
            for cell, line in _FAR.findall(self._seam + block[:_NEAR_BYTES]):
                self._refuse_far(cell[:_NUMBER_DIGITS].decode(), int(line[:_NUMBER_DIGITS] or _FAR_AWAY))
        # Merged cells stand behind the last row; the searches are the cost of the scan.
        self._is_odd = self._is_odd or _is_odd(block, at) or _is_odd(self._seam + block[:_SEAM], 0)
        self._seam = (self._seam + block[-_SEAM:])[-_SEAM:]

    def _refuse_far(self, cell: str, line: int) -> None:
        if line > self._seen // _LEAST_ROW_BYTES + MAX_SPARSE_LINES:
            raise Unreadable("sheet-too-wide", sheet=self._sheet, cell=cell)


def _is_odd(block: bytes, last_row: int) -> bool:
    is_wrong = bool(count_word(block, b'="e"')) and b't="e"' in block
    return is_wrong or bool(count_word(block, b"</f>")) or b"<mergeCell " in block[max(last_row, 0) :]


def count_word(text: bytes, word: bytes) -> int:
    """How often four bytes stand in a text; a word is compared at each offset, four times as quick as ``count``."""
    import numpy as np  # the reader of cells loads it; a table that is no workbook never waits for it

    wanted, size = int.from_bytes(word, "little"), len(text)
    words = (np.frombuffer(text, "<u4", max(size - at, 0) // 4, min(at, size)) for at in range(4))
    return sum(int(np.count_nonzero(each == wanted)) for each in words)


def _oddities(package: zipfile.ZipFile, part: str) -> Oddities:
    formulas: list[OddCell] = []
    errors: list[OddCell] = []
    merges: list[Merge] = []
    starts: set[bytes] = set()
    for block in _blocks(package, part):
        starts.update(_FIRST_CELL.findall(block))
        if b"<f" in block or b't="e"' in block:
            _note_cells(block, formulas, errors)
        if b"<mergeCell " in block:
            merges += (_merge(match[1].decode()) for match in _MERGE.finditer(block))
    first = min((_column(letters.decode()) for letters in starts), default=0)
    return Oddities(tuple(formulas), tuple(errors), tuple(merges), first)


def _note_cells(block: bytes, formulas: list[OddCell], errors: list[OddCell]) -> None:
    for match in _CELL.finditer(block):
        attributes, formula, text, value = match.groups()
        wrong = b't="e"' in attributes
        if not (formula or wrong) or len(formulas) + len(errors) >= MAX_TOLD:
            continue
        reference = _REF.search(attributes)
        if reference is None:
            continue
        line, column = int(reference[2]) - 1, _column(reference[1].decode())
        if wrong:
            errors.append(OddCell(line, column, _text(value) or "#ERROR"))
        else:
            formulas.append(OddCell(line, column, "=" + _text(text)))


def _text(found: bytes | None) -> str:
    text = (found or b"").decode("utf-8", "replace")
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _blocks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part, unpacked in blocks that end at the end of a cell or tag."""
    rest = b""
    for block in _unprefixed(_inflated(package, part)):
        block = rest + block
        cut = max(block.rfind(b"</c>") + 4, block.rfind(b"</row>") + 6, block.rfind(b"/>") + 2)
        if cut < 7:
            cut = len(block) if len(block) > 8 * _BLOCK else 0
        rest = block[cut:]
        yield block[:cut]
    yield rest


def _unprefixed(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The text without the prefix that some programs set before every name: ``<x:row>``."""
    first = b""
    while len(first) < _ROOT_BYTES and (block := next(blocks, None)) is not None:
        first += block
    found = _PREFIXED.search(first[:_ROOT_BYTES])
    if found is None:
        yield first
        yield from blocks
        return
    prefix = re.compile(rb"<(/?)" + re.escape(found[1]) + rb":")
    rest = b""
    for block in itertools.chain((first,), blocks):
        block = rest + block
        cut = block.rfind(b"<")
        rest = block[cut:] if cut >= 0 and len(block) - cut < _PREFIX_BYTES else b""
        yield prefix.sub(rb"<\1", block[: len(block) - len(rest)])
    yield prefix.sub(rb"<\1", rest)


def _inflated(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    info = package.getinfo(part)
    if info.compress_type == zipfile.ZIP_STORED:
        yield package.read(part)
        return
    seen = 0
    with Path(package.filename or "").open("rb") as file:
        file.seek(info.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
        file.seek(name + extra, 1)
        inflate = isal_zlib.decompressobj(-15)
        left = info.compress_size
        while left > 0 and not inflate.eof:
            packed = file.read(min(left, _PACKED_BLOCK))
            left -= len(packed)
            block = inflate.decompress(packed)
            seen += len(block)
            if seen > info.file_size + _BLOCK or not packed:
                raise Unreadable("file-hostile", reason=f"{part}: {seen:,} bytes, {info.file_size:,} declared")
            yield block


def _merge(cells: str) -> Merge:
    first, _, last = cells.partition(":")
    (first_line, first_column), (last_line, last_column) = _place(first), _place(last)
    return Merge(first_line, first_column, last_line, last_column, cells)


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, _column(letters)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def damaged(error: BaseException, part: str = "") -> Text:
    """What is broken; the words of the reader are English, so that in Korean only the part is named."""
    words = " ".join(str(error).split("\n")[0].split())[:120] or type(error).__name__
    return Text(ko=f"손상된 부분: {part}" if part else "내부가 손상됨", en=f"{part}: {words}" if part else words)
