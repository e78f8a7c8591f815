"""What stands beside the rows in a file and is dropped when it is read: searched for persons, told, kept nowhere.

Columns of no field, lines over the header, rows with a ``#``, sheets of no form, the name of the file; of a workbook
also whatever its parts hold beside cells (``_PARTS``), its formulas and the words of its validations. A problem tells
kind and place, never what was written.
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
from biomoa.qc.persons.detector import KINDS, PersonFinding, find, plain_form
from biomoa.qc.persons.suspects import suspects

MOST = 20  # problems of a file
LOOKED_AT = 2_000  # different cells of a column whose label says that persons stand in it
PART_BYTES = 4 << 20
# Of the creator and the last editor the names are ordinary: a name counts only after a label, and here there is none.
_PARTS: tuple[tuple[str, Text], ...] = (
    (r"xl/(?:comments.*|threadedComments/.*)\.xml", Text(ko="메모", en="a comment")),
    (r"xl/persons/.*\.xml", Text(ko="메모를 쓴 사람", en="the author of a comment")),
    (r"docProps/(?:core|app|custom)\.xml", Text(ko="문서 속성", en="the properties of the document")),
    (r"xl/drawings/[^/]*\.xml", Text(ko="도형이나 글상자", en="a drawing or a text box")),
    (r"xl/charts/[^/]*\.xml", Text(ko="차트", en="a chart")),
    (r"xl/externalLinks/(?:_rels/)?[^/]*", Text(ko="다른 파일에 건 연결", en="a link to another file")),
    (r"xl/worksheets/_rels/.*\.rels", Text(ko="하이퍼링크", en="a hyperlink")),
    (r"xl/styles\.xml", Text(ko="표시 형식", en="the format of a number")),
    (r"customXml/item[0-9]*\.xml", Text(ko="사용자 지정 XML", en="a custom XML part")),
)
_PIVOT = Text(ko="피벗 테이블에 남은 자료", en="data that a pivot table keeps")
_PIVOT_PART = re.compile(r"xl/pivotCache/[^/]*\.xml")
_PIVOT_BYTES = 64 << 20
_PIVOT_VALUE = re.compile(rb"""\bv=(?:"([^"]*)"|'([^']*)')""")
_RULES = Text(ko="입력 안내나 입력 목록", en="the hint or the list of a cell")
_FORMULA = Text(ko="수식", en="a formula")
_UNREAD = Text(ko="읽지 못한 줄", en="a line that could not be read")
_FILE = Text(ko="파일 이름", en="the name of the file")
_NAMES = Text(ko="정의된 이름", en="a defined name")
_PAGE = Text(ko="머리글이나 바닥글", en="a page header or footer")
_SHEET = Text(ko="시트 이름", en="the name of a sheet")
_OUTSIDE = Text(
    ko="자료가 아닌 줄(제목 행 위, 합계·비고, # 행)",
    en="a line that is no data",
)
# Ends are looked for within a length that no program writes, so that a search stays linear.
_VALIDATION = re.compile(
    rb"<(?:\w+:)?dataValidation\b([^>]{0,4096}?)(?:/>|>(.{0,4096}?)</(?:\w+:)?dataValidation>)", re.S
)
_LINK = re.compile(rb"<hyperlink\b([^>]{0,4096})>")
_WRITTEN = re.compile(rb"""\b(?:prompt|promptTitle|error|errorTitle|tooltip|display)=(?:"([^"]*)"|'([^']*)')""")
_LISTED = re.compile(rb"<(?:\w+:)?(?:formula1|f)>([^<]*)<")
_FOOTERS = re.compile(rb"<(?:odd|even|first)(?:Header|Footer)>(.{0,4096}?)</", re.S)
_DEFINED = re.compile(rb"<definedName\b([^>]*)>([^<]*)", re.S)
_FIELD_CODE = re.compile(r"&(?:amp;)?(?:[A-Z]|\"[^\"]*\"|&quot;[^&]*&quot;|[0-9]{1,3})")  # ECMA-376 part 1, 18.3.1.46
# Whose label makes these a finding says that persons stand in the column.
_PROBES = ("홍길동", "Gildong Hong", "12345678", "M12345678", "900101", "123-456789-01")


class Beside(msgspec.Struct, frozen=True):
    """An identifier beside the rows: where, and of which kind."""

    where: Text
    kind: str


def in_package(package: zipfile.ZipFile, is_cell: Callable[[str], bool] = lambda _: False) -> list[Beside]:
    """Of the parts of a workbook that are no cells. A part that is no XML is passed over: nothing of it is read.

    ``is_cell``: whether an address or a telephone number stands in a cell, too. It is judged there: a field may ask for
    it, and spreadsheet programs make a link of each address that is typed.
    """
    found: list[Beside] = []
    for part in package.infolist():
        where = next((place for pattern, place in _PARTS if re.fullmatch(pattern, part.filename)), None)
        if where is not None and part.file_size <= PART_BYTES:
            tree = _tree_of(package.read(part))
            found += _in_texts(where, _texts_of(tree))
            found += _in_attributes(where, _attributes_of(tree), is_cell)
        elif _PIVOT_PART.fullmatch(part.filename) and part.file_size <= _PIVOT_BYTES:
            found += _in_pivot(package.read(part), is_cell)
        elif part.filename == "xl/workbook.xml" and part.file_size <= PART_BYTES:
            names = (_plain(b" ".join(match.groups())) for match in _DEFINED.finditer(package.read(part)))
            found += _in_texts(_NAMES, names)
    return list(dict.fromkeys(found))


