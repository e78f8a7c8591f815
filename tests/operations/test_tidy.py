"""Tidying frees what nobody needs and never takes what an upload is about to name."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from biomoa.jobs import steps
from biomoa.operations.models import Care
from biomoa.operations.tidy import put_back_named, tidy
from biomoa.people.rules import system

from .objects import fill, keep, make_empty, name, put, the_store

OPERATOR = system("test")
AT_ONCE, HOUR = 0.0, 1.0


@pytest.fixture(autouse=True)
def empty_store(db: None) -> None:  # noqa: ARG001
    make_empty()


def settle() -> None:
    """Times of files have the grain of the kernel's clock."""
    time.sleep(0.02)


def test_an_unnamed_object_goes_in_two_rounds(tmp_path: Path) -> None:
    named = fill(5, tmp_path)
    unnamed = put(b"nobody", tmp_path)
    settle()
    first = tidy(OPERATOR, AT_ONCE)
    assert (first.set_aside, first.let_go) == (1, 0)
    assert the_store().find_size(unnamed) is None
    settle()
    second = tidy(OPERATOR, AT_ONCE)
    assert (second.let_go, second.freed_bytes) == (1, len(b"nobody"))
    assert sorted(the_store().iter_addresses()) == sorted(named)
    assert Care.objects.filter(kind="tidy").count() == 2


def test_what_is_young_stays(tmp_path: Path) -> None:
    unnamed = put(b"arriving", tmp_path)
    os.utime(the_store().path(unnamed), (0, 0))  # a delivery may carry any time of modification
    assert tidy(OPERATOR, HOUR).set_aside == 0
    assert the_store().find_size(unnamed) == len(b"arriving")


def test_an_upload_that_commits_while_its_object_is_set_aside_gets_it_back(tmp_path: Path) -> None:
    unnamed = put(b"just arriving", tmp_path)
    settle()
    steps.listen(lambda at: name(unnamed, 13) if at == "tidy:set-aside" else None)
    try:
        report = tidy(OPERATOR, AT_ONCE)
    finally:
        steps.listen(None)
    assert (report.set_aside, report.put_back) == (0, 1)
    assert the_store().find_size(unnamed) == 13


def test_an_upload_that_commits_after_the_round_gets_it_back(tmp_path: Path) -> None:
    unnamed = put(b"slow to commit", tmp_path)
    settle()
    tidy(OPERATOR, AT_ONCE)
    name(unnamed, 14)
    assert put_back_named() == 1
    assert the_store().find_size(unnamed) == 14


def test_named_before_the_second_round_it_is_not_let_go(tmp_path: Path) -> None:
    unnamed = put(b"named late", tmp_path)
    settle()
    tidy(OPERATOR, AT_ONCE)
    name(unnamed, 10)
    settle()
    report = tidy(OPERATOR, AT_ONCE)
    assert (report.put_back, report.let_go) == (1, 0)
    assert the_store().find_size(unnamed) == 10


def test_put_again_after_being_set_aside_the_new_one_stays(tmp_path: Path) -> None:
    unnamed = put(b"twice", tmp_path)
    settle()
    tidy(OPERATOR, AT_ONCE)
    put(b"twice", tmp_path)
    name(unnamed, 5)
    put_back_named()
    assert the_store().find_size(unnamed) == 5
    assert not list(the_store().folder.rglob(".aside.*"))


def test_abandoned_scratch_goes_and_uploads_stay() -> None:
    scratch = settings.BIOMOA_HOME.scratch
    old, fresh, folder = scratch / "received-old", scratch / "received-fresh", scratch / "drill-old"
    upload = scratch / "uploads" / "x.part"
    for path in (folder, upload.parent):
        path.mkdir(exist_ok=True)
    for path in (old, fresh, folder / "a", upload):
        path.write_text("bytes")
    for path in (old, folder / "a", folder, upload, upload.parent):
        os.utime(path, (1, 1))
    tidy(OPERATOR, HOUR)
    assert [path.exists() for path in (old, folder, fresh, upload)] == [False, False, True, True]
    fresh.unlink()
    upload.unlink()


@pytest.mark.django_db(transaction=True)
def test_uploads_and_tidying_side_by_side_lose_nothing(tmp_path: Path) -> None:
    """Uploads of the same few contents, put, named and forgotten again and again, while tidying runs without pause."""
    stop, faults, contents = threading.Event(), [], [bytes([65 + n]) * 100 for n in range(4)]

    def upload(number: int) -> None:
        folder = tmp_path / f"u{number}"
        folder.mkdir()
        try:
            for turn in range(40):
                sha256 = put(contents[(turn + number) % 4], folder)
                time.sleep(0.001 * (turn % 5))  # between the object and its row
                name(sha256, 100)
        except Exception as error:  # told to the test below
            faults.append(error)
        finally:
            connection.close()

    def keep_tidying() -> None:
        try:
            while not stop.is_set():
                tidy(OPERATOR, AT_ONCE)
        except Exception as error:  # told to the test below
            faults.append(error)
        finally:
            connection.close()

    tidying = threading.Thread(target=keep_tidying)
    uploads = [threading.Thread(target=upload, args=(n,)) for n in range(3)]
    for thread in (tidying, *uploads):
        thread.start()
    for thread in uploads:
        thread.join()
    stop.set()
    tidying.join()
    put_back_named()
    assert faults == []
    assert {the_store().find_size(sha256) for sha256 in the_store().iter_addresses()} == {100}
    assert len(list(the_store().iter_addresses())) == 4


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    keep(b"named", tmp_path)
    put(b"unnamed", tmp_path)
    settle()
    report = tidy(OPERATOR, AT_ONCE, dry_run=True)
    assert (report.set_aside, report.dry_run) == (1, True)
    assert len(list(the_store().iter_addresses())) == 2
    assert not Care.objects.exists()
