"""Which form is this sheet, where is its header row, which column is which field?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from biomoa.forms.model import Form
from biomoa.forms.revisions import old_names

SEARCHED_LINES = 40
# What people and other archives call the columns of these types.
_USUAL = {
    "taxon_id": (
        "tax_id",
        "taxid",
        "taxon_id",
        "taxonomy_id",
        "ncbi_taxonomy_id",
        "ncbi_taxid",
        "분류 id",
        "분류 번호",
    ),
    "organism": ("organism", "scientific_name", "species", "학명", "생물종"),
    "md5": ("md5", "md5sum", "md5 checksum", "checksum", "file_md5"),
}
# The same by the name that the standard gives a field; what Korean laboratories write above their columns.
_USUAL_OF = {
    "sample_name": ("시료명", "샘플명", "샘플 이름", "시료 번호", "sample", "sample id"),
    "collection_date": ("채취일", "채취일자", "채집일", "채집일자", "채집 날짜", "수집일", "수집일자", "sampling date"),
    "geo_loc_name": ("채취지", "채취 지역", "채집지", "채집 장소", "채집 지역", "수집 장소", "country"),
    "lat_lon": ("위경도", "좌표", "gps", "coordinates"),
    "isolation_source": ("분리 원", "분리 기원", "source of isolation"),
    "strain": ("균주", "균주명"),
    "isolate": ("분리주명", "분리균", "개체 번호", "개체번호"),
    "description": ("public description",),
    "cultivar": ("품종",),
    "tissue": ("조직명",),
    "temp": ("수온", "온도"),
    "files": ("파일명",),
    "sex": ("gender",),
    "host": ("숙주명",),
    "library_layout": ("single or paired-end", "layout"),
}
_MARKS = re.compile(r"[*＊†‡]|\((?:필수|권장|선택|必填|选填|mandatory|required|recommended|optional|m|o|r)\)", re.I)
_PART = re.compile(r"latitude|longitude|region|locality|위도|경도", re.I)  # a note that names another thing
_NOTE = re.compile(r"\s*[(\[（【<].*?[)\]）】>]\s*")
_INNER = re.compile(r"[(\[（【<]\s*([^()\[\]]+?)\s*[)\]）】>]\s*$")
# "characteristics: tissue" of GEO, "characteristics_ch1: age", "Characteristics[sex]" of SDRF.
_CHARACTERISTIC = re.compile(r"characteristics(?:_ch1)?\s?[:\[]\s?([^\[\]]{1,100}?)\s?\]?", re.I)
_NOT_WORD = re.compile(r"[\W_]+")
_NOTHING = ("-", "n/a", "N/A", "NA", "none")
_UNIT = re.compile(
    r"[(\[<]?\s*(?:(?:[µμumkncdp]?(?:m|g|l|mol|s|Pa|J|W|V|A|Hz|bar)[23²³]?|ha|h|min|d|[°º]\s?[CF]?|℃|C|K|%|‰|psu|ppt|ppm|ppb|pH|M|mM|[µμ]M|nM|bp|kb|Mb|"
    r"cells?|reads?|cfu|dbh|ntu)(?:\s?/\s?(?:[µμumkncd]?(?:m|g|l|mol)[23²³]?|s|min|h|d|day|year|cells?))?"
    r"|years?|months?|weeks?|days?|hours?|minutes?|seconds?|met(?:er|re)s?|celsius|percent(?:age)?|degrees?|deg|decimal degrees?|number|numeric|integer|float|"  # noqa: E501
    r"(?:free )?text|string|date|boolean|units?|yyyy(?:-mm(?:-dd)?)?|iso ?8601|단위|문자|숫자|날짜|텍스트|정수|실수|년|세|살|일|월|개월|주|시간|분|초|미터|도|퍼센트|字符|文本|数字|日期)\s*[)\]>]?",  # noqa: E501
    re.I,
)
_KIND = re.compile(r"[(\[<].*[)\]>]|(?:free )?text|string|units?|단위|문자|텍스트|字符|文本", re.I)
_FEWEST_UNITS = 2
_IS_UNITS = re.compile(r"units?|단위|형식|format", re.I)  # before them, in a column of no field
_LEVEL = re.compile(
    r"\s*\(?(?:필수|권장|선택|必填|选填|mandatory|required|recommended|optional)(?:\)|\s*$)|\s*TODO\s*:", re.I
)
_INVITATION = re.compile(
    r".*(?:(?:enter|provide|fill|type|paste|write)\b.*\b(?:below|here|under)\b|(?:아래|여기|밑).*(?:입력|작성|기입|기재)).*",
    re.I | re.S,
)


class Header(NamedTuple):
    """``fields`` gives the column of each field, ``unknown`` headers of no field, ``twice`` second columns of one."""

    form: str
    line: int
    fields: Mapping[str, int]
    unknown: tuple[str, ...]
    twice: tuple[tuple[str, str], ...]
    score: float


class Names:
    """The names under which the fields of a form are known: field name, labels, other standards' names.

    ``aliases`` gives the alias field of other forms: a column that refers to a form is often named like it.
    """

    def __init__(self, form: Form, revision: str = "", aliases: Mapping[str, str] | None = None) -> None:
        self.form = form
        self.labels = {field.name: field.label for field in form.fields}
        self.examples = {field.name: field.example for field in form.fields if field.example}
        aliases = aliases or {}
        self._names: dict[str, str] = {}
        self._known: dict[str, str | None] = {}
        for field in form.fields:
            self._names[_key(field.name)] = field.name
        for field in form.fields:
            for name in (field.label.ko, field.label.en, *field.maps.values()):
                self._names.setdefault(_key(name), field.name)
        olds = old_names(form, revision) if revision else _all_old_names(form)
        for old in olds:
            self._names.setdefault(_key(old), old)
        for field in form.fields:
            usual = (
                (field.to, *(f"{field.to} {word}" for word in ("id", "accession", "alias", "name"))) if field.to else ()
            )
            standard = field.maps.get("insdc", field.name)
            for name in (*_USUAL.get(field.type, ()), *_USUAL_OF.get(standard, ()), *usual, aliases.get(field.to, "")):
                self._names.setdefault(_key(name), field.name)
        for name in ("alias", form.form, *(f"{form.record_type} {word}" for word in ("name", "alias", "id"))):
            self._names.setdefault(_key(name), form.alias)
        bare: dict[str, set[str]] = {}
        for field in form.fields:
            for text in (field.label.ko, field.label.en):
                bare.setdefault(_key(_NOTE.sub("", text)), set()).add(field.name)
        for key, fields in bare.items():  # "과제고유번호 (NTIS·IRIS)"; not "과제명 (영문)" beside "과제명 (국문)"
            if len(fields) == 1:
                self._names.setdefault(key, *fields)
        self._add_halves()
        self._names.pop("", None)

    def _add_halves(self) -> None:
        """The halves of "분리주·개체", each where no other field is so called; not of "채취 도구·방법"."""
        halves: dict[str, set[str]] = {}
        for field in self.form.fields:
            label = _NOTE.sub("", field.label.ko)
            for half in label.split("·") if " " not in label else ():
                halves.setdefault(_key(half), set()).add(field.name)
        for key, fields in halves.items():
            if len(fields) == 1:
                self._names.setdefault(key, *fields)

    def find(self, header: str) -> str | None:
        """The field of a column header; marks, units and notes around the name do not matter."""
        if header not in self._known:  # the first lines are looked at more than once, and their cells repeat
            self._known[header] = self._find(header)
        return self._known[header]

    def _find(self, header: str) -> str | None:
        bare = _MARKS.sub("", header).strip()
        if characteristic := _CHARACTERISTIC.fullmatch(bare):
            bare = characteristic[1]
        inner = _INNER.search(bare)
        note = _NOTE.search(bare)
        plain = () if note and _PART.search(note[0]) else (_NOTE.sub("", bare),)
        tried = (bare, *((inner[1],) if inner else ()), *plain, bare.split("\n")[0])
        return next((self._names[key] for key in map(_key, tried) if key in self._names), None)


def find_header(names: Iterable[Names], lines: Sequence[Sequence[str | None]]) -> Header | None:
    """The best header row among the first lines for the best of the forms; None when no row has two of its fields."""
    names = list(names)
    plain = [number for number, line in enumerate(lines[:SEARCHED_LINES]) if not is_comment(line)]
    marked = [number for number in range(min(len(lines), SEARCHED_LINES)) if number not in plain]
    for numbers in (plain, marked):  # a header that starts with # counts where there is no other
        found = [
            header
            for each in names
            for number in numbers
            if (header := _read_header(each, number, lines[number])) is not None
        ]
        if found:
            break
    return max(found, key=lambda header: (header.score, -header.line), default=None)


def explains(names: Names, header: Header, line: Sequence[str | None]) -> bool:
    """Whether a row below the header names its fields again, says which of them are mandatory, or where to begin."""
    filled = [cell for cell in line if cell and cell.strip()]
    if len(filled) == 1 and _INVITATION.fullmatch(filled[0]):
        return True
    cells = [(name, cell) for name, at in header.fields.items() if (cell := line[at]) and cell.strip()]
    explaining = sum(names.find(cell) == name or bool(_LEVEL.match(cell)) for name, cell in cells)
    return explaining >= 2 and explaining * 2 > len(cells)


def gives_units(names: Names, header: Header, line: Sequence[str | None]) -> bool:
    """Whether a row below the header only says units or kinds of values, and names no record."""
    cells = {name: cell.strip() for name, at in header.fields.items() if (cell := line[at]) and cell.strip()}
    alias = cells.get(names.form.alias, "")
    if alias and alias not in _NOTHING and not _KIND.fullmatch(alias):
        return False
    said = [cell for cell in cells.values() if cell not in _NOTHING]
    first = next((at for at, cell in enumerate(line) if cell and cell.strip()), 0)
    is_named = first not in header.fields.values() and bool(_IS_UNITS.fullmatch((line[first] or "").strip()))
    return len(said) >= (1 if is_named else _FEWEST_UNITS) and all(_UNIT.fullmatch(cell) for cell in said)


def is_comment(line: Sequence[str | None]) -> bool:
    """Whether a row is empty or starts with ``#``."""
    return (next((cell for cell in line if cell and cell.strip()), None) or "#").startswith("#")


