"""What an export is made from: records as values, with their links and files. Pure: no Django."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.model import Field, Form
from biomoa.records.rules_titles import KOREAN, language_of

NOT_IN_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")  # XML 1.0, section 2.2


def xml_text(text: str) -> str:
    """The text without the characters that XML 1.0 cannot carry."""
    return NOT_IN_XML.sub("", text)


class FileFact(msgspec.Struct, frozen=True):
    """A file of a record. ``format`` is what the inspection found ("fastq", "bam" ...), "unknown" without one."""

    name: str
    size_bytes: int
    md5: str
    sha256: str
    format: str
    url: str


class Item(msgspec.Struct, frozen=True):
    """One record version. ``values`` are merged with the curator's layer and hold no private field.

    ``up`` are the accessions that a reference field leads to. Dates are ISO 8601 days, "" when not (yet) there.
    """

    accession: str
    version: int
    alias: str
    form: str
    record_type: str
    title: str
    state: str
    values: Mapping[str, str]
    up: Mapping[str, tuple[str, ...]]
    files: tuple[FileFact, ...]
    owner: str
    center: str
    accepted: str
    released: str
    release_on: str
    changed: str
    url: str
    title_ko: str = ""  # "" when it is not asked for or not filled


class Bundle(msgspec.Struct, frozen=True):
    """The records of one export, parents first, and the station they come from.

    ``around`` are records that lead up from them: looked into, not written.
    """

    items: tuple[Item, ...]
    around: tuple[Item, ...]
    forms: Mapping[str, Form]
    station: str
    address: str
    terms: str  # web address of what holds for those who use the data

    def of_type(self, record_type: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.record_type == record_type)

    def mapped(self, item: Item, standard: str) -> dict[str, str]:
        """The filled values by the standard's own names (``maps`` of the form); the first of two with one name."""
        found: dict[str, str] = {}
        for field, value in self.filled(item):
            if standard in field.maps:
                found.setdefault(field.maps[standard], value)
        return found

    def first(self, item: Item, field_type: str) -> str:
        """The first filled value of a field of that type, as ``organism``; empty without one."""
        return next((value for field, value in self.filled(item) if field.type == field_type), "")

    def filled(self, item: Item) -> Iterator[tuple[Field, str]]:
        """The filled public fields in the order of the form."""
        for field in self.forms[item.form].fields:
            value = item.values.get(field.name, "")
            if value and field.privacy == "public":
                yield field, value

    def titles(self, item: Item) -> list[tuple[str, str]]:
        """Every title with its language, "" where the form does not say; the one not in Korean first."""
        if not item.title_ko:
            return [(item.title, language_of(self.forms[item.form]))]
        first = [(item.title, language_of(self.forms[item.form]))] if item.title != item.title_ko else []
        return [*first, (item.title_ko, KOREAN)]

    def up(self, item: Item, record_type: str) -> tuple[str, ...]:
        """The accessions of that type that the record refers to itself."""
        return tuple(
            accession
            for field in self.forms[item.form].fields
            if field.type == "reference" and self.forms[field.to].record_type == record_type
            for accession in item.up.get(field.name, ())
        )


class Export(msgspec.Struct, frozen=True):
    """An outside standard. A module of ``exports`` ends in ``EXPORTS``; that is all that makes it known.

    ``write`` gives documents by file name; most standards give one. It raises ``NotExpressible`` when the standard
    has no place for such a record.
    """

    name: str
    media_type: str
    label: str
    record_types: tuple[str, ...]  # empty: every type
    write: Callable[[Bundle], dict[str, bytes]]


class NotExpressible(Exception):
    """The standard has no place for this record; ``said`` says why in both languages."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.said = Text(ko, en)
