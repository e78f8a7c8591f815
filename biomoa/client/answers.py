"""What a station answers, as values. A test holds these against the station's own description."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec


class Text(msgspec.Struct, frozen=True):
    """One sentence in both languages."""

    ko: str
    en: str


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong: where (sheet, row from 1, field), what, and the proposed correction."""

    code: str
    severity: str
    message: Text
    sheet: str | None = None
    row: int | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None
    file: str | None = None
    overridable: bool = False


class ReceiptLine(msgspec.Struct, frozen=True):
    """What became of one row. ``accession`` is empty and ``outcome`` ``pending`` until a curator accepted it."""

    form: str
    alias: str
    accession: str
    version: int
    outcome: str


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a submission; ``problems`` are the first thousand, the counts are of all."""

    submission: str
    state: str
    accessions: tuple[ReceiptLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    error_count: int = 0
    warning_count: int = 0
    revision: int = 0
    url: str = ""
    tus: str = ""


class SheetResult(msgspec.Struct, frozen=True):
    """What a sheet brought in: its sheets (name -> form), rows by form, and what was wrong while reading it."""

    sheets: Mapping[str, str]
    rows: Mapping[str, int]
    problems: tuple[Problem, ...]
    revision: int


class Party(msgspec.Struct, frozen=True):
    code: str
    name: Text


class Submission(msgspec.Struct, frozen=True):
    """The state of a submission; ``may`` are the commands that the token's owner may give now."""

    code: str
    title: str
    state: str
    revision: int
    group: Party
    center: Party
    release_on: date | None
    row_counts: Mapping[str, int]
    error_count: int
    warning_count: int
    is_checked: bool
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    released_at: datetime | None
    assigned_to: str
    human_data: str
    may: tuple[str, ...]
    url: str
    tus: str


class File(msgspec.Struct, frozen=True):
    """A file at the station; ``verdict`` is empty while it has not been inspected."""

    id: int
    name: str
    version: int
    is_current: bool
    size_bytes: int
    md5: str
    sha256: str
    verdict: str
    format: str
    url: str


class OpenUpload(msgspec.Struct, frozen=True):
    """An upload that was begun and not finished."""

    name: str
    size_bytes: int
    offset_bytes: int
    url: str


class RecordFile(msgspec.Struct, frozen=True):
    id: int
    name: str
    field: str
    size_bytes: int
    md5: str
    sha256: str
    format: str
    verdict: str
    version: int


class Record(msgspec.Struct, frozen=True):
    """A record as the reader may see it; more is in ``raw`` answers of ``Client.get``."""

    accession: str
    form: str
    record_type: str
    alias: str
    title: str
    state: str
    version: int
    current_version: int
    values: Mapping[str, str]
    files: tuple[RecordFile, ...]
    project: str
    citation: str
    reason: str
    is_public: bool


class Hit(msgspec.Struct, frozen=True):
    accession: str
    type: str
    title: str
    url: str


class Results(msgspec.Struct, frozen=True):
    total: int
    results: tuple[Hit, ...]
    facets: Any = None


class Group(msgspec.Struct, frozen=True):
    code: str
    kind: str
    name: Text
    roles: tuple[str, ...]


class Change(msgspec.Struct, frozen=True):
    """A record as it is now; without ``record`` it is no longer public."""

    accession: str
    state: str
    record: dict[str, Any] | None = None


class Changes(msgspec.Struct, frozen=True):
    """What changed after a mark; ``mark`` is what to ask with next."""

    changes: tuple[Change, ...]
    mark: str
    is_last: bool
