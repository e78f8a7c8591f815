"""The hash chain, as functions of values: canonical JSON, the hash of an entry, what a broken chain looks like."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec

GENESIS = "0" * 64

Fault = Literal["altered", "missing", "reordered", "cut"]


class Link(msgspec.Struct, frozen=True):
    """An entry of the ledger as it is stored; ``data`` is canonical JSON text, ``at`` ISO 8601 in UTC."""

    seq: int
    at: str
    actor: str
    event: str
    subject: str
    data: str
    previous: str
    hash: str


class Break(msgspec.Struct, frozen=True):
    """A place where the chain does not hold."""

    seq: int
    fault: Fault
    detail: str


def canonical(value: Any) -> str:
    """JSON in one form only: sorted keys, no spaces, UTF-8 characters as they are (RFC 8785 for our value types).

    Raises ValueError for NaN and infinities, TypeError for what JSON cannot say. Floats are not used in entries.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def instant(at: datetime) -> str:
    """UTC with microseconds: ``2026-11-23T04:05:06.000007Z``."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link_hash(seq: int, at: str, actor: str, event: str, subject: str, data: str, previous: str) -> str:
    """SHA-256 over the canonical JSON of the entry; ``data`` enters as text, so its own form is fixed too."""
    return hashlib.sha256(canonical([seq, at, actor, event, subject, data, previous]).encode()).hexdigest()


def iter_breaks(links: Iterable[Link], *, head_seq: int, head_hash: str) -> Iterator[Break]:
    """Walks the chain in ``seq`` order and yields every break.

    An entry whose own hash fails is *altered*; a gap in the numbers is *missing*; entries that are whole but whose
    ``previous`` is not their neighbour's hash are *reordered*; a chain that ends before the head is *cut*.
    """
    expected_seq, previous = 1, GENESIS
    for link in links:
        if link.seq > expected_seq:
            yield Break(expected_seq, "missing", f"entries {expected_seq} to {link.seq - 1} are not there")
            previous = link.previous
        own = link_hash(link.seq, link.at, link.actor, link.event, link.subject, link.data, link.previous)
        if own != link.hash:
            yield Break(link.seq, "altered", f"content gives {own[:12]}, the entry says {link.hash[:12]}")
        elif link.previous != previous:
            yield Break(
                link.seq,
                "reordered",
                f"follows {link.previous[:12]}, but the entry before is {previous[:12]}",
            )
        expected_seq, previous = link.seq + 1, link.hash
    if expected_seq <= head_seq:
        yield Break(expected_seq, "cut", f"the ledger ends at {expected_seq - 1}, its head says {head_seq}")
    elif expected_seq - 1 > head_seq:
        yield Break(head_seq + 1, "altered", f"entries after the head, which says {head_seq}")
    elif head_seq and previous != head_hash:
        yield Break(head_seq, "altered", "the last entry is not the one the head names")
