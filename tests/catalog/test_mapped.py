"""Tables that processes share: mapped when that is safe, in memory when it is not, the same bytes always."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard

from biomoa.catalog import mapped

CONTENT = b"Homo sapiens\nPanax ginseng\n" * 1_000
WEEKS = 15 * 86_400


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "names.zstd"
    path.write_bytes(zstandard.compress(CONTENT))
    return path


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch, packed: Path) -> Path:
    """The shared file; no other place is tried."""
    folder = packed.parent / "cache" / "biomoa" / "tables"
    monkeypatch.setattr(mapped, "_folders", lambda: iter([folder]))
    return folder / "names-2026-01"


def test_it_is_unpacked_once_and_mapped(packed: Path, only: Path) -> None:
    first = mapped.unpacked(packed, "2026-01")
    made = only.stat()
    second = mapped.unpacked(packed, "2026-01")
    assert isinstance(first, mmap.mmap) and first[:] == second[:] == CONTENT
    assert only.stat().st_ino == made.st_ino and made.st_mode & 0o777 == 0o600
    assert list(only.parent.iterdir()) == [only]


@pytest.mark.parametrize(
    "damaged",
    [CONTENT[:100], b"", b"abc", CONTENT, b"X" + CONTENT[1:] + b"\0\0\0\0"],
    ids=["cut", "empty", "tiny", "without its sum", "another byte"],
)
def test_what_is_damaged_is_unpacked_again(packed: Path, only: Path, damaged: bytes) -> None:
    mapped.unpacked(packed, "2026-01")
    only.write_bytes(damaged)
    found = mapped.unpacked(packed, "2026-01")
    assert isinstance(found, mmap.mmap) and found[:] == CONTENT


def test_many_at_once_get_the_whole(packed: Path, only: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: mapped.unpacked(packed, "2026-01")[:], range(40)))
    assert set(found) == {CONTENT} and list(only.parent.iterdir()) == [only]


def test_a_folder_that_others_may_write_is_not_trusted(packed: Path, only: Path) -> None:
    planted = mapped.unpacked(packed, "2026-01")
    assert isinstance(planted, mmap.mmap)
    only.parent.chmod(0o777)
    assert mapped.unpacked(packed, "2026-01") == CONTENT  # bytes, not the file


@pytest.mark.usefixtures("only")
def test_a_folder_of_another_account_is_not_trusted(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapped.unpacked(packed, "2026-01")
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    assert mapped.unpacked(packed, "2026-01") == CONTENT


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_gives_way(packed: Path, only: Path, mode: int) -> None:
    mapped.unpacked(packed, "2026-01")
    only.chmod(mode)
    found = mapped.unpacked(packed, "2026-01")
    assert found[:] == CONTENT and only.stat().st_mode & 0o777 == 0o600


def test_links_are_not_followed(packed: Path, only: Path, tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir(mode=0o700)
    only.parent.parent.mkdir(parents=True)
    only.parent.symlink_to(elsewhere)
    assert mapped.unpacked(packed, "2026-01") == CONTENT and not list(elsewhere.iterdir())
    only.parent.unlink()
    mapped.unpacked(packed, "2026-01")
    only.rename(elsewhere / "names")
    only.symlink_to(elsewhere / "names")
    assert mapped.unpacked(packed, "2026-01") == CONTENT


def test_a_pipe_in_its_place_is_not_waited_for(packed: Path, only: Path) -> None:
    only.parent.mkdir(parents=True, mode=0o700)
    os.mkfifo(only)
    assert mapped.unpacked(packed, "2026-01")[:] == CONTENT


def test_old_editions_and_what_a_crash_left_are_cleared(packed: Path, only: Path) -> None:
    mapped.unpacked(packed, "2025-07")
    mapped.unpacked(packed, "2025-12")
    left = [only.with_name("names-2025-07"), only.with_name("names-2026-01.x1y2")]
    left[1].write_bytes(b"half")
    for path in left:
        os.utime(path, (time.time() - WEEKS,) * 2)
    mapped.unpacked(packed, "2026-01")
    assert sorted(path.name for path in only.parent.iterdir()) == ["names-2025-12", "names-2026-01"]
    os.utime(only, (time.time() - WEEKS,) * 2)
    mapped.unpacked(packed, "2026-01")
    assert only.stat().st_mtime > time.time() - 60, "what is in use looks used"


@pytest.mark.parametrize("cache", ["", "relative", "/proc/none"])
def test_without_a_cache_of_its_own_it_lies_in_var_tmp(
    packed: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", cache)
    monkeypatch.delenv("HOME", raising=False)
    assert [str(path) for path in mapped._folders()][-1] == f"/var/tmp/biomoa-tables-{os.geteuid()}"
    assert mapped.unpacked(packed, "2026-01")[:] == CONTENT
    Path(f"/var/tmp/biomoa-tables-{os.geteuid()}/names-2026-01").unlink(missing_ok=True)


def test_without_any_folder_it_is_in_memory(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "_folders", lambda: iter([Path("/proc/none"), Path("/sys/none")]))
    assert mapped.unpacked(packed, "2026-01") == CONTENT


def test_a_file_that_cannot_be_written_whole_is_not_left(packed: Path, only: Path) -> None:
    """As on a full disk, and as in the child that inspects files, which may write little."""
    code = (
        "import resource, sys; from pathlib import Path; from biomoa.catalog.mapped import unpacked;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); found = unpacked(Path(sys.argv[1]), '2026-01');"
        "print(type(found).__name__, len(found))"
    )
    said = subprocess.run([sys.executable, "-c", code, str(packed)], capture_output=True, text=True, check=True).stdout
    assert said == f"bytes {len(CONTENT)}\n" and not list(only.parent.iterdir())
