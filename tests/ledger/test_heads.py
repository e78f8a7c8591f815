"""Signed heads: whoever kept one sees a ledger that was cut, rolled back or rewritten as a whole."""

from __future__ import annotations

import json
import random
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from biomoa.ledger import heads, proposals, services
from biomoa.ledger.models import Entry, Head, Proposal, SignedHead, SigningKey
from biomoa.ledger.rules import canonical, check_confirmation, is_setting, link_hash
from biomoa.ledger.signatures import Heads, iter_forgeries, public_of
from tests.ledger.tamper import KINDS, breaks_of, make_ledger, tamper

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.integers(0, 2**62), st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=6, max_size=6))
def test_the_quick_hash_is_that_of_the_canonical_text(seq: int, texts: list[str]) -> None:
    import hashlib

    assert link_hash(seq, *texts) == hashlib.sha256(canonical([seq, *texts]).encode()).hexdigest()


def test_500_random_tamperings_are_all_found() -> None:
    chance = random.Random(20261123)
    whole = make_ledger(400, 6)
    assert breaks_of(whole, whole.heads) == []
    for number in range(500):
        kind = KINDS[number % len(KINDS)]
        place, found = tamper(whole, chance, kind)
        breaks = breaks_of(found, whole.heads)
        assert breaks, (number, kind, place)
        if kind in ("change", "rehash", "delete"):
            assert min(b.seq for b in breaks) in (place, place + 1), (number, kind, place, breaks[:3])


def test_a_head_or_key_of_another_is_a_forgery() -> None:
    whole = make_ledger(20, 2).heads
    stranger = make_ledger(20, 2, "33" * 32).heads
    assert list(iter_forgeries(whole)) == []
    assert list(iter_forgeries(stranger, whole.keys[0].public))
    assert list(iter_forgeries(msgspec.structs.replace(whole, heads=stranger.heads)))
    assert list(iter_forgeries(msgspec.structs.replace(whole, keys=(whole.keys[0], stranger.keys[0]))))


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.BIOMOA_HOME = msgspec.structs.replace(settings.BIOMOA_HOME, folder=tmp_path)
    return tmp_path


@pytest.fixture
def chain(transactional_db: None, home: Path) -> Path:  # noqa: ARG001
    append(6)
    return home


def append(count: int) -> None:
    with transaction.atomic():
        services.record_many("user:1", [services.Event("x:done", f"S{i}", {"i": i}) for i in range(count)])


def faults(kept: Heads | None = None) -> set[str]:
    return {b.fault for b in heads.verify(kept)}


