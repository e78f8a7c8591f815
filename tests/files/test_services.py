from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from biomoa.files import disk, inbox, queries, services
from biomoa.files.bodies import Body, Whole
from biomoa.files.models import StoredFile, StoredObject
from biomoa.files.problems import FileProblem, known_codes
from biomoa.jobs import steps
from biomoa.ledger.models import Entry
from biomoa.people.rules import system

from .conftest import World


def _receive(world: World, name: str, data: bytes, **expected: str) -> StoredFile:
    return services.receive(world.member, world.shelf, name, io.BytesIO(data), **expected)


def _codes(raised: pytest.ExceptionInfo[FileProblem]) -> list[str]:
    return [problem.code for problem in raised.value.problems]


def _leftovers() -> list[str]:
    return [path.name for path in django_settings.BIOMOA_HOME.scratch.glob("received-*")]


def test_a_received_file_is_recorded_with_its_event_and_its_inspection(world: World) -> None:
    file = _receive(world, "a.fq", b"abc", expected_md5=hashlib.md5(b"abc").hexdigest().upper())
    assert (file.name, file.version, file.object.size_bytes) == ("a.fq", 1, 3)
    entry = Entry.objects.get(event="file:arrived")
    assert (entry.actor, entry.subject) == (world.member.label, f"FILE{file.pk}")
    assert json.loads(entry.data)["sha256"] == hashlib.sha256(b"abc").hexdigest()
    assert DBTaskResult.objects.get().args_kwargs["args"] == [file.object_id]
    assert _leftovers() == []


def test_the_same_name_again_is_the_next_version_and_the_old_one_stays(world: World) -> None:
    first = _receive(world, "a.fq", b"abc")
    same = _receive(world, "A.FQ", b"abc")
    second = _receive(world, "a.fq", b"abcd")
    assert same.pk == first.pk
    assert (second.version, second.is_current) == (2, True)
    assert [f.version for f in queries.files_of_shelf(world.shelf.pk)] == [2]
    assert [f.version for f in queries.files_of_shelf(world.shelf.pk, history=True)] == [2, 1]
    assert list(Entry.objects.order_by("seq").values_list("event", flat=True)) == ["file:arrived", "file:replaced"]
    back = _receive(world, "a.fq", b"abc")
    assert (back.version, back.object_id) == (3, first.object_id)


def test_a_wrong_checksum_leaves_nothing(world: World) -> None:
    with pytest.raises(FileProblem) as raised:
        _receive(world, "a.fq", b"abc", expected_md5="0" * 32)
    assert _codes(raised) == ["file-checksum-mismatch"]
    assert not StoredObject.objects.exists()
    assert _leftovers() == []


@pytest.mark.parametrize(("who", "status"), [("curator", 404), ("stranger", 404)])
def test_who_may_not_put_files_here(world: World, who: str, status: int) -> None:
    with pytest.raises(FileProblem) as raised:
        services.receive(getattr(world, who), world.shelf, "a.fq", io.BytesIO(b"a"))
    assert raised.value.status == status


def test_the_station_itself_may_only_while_it_is_a_draft(world: World) -> None:
    services.receive(system("demo"), world.shelf, "a.fq", io.BytesIO(b"a"))
    services.set_shelf_state(world.shelf, "submitted")
    with pytest.raises(FileProblem) as raised:
        services.receive(system("demo"), world.shelf, "b.fq", io.BytesIO(b"a"))
    assert raised.value.status in (403, 409)


def test_removing_from_a_draft_only(world: World) -> None:
    _receive(world, "a.fq", b"abc")
    file = _receive(world, "a.fq", b"abcd")
    services.set_shelf_state(world.shelf, "returned")
    with pytest.raises(FileProblem) as raised:
        services.remove(world.member, file)
    assert _codes(raised) == ["shelf-not-editable"]
    services.set_shelf_state(world.shelf, "draft")
    services.remove(world.member, file)
    assert not StoredFile.objects.exists()
    assert json.loads(Entry.objects.get(event="file:removed").data)["versions"] == [1, 2]


def test_files_are_found_by_name_and_by_digest(world: World) -> None:
    file = _receive(world, "\u1112\u1161\u11ab.fq", b"abc")
    assert file.name == "한.fq"
    digest = hashlib.md5(b"abc").hexdigest()
    found = [
        queries.find_file(world.shelf.pk, "한.FQ"),
        queries.find_file(world.shelf.pk, sha256=file.object_id.upper()),
        queries.find_file(world.shelf.pk, md5=digest),
    ]
    assert found == [file, file, file]
    assert queries.find_file(world.shelf.pk, "other.fq") is None


