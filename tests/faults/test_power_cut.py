"""Power cuts rebuilt from a record of every write, each station started on what was left (goal F2, short form)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cuts import cuts
from tests.faults.driver import compile_shim
from tests.faults.powercut import Change, Disk
from tests.faults.sweep import Sweep
from tests.faults.workflows import WORKFLOWS

CUTS_EACH = 4


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    folder = tmp_path_factory.mktemp("cuts")
    made = Sweep(folder, compile_shim(folder))
    yield made
    made.close()


@pytest.mark.parametrize("workflow", [each.name for each in WORKFLOWS])
def test_after_a_power_cut_everything_acknowledged_is_there(sweep: Sweep, workflow: str) -> None:
    found = list(cuts(sweep, workflow, CUTS_EACH, random.Random(len(workflow))))
    assert found[-1].changes == found[-1].of > 20
    assert [cut for cut in found if cut.faults] == []


def test_an_acknowledged_offset_is_there_after_a_cut_that_keeps_nothing_else(sweep: Sweep) -> None:
    """The name of the part, too, must be durable before the first offset is told."""
    found = list(cuts(sweep, "upload", 12, random.Random(5)))
    assert [cut for cut in found if cut.faults] == []


def _change(kind: str, path: str, other: str = "", data: bytes = b"", offset: int = 0) -> Change:
    return Change(0, kind, path, other, data, offset)


def _left(changes: list[Change], folder: Path) -> dict[str, bytes]:
    """What is surely left: the drawn parts differ, so only what all draws have in common."""
    root, empty = Path("/home"), folder / "empty"
    empty.mkdir(exist_ok=True)
    disk = Disk(empty, root)
    for change in changes:
        disk.do(change)
    left: list[dict[str, bytes]] = []
    for seed in range(40):
        disk.cut(folder / "cut", root, random.Random(seed))
        left.append({path.name: path.read_bytes() for path in (folder / "cut").iterdir() if path.is_file()})
        shutil.rmtree(folder / "cut")
    return {name: text for name, text in left[0].items() if all(each.get(name) == text for each in left)}


def test_the_forgetful_disk_forgets_what_was_not_synced(tmp_path: Path) -> None:
    written = [_change("c", "/home/a"), _change("w", "/home/a", data=b"x" * 2000)]
    synced = [*written, _change("s", "/home/a")]
    named = [*synced, _change("s", "/home")]
    renamed = [*named, _change("r", "/home/a", "/home/b")]
    assert _left(written, tmp_path) == {} == _left(synced, tmp_path)
    assert _left(named, tmp_path) == {"a": b"x" * 2000}
    assert _left(renamed, tmp_path) == {}
    assert _left([*renamed, _change("s", "/home")], tmp_path) == {"b": b"x" * 2000}
    overwritten = [*named, _change("w", "/home/a", data=b"y" * 1000)]
    assert _left(overwritten, tmp_path) == {}
