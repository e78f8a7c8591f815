"""From a public record to what the index keeps of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import tantivy

from biomoa.catalog.model import Text
from biomoa.forms.model import Field, Form
from biomoa.records.answers import RecordData
from biomoa.records.rules_titles import text_of
from biomoa.search import filters
from biomoa.search.analysis import indexed, is_cjk, normal, runs
from biomoa.search.schema import TITLE_ORDER

LONGEST_SUMMARY = 2_000  # characters kept to show where a word was found
LONGEST_ORDER = 100
LONGEST_WORD = 60


class Shown(msgspec.Struct, frozen=True):
    """What a list shows of a record without asking the database."""

    accession: str
    type: str
    form: str
    title: str
    summary: str
    organism: str
    center: Text
    owner: Text
    released_at: str  # ISO date, empty when it has none
    title_ko: str = ""
    changed: str = ""  # moment of the record's last change; empty in an index of before


class Source(msgspec.Struct, frozen=True):
    """A record as it enters the index."""

    shown: Shown
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    lexicon: tuple[str, ...]
    filters: Mapping[str, list[str]]
    released: int  # seconds since 1970, UTC


def source_of(record: RecordData, form: Form) -> Source:
    """The parts of a record that are searched, filtered, sorted and shown."""
    fields = {field.name: field for field in form.fields}
    said = [(fields[name], value) for name, value in record.values.items() if name in fields and value]
    texts = [value for field, value in said if filters.is_text(field)]
    chosen = {field.name: filters.values_of(field, value) for field, value in said if filters.is_filter(field)}
    names = [record.owner.ko, record.owner.en, record.center.ko, record.center.en]
    linked = [record.accession, record.alias, record.project, *(accession for _, accession in record.parents)]
    released = record.released_at or record.accepted_at
    titles = tuple(dict.fromkeys(title for title in (record.title, record.title_ko) if title))
    return Source(
        shown=_shown(record, form, said),
        titles=titles,
        texts=tuple(dict.fromkeys([*titles, *linked, *texts, *names])),
        lexicon=tuple(_lexicon(titles, [value for values in chosen.values() for value in values])),
        filters=chosen | {filters.CENTER: [record.center_code], filters.YEAR: [f"{_local(released):%Y}"]},
        released=int(released.timestamp()),
    )


def _shown(record: RecordData, form: Form, said: Sequence[tuple[Field, str]]) -> Shown:
    prose = [value for field, value in said if field.type == "paragraph"]
    rest = [value for field, value in said if filters.is_text(field)]
    organism = next((value for field, value in said if field.type == "organism"), "")
    told = (record.title, record.title_ko, organism)
    summary = " · ".join(dict.fromkeys(text for text in [*prose, *rest] if text not in told))
    return Shown(
        accession=record.accession,
        type=record.record_type,
        form=form.form,
        title=record.title,
        title_ko=record.title_ko,
        summary=" ".join(summary.split())[:LONGEST_SUMMARY],
        organism=organism,
        center=record.center,
        owner=record.owner,
        released_at=f"{_local(record.released_at):%Y-%m-%d}" if record.released_at else "",
        changed=record.changed_at.isoformat(),
    )


def _local(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()


def _lexicon(titles: Sequence[str], values: list[str]) -> Iterator[str]:
    """Words to suggest: ``normal form TAB spelling``, so that a beginning finds them whatever its case."""
    found = (word for title in titles for word in runs(title))
    words = {word for word in found if len(word) > (1 if is_cjk(word) else 2) and not word.isdigit()}
    for spelling in sorted(words | set(values)):
        if len(spelling) <= LONGEST_WORD:
            yield f"{normal(spelling)}\t{spelling}"


def document_of(source: Source) -> tantivy.Document:
    """The document that the index takes."""
    shown = source.shown
    document = tantivy.Document()
    document.add_text("kind", "record")
    document.add_text("accession", shown.accession)
    document.add_text("type", shown.type)
    seen = text_of(shown.title, shown.title_ko)
    for language, order in TITLE_ORDER.items():
        document.add_text(order, normal(seen.in_(language))[:LONGEST_ORDER])
    for title in source.titles:
        document.add_text("title", indexed(title))
    for text in source.texts:  # one value each: the index leaves a gap between values, so no phrase spans two fields
        document.add_text("words", indexed(text))
    for word in source.lexicon:
        document.add_text("lexicon", word)
    document.add_json("filters", dict(source.filters))
    document.add_integer("released", source.released)
    document.add_bytes("shown", msgspec.json.encode(shown))
    return document
