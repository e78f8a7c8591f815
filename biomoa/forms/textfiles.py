"""Reads tsv, csv and jsonl: encoding, separator, quotes and ragged rows are found out and told."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from polars.exceptions import PolarsError

from biomoa.catalog.model import Text
from biomoa.forms import beside, encodings
from biomoa.forms.cleaning import text_of
from biomoa.forms.findings import Finding, problem_of
from biomoa.forms.problems import Problem
from biomoa.forms.raw import RawFile, RawSheet, Unreadable, file_problem

MAX_BYTES = 2 << 30
MAX_CELL = 16 << 20  # characters
MAX_COLUMNS = 16_384  # as many as a sheet of a workbook has
MAX_SPARSE_CELLS = 20_000_000  # a grid may be larger only if the file has a byte for every second cell
_FIRST_LINES = 1_000
_AT_BYTE = re.compile(r"\(byte (\d+)\)")
_COUNTED = -1
_JSON_KINDS = {
    list: Text("배열", "an array"), str: Text("문자열", "a string"), bool: Text("참/거짓 값", "true or false"),
    int: Text("숫자", "a number"), float: Text("숫자", "a number"), type(None): Text("null", "null"),
}  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = "\t,;|"
_TEXT_MARK = "^'('*[=+\\-@\uff1d\uff0b\uff0d\uff20])"
_TEXT_MARK_BYTES = re.compile("'(?:[=+\\-@]|\uff1d|\uff0b|\uff0d|\uff20)".encode())


def read_text_file(path: Path) -> RawFile:
    """One sheet, named like the file. Raises Unreadable."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable("file-too-large", reason=f"> {MAX_BYTES >> 30} GiB")
    data, told = decode(path.read_bytes(), path.name)
    if not data or data.isspace():
        raise Unreadable("file-empty")
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        sheet = _read_jsonl(data, path.stem)
    else:
        sheet = _read_separated(data, path)
    return RawFile((sheet,), tuple(told))


