"""What an acceptance carries while it runs: rows on their way to records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from biomoa.ledger.services import Event
from biomoa.records.models import Submission
from biomoa.records.references import KnownByToken

FileOfRow = tuple[str, int, int, str]  # field, order, StoredFile id, SHA-256


class Placed(msgspec.Struct, frozen=True):
    """A record that rows of this submission may refer to."""

    id: int
    accession: str
    project_id: int | None  # its own id when it is a project


class Line(msgspec.Struct):
    """A row on its way to a record."""

    row_id: int
    position: int
    alias: str
    values: dict[str, str]
    layer: dict[str, Any]


class Work(msgspec.Struct):
    """The acceptance of one submission while it runs."""

    submission: Submission
    author: str
    now: datetime
    known: KnownByToken
    files: Mapping[tuple[str, int], list[FileOfRow]]
    placed: dict[str, dict[str, Placed]] = {}
    events: list[Event] = []
    public_files: list[int] = []  # of new versions of records that are public already
    created: int = 0
    revised: int = 0
    unchanged: int = 0
