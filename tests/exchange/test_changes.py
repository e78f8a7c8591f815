"""What another station harvests: all that is public, each once, and afterwards what changed; never what is closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.exchange.changes import Change, ForeignMark, changes_after
from biomoa.ledger import services as ledger
from biomoa.ledger.models import Entry
from biomoa.people.rules import Invalid
from biomoa.records import services_curation, services_redaction, services_release
from biomoa.records.models import Record
from tests.records.conftest import _catalogue, world
from tests.records.world import World, accepted, study

__all__ = ["_catalogue", "world"]
pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=30)


def pages(mark: str = "", size: int = 2) -> Iterator[tuple[Change, ...]]:
    is_last = False
    while not is_last:
        page = changes_after(mark, size)
        mark, is_last = page.mark, page.is_last
        yield page.changes


def harvested(mark: str = "", size: int = 2) -> dict[str, Change]:
    found = [change for page in pages(mark, size) for change in page]
    assert len({change.accession for change in found}) == len(found), "a record came twice"
    return {change.accession: change for change in found}


def end() -> str:
    return changes_after("", 2_000).mark


def test_a_station_without_records_has_nothing(world: World) -> None:  # noqa: ARG001
    assert harvested() == {}
    assert harvested(end()) == {}


def test_what_is_public_comes_once_in_pages_of_any_size(world: World) -> None:
    accepted(world, study(samples=5))
    public = set(Record.objects.filter(state="released").values_list("accession", flat=True))
    assert len(public) == 6
    for size in (1, 2, 3, 6, 7, 100):
        assert set(harvested(size=size)) == public
    assert harvested(end()) == {}


def test_what_is_closed_is_not_told_of_before_its_day(world: World) -> None:
    submission = accepted(world, study(), release_on=SOON)
    assert harvested() == {}
    before = end()
    services_release.release(world.depositor, submission.pk)
    assert len(harvested(before)) == 3


def test_a_draft_that_was_withdrawn_leaves_no_trace(world: World) -> None:
    submission = accepted(world, study(), release_on=SOON)
    accession = Record.objects.get(submission=submission, alias="study-1-S1").accession
    services_release.withdraw_record(world.curator, accession, "The consent was withdrawn.")
    assert harvested() == {}


@pytest.mark.parametrize("kind", ["withdrawn", "suppressed"])
def test_what_leaves_the_public_is_told_without_its_words(world: World, kind: Any) -> None:
    accepted(world, study())
    mark, accession = end(), Record.objects.get(alias="study-1-S1").accession
    services_release.withdraw_record(world.curator, accession, "The consent was withdrawn.", kind=kind)
    assert harvested(mark)[accession] == Change(accession, kind, None)
    assert harvested()[accession].record is None


def test_a_correction_brings_the_record_again(world: World) -> None:
    accepted(world, study())
    mark, accession = end(), Record.objects.get(alias="study-1-S1").accession
    services_curation.curate_record(world.curator, accession, "sex", "male", "As the paper says.")
    (change,) = harvested(mark).values()
    assert change.record is not None and (change.record.version, change.record.values["sex"]) == (2, "male")


def test_what_was_redacted_comes_again_without_the_words(world: World) -> None:
    accepted(world, study())
    mark, record = end(), Record.objects.get(alias="study-1-S1")
    services_redaction.redact(world.curator, record.accession, "sex", "It tells who it is.")
    change = harvested(mark)[record.accession]
    assert change.record is not None and change.record.values["sex"] not in ("", "female", "male")


def test_private_fields_stay(world: World) -> None:
    from biomoa.records.library import library

    accepted(world, study())
    for change in harvested().values():
        assert change.record is not None
        assert not set(change.record.values) & library().form(change.record.form).private_fields


@pytest.mark.parametrize("mark", ["1", "-", "x-0123456789abcdef", "1-0123456789ABCDEF", "1-0123", "١-0123456789abcdef"])
def test_what_is_no_mark_is_told(world: World, mark: str) -> None:  # noqa: ARG001
    with pytest.raises(Invalid) as told:
        changes_after(mark, 10)
    assert told.value.problems[0].field == "after"


def test_a_mark_of_another_ledger_is_told(world: World) -> None:
    """As after a restore from an older backup: what was harvested of the lost days would never be mended."""
    accepted(world, study())
    seq, digest = end().split("-")
    other = re.sub(".", lambda digit: "1" if digit[0] == "0" else "0", digest)
    for mark in (f"{seq}-{other}", f"{int(seq) + 1}-{digest}"):
        with pytest.raises(ForeignMark):
            changes_after(mark, 10)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.integers(1, 5))
def test_a_subject_comes_at_its_last_entry(subjects: list[str], size: int) -> None:
    """The pages of any size name each subject once, in the order in which the ledger told of them last."""
    from django.db import transaction

    from biomoa.exchange import changes

    with transaction.atomic():
        start = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        for subject in subjects:
            ledger.record("system:test", "record:revised", subject)
            ledger.record("system:test", "submission:submitted", subject)
        last = list(dict.fromkeys(reversed(subjects)))[::-1]
        named, after, head = [], start, start + 2 * len(subjects)
        while page := list(changes._last_entries(after, head).values_list("seq", "subject")[:size]):
            named += [subject for _, subject in page]
            after = page[-1][0]
        assert named == last
        transaction.set_rollback(True)