def _read_header(names: Names, number: int, line: Sequence[str | None]) -> Header | None:
    fields: dict[str, int] = {}
    unknown: list[str] = []
    twice: list[tuple[str, str]] = []
    for column, cell in enumerate(line):
        if cell is None or not cell.strip():
            continue
        name = names.find(cell)
        if name is None:
            unknown.append(cell.strip())
        elif name in fields:
            twice.append((name, cell.strip()))
        else:
            fields[name] = column
    filled = len(fields) + len(unknown) + len(twice)
    if not fields or (len(fields) == 1 and names.form.alias not in fields):
        return None
    return Header(names.form.form, number, fields, tuple(unknown), tuple(twice), _score(names.form, fields, filled))


def _score(form: Form, fields: Mapping[str, int], filled: int) -> float:
    """Many known columns, few unknown ones; the mandatory ones tell forms apart that share names."""
    mandatory = [field.name for field in form.fields if field.requirement == "mandatory"]
    share = sum(name in fields for name in mandatory) / max(len(mandatory), 1)
    return len(fields) * (len(fields) / filled) + 2 * share


def _all_old_names(form: Form) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in form.history:
        found |= {**one.upgrade.rename, **dict.fromkeys(one.upgrade.drop, "")}
    return found


def _key(name: str) -> str:
    return _NOT_WORD.sub("", name.casefold())
