"""How a few records stand at this moment, for a list that was made before."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import Q

from biomoa.ledger.prepared import Prepared
from biomoa.records.models import Record


class Now(msgspec.Struct, frozen=True):
    state: str
    changed_at: datetime
    title: str
    title_ko: str


_NOW = Prepared(
    lambda *names: Record.objects.filter(
        functools.reduce(operator.or_, (Q(accession=name) for name in names))
    ).values_list("accession", "state", "changed_at", "title", "title_ko")
)


def records_now(accessions: Sequence[str]) -> dict[str, Now]:
    """By accession; what is not there is left out."""
    rows = _NOW.rows(*accessions) if accessions else []
    return {accession: Now(*said) for accession, *said in rows}
