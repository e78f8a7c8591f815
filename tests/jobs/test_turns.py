"""Writers queue for SQLite: each comes to its turn, and nobody who leaves badly keeps the others out."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from biomoa.settings.sqlite import base
from biomoa.settings.sqlite.base import DatabaseWrapper, Turn

LONG, SHORT = 20.0, 0.05
HOLD = """
import sys
from biomoa.settings.sqlite.base import Turn
assert Turn(sys.argv[1]).take(60)
print("held", flush=True)
sys.stdin.read()
"""


def test_one_turn_at_a_time_in_a_process(tmp_path: Path) -> None:
    first, second = Turn(str(tmp_path / "db")), Turn(str(tmp_path / "db"))
    assert first.take(LONG) and first.take(LONG), "who has it, has it"
    assert not second.take(SHORT)
    first.leave()
    first.leave()
    assert second.take(LONG)
    second.leave()


def test_databases_do_not_wait_for_each_other(tmp_path: Path) -> None:
    first, second = Turn(str(tmp_path / "one")), Turn(str(tmp_path / "two"))
    assert first.take(SHORT) and second.take(SHORT)
    first.leave()
    second.leave()


def test_a_process_that_is_killed_leaves_its_turn(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        mine = Turn(str(tmp_path / "db"))
        assert not mine.take(SHORT)
        other.kill()
        other.wait()
        assert mine.take(LONG)
        mine.leave()


WRITE = """
import sys, time
from biomoa.settings.sqlite.base import Turn
turn, order = Turn(sys.argv[1]), []
print("ready", flush=True)
sys.stdin.readline()
for _ in range(400):
    assert turn.take(60)
    order.append(time.monotonic())
    time.sleep(0.003)
    turn.leave()
print(*order)
"""


def test_a_process_that_writes_without_end_gives_way_to_the_others(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITE, str(tmp_path / "db")]
    pipe = subprocess.PIPE
    writers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(2)]
    for each in writers:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in writers:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    moments = [[float(moment) for moment in each.communicate()[0].split()] for each in writers]
    turns = sorted((moment, place) for place, taken in enumerate(moments) for moment in taken)
    both = [place for moment, place in turns if max(map(min, moments)) <= moment <= min(map(max, moments))]
    changes = sum(before != after for before, after in pairwise(both))
    assert len(both) > 100 and changes > len(both) / 3, "while both write, neither keeps the other waiting"


def test_a_folder_that_takes_no_file_keeps_nobody_out(tmp_path: Path) -> None:
    turn = Turn(str(tmp_path / "no" / "such" / "db"))
    assert turn.take(SHORT)
    turn.leave()


@pytest.fixture
def opened(tmp_path: Path, django_db_blocker: Any) -> Iterator[Callable[[], DatabaseWrapper]]:
    """Connections of their own to one database, whatever database the tests run on; closed at the end."""
    made: list[DatabaseWrapper] = []
    options = {"transaction_mode": "IMMEDIATE", "timeout": 30}

    def opener() -> DatabaseWrapper:
        asked = {"ENGINE": "biomoa.settings.sqlite", "NAME": str(tmp_path / "db"), "OPTIONS": options}
        connection = ConnectionHandler({"default": asked})["default"]
        assert isinstance(connection, DatabaseWrapper)
        connection.inc_thread_sharing()  # closed at the end by the thread of the test
        made.append(connection)
        return connection

    with django_db_blocker.unblock():
        yield opener
        for each in made:
            each.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def is_free(tmp_path: Path) -> bool:
    turn = Turn(str(tmp_path / "db"))
    came = turn.take(SHORT)
    turn.leave()
    return came


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_turn_ends_with_the_transaction(tmp_path: Path, opened: Callable[[], DatabaseWrapper], end: str) -> None:
    connection = opened()
    begin(connection)
    assert not is_free(tmp_path)
    getattr(connection, end)()
    assert is_free(tmp_path)


def test_a_transaction_that_cannot_begin_leaves_its_turn(tmp_path: Path, opened: Callable[[], DatabaseWrapper]) -> None:
    connection = opened()
    connection.ensure_connection()
    connection.transaction_mode = "NO SUCH MODE"
    with pytest.raises(OperationalError):
        begin(connection)
    assert is_free(tmp_path)


def test_many_writers_all_write(opened: Callable[[], DatabaseWrapper]) -> None:
    first = opened()
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE counted (number INTEGER)")
        cursor.execute("INSERT INTO counted VALUES (0)")

    def write() -> None:
        mine = opened()
        for _ in range(20):
            begin(mine)
            with mine.cursor() as cursor:
                number = cursor.execute("SELECT number FROM counted").fetchone()[0]
                cursor.execute("UPDATE counted SET number = %s", [number + 1])
            mine.commit()
            mine.set_autocommit(True)
        mine.close()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    with first.cursor() as cursor:
        assert cursor.execute("SELECT number FROM counted").fetchone()[0] == 160


def test_other_threads_of_the_process_let_the_writer_go_first(
    opened: Callable[[], DatabaseWrapper], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "GIVE_WAY_SECONDS", LONG)
    connection, writer, asked = opened(), Turn(str(tmp_path / "db")), threading.Event()

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        asked.set()

    assert writer.take(LONG)
    reader = threading.Thread(target=read)
    reader.start()
    assert not asked.wait(SHORT)
    writer.leave()
    assert asked.wait(LONG)
    reader.join()
