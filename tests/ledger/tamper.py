"""One random tampering of a ledger, as somebody who writes to the database could do it, also with recomputed hashes."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec

from biomoa.ledger.rules import GENESIS, Break, Link, canonical, iter_breaks, link_hash
from biomoa.ledger.signatures import Head, Heads, Key, anchors_of, endorse, iter_forgeries, public_of, sign_head

KINDS = ("change", "rehash", "delete", "insert", "swap", "cut", "roll-back", "rewrite", "forge-head")
AT = "2026-11-23T00:00:00.000000Z"
FIELDS = ("at", "actor", "event", "subject", "data")


class Ledger(msgspec.Struct):
    """What lies in the database: the chain, its head, and the heads that are signed in it."""

    links: list[Link]
    head_seq: int
    head_hash: str
    heads: Heads


def make_ledger(entries: int, heads: int, private: str = "11" * 32) -> Ledger:
    """A whole ledger; its heads are signed at even distances, the last one at the end."""
    links = rechained([Link(n, AT, f"user:{n % 7}", "record:accepted", f"KAS{n:08d}", canonical({"n": n}), "", "")
                       for n in range(1, entries + 1)])  # fmt: skip
    key = Key(1, public_of(private), AT, endorse(private, 1, public_of(private), AT))
    places = [entries * number // heads for number in range(1, heads + 1)]
    signed = tuple(
        Head(n, AT, seq, links[seq - 1].hash, 1, sign_head(private, n, AT, seq, links[seq - 1].hash, 1))
        for n, seq in enumerate(places, 1)
    )
    return Ledger(links, entries, links[-1].hash, Heads("", (key,), signed))


def rechained(links: Sequence[Link], previous: str = GENESIS) -> list[Link]:
    """The links with hashes that fit: what a careful forger does."""
    made = []
    for link in links:
        own = link_hash(link.seq, link.at, link.actor, link.event, link.subject, link.data, previous)
        made.append(Link(link.seq, link.at, link.actor, link.event, link.subject, link.data, previous, own))
        previous = own
    return made


def breaks_of(found: Ledger, kept: Heads) -> list[Break]:
    """What ``ledger verify --heads`` says of it."""
    own = {head.number: head for head in found.heads.heads}
    gone = [Break(head.seq, "rolled-back", "") for head in kept.heads if own.get(head.number) != head]
    anchors = anchors_of(found.heads.heads) | anchors_of(kept.heads)
    chain = iter_breaks(found.links, head_seq=found.head_seq, head_hash=found.head_hash, anchors=anchors)
    return [*iter_forgeries(found.heads, kept.keys[0].public), *gone, *chain]


def tamper(whole: Ledger, chance: random.Random, kind: str) -> tuple[int, Ledger]:
    """A tampered copy, and the number of the first entry that is not as it was."""
    place = chance.randrange(len(whole.links))
    links = list(whole.links)
    heads = whole.heads
    match kind:
        case "change" | "rehash" | "rewrite":
            links[place] = _changed(links[place], chance)
            if kind == "rehash":
                links[place] = rechained([links[place]], links[place].previous)[0]
            if kind == "rewrite":
                links[place:] = rechained(links[place:], links[place].previous)
        case "delete":
            del links[place]
        case "insert":
            copy = msgspec.structs.replace(links[place], data=canonical({"n": -1}))
            links.insert(place, copy)
            links[place:] = [msgspec.structs.replace(link, seq=n) for n, link in enumerate(links[place:], place + 1)]
        case "swap":
            other = (place + chance.randrange(1, len(links))) % len(links)
            one, two = links[place], links[other]
            links[place] = msgspec.structs.replace(two, seq=one.seq)
            links[other] = msgspec.structs.replace(one, seq=two.seq)
            place = min(place, other)
        case "cut" | "roll-back":
            links = links[:place]
            if kind == "roll-back":
                own = tuple(head for head in heads.heads if head.seq <= place)
                heads = msgspec.structs.replace(heads, heads=own)
        case "forge-head":
            links[place] = _changed(links[place], chance)
            links[place:] = rechained(links[place:], links[place].previous)
            heads = msgspec.structs.replace(heads, heads=tuple(_forged(head, links) for head in heads.heads))
        case _:
            raise ValueError(kind)
    is_careful = kind in ("insert", "roll-back", "rewrite", "forge-head", "delete")
    last = links[-1] if links else None
    head = (last.seq if last else 0, last.hash if last else GENESIS)
    return place + 1, Ledger(links, *(head if is_careful else (whole.head_seq, whole.head_hash)), heads)


def _changed(link: Link, chance: random.Random) -> Link:
    field = chance.choice(FIELDS)
    text = list(getattr(link, field))
    spot = chance.randrange(len(text))
    text[spot] = chr((ord(text[spot]) - 32 + chance.randrange(1, 94)) % 95 + 32)
    return msgspec.structs.replace(link, **{field: "".join(text)})


def _forged(head: Head, links: Sequence[Link]) -> Head:
    """Signed by a key of the forger's own."""
    hash = links[head.seq - 1].hash
    signature = sign_head("22" * 32, head.number, head.at, head.seq, hash, head.key)
    return msgspec.structs.replace(head, hash=hash, signature=signature)
