"""Small views of a form for other rooms: web form, help page, search filters. None of them keeps a rule of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.library import Library
from biomoa.forms.model import Field, Form
from biomoa.forms.numbers import shown_unit
from biomoa.forms.revisions import upgrade as _upgrade

Control = Literal["line", "lines", "number", "date", "choice", "choices", "yes-no", "reference", "files", "link"]
Level = Literal["mandatory", "group", "recommended", "optional", "not-used"]
_CONTROLS: dict[str, Control] = {
    "paragraph": "lines",
    "integer": "number",
    "number": "number",
    "date": "date",
    "boolean": "yes-no",
    "reference": "reference",
    "files": "files",
    "url": "link",
    "email": "link",
}
LEVEL_TEXTS: dict[str, Text] = {
    "mandatory": Text("필수", "Mandatory"),
    "group": Text("묶음 중 하나 필수", "One of a group"),
    "recommended": Text("권장", "Recommended"),
    "optional": Text("선택", "Optional"),
    "not-used": Text("쓰지 않음", "Not used"),
}


class Choice(msgspec.Struct, frozen=True):
    """``only_for`` is the value of the other field to which the term belongs; "" for every value."""

    value: str
    label: Text
    only_for: str = ""


class WebField(msgspec.Struct, frozen=True):
    """What a page needs to show one field. ``missing`` are the missing-value terms that may be chosen."""

    name: str
    label: Text
    section: str
    control: Control
    level: Level
    group: Text | None
    options: tuple[Choice, ...]
    open_options: bool
    missing: tuple[Choice, ...]
    help: Text | None
    unit: str
    example: str
    depends_on: str
    multiple: bool
    max_length: int
    to: str
    private: bool


class HelpRow(msgspec.Struct, frozen=True):
    """A row of the help page. ``levels`` tells the level in each package, where the packages differ."""

    name: str
    label: Text
    section: str
    type: str
    requirement: str
    levels: Mapping[str, str]
    help: Text | None
    expected: Text
    unit: str
    example: str
    terms: tuple[str, ...]
    maps: Mapping[str, str]


class SearchFilter(msgspec.Struct, frozen=True):
    """A facet of the search: the field, and its terms where the vocabulary is closed."""

    form: str
    name: str
    label: Text
    terms: tuple[str, ...]


def web_fields(library: Library, form: str, package: str | None = None) -> list[WebField]:
    """The fields in the order of the form; with ``package`` those that it uses."""
    found = library.form(form)
    fields = [_web_field(library, found, field, package) for field in found.fields]
    return [field for field in fields if field.level != "not-used"]


def level_of(library: Library, form: str, field: str, package: str | None = None) -> Level:
    """How much a field is wanted, in a package or, without one, in the form as a whole."""
    row = library.matrix(form).get(field)
    if row is None:
        return library.form(form).field(field).requirement
    if package is not None:
        return _level(row.get(package, "-"))
    levels = {_level(cell) for cell in row.values()}
    return levels.pop() if len(levels) == 1 else "optional"


def help_table(library: Library, form: str) -> list[HelpRow]:
    """Every field with what it expects."""
    return [_help_row(library, form, field) for field in library.form(form).fields]


def search_filters(library: Library, form: str) -> list[SearchFilter]:
    """The facets that the form declares."""
    return [
        SearchFilter(
            form, field.name, field.label, () if field.open_vocabulary else term_values(library, form, field.name)
        )
        for field in library.form(form).fields
        if field.search is not None and field.search.filter
    ]


def upgrade(form: Form, values: Mapping[str, str], from_revision: str) -> dict[str, str]:
    """A record of an older revision as the present one wants it. Raises KeyError for an unknown revision."""
    return _upgrade(form, values, from_revision)


def choices(library: Library, form: str, field: str) -> tuple[Choice, ...]:
    """The terms of a field; those of a dependent vocabulary say to which value they belong."""
    vocabulary = library.vocabulary_of(form, field)
    if vocabulary is None:
        return ()
    free = tuple(Choice(term.value, term.label or Text(term.value, term.value)) for term in vocabulary.terms)
    bound = tuple(
        Choice(term.value, term.label or Text(term.value, term.value), key)
        for key, terms in vocabulary.by.items()
        for term in terms
    )
    return free + bound


def term_values(library: Library, form: str, field: str) -> tuple[str, ...]:
    """The values of ``choices``, each once."""
    return tuple(dict.fromkeys(choice.value for choice in choices(library, form, field)))


def expected_text(field: Field) -> Text:
    """What a value must look like, in words."""
    if field.pattern_text is not None:
        return field.pattern_text
    ko, en = _EXPECTED.get(field.type, ("텍스트", "text"))
    if field.minimum is not None or field.maximum is not None:
        low = "" if field.minimum is None else f"{field.minimum:g}"
        high = "" if field.maximum is None else f"{field.maximum:g}"
        ko, en = f"{ko} {low}–{high}", f"{en} {low}–{high}"
    if field.multiple:
        ko, en = f"{ko} (여러 개는 ;로 구분)", f"{en} (several separated by ;)"
    return Text(ko, en)


_EXPECTED = {
    "paragraph": ("텍스트(여러 줄)", "text of several lines"),
    "integer": ("정수", "whole number"),
    "number": ("숫자", "number"),
    "date": ("날짜 (2024, 2024-03, 2024-03-05)", "date (2024, 2024-03, 2024-03-05)"),
    "boolean": ("yes 또는 no", "yes or no"),
    "term": ("목록의 용어", "term of the list"),
    "taxon_id": ("NCBI 분류 ID", "NCBI taxonomy id"),
    "organism": ("학명", "scientific name"),
    "place": ("국가: 지역 (South Korea: Seoul)", "country: locality (South Korea: Seoul)"),
    "lat_lon": ("위도 경도 (37.56 N 126.99 E)", "latitude longitude (37.56 N 126.99 E)"),
    "url": ("웹 주소", "web address"),
    "email": ("이메일 주소", "e-mail address"),
    "doi": ("DOI (10.5808/gi.22073)", "DOI (10.5808/gi.22073)"),
    "pubmed": ("PubMed ID", "PubMed id"),
    "reference": ("별칭 또는 등록번호", "alias or accession"),
    "files": ("파일 이름 (R1;R2)", "file names (R1;R2)"),
    "md5": ("MD5 체크섬 (파일 순서대로)", "MD5 checksums (in the order of the files)"),
}


def _web_field(library: Library, form: Form, field: Field, package: str | None) -> WebField:
    options = choices(library, form.form, field.name) if field.type == "term" else ()
    cell = library.matrix(form.form).get(field.name, {}).get(package or "", "")
    group = cell[2:] if cell.startswith("G:") else ""
    labels = form.packages.group_labels if form.packages else {}
    missing = library.missing.terms.terms if field.missing else ()
    return WebField(
        name=field.name,
        label=field.label,
        section=field.section,
        control=_control(field),
        level=level_of(library, form.form, field.name, package),
        group=labels.get(group, Text(group, group)) if group else None,
        options=options,
        open_options=field.open_vocabulary,
        missing=tuple(Choice(term.value, term.label or Text(term.value, term.value)) for term in missing),
        help=field.help,
        unit=shown_unit(field.unit),
        example=field.example,
        depends_on=field.depends_on,
        multiple=field.multiple,
        max_length=field.max_length,
        to=field.to,
        private=field.privacy == "private",
    )


def _control(field: Field) -> Control:
    if field.type == "term":
        return "choices" if field.multiple else "choice"
    return _CONTROLS.get(field.type, "line")


def _help_row(library: Library, form: str, field: Field) -> HelpRow:
    row = library.matrix(form).get(field.name, {})
    return HelpRow(
        name=field.name,
        label=field.label,
        section=field.section,
        type=field.type,
        requirement=level_of(library, form, field.name),
        levels={package: _level(cell) for package, cell in row.items()},
        help=field.help,
        expected=expected_text(field),
        unit=shown_unit(field.unit),
        example=field.example,
        terms=term_values(library, form, field.name) if field.type == "term" else (),
        maps=field.maps,
    )


def _level(cell: str) -> Level:
    if cell.startswith("G:"):
        return "group"
    levels: dict[str, Level] = {"M": "mandatory", "O": "optional", "-": "not-used"}
    return levels[cell]