def in_page(tail: bytes) -> list[Beside]:
    """Of the end of a sheet's part, where headers and footers of its pages stand, and what may be typed into cells."""
    texts = (_FIELD_CODE.sub(" ", _plain(match[1])) for match in _FOOTERS.finditer(tail))
    found = [*_in_texts(_PAGE, texts), *_in_texts(_RULES, map(_plain, _rules_of(tail)))]
    return list(dict.fromkeys(found))


def _rules_of(tail: bytes) -> Iterator[bytes]:
    """The words of validations, a title with its text, and of links."""
    for match in (*_VALIDATION.finditer(tail), *_LINK.finditer(tail)):
        yield b": ".join(one or other for one, other in _WRITTEN.findall(match[1]))
        if match.re is _VALIDATION and match[2]:
            yield from _LISTED.findall(match[2])


def in_name(name: str) -> list[Beside]:
    """Of the name of a sheet."""
    return list(_in_texts(_SHEET, [name]))


def in_file_name(name: str) -> list[Beside]:
    return list(_in_texts(_FILE, [name]))


def in_unread(texts: Iterable[str]) -> list[Beside]:
    """Of parts of a file that could not be read as rows."""
    return list(dict.fromkeys(_in_texts(_UNREAD, _suspected(texts))))


def in_formulas(formulas: Iterable[str]) -> list[Beside]:
    """Of the text of formulas, of which a cell shows what comes out."""
    return list(dict.fromkeys(_in_texts(_FORMULA, _suspected(formulas))))


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
        if kind := _told(text, label):
            return kind
    if label and any(find(probe, field=label) for probe in _PROBES):
        for text in cells.unique(maintain_order=True).head(LOOKED_AT):
            if text and text != label and (kind := _told(text, label)):
                return kind
    return None


def _told(text: str, label: str = "") -> str | None:
    """The kind that is told of a text: of the first sure one, else of a number that could be a resident's."""
    told = [each for each in find(text, field=label) if each.is_told]
    return min(told, key=lambda each: not each.is_sure).kind if told else None


def names_person(text: str) -> bool:
    return _told(text) is not None


def _in_texts(where: Text, texts: Iterable[str]) -> Iterator[Beside]:
    for text in texts:
        if kind := _told(text):
            yield Beside(where, kind)


def _in_attributes(where: Text, texts: Iterable[str], is_cell: Callable[[str], bool]) -> Iterator[Beside]:
    """Programs write numbers and names of their own into attributes: only what is beyond doubt counts there."""
    for text in _suspected(texts):
        for each in find(text):
            if each.confidence == "high" and not _is_judged_there(text, each, is_cell):
                yield Beside(where, each.kind)


def _is_judged_there(text: str, found: PersonFinding, is_cell: Callable[[str], bool]) -> bool:
    if found.kind not in ("email", "phone"):
        return False
    return is_cell(plain_form(text)[found.start : found.end].removeprefix("mailto:"))


def _in_pivot(data: bytes, is_cell: Callable[[str], bool]) -> Iterator[Beside]:
    """Of the copies of cells that a pivot table was made from; each column of them tells its label."""
    values = (_plain(one or other) for one, other in _PIVOT_VALUE.findall(data))
    labelled = _fields_of(_tree_of(data)) if len(data) <= PART_BYTES and b"<cacheField" in data else ()
    for text, label in (*((text, "") for text in _suspected(values)), *labelled):
        for each in find(text, field=label):
            if each.is_told and not _is_judged_there(text, each, is_cell):
                yield Beside(_PIVOT, each.kind)


def _fields_of(tree: ElementTree.Element | None) -> Iterator[tuple[str, str]]:
    """The values of a column whose label says that persons stand in it, with that label."""
    for field in tree.iter() if tree is not None else ():
        label = field.get("name", "") if _tag(field) == "cacheField" else ""
        if label and any(find(probe, field=label) for probe in _PROBES):
            yield from ((text, label) for each in list(field.iter())[:LOOKED_AT] if (text := each.get("v", "")))


def _suspected(texts: Iterable[str]) -> list[str]:
    """Those worth a search, in their order."""
    whole = list(dict.fromkeys(texts))
    chosen = set(suspects(pl.Series(whole, dtype=pl.String))) if whole else ()
    return [text for text in whole if text in chosen]


def _tree_of(data: bytes) -> ElementTree.Element | None:
    """An XML part; entities were refused before (``package``)."""
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError):  # also encodings that nobody knows
        return None


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


_DECIMALS = re.compile(r"-?[0-9]+\.[0-9]+(?:[eE][+\-]?[0-9]+)?")


def _texts_of(tree: ElementTree.Element | None) -> Iterator[str]:
    """The texts of an XML part, those of one paragraph together, and a property after its name."""
    if tree is None:
        return
    blocks = [each for each in tree.iter() if _tag(each) in ("comment", "threadedComment", "p", "property")]
    within = {id(each) for block in blocks for each in block.iter()}
    for each in blocks:
        label = f"{each.get('name')}: " if each.get("name") else ""
        yield label + "".join(each.itertext())
    alone = (each.text or "" for each in tree.iter() if id(each) not in within)
    yield from (text for text in alone if text.strip() and not _DECIMALS.fullmatch(text))


def _attributes_of(tree: ElementTree.Element | None) -> Iterator[str]:
    for each in tree.iter() if tree is not None else ():
        if _tag(each) != "Relationship" or each.get("TargetMode") == "External":
            yield from each.attrib.values()


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