def test_the_list_of_a_shelf_takes_two_queries(world: World) -> None:
    for n in range(12):
        _receive(world, f"f{n}.fq", bytes([n]))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        files = queries.files_of_shelf(world.shelf.pk)
        assert all(queries.summary(file)["verdict"] is None for file in files)
    assert len(asked) == 2


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("step", ["file:write", "file:fsync"])
def test_a_failing_disk_is_told_and_leaves_nothing(world: World, code: int, step: str) -> None:
    def fail(name: str) -> None:
        if name == step:
            raise OSError(code, os.strerror(code))

    steps.listen(fail)
    try:
        with pytest.raises(FileProblem) as raised:
            _receive(world, "a.fq", b"abc")
    finally:
        steps.listen(None)
    assert _codes(raised) == ["storage-full" if code == errno.ENOSPC else "storage-failed"]
    assert not StoredFile.objects.exists()
    assert _leftovers() == []
    assert _receive(world, "a.fq", b"abc").version == 1


def test_a_failed_fsync_is_never_taken_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, "lost")

    with disk.SyncedFile(tmp_path / "f") as file:
        file.write(b"abc")
        monkeypatch.setattr(disk.os, "fsync", fail)
        with pytest.raises(OSError, match="lost"):
            file.sync()
        assert not file.is_sound


def test_every_problem_speaks_both_languages() -> None:
    for code, (status, text) in known_codes().items():
        assert 400 <= status < 600, code
        assert any("가" <= c <= "힣" for c in text.ko), code
        assert text.en.isascii(), code


# -- the inbox -------------------------------------------------------------------------------------------------------


@pytest.fixture
def delivery(world: World) -> Path:
    folder: Path = django_settings.BIOMOA_HOME.inbox / str(world.shelf.pk)
    folder.mkdir()
    return folder


def _old(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    os.utime(path, (time.time() - 100, time.time() - 100))
    return path


def test_a_delivery_is_taken_once_and_by_link(world: World, delivery: Path) -> None:
    number = _old(delivery / "big.bam", b"abc").stat().st_ino
    receipt = inbox.receive_inbox(world.member, world.shelf, delivery.name)
    assert [file.name for file in receipt.files] == ["big.bam"]
    assert receipt.problems == ()
    assert list(delivery.iterdir()) == []
    kept = django_settings.BIOMOA_HOME.folder / "objects"
    assert number in {path.stat().st_ino for path in kept.rglob("*")}
    assert inbox.receive_inbox(world.member, world.shelf, delivery.name).files == ()


def test_links_folders_and_pipes_are_refused_and_growing_files_told(world: World, delivery: Path) -> None:
    secret = _old(django_settings.BIOMOA_HOME.folder / "outside", b"secret")
    (delivery / "link.bam").symlink_to(secret)
    (delivery / "folder").mkdir()
    os.mkfifo(delivery / "pipe")
    (delivery / "new.bam").write_bytes(b"still growing")
    _old(delivery / "bad\u202ename.bam", b"x")
    _old(delivery / "good.bam", b"x")
    with _old(delivery / "open.bam", b"x").open("ab"):
        receipt = inbox.receive_inbox(world.member, world.shelf, delivery.name)
    assert [file.name for file in receipt.files] == ["good.bam"]
    told = sorted((problem.code, problem.file) for problem in receipt.problems)
    assert [code for code, _ in told] == [
        "file-name-direction", "inbox-growing", "inbox-growing", "inbox-not-regular", "inbox-not-regular",
        "inbox-not-regular",
    ]  # fmt: skip
    assert {name for _, name in told} >= {"link.bam", "folder", "pipe", "new.bam", "open.bam"}
    assert (delivery / "new.bam").exists()


@pytest.mark.parametrize("folder", ["..", "", ".", "a/b", "/etc", "absent"])
def test_only_a_folder_of_the_inbox_is_a_delivery(world: World, folder: str) -> None:
    with pytest.raises(FileProblem) as raised:
        inbox.receive_inbox(world.member, world.shelf, folder)
    assert _codes(raised) == ["inbox-absent"]


def test_a_stranger_takes_nothing(world: World, delivery: Path) -> None:
    path = _old(delivery / "big.bam", b"abc")
    with pytest.raises(FileProblem):
        inbox.receive_inbox(world.stranger, world.shelf, delivery.name)
    assert path.exists()


def test_a_form_upload_that_a_full_disk_stops_leaves_nothing(world: World, client: Any) -> None:
    client.force_login(world.users["member"])
    where = f"/files/shelves/{world.shelf.pk}/form"

    def full(name: str) -> None:
        if name == "file:fsync":
            raise OSError(errno.ENOSPC, "full")

    steps.listen(full)
    try:
        client.raise_request_exception = False
        answer = client.post(where, {"file": io.BytesIO(b"abc"), "next": "/"})
    finally:
        steps.listen(None)
    assert answer.status_code >= 400
    assert not StoredFile.objects.exists()


def test_a_body_whose_connection_broke_is_no_file(world: World) -> None:
    body = Whole(Body(io.BytesIO(b"abc"), 10), "a.fq")
    with pytest.raises(FileProblem) as raised:
        services.receive(world.member, world.shelf, "a.fq", body, size_bytes=10)
    assert [problem.code for problem in raised.value.problems] == ["file-cut"]
    assert not StoredFile.objects.exists()
