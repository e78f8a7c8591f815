"""An upload killed with SIGKILL at every named step: nothing acknowledged is lost, nothing arrives twice."""

from __future__ import annotations

import hashlib
import io
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections
from django_tasks_db.models import DBTaskResult

from biomoa.files import inbox, uploads
from biomoa.files.bodies import Body
from biomoa.files.models import StoredFile, StoredObject, Upload
from biomoa.files.problems import FileProblem
from biomoa.files.storage import store
from biomoa.jobs import steps
from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify

from .conftest import World, make_world, pairs

pytestmark = pytest.mark.django_db(transaction=True)

DATA = random.Random(7).randbytes(2_600_000)
PARTS = 2
CHECKPOINT = 512 * 1024


@pytest.fixture(autouse=True)
def small_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CHECKPOINT_BYTES", CHECKPOINT)
    monkeypatch.setattr("biomoa.files.bodies.BLOCK_BYTES", 256 * 1024)


def _in_child(work: Callable[[], None], fault: str) -> int:
    """The exit status of ``work`` in a process of its own; minus the signal that ended it."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        status = 3
        try:
            steps.arm(fault)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _send(world: World, acknowledged: Path) -> None:
    """A client: begins or finds its upload, asks for the offset, sends parts, and notes what it was told."""
    upload = Upload.objects.first()
    if upload is None:
        upload = uploads.begin(world.member, world.shelf.pk, len(DATA), pairs(filename="a.fq"))
    upload = uploads.settle(world.member, uploads.get_upload(world.member, world.shelf.pk, upload.pk))
    while upload.offset_bytes < len(DATA):
        part = DATA[upload.offset_bytes : upload.offset_bytes + -(-len(DATA) // PARTS)]
        uploads.append(world.member, upload, upload.offset_bytes, Body(io.BytesIO(part), len(part)))
        acknowledged.write_text(str(upload.offset_bytes))


def _check_whole(world: World) -> None:  # noqa: ARG001
    file = StoredFile.objects.get()
    assert file.object_id == hashlib.sha256(DATA).hexdigest()
    assert file.object.md5 == hashlib.md5(DATA).hexdigest()
    assert b"".join(store().iter_blocks(file.object_id)) == DATA
    assert Entry.objects.filter(event="file:arrived").count() == 1
    assert DBTaskResult.objects.count() == 1
    assert list(verify()) == []


def _steps_of(work: Callable[[], None]) -> Counter[str]:
    seen: Counter[str] = Counter()
    steps.listen(lambda name: seen.update([name]))
    try:
        work()
    finally:
        steps.listen(None)
    return seen


def _forget_all(world: World) -> None:  # noqa: ARG001
    Upload.objects.all().delete()
    StoredFile.objects.all().delete()
    DBTaskResult.objects.all().delete()
    for kept in StoredObject.objects.all():
        store().remove(kept.sha256)
        kept.delete()


def test_every_step_of_an_upload(tmp_path: Path) -> None:
    world = make_world()
    seen = _steps_of(lambda: _send(world, tmp_path / "dry"))
    assert len(seen) >= 10, seen
    _check_whole(world)
    for name, times in sorted(seen.items()):
        for occurrence in {1, times}:
            _forget_all(world)
            events = Entry.objects.filter(event="file:arrived").count()
            note = tmp_path / f"{name}-{occurrence}"
            killed = _in_child(lambda: _send(world, note), f"{name}:{occurrence}:kill")  # noqa: B023
            assert killed == -signal.SIGKILL, name
            told = int(note.read_text()) if note.exists() else 0
            upload = Upload.objects.first()
            assert upload is None or upload.offset_bytes >= told, name
            _send(world, note)
            file = StoredFile.objects.get()
            assert file.object_id == hashlib.sha256(DATA).hexdigest(), name
            assert b"".join(store().iter_blocks(file.object_id)) == DATA, name
            assert Entry.objects.filter(event="file:arrived").count() == events + 1, name
            assert DBTaskResult.objects.count() == 1, name
    assert list(verify()) == []


def test_a_full_disk_at_every_step_is_told_and_the_upload_goes_on(tmp_path: Path) -> None:
    world = make_world()
    seen = _steps_of(lambda: _send(world, tmp_path / "dry"))
    for name in sorted(seen):
        _forget_all(world)
        steps.arm(f"{name}:1:full")
        try:
            with pytest.raises(FileProblem) as raised:
                _send(world, tmp_path / "note")
        finally:
            steps.listen(None)
        assert raised.value.status == 507, name
        _send(world, tmp_path / "note")
        assert StoredFile.objects.get().object_id == hashlib.sha256(DATA).hexdigest(), name


def test_an_upload_left_complete_by_a_crash_is_finished_by_the_clock(tmp_path: Path) -> None:
    world = make_world()
    assert _in_child(lambda: _send(world, tmp_path / "note"), "upload:stored:1:kill") == -signal.SIGKILL
    assert not StoredFile.objects.exists()
    uploads.expire_uploads()
    _check_whole(world)


def test_every_step_of_taking_a_delivery(tmp_path: Path, settings: object) -> None:  # noqa: ARG001
    world = make_world()
    folder: Path = settings.BIOMOA_HOME.inbox / str(world.shelf.pk)  # type: ignore[attr-defined]
    folder.mkdir()

    def deliver() -> None:
        path = folder / "big.bam"
        path.write_bytes(DATA)
        os.utime(path, (time.time() - 100, time.time() - 100))

    def take() -> None:
        inbox.receive_inbox(world.member, world.shelf, folder.name)

    deliver()
    seen = _steps_of(take)
    assert len(seen) >= 5, seen
    for name in sorted(seen):
        _forget_all(world)
        deliver()
        assert _in_child(take, f"{name}:1:kill") == -signal.SIGKILL, name
        take()
        file = StoredFile.objects.get()
        assert b"".join(store().iter_blocks(file.object_id)) == DATA, name
        assert list(folder.iterdir()) == [], name
