"""Released records leave as a package and come in again: from the station's own rows and stored bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from biomoa.exchange.packages.contents import check_package
from biomoa.exchange.services_packages import Damaged, take_in, write_package
from biomoa.files.queries import files_of_shelf
from biomoa.files.storage import store
from biomoa.records.models import Row, Submission
from biomoa.records.refusals import NotFound
from tests.records.test_release import in_days
from tests.records.world import World, accept, accepted, draft, lay_file, reads, study


def with_bytes(world: World, folder: Path) -> Submission:
    """An accepted and released study whose file is really in the store."""
    submission = draft(world, reads())
    file = lay_file(submission, "study-1.fastq")
    path = folder / "bytes"
    path.write_bytes(b"@r\nA\n+\nI\n")
    store().put(path, file.object_id)
    accept(world, submission)
    submission.refresh_from_db()
    return submission


@pytest.mark.parametrize("kind", ["bagit", "ocfl"])
def test_what_was_released_comes_in_again(world: World, tmp_path: Path, kind: str) -> None:
    made = with_bytes(world, tmp_path)
    place = write_package("KAP000001", kind, tmp_path)
    assert check_package(place) == (kind, [])
    receipt = take_in(world.depositor, world.group.pk, place)
    draft = Submission.objects.get(pk=int(receipt.submission[3:]))
    assert draft.pk != made.pk and draft.state == "draft"
    told = [list(Row.objects.filter(submission=each).order_by("form", "position").values_list("form", "alias"))
            for each in (made, draft)]  # fmt: skip
    assert told[0] == told[1]
    shelves = [[(file.name, file.object_id) for file in files_of_shelf(each.shelf_id)] for each in (made, draft)]
    assert shelves[0] == shelves[1] != []
    assert take_in(world.depositor, world.group.pk, place).submission == receipt.submission
    assert Submission.objects.count() == 2


def test_what_is_not_released_is_in_no_package(world: World, tmp_path: Path) -> None:
    accepted(world, study(1), release_on=in_days(30))
    with pytest.raises(NotFound):
        write_package("KAP000001", "bagit", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_package_makes_no_draft(world: World, tmp_path: Path) -> None:
    with_bytes(world, tmp_path)
    place = write_package("KAP000001", "ocfl", tmp_path)
    next(path for path in place.rglob("*.fastq*") if path.is_file()).write_bytes(b"x")
    with pytest.raises(Damaged, match="E092"):
        take_in(world.depositor, world.group.pk, place)
    assert Submission.objects.count() == 1
