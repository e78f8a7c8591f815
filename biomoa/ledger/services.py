"""Appending to the ledger and verifying it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

import msgspec
from django.db import connection
from django.utils import timezone

from biomoa.ledger import rules
from biomoa.ledger.models import Entry, Head
from biomoa.ledger.prepared import Prepared

BATCH = 2_000
_HEAD = Prepared(lambda: Head.objects.select_for_update().filter(id=1))
COLUMNS = ("seq", "at", "actor", "event", "subject", "data", "previous", "hash")


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
    (head,) = _HEAD()
    at = rules.instant(timezone.now().astimezone(UTC))
    seq, previous = head.seq, head.hash
    rows = []
    for seq, event in enumerate(events, head.seq + 1):
        data = rules.canonical(event.data)
        own = rules.link_hash(seq, at, actor, event.event, event.subject, data, previous)
        rows.append((seq, at, actor, event.event, event.subject, data, previous, own))
        previous = own
    _insert(rows)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET seq = %s, hash = %s WHERE id = 1", [seq, previous])
    return seq


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    """One executemany, or one COPY on PostgreSQL: as model objects they take three times as long."""
    target = f"{Entry._meta.db_table} ({', '.join(COLUMNS)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > 1:
            # What goes on inside COPY is not wrapped by Django: a broken line must be an OperationalError as elsewhere.
            with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {target} VALUES ({', '.join(['%s'] * len(COLUMNS))})", rows)


def verify(anchors: Mapping[int, str] | None = None) -> Iterator[rules.Break]:
    """Every altered, missing, reordered or cut-off entry, up to the head of this moment.

    ``anchors``: hashes by number that were signed, for what a whole chain alone cannot show.
    """
    # No transaction around the walk: on SQLite it would keep every writer waiting, and entries never change.
    head = Head.objects.get(id=1)
    links = _iter_links(head.seq)
    yield from rules.iter_breaks(links, head_seq=head.seq, head_hash=head.hash, anchors=anchors)
    if _is_anything_past_the_head():
        yield rules.Break(head.seq + 1, "altered", "there are entries after the head")


def _is_anything_past_the_head() -> bool:
    """An entry that was inserted behind the chain's back; asked in one statement, since the chain grows meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT max(seq) FROM ledger_entry) > seq FROM ledger_head WHERE id = 1")
        return bool(cursor.fetchone()[0])


def _iter_links(last: int) -> Iterator[rules.Link]:
    rows = Entry.objects.filter(seq__lte=last).order_by("seq").values_list(*COLUMNS)
    # By number, not with an open cursor: the walk must not hold one for minutes.
    after = -1
    while page := list(rows.filter(seq__gt=after)[:BATCH]):
        for row in page:
            yield rules.Link(*row)
        after = page[-1][0]