def decode(data: bytes, name: str) -> tuple[bytes, list[Problem]]:
    """The text as UTF-8 without BOM. Another encoding is told; one nobody can tell is refused. Raises Unreadable."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data, encoding).encode("utf-8", "replace"), []
    if _is_wide(data):
        head = data[:2000]
        encoding = "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
        return _decoded(data, encoding).encode(), [file_problem(name, "file-encoding", encoding="UTF-16")]
    if _is_utf8(data):
        return data, []
    bad = [line for line in data.split(b"\n") if not line.isascii()]
    if not any(_is_utf8(line) for line in bad):
        text, encoding = encodings.decoded(data)
        if text is not None:
            return text.encode(), [file_problem(name, "file-encoding", encoding=encoding)]
        if encoding:
            raise Unreadable("file-encoding-foreign", encoding=encoding)
    first = next(number for number, line in enumerate(data.split(b"\n"), start=1) if not _is_utf8(line))
    raise Unreadable("file-encoding-unknown", line=str(first))


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("file-encoding-unknown", line=str(data[: error.start].count(b"\n") + 1)) from None


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_wide(data: bytes) -> bool:
    head = data[:2000]
    zeros = head.count(0)
    return len(head) >= 4 and zeros * 5 > len(head) and max(head[0::2].count(0), head[1::2].count(0)) > 0.9 * zeros


def _read_separated(data: bytes, path: Path) -> RawSheet:
    separator = _separator(data, path.suffix.lower())
    first = data[: 1 << 20].split(b"\n")[:_FIRST_LINES]
    _check_extent(max(line.count(separator.encode()) for line in first) + 1, data.count(b"\n") + 1, len(data))
    plain = b'"' not in data
    has_lone_return = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
    if not has_lone_return and b"\0" not in data and (plain or data.count(b'"') % 2 == 0):
        try:
            grid = _without_marks(data, _read_fast(data, separator, quoted=not plain))
            return RawSheet(path.stem, grid, separated=True)
        except PolarsError:
            pass
    return _read_slowly(data.decode(), separator, path)


def _check_extent(columns: int, rows: int, size_bytes: int) -> None:
    """A small file must not span a large grid: one wide row makes every short row as wide. Raises Unreadable."""
    if columns > MAX_COLUMNS or columns * rows > max(MAX_SPARSE_CELLS, 2 * size_bytes):
        raise Unreadable("file-too-large", reason=f"{columns:,} x {rows:,}")


def _read_fast(data: bytes, separator: str, *, quoted: bool) -> pl.DataFrame:
    frame = pl.read_csv(
        io.BytesIO(data),
        has_header=False,
        separator=separator,
        quote_char='"' if quoted else None,
        infer_schema=False,
        raise_if_empty=False,
    ).rechunk()  # the many small searches of a check take a third longer over parts
    frame.columns = [str(number) for number in range(frame.width)]
    return frame


def _read_slowly(text: str, separator: str, path: Path) -> RawSheet:
    """Row by row, for files that the columnar reader refuses: ragged rows, open quotes, lone carriage returns."""
    csv.field_size_limit(MAX_CELL)
    rows: list[list[str]] = []
    start = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    problems: list[Problem] = []
    try:
        for row in reader:
            rows.append(row)
            start = reader.line_num + 1
    except csv.Error:
        problems.append(file_problem(path.name, "file-quote-open", line=str(start)))
        rest = text.splitlines()[start - 1 :]
        rows += [line.split(separator) for line in rest]
    _check_extent(max(map(len, rows), default=0), len(rows), len(text))
    grid = _without_marks(text.encode("utf-8", "replace"), grid_of(rows))
    return RawSheet(path.stem, grid, problems=tuple(problems), separated=True)


def _without_marks(data: bytes, grid: pl.DataFrame) -> pl.DataFrame:
    """Our own tables put an apostrophe before what a spreadsheet would run (``exchange.exports.tables``): taken off."""
    if not _TEXT_MARK_BYTES.search(data):
        return grid
    return grid.with_columns(pl.all().str.replace(_TEXT_MARK, "$1"))


def grid_of(rows: Iterable[list[str]]) -> pl.DataFrame:
    """Rows of any length as a grid; short ones are filled up with empty cells."""
    columns = list(itertools.zip_longest(*itertools.zip_longest(*rows, fillvalue=""), fillvalue=""))
    width = len(columns[0]) if columns else 0
    data = {str(number): [row[number] for row in columns] for number in range(width)}
    return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))


def _separator(data: bytes, suffix: str) -> str:
    """The separator of most cells in the first lines; the suffix decides only when none is there."""
    lines = [line for line in data[: 1 << 20].decode("utf-8", "ignore").splitlines()[:20] if line.strip()]
    counts = {each: sum(line.count(each) for line in lines) for each in _SEPARATORS}
    usual = "\t" if suffix in (".tsv", ".txt", ".tab") else ","
    if counts[usual] and all(usual in line for line in lines if not line.startswith("#")):
        return usual
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] else usual


def _read_jsonl(data: bytes, name: str) -> RawSheet:
    header: dict[str, int] = {}
    rows: list[dict[str, str]] = []
    problems: list[Problem] = []
    told: set[int] = set()
    unread: list[str] = []
    values, first_line = _json_values(data)
    for row, (text, value) in enumerate(values, 1):
        cells: dict[str, str] = {}
        if isinstance(value, dict):
            cells = {str(key): text_of(each) for key, each in value.items()}
        else:
            told.add(row)
            if text.strip():
                problems.append(_no_object(text, value, name, row))
                unread.append(text.decode("utf-8", "replace"))
        for key in cells:
            header.setdefault(key, len(header))
        rows.append(cells)
    problems += beside.problems_of(beside.in_unread(unread), sheet=name)
    _check_extent(len(header), len(rows), len(data))
    grid = {str(number): [key, *(row.get(key, "") for row in rows)] for key, number in header.items()}
    frame = pl.DataFrame(grid, schema=dict.fromkeys(grid, pl.String))
    return RawSheet(name, frame, problems=tuple(problems), asides=frozenset(told), first_line=first_line)


def _no_object(text: bytes, value: Any, name: str, row: int) -> Problem:
    reason = value if isinstance(value, Text) else _JSON_KINDS[type(value)]
    told = problem_of(Finding("row-not-object", {"reason": reason}), value=text.decode("utf-8", "replace"))
    return msgspec.structs.replace(told, sheet=name, row=row)


def _json_values(data: bytes) -> tuple[Iterable[tuple[bytes, Any]], int]:
    """Each value with its text, and the line of the file at line 0 of the grid (``RawSheet``).

    One value a line; or, as programs write JSON, one list of objects or one object, over any number of lines.
    """
    lines = data.rstrip().split(b"\n")
    first = next(line.strip() for line in lines if line.strip())
    if not isinstance(begin := _json_value(first), dict):
        whole = _json_value(data)
        if isinstance(whole, list) and any(isinstance(each, dict) for each in whole):
            return ((msgspec.json.encode(each), each) for each in whole), _COUNTED
        goes_on = isinstance(begin, Text) and (first.startswith(b"[") or first == b"{")
        if isinstance(whole, dict) or (isinstance(whole, Text) and goes_on):
            return [(data, whole)], _COUNTED  # a fault is told once, not in each line of it
    return ((line, _json_value(line)) for line in lines), 0


def _json_value(text: bytes) -> Any:
    """A Text that says what is wrong when the text is no JSON."""
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        return Text("값이 너무 깊이 겹쳐 있음", "values are nested too deep")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        at = _AT_BYTE.search(str(error))
        if not at:
            return Text("JSON이 중간에서 끊김", "the JSON breaks off")
        before = text[: int(at[1])].decode("utf-8", "replace")
        line, place = before.count("\n") + 1, len(before) - before.rfind("\n")
        ko, en = (f"{line}번째 줄 ", f"line {line}, ") if b"\n" in text.strip() else ("", "")
        return Text(f"{ko}{place}번째 글자가 JSON 문법에 맞지 않음", f"{en}character {place} does not fit JSON")
