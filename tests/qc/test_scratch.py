"""Temporary folders of processes that were killed: the next process to make one removes them, and no other's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from biomoa.qc.sandbox import Sandbox
from biomoa.qc.scratch import Scratch

PREFIX = "biomoa-tried-"
MAKES_ONE = f"""
from biomoa.qc.scratch import Scratch
made = Scratch({PREFIX!r})
(made.path / "secret.xlsx").write_text("unpublished")
print(made.path, flush=True)
input()
"""
INSPECTS = """
import sys
from pathlib import Path
from biomoa.qc.sandbox import Sandbox
sandbox = Sandbox()
sandbox.inspect(Path(sys.argv[1]), name="good.fastq")
print("inspected", flush=True)
input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this process and of those that it starts."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


@pytest.fixture
def other() -> Iterator[subprocess.Popen[str]]:
    process = _start(MAKES_ONE)
    yield process
    process.kill()
    process.wait()


def _start(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_folder_is_there_until_it_is_removed(temporary: Path) -> None:
    with Scratch(PREFIX) as made:
        assert made.path.parent == temporary
        assert made.path.stat().st_mode & 0o777 == 0o700
        (made.path / "some").write_text("thing")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_folder(other: subprocess.Popen[str], temporary: Path) -> None:
    left = Path(_told(other))
    other.kill()
    other.wait()
    assert left.is_dir()
    with Scratch(PREFIX) as made:
        assert list(temporary.iterdir()) == [made.path]


def test_a_fork_that_ends_leaves_the_folder_to_the_process_that_made_it() -> None:
    code = f"""
import os
from biomoa.qc.scratch import Scratch
made = Scratch({PREFIX!r})
child = os.fork()
if child:
    os.waitpid(child, 0)
    print(made.path.is_dir(), flush=True)
"""
    assert _told(_start(code)) == "True"


def test_the_folder_of_a_living_process_stays(other: subprocess.Popen[str]) -> None:
    used = Path(_told(other))
    with Scratch(PREFIX), Scratch(PREFIX):
        assert (used / "secret.xlsx").read_text() == "unpublished"


def test_only_what_carries_the_name_and_is_a_folder_of_ours_is_removed(temporary: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (temporary / f"{PREFIX}link").symlink_to(outside)
    (temporary / f"{PREFIX}file").write_text("a file")
    (temporary / "another").mkdir()
    Scratch(PREFIX).remove()
    assert sorted(path.name for path in temporary.iterdir()) == ["another", f"{PREFIX}file", f"{PREFIX}link"]
    assert outside.is_dir()


def test_where_nothing_can_be_locked_nothing_is_swept(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(9, "no locks here")

    monkeypatch.setattr("fcntl.flock", refuse)
    one, two = Scratch(PREFIX), Scratch(PREFIX)
    assert one.path.is_dir() and two.path.is_dir()
    one.remove()
    two.remove()
    assert list(temporary.iterdir()) == []


def test_a_killed_inspecting_process_leaves_nothing_for_long(temporary: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.fastq"
    good.write_bytes(b"@r1\nACGT\n+\nIIII\n")
    process = _start(INSPECTS, str(good))
    assert _told(process) == "inspected"
    process.kill()
    process.wait()
    left = set(temporary.iterdir())
    assert left
    Sandbox().inspect(good, name="good.fastq")
    assert not left & set(temporary.iterdir())
