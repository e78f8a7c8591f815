"""The hash chain, as functions of values: canonical JSON, the hash of an entry, what a broken chain looks like."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

GENESIS = "0" * 64

Fault = Literal["altered", "missing", "reordered", "cut", "rewritten", "rolled-back", "forged-head"]


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
    # The same bytes as ``canonical`` gives for numbers and texts, ten times sooner.
    text = msgspec.json.encode((seq, at, actor, event, subject, data, previous))
    return hashlib.sha256(text).hexdigest()


def iter_breaks(
    links: Iterable[Link], *, head_seq: int, head_hash: str, anchors: Mapping[int, str] | None = None
) -> Iterator[Break]:
    """Walks the chain in ``seq`` order and yields every break.

    An entry whose own hash fails is *altered*; a gap in the numbers is *missing*; entries that are whole but whose
    ``previous`` is not their neighbour's hash are *reordered*; a chain that ends before the head is *cut*.
    ``anchors`` are hashes by number that were signed once: a chain that is whole but says another hash there was
    *rewritten*, one that ends before the last of them was *rolled back*.
    """
    expected_seq, previous = 1, GENESIS
    signed = anchors or {}
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
        if link.seq in signed and link.hash != signed[link.seq]:
            yield Break(link.seq, "rewritten", f"the signed head says {signed[link.seq][:12]}, not {link.hash[:12]}")
        expected_seq, previous = link.seq + 1, link.hash
    yield from _at_the_end(expected_seq - 1, previous, head_seq, head_hash)
    if signed and expected_seq <= max(signed):
        yield Break(
            expected_seq, "rolled-back", f"the ledger ends at {expected_seq - 1}, a signed head says {max(signed)}"
        )


def _at_the_end(last_seq: int, last_hash: str, head_seq: int, head_hash: str) -> Iterator[Break]:
    if last_seq < head_seq:
        yield Break(last_seq + 1, "cut", f"the ledger ends at {last_seq}, its head says {head_seq}")
    elif last_seq > head_seq:
        yield Break(head_seq + 1, "altered", f"entries after the head, which says {head_seq}")
    elif head_seq and last_hash != head_hash:
        yield Break(head_seq, "altered", "the last entry is not the one the head names")


# Changes to the ledger's own settings, each made by two persons; the test of its value.
PROPOSAL_DAYS = 7
HOURS_MOST = 168


def is_setting(kind: str, value: str) -> bool:
    """Is this a change that can be proposed? A key is rotated without a value; heads are signed every 1 to 168 h."""
    if kind == "rotate-key":
        return not value
    return kind == "head-hours" and value.isascii() and value.isdecimal() and 1 <= int(value) <= HOURS_MOST


def is_person(label: str) -> bool:
    """``user:12``; the station itself is nobody's second person."""
    return label.startswith("user:")


def check_proposal(label: str, kind: str, value: str, reason: str) -> str:
    """The code of what is wrong with a proposal; empty when nothing is."""
    if not is_person(label):
        return "proposal-needs-person"
    if not is_setting(kind, value):
        return "proposal-unknown"
    return "" if reason.strip() else "proposal-needs-reason"


def check_confirmation(label: str, proposed_by: str, state: str, proposed_at: datetime, now: datetime) -> str:
    """The code of what keeps ``label`` from confirming; empty when nothing does."""
    if state != "open":
        return "proposal-decided"
    if not is_person(label):
        return "proposal-needs-person"
    if label == proposed_by:
        return "proposal-own"
    return "proposal-expired" if now - proposed_at > timedelta(days=PROPOSAL_DAYS) else ""
