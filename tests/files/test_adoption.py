"""Nothing is stored where the station's disk is not mounted."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from django.conf import settings

from biomoa.files import services
from biomoa.files.adoption import adopt
from biomoa.files.disk import tightest_disk
from biomoa.files.models import StoredFile, StoredObject
from biomoa.files.problems import FileProblem
from biomoa.files.storage import ID_FILE, MARK, FolderStore, StoreAway, store

from .conftest import World
from .test_storage import _file


@pytest.fixture
def folder(tmp_path: Path, db: None) -> FolderStore:  # noqa: ARG001
    (tmp_path / "objects").mkdir()
    return FolderStore(tmp_path / "objects", tmp_path / ID_FILE)


def _record(folder: FolderStore, tmp_path: Path, count: int = 12) -> None:
    """As an upload before there were marks."""
    bare = FolderStore(folder.folder)
    for n in range(count):
        path, sha256 = _file(tmp_path, bytes([n]) * (n + 1))
        bare.put(path, sha256)
        StoredObject.objects.create(sha256=sha256, md5=sha256[:32], size_bytes=n + 1)


def test_a_new_station_marks_its_folder_once(folder: FolderStore, tmp_path: Path) -> None:
    folder.check()
    assert folder.is_marked()
    (folder.folder / MARK).unlink()  # another disk, or none
    path, sha256 = _file(tmp_path, b"abc")
    with pytest.raises(StoreAway):
        folder.put(path, sha256)
    assert list(folder.folder.iterdir()) == []


def test_a_folder_that_is_gone_is_not_made(folder: FolderStore, tmp_path: Path) -> None:
    folder.check()
    folder.folder.rename(tmp_path / "away")
    path, sha256 = _file(tmp_path, b"abc")
    with pytest.raises(StoreAway):
        folder.put(path, sha256)
    assert not folder.folder.exists()
    (tmp_path / "away").rename(folder.folder)
    folder.put(path, sha256)
    assert folder.find_size(sha256) == 3


def test_a_station_of_before_is_marked_when_its_objects_are_there(folder: FolderStore, tmp_path: Path) -> None:
    _record(folder, tmp_path)
    folder.folder.rename(tmp_path / "away")
    folder.folder.mkdir()
    with pytest.raises(StoreAway):  # the first start after the upgrade, with the disk not mounted
        folder.check()
    assert list(folder.folder.iterdir()) == []
    folder.folder.rmdir()
    (tmp_path / "away").rename(folder.folder)
    folder.check()
    assert folder.is_marked()


def test_a_copied_disk_without_its_mark_is_known_by_its_objects(folder: FolderStore, tmp_path: Path) -> None:
    _record(folder, tmp_path)
    folder.check()
    (folder.folder / MARK).unlink()
    folder.check()
    assert folder.is_marked()


def test_a_store_with_other_objects_or_another_mark_is_refused(folder: FolderStore, tmp_path: Path) -> None:
    _record(folder, tmp_path)
    newest = StoredObject.objects.order_by("-stored_at")[0]
    folder.remove(newest.sha256)
    with pytest.raises(StoreAway):
        folder.check()
    # The way out that the doctor names: the operator says that it is the right one.
    (folder.folder / MARK).write_bytes((tmp_path / ID_FILE).read_bytes())
    folder.check()
    (folder.folder / MARK).write_text("of another station\n")
    assert not adopt(folder, tmp_path / ID_FILE)


def test_nothing_is_acknowledged_while_the_storage_is_away(world: World, tmp_path: Path) -> None:
    kept = store()
    assert isinstance(kept, FolderStore)
    kept.check()
    away = tmp_path / "away"
    kept.folder.rename(away)
    try:
        for empty in (False, True):
            if empty:
                kept.folder.mkdir()
            with pytest.raises(FileProblem) as told:
                services.receive(world.member, world.shelf, "r.fastq", io.BytesIO(b"@r\nA\n+\nI\n"))
            assert (told.value.status, told.value.problems[0].code) == (503, "storage-away")
        assert list(kept.folder.iterdir()) == []
        assert not StoredFile.objects.exists()
    finally:
        kept.folder.rmdir()
        away.rename(kept.folder)
    assert services.receive(world.member, world.shelf, "r.fastq", io.BytesIO(b"@r\nA\n+\nI\n")).pk


def test_the_disk_of_the_objects_counts_when_it_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Path("/dev/shm")
    if memory.stat().st_dev == settings.BIOMOA_HOME.scratch.stat().st_dev:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("one disk only")
    asked: list[Path] = []
    other = FolderStore(memory)
    monkeypatch.setattr("biomoa.files.disk.store", lambda: other)
    monkeypatch.setattr("biomoa.files.disk.shutil.disk_usage", lambda place: asked.append(place) or _Usage(place))
    assert tightest_disk() == (5, 10)
    assert memory in asked


class _Usage:
    def __init__(self, place: Path) -> None:
        self.free, self.total = (5, 10) if place == Path("/dev/shm") else (50, 100)
