"""Tables that processes share: mapped when that is safe, in memory when it is not, the same bytes always."""

from __future__ import annotations

import mmap
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard

from biomoa.catalog import mapped

CONTENT = b"Homo sapiens\nPanax ginseng\n" * 1_000


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(mapped.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    path = tmp_path / "names.zstd"
    path.write_bytes(zstandard.compress(CONTENT))
    return path


def shared(packed: Path) -> Path:
    return packed.parent / "tmp" / f"biomoa-tables-{os.getuid()}" / "names-2026-01"


def test_it_is_unpacked_once_and_mapped(packed: Path) -> None:
    first = mapped.unpacked(packed, "2026-01")
    made = shared(packed).stat()
    second = mapped.unpacked(packed, "2026-01")
    assert isinstance(first, mmap.mmap) and first[:] == second[:] == CONTENT
    assert shared(packed).stat().st_ino == made.st_ino
    assert [path.name for path in shared(packed).parent.iterdir()] == ["names-2026-01"]


def test_what_was_cut_off_is_unpacked_again(packed: Path) -> None:
    mapped.unpacked(packed, "2026-01")
    shared(packed).write_bytes(CONTENT[:100])
    assert mapped.unpacked(packed, "2026-01")[:] == CONTENT


def test_many_at_once_get_the_whole(packed: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: mapped.unpacked(packed, "2026-01")[:], range(40)))
    assert set(found) == {CONTENT}


def test_a_folder_that_others_may_write_is_not_trusted(packed: Path) -> None:
    shared(packed).parent.mkdir(mode=0o777)
    shared(packed).parent.chmod(0o777)
    shared(packed).write_bytes(b"x" * len(CONTENT))
    assert mapped.unpacked(packed, "2026-01") == CONTENT


def test_a_link_instead_of_the_folder_is_not_trusted(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    shared(packed).parent.symlink_to(tmp_path / "elsewhere")
    assert mapped.unpacked(packed, "2026-01") == CONTENT and not list((tmp_path / "elsewhere").iterdir())


def test_without_a_folder_it_is_in_memory(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped.tempfile, "gettempdir", lambda: "/proc")
    assert mapped.unpacked(packed, "2026-01") == CONTENT