def without_triggers(statements: list[str]) -> None:
    """As somebody does who has the database in hand."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            triggers = []
            cursor.execute("SET session_replication_role = replica")
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            for _, sql in triggers:
                cursor.execute(sql)
            if connection.vendor != "sqlite":
                cursor.execute("SET session_replication_role = DEFAULT")


def test_a_head_is_signed_once_a_day_whatever_the_clock_does(chain: Path) -> None:
    assert [heads.sign_due(NOON + timedelta(hours=hour)) for hour in (0, 1, 23, 25, 26)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert heads.sign_due(NOON - timedelta(days=3650))
    assert [head.number for head in heads.published().heads] == [1, 2, 3]
    assert faults() == set()
    assert stat.S_IMODE((chain / "ledger.key").stat().st_mode) == 0o600


def test_a_tail_cut_with_its_head_is_seen_by_who_kept_a_head(chain: Path) -> None:  # noqa: ARG001
    heads.sign(NOON)
    kept = heads.published()
    before = Entry.objects.get(seq=4)
    without_triggers([
        "DELETE FROM ledger_entry WHERE seq > 4", f"UPDATE ledger_head SET seq = 4, hash = '{before.hash}'",
        "DELETE FROM ledger_signedhead",
    ])  # fmt: skip
    assert faults() == set()
    assert faults(kept) == {"rolled-back"}


def test_yesterdays_copy_is_seen_by_who_kept_todays_head(chain: Path) -> None:  # noqa: ARG001
    heads.sign(NOON)
    yesterday = Head.objects.get(id=1)
    append(5)
    heads.sign(NOON + timedelta(days=1))
    kept = heads.published()
    without_triggers([
        "DELETE FROM ledger_entry WHERE seq > 6", "DELETE FROM ledger_signedhead WHERE number > 1",
        f"UPDATE ledger_head SET seq = 6, hash = '{yesterday.hash}'",
    ])  # fmt: skip
    assert faults() == set()
    assert faults(kept) == {"rolled-back"}


def test_a_signed_head_cannot_be_changed_through_the_database(chain: Path) -> None:  # noqa: ARG001
    heads.sign(NOON)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SignedHead.objects.update(seq=3)


def test_nothing_of_the_ledger_is_replaced_or_removed(chain: Path) -> None:  # noqa: ARG001
    """REPLACE deletes the row in its way without the trigger that refuses deleting."""
    heads.sign(NOON)
    before = list(Entry.objects.values_list()), list(SignedHead.objects.values_list())
    for table, key in (("ledger_entry", "seq"), ("ledger_signedhead", "number"), ("ledger_signingkey", "number")):
        again = f"INSERT INTO {table} SELECT * FROM {table} WHERE {key} = 1"
        replace = again.replace("INSERT", "REPLACE") if connection.vendor == "sqlite" else again
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(replace)
    assert before == (list(Entry.objects.values_list()), list(SignedHead.objects.values_list()))


def test_without_its_private_key_the_station_says_so(chain: Path) -> None:
    heads.sign(NOON)
    (chain / "ledger.key").write_text("44" * 32)
    with pytest.raises(heads.KeyLost, match="restore it from the backup"):
        heads.sign(NOON)


def test_a_key_is_rotated_by_two_persons_and_old_heads_still_hold(chain: Path) -> None:
    heads.sign(NOON)
    made = proposals.propose("user:1", "rotate-key", "", "a year is over")
    for label, code in (("user:1", "proposal-own"), ("system:cli", "proposal-needs-person")):
        with pytest.raises(proposals.Refused, match=code):
            proposals.confirm(label, made.pk)
    assert SigningKey.objects.count() == 1
    assert proposals.confirm("user:2", made.pk)
    with pytest.raises(proposals.Refused, match="proposal-decided"):
        proposals.confirm("user:3", made.pk)
    heads.sign(NOON + timedelta(days=1))
    kept = heads.published()
    assert [head.key for head in kept.heads] == [1, 2] and faults(kept) == set()
    assert public_of((chain / "ledger.key").read_text().strip()) == kept.keys[1].public
    assert not (chain / "ledger.key.next").exists()
    events = set(Entry.objects.filter(subject="ledger").values_list("event", flat=True))
    assert events == {"ledger:change-proposed", "ledger:change-confirmed", "ledger:key-rotated"}


def test_a_crash_after_the_rotation_was_committed_is_mended_at_the_next_signature(chain: Path) -> None:
    heads.sign(NOON)
    before = (chain / "ledger.key").read_text()
    with transaction.atomic():
        heads.rotate_key("user:2")
    after = (chain / "ledger.key").read_text()
    (chain / "ledger.key").write_text(before)
    (chain / "ledger.key.next").write_text(after)
    heads.sign(NOON)
    assert (chain / "ledger.key").read_text() == after and faults() == set()


def test_a_rotation_that_was_rolled_back_leaves_the_old_key(chain: Path) -> None:  # noqa: ARG001
    heads.sign(NOON)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        heads.rotate_key("user:2")
        raise ZeroDivisionError
    heads.sign(NOON)
    assert {head.key for head in heads.published().heads} == {1} and faults() == set()


def test_how_often_heads_are_signed_is_a_setting_of_two_persons(chain: Path) -> None:  # noqa: ARG001
    made = proposals.propose("user:1", "head-hours", "6", "busy weeks")
    assert heads.sign_due(NOON) and not heads.sign_due(NOON + timedelta(hours=7))
    proposals.confirm("user:2", made.pk)
    assert heads.sign_due(NOON + timedelta(hours=7))
    refused = proposals.propose("user:1", "head-hours", "1", "more")
    proposals.refuse("user:1", refused.pk)
    assert Proposal.objects.get(pk=refused.pk).state == "refused"
    assert proposals.confirm("user:2", 999) is None


@pytest.mark.parametrize(
    ("kind", "value", "is_right"),
    [("rotate-key", "", True), ("rotate-key", "x", False), ("head-hours", "24", True), ("head-hours", "0", False),
     ("head-hours", "169", False), ("head-hours", "-1", False), ("head-hours", "٣", False), ("other", "", False)],
)  # fmt: skip
def test_what_can_be_proposed(kind: str, value: str, is_right: bool) -> None:
    assert is_setting(kind, value) is is_right


def test_a_proposal_grows_old() -> None:
    assert check_confirmation("user:2", "user:1", "open", NOON, NOON + timedelta(days=7)) == ""
    assert check_confirmation("user:2", "user:1", "open", NOON, NOON + timedelta(days=8)) == "proposal-expired"


def test_heads_are_published_to_anybody(chain: Path) -> None:  # noqa: ARG001
    heads.sign(NOON)
    answer = Client().get("/ledger/heads")
    assert answer.status_code == 200
    assert msgspec.json.decode(answer.content, type=Heads) == heads.published()
    assert json.loads(answer.content)["heads"][0]["seq"] == 6
