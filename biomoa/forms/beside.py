"""What stands beside the rows in a file and is dropped when it is read: searched for persons, told, kept nowhere.

Columns of no field, lines over the header, rows with a ``#``, sheets of no form; of a workbook also its comments,
properties, page headers, text boxes and defined names. A problem tells kind and place, never what was written.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from xml.etree import ElementTree

import msgspec
import polars as pl

from biomoa.catalog.model import Text
from biomoa.forms.findings import Finding, problem_of
from biomoa.forms.problems import Problem
from biomoa.qc.persons.detector import KINDS, find
from biomoa.qc.persons.suspects import suspects

MOST = 20  # problems of a file
LOOKED_AT = 2_000  # different cells of a column whose label says that persons stand in it
PART_BYTES = 4 << 20
# Of the creator and the last editor the names are ordinary: a name counts only after a label, and here there is none.
_PARTS: tuple[tuple[str, Text], ...] = (
    (r"xl/(?:comments.*|threadedComments/.*)\.xml", Text(ko="메모", en="a comment")),
    (r"docProps/(?:core|app|custom)\.xml", Text(ko="문서 속성", en="the properties of the document")),
    (r"xl/drawings/[^/]*\.xml", Text(ko="도형이나 글상자", en="a drawing or a text box")),
)
_NAMES = Text(ko="정의된 이름", en="a defined name")
_PAGE = Text(ko="머리글이나 바닥글", en="a page header or footer")
_SHEET = Text(ko="시트 이름", en="the name of a sheet")
_OUTSIDE = Text(
    ko="자료가 아닌 줄(제목 행 위, 합계·비고, # 행)",
    en="a line that is no data",
)
_FOOTERS = re.compile(rb"<(?:odd|even|first)(?:Header|Footer)>(.*?)</", re.S)
_DEFINED = re.compile(rb"<definedName\b([^>]*)>([^<]*)", re.S)
_FIELD_CODE = re.compile(r"&(?:amp;)?(?:[A-Z]|\"[^\"]*\"|&quot;[^&]*&quot;|[0-9]{1,3})")  # ECMA-376 part 1, 18.3.1.46
# Whose label makes these a finding says that persons stand in the column.
_PROBES = ("홍길동", "Gildong Hong", "12345678", "M12345678", "900101", "123-456789-01")


class Beside(msgspec.Struct, frozen=True):
    """An identifier beside the rows: where, and of which kind."""

    where: Text
    kind: str


def in_package(package: zipfile.ZipFile) -> list[Beside]:
    """Of the parts of a workbook that are no cells. A part that is no XML is passed over: nothing of it is read."""
    found: list[Beside] = []
    for part in package.infolist():
        where = next((place for pattern, place in _PARTS if re.fullmatch(pattern, part.filename)), None)
        if where is not None and part.file_size <= PART_BYTES:
            found += _in_texts(where, _texts_of(package.read(part)))
        elif part.filename == "xl/workbook.xml" and part.file_size <= PART_BYTES:
            names = (_plain(b" ".join(match.groups())) for match in _DEFINED.finditer(package.read(part)))
            found += _in_texts(_NAMES, names)
    return list(dict.fromkeys(found))


def in_page(tail: bytes) -> list[Beside]:
    """Of the end of a sheet's part, where headers and footers of its pages stand."""
    texts = (_FIELD_CODE.sub(" ", _plain(match[1])) for match in _FOOTERS.finditer(tail))
    return list(dict.fromkeys(_in_texts(_PAGE, texts)))


def in_name(name: str) -> list[Beside]:
    return list(_in_texts(_SHEET, [name]))


def in_columns(
    grid: pl.DataFrame, columns: Iterable[int], header: int | None, place: Callable[[int], Text]
) -> Iterator[Beside]:
    """Of columns that are not taken over; ``header`` is the line of their labels; ``place`` names one."""
    for at in columns:
        column = grid.to_series(at)
        if column.null_count() == len(column):  # a sheet with one cell far to the right has thousands of them
            continue
        cells = column.cast(pl.String).fill_null("")
        label = (cells[header] or "").strip() if header is not None and header < len(cells) else ""
        if kind := _kind_in(cells, label):
            name = place(at)
            yield Beside(Text(ko=f"읽지 않는 {name.ko}", en=f"{name.en}, which is not used"), kind)


def in_lines(rows: Iterable[Sequence[str | None]]) -> Iterator[Beside]:
    yield from _in_texts(_OUTSIDE, ("\t".join(cell or "" for cell in row) for row in rows))


def _kind_in(cells: pl.Series, label: str) -> str | None:
    for text in suspects(cells).sort():  # so that the same file is told the same each time
        if kind := _sure(text, label):
            return kind
    if label and any(find(probe, field=label) for probe in _PROBES):
        for text in cells.unique(maintain_order=True).head(LOOKED_AT):
            if text and text != label and (kind := _sure(text, label)):
                return kind
    return None


def _sure(text: str, label: str = "") -> str | None:
    return next((each.kind for each in find(text, field=label) if each.is_sure), None)


def names_person(text: str) -> bool:
    return _sure(text) is not None


def _in_texts(where: Text, texts: Iterable[str]) -> Iterator[Beside]:
    for text in texts:
        if kind := _sure(text):
            yield Beside(where, kind)


def _texts_of(data: bytes) -> Iterator[str]:
    """The texts of an XML part, those of one paragraph together; entities were refused before (``package``)."""
    try:
        tree = ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError):  # also encodings that nobody knows
        return
    blocks = [each for each in tree.iter() if each.tag.rpartition("}")[2] in ("comment", "threadedComment", "p")]
    yield from ("".join(each.itertext()) for each in blocks or tree)


def _plain(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def letters(at: int) -> str:
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def problems_of(found: Iterable[Beside], *, sheet: str | None = None, file: str | None = None) -> list[Problem]:
    """One problem for each kind at each place."""
    told = []
    for each in list(dict.fromkeys(found))[:MOST]:
        facts = {"where": each.where, "kind": KINDS[each.kind]}
        problem = problem_of(Finding("person-identifier-beside", facts))
        told.append(msgspec.structs.replace(problem, sheet=sheet, file=file))
    return told
