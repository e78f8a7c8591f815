"""The hash chain: whatever is done to it is seen."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.ledger.rules import GENESIS, Link, canonical, instant, iter_breaks, link_hash


def chain(count: int) -> list[Link]:
    links, previous = [], GENESIS
    for seq in range(1, count + 1):
        at, data = instant(datetime(2026, 1, 1, tzinfo=UTC)), canonical({"n": seq})
        own = link_hash(seq, at, "user:1", "record:accepted", f"KAS{seq:08d}", data, previous)
        links.append(Link(seq, at, "user:1", "record:accepted", f"KAS{seq:08d}", data, previous, own))
        previous = own
    return links


def faults(links: list[Link], whole: list[Link]) -> list[tuple[int, str]]:
    return [(b.seq, b.fault) for b in iter_breaks(links, head_seq=whole[-1].seq, head_hash=whole[-1].hash)]


def test_a_whole_chain_holds() -> None:
    links = chain(20)
    assert faults(links, links) == []


def test_an_empty_ledger_holds() -> None:
    assert list(iter_breaks([], head_seq=0, head_hash=GENESIS)) == []


@pytest.mark.parametrize("field", ["at", "actor", "event", "subject", "data"])
def test_an_altered_field_is_named(field: str) -> None:
    whole = chain(9)
    links = list(whole)
    links[4] = msgspec.structs.replace(links[4], **{field: "x"})
    assert (5, "altered") in faults(links, whole)


def test_an_altered_entry_with_a_recomputed_hash_breaks_its_neighbour() -> None:
    whole = chain(9)
    links = list(whole)
    e = msgspec.structs.replace(links[4], data=canonical({"n": 99}))
    links[4] = msgspec.structs.replace(e, hash=link_hash(e.seq, e.at, e.actor, e.event, e.subject, e.data, e.previous))
    assert faults(links, whole) == [(6, "reordered")]


def test_a_missing_entry_is_named() -> None:
    whole = chain(9)
    assert (4, "missing") in faults(whole[:3] + whole[4:], whole)


def test_a_cut_tail_is_named() -> None:
    whole = chain(9)
    assert faults(whole[:7], whole) == [(8, "cut")]


def test_entries_behind_the_head_are_named() -> None:
    links = chain(9)
    breaks = list(iter_breaks(links, head_seq=7, head_hash=links[6].hash))
    assert [(b.seq, b.fault) for b in breaks] == [(8, "altered")]


def test_two_swapped_entries_are_named() -> None:
    whole = chain(9)
    a, b = whole[3], whole[4]
    links = list(whole)
    links[3] = msgspec.structs.replace(b, seq=4)
    links[4] = msgspec.structs.replace(a, seq=5)
    assert {seq for seq, _ in faults(links, whole)} >= {4, 5}


@given(st.integers(2, 30), st.randoms(use_true_random=False))
def test_no_random_tampering_stays_unseen(count: int, chance: random.Random) -> None:
    whole = chain(count)
    links, place = list(whole), chance.randrange(count)
    kind = chance.choice(["delete", "data", "hash", "previous", "actor"])
    if kind == "delete":
        del links[place]
    else:
        links[place] = msgspec.structs.replace(links[place], **{kind: "0" * 64})
        if links[place] == whole[place]:
            return
    assert faults(links, whole)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    )
)
def test_canonical_json_does_not_depend_on_the_order_of_keys(value: object) -> None:
    if isinstance(value, dict):
        assert canonical(dict(reversed(list(value.items())))) == canonical(value)
    assert canonical(value) == canonical(value)


def test_not_a_number_has_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"n": float("nan")})
