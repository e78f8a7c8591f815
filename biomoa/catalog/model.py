"""What a catalogue folder holds, as values. A catalogue is plain files; this package never imports Django."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

Language = Literal["ko", "en"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence or label in both languages of the station."""

    ko: str
    en: str

    def in_(self, language: str) -> str:
        """The Korean text for ``ko`` and ``ko-*``; English for every other language code."""
        return self.ko if language.startswith("ko") else self.en


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value of a vocabulary. ``value`` is what is stored and exported; ``synonyms`` are corrected to it."""

    value: str
    label: Text | None = None
    synonyms: tuple[str, ...] = ()
    description: Text | None = None


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A closed list of terms; when ``depends`` is true, ``by`` lists the terms for each value of the other field."""

    vocabulary: str
    label: Text
    source: str
    terms: tuple[Term, ...] = ()
    by: Mapping[str, tuple[Term, ...]] = {}


class AccessionSeries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A series of accessions: ``KAP`` + 6 digits. ``record_type`` is unique in a catalogue."""

    record_type: str
    prefix: str
    digits: int
    label: Text


class Organisation(msgspec.Struct, frozen=True):
    """A row of ``organisations.csv``. ``kind``: ministry, data-center, institution; ``parent`` is a code."""

    code: str
    kind: str
    name_ko: str
    name_en: str
    parent: str
    note: str


class ResearchProject(msgspec.Struct, frozen=True):
    """A row of ``research-projects.csv``: an R&D project of the plan that a grant may name."""

    number: str
    title_ko: str
    ministry_ko: str
    programme_ko: str
    period: str
    budget_million_krw: str


class Document(msgspec.Struct, frozen=True):
    """A YAML file as read, with the line of every node (``line_of(("fields", 3, "type"))``, counted from 1)."""

    path: Path
    data: dict[str, Any]
    lines: Mapping[tuple[str | int, ...], int]

    def line_of(self, place: tuple[str | int, ...]) -> int:
        """The line of the node, or of the nearest node above it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


Condition = Mapping[str, tuple[str, ...]]  # question -> the answers that fulfil it; all questions must


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that can be given."""

    value: str
    label: Text
    help: Text | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question; with ``when`` it is asked only of who gave these answers before."""

    question: str
    label: Text
    options: tuple[Option, ...]
    help: Text | None = None
    when: Condition = {}


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the answers lead. ``when``: any of these conditions; the first outcome that fits is the one.

    ``kind``: ``open`` lets files come, ``elsewhere`` sends them to another bank, ``ask`` waits for a person.
    """

    outcome: str
    kind: Literal["open", "elsewhere", "ask"]
    label: Text
    reason: Text
    next: Text
    documents: tuple[Text, ...] = ()
    when: tuple[Condition, ...] = ()


class Concern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows that the questions are asked for: the field of the form has one of the values, whatever its case."""

    form: str
    field: str
    values: tuple[str, ...]


class Navigator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A questionnaire. ``edition`` is kept with every answer; raise it with any change of meaning."""

    navigator: str
    edition: str
    label: Text
    description: Text
    concerns: tuple[Concern, ...]
    questions: tuple[Question, ...]
    outcomes: tuple[Outcome, ...]

    def find_outcome(self, name: str) -> Outcome | None:
        return next((each for each in self.outcomes if each.outcome == name), None)


class Catalogue(msgspec.Struct, frozen=True):
    """A catalogue folder, read and checked. ``forms`` are raw documents: the room ``forms`` gives them meaning."""

    folder: Path
    name: Text
    vocabularies: Mapping[str, Vocabulary]
    accessions: Mapping[str, AccessionSeries]
    forms: Mapping[str, Document]
    organisations: tuple[Organisation, ...]
    research_projects: tuple[ResearchProject, ...]
    navigators: Mapping[str, Navigator] = {}


class BrokenCatalogue(Exception):
    """A catalogue that cannot be used. ``str()`` is ``file:line: reason``, one line for each fault found."""

    def __init__(self, faults: list[tuple[Path, int, str]]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{path}:{line}: {reason}" for path, line, reason in faults))
