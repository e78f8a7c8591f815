"""Appending and verifying on a real database."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError

from biomoa.ledger import followers, services
from biomoa.ledger.models import Entry, Head

pytestmark = pytest.mark.django_db(transaction=True)


def append(count: int) -> int:
    with transaction.atomic():
        return services.record_many("user:1", [services.Event("x:done", f"S{i}", {"i": i}) for i in range(count)])


def test_entries_are_numbered_from_one_without_gaps() -> None:
    assert append(3) == 3
    assert append(2) == 5
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert list(services.verify()) == []


def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        services.record("user:1", "x:done", "S1")


def test_a_change_that_fails_leaves_no_entry() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.record("user:1", "x:done", "S1")
        raise ZeroDivisionError
    assert Head.objects.get(id=1).seq == 0
    assert not Entry.objects.exists()


def test_an_entry_cannot_be_changed_through_the_database() -> None:
    append(2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(seq=1).update(data="{}")


def test_a_change_behind_the_triggers_is_named() -> None:
    append(5)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_no_update")
        else:
            cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_no_change")
        try:
            cursor.execute("UPDATE ledger_entry SET subject = 'S9' WHERE seq = 3")
        finally:
            if connection.vendor == "sqlite":
                cursor.execute(
                    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entry "
                    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
                )
            else:
                cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_no_change")
    assert [(b.seq, b.fault) for b in services.verify()] == [(3, "altered")]


def test_writers_at_the_same_time_make_one_chain() -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(10):
                append(2)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Head.objects.get(id=1).seq == 80
    assert list(services.verify()) == []


class Collector:
    """A follower that keeps what it saw; dies after the first page when told to."""

    name = "collector"

    def __init__(self) -> None:
        self.seen: list[int] = []

    def position(self) -> int:
        return followers.stored_position(self.name)

    def mark(self) -> followers.Mark:
        return followers.Mark(self.position())

    def apply(self, entries: list[Entry]) -> None:  # type: ignore[override]
        with transaction.atomic():
            self.seen += [entry.seq for entry in entries]
            followers.store_position(self.name, entries[-1].seq)

    def wipe(self) -> None:
        self.seen.clear()
        followers.store_position(self.name, 0)


def test_a_follower_sees_each_entry_once_and_resumes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "PAGE", 3)
    collector = Collector()
    append(7)
    assert followers.follow(collector) == 7
    append(2)
    assert followers.lag(collector) == 2
    assert followers.follow(collector) == 2
    assert collector.seen == list(range(1, 10))


def test_a_busy_ledger_is_followed_to_where_it_ended_when_begun() -> None:
    class Busy(Collector):
        def apply(self, entries: list[Entry]) -> None:  # type: ignore[override]
            super().apply(entries)
            append(1)

    busy = Busy()
    append(4)
    assert [followers.follow(busy), followers.follow(busy)] == [4, 1]
    assert busy.seen == [1, 2, 3, 4, 5] and followers.lag(busy) == 1


def test_a_rebuilt_follower_equals_one_that_followed() -> None:
    collector = Collector()
    append(4)
    followers.follow(collector)
    followed = list(collector.seen)
    assert followers.rebuild(collector) == 4
    assert collector.seen == followed
