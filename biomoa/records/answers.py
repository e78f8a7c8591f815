"""What the services and queries of this room answer: frozen values, ready for a page or for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.records.rules import FieldChange, seen_of

Outcome = Literal["created", "revised", "unchanged", "pending"]


class ReceiptLine(msgspec.Struct, frozen=True):
    """What became of one row: alias -> accession."""

    form: str
    alias: str
    accession: str
    version: int
    outcome: Outcome


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a submission. ``problems`` holds at most ``PROBLEMS_SHOWN``; the counts are of all."""

    submission: str  # SUB00000012; empty for a dry run
    state: str
    accessions: tuple[ReceiptLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    error_count: int = 0
    warning_count: int = 0
    revision: int = 0


class CheckSummary(msgspec.Struct, frozen=True):
    """The counts of a check; ``by_form`` is form -> (errors, warnings), ``""`` for the bundle as a whole.

    ``blocking_count`` are the errors that no curator can let pass.
    """

    revision: int
    error_count: int
    blocking_count: int
    warning_count: int
    overridden_count: int
    by_form: Mapping[str, tuple[int, int]]
    is_good: bool


class ImportResult(msgspec.Struct, frozen=True):
    """What a sheet brought in: sheet name -> form, form -> rows; ``problems`` of reading (not of the rules)."""

    sheets: Mapping[str, str]
    rows: Mapping[str, int]
    problems: tuple[Problem, ...]
    revision: int


class FileMatch(msgspec.Struct, frozen=True):
    """A proposal: this uploaded file is what the row means by ``named``."""

    form: str
    position: int
    field: str
    named: str
    file: str
    by: Literal["name", "compression", "md5"]


class Blocker(msgspec.Struct, frozen=True):
    """What keeps a record from opening, and since when; ``hard`` ones cannot be passed by choosing parts."""

    accession: str
    problem: Problem
    since: datetime | None = None
    hard: bool = True


class ReleaseOutcome(msgspec.Struct, frozen=True):
    """What a release opened, and what kept the rest closed."""

    opened: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    state: str


class Expected(msgspec.Struct, frozen=True):
    """Days from handing in to decision, measured from the last decisions of a center. None without any."""

    median_days: float | None
    ninety_percent_days: float | None
    decisions: int


class SubmissionPage(msgspec.Struct, frozen=True):
    """A page of submissions, newest change first (desk: oldest waiting first)."""

    submissions: tuple[object, ...]  # records.models.Submission with owner, center, assigned_to loaded
    total: int
    page: int
    size: int


class RowView(msgspec.Struct, frozen=True):
    """A row with its problems in place."""

    id: int
    form: str
    position: int
    alias: str
    values: Mapping[str, str]  # the depositor's words
    layer: Mapping[str, Mapping[str, str]]
    merged: Mapping[str, str]
    problems: tuple[ProblemView, ...]
    accession: str = ""
    outcome: str = ""
    changes: tuple[FieldChange, ...] = ()  # against the registered record of the same alias

    @property
    def seen(self) -> str:
        return seen_of(self.values)


class ProblemView(msgspec.Struct, frozen=True):
    """A stored problem; ``id`` is what override and apply_suggestions take."""

    id: int
    problem: Problem
    overridden: bool


class Correction(msgspec.Struct, frozen=True):
    """What is proposed for a value of a field, in so many rows; ``first`` is the id of the first such problem."""

    first: int
    form: str
    field: str
    value: str
    suggestion: str
    rows: int


class ProblemGroup(msgspec.Struct, frozen=True):
    """All problems of one code on one field of a form; ``first`` are stored ones (records.models.RowProblem).

    ``let_pass``: so many of them a curator has overridden.
    """

    form: str
    code: str
    severity: str
    count: int
    first: tuple[object, ...]
    let_pass: int = 0
    field: str = ""

    @property
    def is_settled(self) -> bool:
        return self.let_pass == self.count


class RowPage(msgspec.Struct, frozen=True):
    rows: tuple[RowView, ...]
    total: int
    page: int
    size: int


class Stage(msgspec.Struct, frozen=True):
    """A step of the registration: ``state`` is done, problem, present, empty, or none while it lies ahead."""

    label: str
    url: str  # empty for what the depositor waits for
    state: str
    words: str
    is_current: bool


class Step(msgspec.Struct, frozen=True):
    """One entry of the thread: a person's words or a step of the system; both sides see the same."""

    at: datetime
    kind: str  # comment, exception, return, override, withdraw, or the event: submission:submitted ...
    author: str
    text: str
    form: str = ""
    position: int | None = None
    field: str = ""


class LinkView(msgspec.Struct, frozen=True):
    accession: str
    form: str
    title: str
    field: str
    title_ko: str = ""


class Down(msgspec.Struct, frozen=True):
    """The records below, of one form: how many (of those the reader may see), and the first of them."""

    form: str
    count: int
    first: tuple[LinkView, ...]
    is_capped: bool = False  # counted only up to ``count``


class RecordFileView(msgspec.Struct, frozen=True):
    id: int
    name: str
    field: str
    size_bytes: int
    md5: str
    sha256: str
    format: str
    verdict: str  # pass, warn, fail; empty while not inspected
    version: int


class VersionView(msgspec.Struct, frozen=True):
    number: int
    created_at: datetime
    author: str
    form_revision: str
    digest: str


class RecordView(msgspec.Struct, frozen=True):
    """A record as one reader may see it. On a tombstone ``values``, ``files`` and ``title`` are empty."""

    id: int
    accession: str
    form: str
    record_type: str
    alias: str
    title: str
    state: str
    version: int  # the version shown
    current_version: int
    versions: tuple[VersionView, ...]
    form_revision: str
    values: Mapping[str, str]
    depositor_values: Mapping[str, str]
    layer: Mapping[str, Mapping[str, str]]
    above: tuple[LinkView, ...]  # the project, and what the parents stand on
    up: tuple[LinkView, ...]
    down: tuple[Down, ...]
    files: tuple[RecordFileView, ...]
    owner_id: int
    owner: Text
    center_id: int
    center: Text
    submission: str
    project: str
    release_on: date | None
    released_at: datetime | None
    accepted_at: datetime
    changed_at: datetime
    reason: str
    citation: str
    is_public: bool
    is_tombstone: bool
    may_change: bool
    may_curate: bool
    may_redact: bool
    title_ko: str = ""
    citation_ko: str = ""


class RecordData(msgspec.Struct, frozen=True):
    """A record for exports and the search index: current version, public fields only, no permission beyond."""

    id: int
    accession: str
    form: str
    record_type: str
    alias: str
    title: str
    state: str
    version: int
    values: Mapping[str, str]
    owner: Text
    owner_code: str
    center: Text
    center_code: str
    project: str
    released_at: datetime | None
    accepted_at: datetime
    changed_at: datetime
    parents: tuple[tuple[str, str], ...]  # (field, accession)
    title_ko: str = ""


class Resolved(msgspec.Struct, frozen=True):
    """Where an identifier leads. ``kind``: record or submission."""

    kind: Literal["record", "submission"]
    accession: str
    version: int | None
    form: str = ""


class Counts(msgspec.Struct, frozen=True):
    """For the home page: public records by form, and by center and form; all are kept, none is counted anew."""

    public: Mapping[str, int]
    registered: Mapping[str, int]
    centers: Mapping[str, Mapping[str, int]]
