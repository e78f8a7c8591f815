"""The filters of the search page, derived from the forms: a field that says ``search: {filter: true}`` is one."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.library import Library
from biomoa.forms.model import Field, Form, Search
from biomoa.search.schema import VERSION

DEFAULT = Search()
CENTER = "center"
YEAR = "released"
OF_EVERY_RECORD = {
    CENTER: Text(ko="데이터센터", en="Data center"),
    YEAR: Text(ko="공개 연도", en="Year of release"),
}


class Filter(msgspec.Struct, frozen=True):
    """``forms`` are the forms with this field; ``terms`` the labels of its values, where the vocabulary has them."""

    name: str
    label: Text
    forms: tuple[str, ...]
    terms: Mapping[str, Text] = {}


def search_of(field: Field) -> Search:
    """A field says nothing about search: its words are found, it is no filter."""
    return field.search or DEFAULT


def is_text(field: Field) -> bool:
    return field.privacy == "public" and search_of(field).text


def is_filter(field: Field) -> bool:
    return field.privacy == "public" and search_of(field).filter


@functools.lru_cache(maxsize=4)
def filters_of(library: Library) -> Mapping[str, Filter]:
    """All filters by name, those of every record last; fields of one name in several forms are one filter."""
    found: dict[str, Filter] = {}
    for name, form in library.forms.items():
        for field in filter(is_filter, form.fields):
            before = found.get(field.name)
            forms = (*before.forms, name) if before else (name,)
            terms = {**(before.terms if before else {}), **library.labels_of(name, field.name)}
            found[field.name] = Filter(field.name, before.label if before else field.label, forms, terms)
    every = tuple(library.forms)
    centers = {each.code: Text(ko=each.name_ko, en=each.name_en) for each in library.catalogue.organisations}
    names: dict[str, Mapping[str, Text]] = {CENTER: centers}
    return found | {name: Filter(name, label, every, names.get(name, {})) for name, label in OF_EVERY_RECORD.items()}


def values_of(field: Field, value: str) -> list[str]:
    """The single values that a filter counts; of a place, the country."""
    if field.type == "place":
        value = value.partition(":")[0]
    parts: Iterable[str] = value.split(";") if field.multiple else (value,)
    return [part.strip() for part in parts if part.strip()]


def signature(forms: Mapping[str, Form]) -> str:
    """Changes when the index would be written differently: then it is rebuilt."""
    settings = [
        (name, field.name, field.multiple, is_text(field), is_filter(field))
        for name, form in sorted(forms.items())
        for field in form.fields
    ]
    return hashlib.sha256(repr((VERSION, settings)).encode()).hexdigest()[:16]
