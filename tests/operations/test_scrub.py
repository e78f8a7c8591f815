"""A scrub finds every damage, and repairs from a copy that it has verified."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from biomoa.ledger.models import Entry
from biomoa.operations.models import Care
from biomoa.operations.scrub import scrub
from biomoa.people.rules import NOBODY, system

from .conftest import Operated
from .damages import damage, flip, overwrite
from .objects import fill, make_empty, name, put, the_store

OPERATOR = system("test")


@pytest.fixture
def stored(db: None, tmp_path: Path) -> list[str]:  # noqa: ARG001
    make_empty()
    return fill(240, tmp_path)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hundred_random_damages_are_found_and_repaired(stored: list[str], tmp_path: Path, seed: int) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(the_store().folder, copy)
    victims = damage(stored, 100, random.Random(seed))
    report = scrub(OPERATOR, readers=2)
    assert {each.sha256 for each in report.damages} == victims
    assert (report.is_good, len(report.remaining), len(report.swapped)) == (False, 100, 20)
    mended = scrub(OPERATOR, str(copy))
    assert (mended.is_good, set(mended.repaired)) == (True, victims)
    again = scrub(OPERATOR)
    assert (again.damages, again.objects, again.strays) == ((), len(stored), ())


def test_the_result_is_recorded(stored: list[str]) -> None:
    the_store().path(stored[0]).unlink()
    scrub(OPERATOR)
    row = Care.objects.get(kind="scrub")
    assert (row.is_good, row.summary["damages"]) == (False, [f"missing {stored[0]}"])
    entry = Entry.objects.get(event="scrub:done")
    assert stored[0] in entry.data
    assert entry.actor == "system:test"


def test_a_copy_that_is_damaged_too_repairs_nothing(stored: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(the_store().folder, copy)
    flip(the_store().path(stored[3]), random.Random(1))
    bent = the_store().path(stored[3]).read_bytes()
    overwrite(copy / the_store().path(stored[3]).relative_to(the_store().folder), b"something else")
    the_store().path(stored[4]).unlink()
    (copy / the_store().path(stored[4]).relative_to(the_store().folder)).unlink()
    report = scrub(OPERATOR, str(copy))
    assert set(report.remaining) == {stored[3], stored[4]}
    assert the_store().path(stored[3]).read_bytes() == bent


def test_strays_are_named_and_are_no_damage(stored: list[str], tmp_path: Path) -> None:
    unnamed = put(b"nobody names me", tmp_path)
    (the_store().folder / "notes.txt").write_text("left here")
    moved = the_store().folder / "ff" / stored[0]
    moved.parent.mkdir(exist_ok=True)
    shutil.copyfile(the_store().path(stored[0]), moved)
    report = scrub(OPERATOR)
    assert sorted(report.strays) == sorted([unnamed, "notes.txt", f"ff/{stored[0]}"])
    assert report.is_good


def test_a_row_without_bytes_is_a_damage(stored: list[str]) -> None:
    name("ab" * 32, 5)
    report = scrub(OPERATOR)
    assert [(each.kind, each.sha256) for each in report.damages] == [("missing", "ab" * 32)]
    assert len(stored) + 1 == report.objects


def test_only_administrators_scrub(db: None) -> None:  # noqa: ARG001
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        scrub(NOBODY)
    assert not Care.objects.exists()


def test_from_a_sealed_backup_at_the_command_line(station: Operated, tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert station.run("backup", "--new-key", str(key))[0] == 0
    station.ask("backup", str(tmp_path / "sealed"), "--encrypt-to", str(key))
    one, two, *_ = station.objects()
    one.unlink()
    overwrite(two, two.read_bytes() + b"!")
    answer = station.ask("scrub", "--rate", "50", expected=1)
    assert len(answer["damages"]) == len(answer["remaining"]) == 2
    assert station.run("scrub", "--repair-from", str(tmp_path / "sealed"))[0] == 2
    mended = station.ask("scrub", "--repair-from", str(tmp_path / "sealed"), "--key", str(key))
    assert len(mended["repaired"]) == 2
    assert station.damaged_objects() == []


@pytest.mark.parametrize("step", ["scrub:copy-verified", "scrub:repaired"])
def test_killed_in_a_repair_it_is_repaired_by_the_next(station: Operated, place: Path, step: str) -> None:
    for path in station.objects()[:3]:
        overwrite(path, b"damaged")
    assert station.run("scrub", "--repair-from", str(place), fault=f"{step}:2:kill")[0] == -9
    # Whatever lies there is the old damage or the whole object, never something between.
    left = [path for path in station.objects() if path.name in station.damaged_objects()]
    assert {path.read_bytes() for path in left} == {b"damaged"}
    station.ask("scrub", "--repair-from", str(place))
    assert station.damaged_objects() == []
