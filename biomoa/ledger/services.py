"""Appending to the ledger and verifying it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from biomoa.ledger import rules
from biomoa.ledger.models import Entry, Head

BATCH = 2_000


class Event(msgspec.Struct, frozen=True):
    """What is to be recorded: ``event`` in the past tense (``submission:accepted``), ``subject`` its accession."""

    event: str
    subject: str
    data: Mapping[str, Any] = {}


def record(actor: str, event: str, subject: str, data: Mapping[str, Any] | None = None) -> int:
    """Appends one entry and gives its number. Must run in the transaction of the change it tells of."""
    return record_many(actor, [Event(event, subject, data or {})])


def record_many(actor: str, events: Sequence[Event]) -> int:
    """Appends the events in order; the number of the last. Raises RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a ledger entry is written in the transaction of the change it tells of")
    head = Head.objects.select_for_update().get(id=1)
    at = rules.instant(datetime.now(UTC))
    seq, previous = head.seq, head.hash
    entries = []
    for event in events:
        seq += 1
        data = rules.canonical(event.data)
        own = rules.link_hash(seq, at, actor, event.event, event.subject, data, previous)
        entries.append(
            Entry(seq=seq, at=at, actor=actor, event=event.event, subject=event.subject, data=data,
                  previous=previous, hash=own)
        )  # fmt: skip
        previous = own
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    Head.objects.filter(id=1).update(seq=seq, hash=previous)
    return seq


def verify() -> Iterator[rules.Break]:
    """Every altered, missing, reordered or cut-off entry, from one consistent snapshot."""
    with transaction.atomic():
        head = Head.objects.get(id=1)
        yield from rules.iter_breaks(_iter_links(), head_seq=head.seq, head_hash=head.hash)


def _iter_links() -> Iterator[rules.Link]:
    columns = ("seq", "at", "actor", "event", "subject", "data", "previous", "hash")
    rows = Entry.objects.order_by("seq").values_list(*columns)
    # By number, not with an open cursor: the walk must not hold one for minutes. Rows past the head are kept in:
    # an entry that was inserted behind the chain's back must be seen.
    after = -1
    while page := list(rows.filter(seq__gt=after)[:BATCH]):
        for row in page:
            yield rules.Link(*row)
        after = page[-1][0]
