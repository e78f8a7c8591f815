"""One contract over both stores."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from biomoa.files import storage
from biomoa.files.storage import FolderStore, ObjectStore, WrongSize


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.s3)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "folder":
        return _folder(tmp_path)
    return request.getfixturevalue("bucket")


def _folder(tmp_path: Path) -> FolderStore:
    (tmp_path / "objects").mkdir()
    return FolderStore(tmp_path / "objects")


def _file(folder: Path, data: bytes) -> tuple[Path, str]:
    path = folder / f"in-{len(data)}"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 5_000_000, 40_000_000])
def test_what_is_put_comes_back_whole_and_in_ranges(store: ObjectStore, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path, sha256 = _file(tmp_path, data)
    assert store.find_size(sha256) is None
    store.put(path, sha256)
    assert path.read_bytes() == data
    assert store.find_size(sha256) == size
    assert b"".join(store.iter_blocks(sha256)) == data
    for start, stop in ((0, 1), (size // 3, size // 2), (size - 1, size), (0, size)):
        if 0 <= start < stop:
            assert b"".join(store.iter_blocks(sha256, start, stop)) == data[start:stop]
    with store.local(sha256) as local:
        assert hashlib.sha256(local.read_bytes()).hexdigest() == sha256


def test_what_is_opened_is_surely_there(store: ObjectStore, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    path, sha256 = _file(tmp_path, data)
    empty, of_nothing = _file(tmp_path, b"")
    with pytest.raises(FileNotFoundError):
        store.open_blocks(sha256, len(data), 0, len(data))
    store.put(path, sha256)
    store.put(empty, of_nothing)
    for start, stop in ((0, len(data)), (5, 9), (1_500_000, 2_900_000)):
        assert b"".join(store.open_blocks(sha256, len(data), start, stop)) == data[start:stop]
    assert b"".join(store.open_blocks(of_nothing, 0, 0, 0)) == b""
    with pytest.raises(WrongSize):
        store.open_blocks(sha256, len(data) + 1, 5, 9)
    store.open_blocks(sha256, len(data), 0, 10).close()


def test_putting_twice_is_once_and_removing_is_final(store: ObjectStore, tmp_path: Path) -> None:
    path, sha256 = _file(tmp_path, b"abc")
    store.put(path, sha256)
    store.put(path, sha256)
    assert list(store.iter_addresses()) == [sha256]
    path.unlink()
    assert b"".join(store.iter_blocks(sha256)) == b"abc"
    store.remove(sha256)
    store.remove(sha256)
    assert list(store.iter_addresses()) == []
    with pytest.raises(FileNotFoundError):
        list(store.iter_blocks(sha256))
    with pytest.raises(FileNotFoundError), store.local(sha256):
        pass


def test_what_is_no_digest_is_no_address(store: ObjectStore, tmp_path: Path) -> None:
    path, _ = _file(tmp_path, b"abc")
    for address in ("../../etc/passwd", "", "A" * 64, "a" * 63):
        with pytest.raises(ValueError, match="SHA-256"):
            store.put(path, address)


def test_addresses_in_order(store: ObjectStore, tmp_path: Path) -> None:
    wanted = []
    for n in range(20):
        path, sha256 = _file(tmp_path, bytes([n]) * (n + 1))
        store.put(path, sha256)
        wanted.append(sha256)
    assert list(store.iter_addresses()) == sorted(wanted)
    assert dict(store.iter_sizes()) == {sha256: n + 1 for n, sha256 in enumerate(wanted)}


def test_folder_objects_are_read_only_and_leave_no_scraps(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    path, sha256 = _file(tmp_path, b"abc")
    folder.put(path, sha256)
    assert folder.path(sha256).stat().st_mode & 0o777 == 0o444
    path.unlink()
    assert [p.name for p in folder.folder.rglob("*") if p.is_file()] == [sha256]


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM])
def test_without_links_the_folder_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def no_link(*_: object) -> None:
        raise OSError(code, "no links here")

    monkeypatch.setattr(storage.os, "link", no_link)
    folder = _folder(tmp_path)
    path, sha256 = _file(tmp_path, b"abc" * 1000)
    folder.put(path, sha256)
    assert b"".join(folder.iter_blocks(sha256)) == b"abc" * 1000


def test_a_full_disk_while_copying_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(storage.os, "link", full)
    folder = _folder(tmp_path)
    path, sha256 = _file(tmp_path, b"abc")
    with pytest.raises(OSError, match="full"):
        folder.put(path, sha256)
    assert folder.find_size(sha256) is None
    assert [p for p in folder.folder.rglob("*") if p.is_file()] == []
