"""A row as a web form: its controls by section, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.http import QueryDict

from biomoa.forms.faces import Choice, WebField, web_fields
from biomoa.forms.model import Form, Section
from biomoa.forms.problems import Problem
from biomoa.records.library import library

BOXES = 24  # up to so many choices are shown as boxes
LISTED = 400  # up to so many terms stand in a drop-down; more are typed, with proposals
WANTED = ("mandatory", "group", "recommended")


class Entry(msgspec.Struct, frozen=True):
    """One control: ``kind`` is line, lines, select, boxes or proposals; ``chosen`` are the values of boxes."""

    field: WebField
    kind: str
    value: str
    options: tuple[Choice, ...]
    chosen: frozenset[str]
    problems: tuple[Problem, ...]

    @property
    def is_unlisted(self) -> bool:
        """A value that stands in no drop-down must still be shown, or saving would lose it."""
        return bool(self.value) and all(self.value != one.value for one in (*self.options, *self.field.missing))


class Part(msgspec.Struct, frozen=True):
    """A section: ``first`` is wanted, filled or in trouble; ``more`` may be added."""

    section: Section | None
    first: tuple[Entry, ...]
    more: tuple[Entry, ...]


def sections_of(form: Form, values: Mapping[str, str], problems: Sequence[Problem]) -> list[Part]:
    """The controls of a row: those of its package, once one is chosen."""
    package = values.get(form.packages.selector) if form.packages else None
    known = {one.name for one in form.packages.packages} if form.packages else set()
    waiting = library().matrix(form.form).keys() if known and package not in known else ()
    entries: dict[str, list[Entry]] = {}
    for field in web_fields(library(), form.form, package if package in known else None):
        if field.name in waiting and not values.get(field.name):
            continue  # the package decides which of these are wanted
        own = tuple(one for one in problems if one.field == field.name)
        entries.setdefault(field.section, []).append(_entry(field, values, own))
    labels = {section.name: section for section in form.sections}
    return [Part(labels.get(name), *_split(members)) for name, members in entries.items()]


def _entry(field: WebField, values: Mapping[str, str], problems: tuple[Problem, ...]) -> Entry:
    value = values.get(field.name, "")
    chooser = values.get(field.depends_on, "")
    options = tuple(one for one in field.options if not field.depends_on or one.only_for == chooser)
    chosen = frozenset(part.strip() for part in value.split(";") if part.strip())
    return Entry(field, _kind(field, options, chosen), value, options, chosen, problems)


def _kind(field: WebField, options: tuple[Choice, ...], chosen: frozenset[str]) -> str:
    if field.control == "lines":
        return "lines"
    if field.control == "choices" and len(options) <= BOXES and chosen <= {one.value for one in options}:
        return "boxes"
    if field.control in ("choice", "yes-no") and options and len(options) <= LISTED and not field.open_options:
        return "select"
    return "proposals" if options or field.missing else "line"


def _split(entries: list[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    first = [one for one in entries if one.field.level in WANTED or one.value or one.problems]
    more = [one for one in entries if one not in first]
    return tuple(first), tuple(more)


def typed_values(form: Form, posted: QueryDict) -> dict[str, str]:
    """What was typed; several boxes of one field are joined with ``;``."""
    names = [field.name for field in form.fields if field.name in posted]
    return {name: ";".join(part for part in posted.getlist(name) if part) for name in names}
