"""A large sheet read in pieces side by side, by the reader that else reads it as a whole, with the same answer.

A piece is a workbook of its own in memory: some rows of the sheet, and the small parts of the package. We set a row
before and one behind its rows, and count its cells: what comes out must be all of them, and at their places. Wherever
that does not hold (rows in no order, errors, damage) there is no answer, and the sheet is read as a whole.
"""

from __future__ import annotations

import contextlib
import io
import re
import secrets
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import NamedTuple

import fastexcel
import polars as pl
from polars.exceptions import PolarsError

from biomoa.forms.package import DAMAGE, count_word

PIECE_BYTES = 4 << 20  # a few of them stay in the processor's cache
_FEWEST = 4  # pieces that are worth it
_HEAVIER = 32  # times that a piece is heavier than the parts that are read with each
_LONGEST = 16  # times the size of a piece in which no rows met
_AHEAD = 4  # pieces that wait for a reader
_NO_CELLS = re.compile(
    r"xl/(?:worksheets|chartsheets|media|drawings|charts|embeddings|printerSettings|theme|threadedComments)/.*"
    r"|xl/(?:comments\d*|calcChain)\.xml|docProps/.*|customXml/.*",
    re.I,
)
_BORDER = b'</row><row r="'
_FIRST_ROW = re.compile(rb'<row r="(\d{1,7})"')


class Around(NamedTuple):
    """The part of a sheet, the parts that are read with each of its pieces, and how large a piece shall be.

    ``mark`` is what our rows hold, and no cell of the sheet does.
    """

    part: str
    parts: Mapping[str, bytes]
    piece_bytes: int
    mark: str


class Rows(NamedTuple):
    """Text from the start of row ``first`` (0: of the sheet) to the start of row ``following`` (0: to the end)."""

    first: int
    following: int
    blocks: list[bytes]


class Undivided(Exception):
    """The sheet does not fall into pieces."""


def divide(package: zipfile.ZipFile, part: str, least_bytes: int = PIECE_BYTES) -> Around | None:
    """What is read with each piece of a sheet; None for a sheet that is better read as a whole."""
    with_each = [
        each for each in package.infolist() if each.filename != part and not _NO_CELLS.fullmatch(each.filename)
    ]
    piece_bytes = max(least_bytes, _HEAVIER * sum(each.file_size for each in with_each))
    names = package.namelist()
    if package.getinfo(part).file_size < _FEWEST * piece_bytes or len(set(names)) < len(names):
        return None
    with contextlib.suppress(*DAMAGE):
        parts = {each.filename: package.read(each) for each in with_each}
        return Around(part, parts, piece_bytes, secrets.token_hex(8))
    return None


def read_in_pieces(text: Iterable[bytes], sheet: str, around: Around, readers: Executor) -> pl.DataFrame | None:
    """What ``read_grid`` would read of the whole sheet, or None; ``text`` is then left where it stands."""
    waiting: deque[Future[pl.DataFrame]] = deque()
    frames: list[pl.DataFrame] = []
    try:
        for rows in _bounded(cut(text, around.piece_bytes), around.mark):
            waiting.append(readers.submit(_read, rows, sheet, around))
            if len(waiting) > _AHEAD:
                frames.append(waiting.popleft().result())
        frames += [each.result() for each in waiting]
    except (Undivided, fastexcel.FastExcelError, PolarsError):
        return None
    return _joined(frames)


def read_grid(book: fastexcel.ExcelReader, sheet: int | str, *, skip_rows: int | None = 0) -> pl.DataFrame:
    """All cells of a sheet as text, from its first line (``None``: the first with a cell) and column with a cell."""
    cells = book.load_sheet_eager(sheet, header_row=None, skip_rows=skip_rows, dtypes="string")
    frame = pl.DataFrame(cells)
    frame.columns = [str(column) for column in range(frame.width)]
    return frame


def cut(text: Iterable[bytes], piece_bytes: int) -> Iterator[Rows]:
    """The text of a sheet, cut where rows meet. Raises Undivided when they do not, or in another order."""
    first, size, blocks = 0, 0, []
    for block in text:
        at = block.rfind(_BORDER) + len(b"</row>") if size >= piece_bytes else -1
        row = _FIRST_ROW.match(block, at) if at >= len(b"</row>") else None
        if row is None:
            blocks.append(block)
            size += len(block)
            if size > _LONGEST * piece_bytes:
                raise Undivided
            continue
        following = int(row[1])
        if following <= first:
            raise Undivided
        yield Rows(first, following, [*blocks, block[:at]])
        first, size, blocks = following, len(block) - at, [block[at:]]
    yield Rows(first, 0, blocks)


def _bounded(pieces: Iterable[Rows], mark: str) -> Iterator[Rows]:
    """Each piece as the text of a sheet, with our rows before and behind its own.

    It opens no element but one: a tag that closes none makes a piece unreadable, as it does the whole.
    """
    prolog = b""
    for rows in pieces:
        if not (rows.first or rows.following):
            raise Undivided
        if not rows.first:
            prolog = _prolog(rows.blocks[0])
        before = [prolog, b"<sheetData>", _row(rows.first - 1, mark)] if rows.first else []
        behind = [_row(rows.following, mark), b"</sheetData>"] if rows.following else []
        yield rows._replace(blocks=[*before, *rows.blocks, *behind])


def _prolog(text: bytes) -> bytes:
    """The declaration of XML, which tells the encoding."""
    found = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*>", text)
    return found[0] if found else b""


def _row(number: int, mark: str) -> bytes:
    return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{mark}</t></is></c></row>'.encode()


def _read(rows: Rows, sheet: str, around: Around) -> pl.DataFrame:
    text = b"".join(rows.blocks)
    book = fastexcel.read_excel(_workbook({**around.parts, around.part: text}))
    frame = read_grid(book, sheet, skip_rows=None if rows.first else 0)
    if not (_is_placed(rows, frame, around.mark) and _is_complete(rows, frame, text)):
        raise Undivided
    return frame.slice(bool(rows.first), frame.height - _ours(rows))


def _ours(rows: Rows) -> int:
    """How many rows are not the sheet's own."""
    return bool(rows.first) + bool(rows.following)


def _is_placed(rows: Rows, frame: pl.DataFrame, mark: str) -> bool:
    if rows.first and not _is_ours(frame.row(0), mark):
        return False
    height = rows.following - max(rows.first - 1, 1) + 1
    return not rows.following or (frame.height == height and _is_ours(frame.row(-1), mark))


def _is_ours(row: Sequence[str | None], mark: str) -> bool:
    return row[0] == mark and row.count(None) == len(row) - 1


def _is_complete(rows: Rows, frame: pl.DataFrame, text: bytes) -> bool:
    """Whether every cell came out; error values come out as nothing, so that they must not be all of column A."""
    filled = [frame.height - column.null_count() for column in frame]
    missing = count_word(text, b"</c>") - sum(filled)
    return not missing or (missing == count_word(text, b'="e"') and filled[0] > _ours(rows))


def _workbook(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return file.getvalue()


def _joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame | None:
    """The pieces as one grid, which begins with the first column that has a cell: ours stand in column A."""
    if not frames[-1].height:
        return None  # the last rows are empty: where the sheet ends, the whole tells
    grid = pl.concat(frames, how="diagonal", rechunk=True)
    first = next((at for at, column in enumerate(grid) if column.null_count() < grid.height), 0)
    return grid.select(pl.col(name).alias(str(at)) for at, name in enumerate(grid.columns[first:]))
