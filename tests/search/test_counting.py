"""What was taken out of the public counts no more at once, whether or not a worker comes by."""

from __future__ import annotations

from typing import Any

import pytest

from biomoa.ledger.followers import follow
from biomoa.ledger.models import Entry
from biomoa.ledger.services import record
from biomoa.records.models import Record, Submission
from biomoa.records.queries_now import departed_since
from biomoa.search import services, today
from biomoa.search.followers import follower
from tests.search.test_follower import project, submission, tell  # noqa: F401
from tests.site.conftest import demonstration  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def _made(submission: Submission, count: int = 25) -> None:  # noqa: F811
    for number in range(1, count + 1):
        project(submission, number, f"과제 {number}", days=number)
    tell("record:released", *(f"KAP{number:06d}" for number in range(1, count + 1)))


def _take_back(state: str, *numbers: int) -> None:
    for number in numbers:
        Record.objects.filter(accession=f"KAP{number:06d}").update(state=state)
        record("system:test", f"record:{state}", f"KAP{number:06d}", {})


def _counts(**asked: Any) -> dict[str, int]:
    facets = today.search("과제", **asked).facets
    return {facet.name: sum(value.count for value in facet.values) for facet in facets}


@pytest.mark.parametrize("state", ["withdrawn", "suppressed"])
def test_what_was_taken_back_counts_no_more_before_the_index_follows(
    submission: Submission,  # noqa: F811
    state: str,
) -> None:
    _made(submission)
    assert today.search("과제").total == 25
    _take_back(state, 3, 4, 25)
    told = today.search("과제", size=10, sort="accession")
    assert (told.total, told.pages, len(told.results)) == (22, 3, 10)
    assert [hit.accession for hit in told.results][:4] == ["KAP000001", "KAP000002", "KAP000005", "KAP000006"]
    assert set(_counts().values()) == {22}
    assert set(_counts(filters={"center": ["KOBIC"]}).values()) == {22}
    follow(follower())
    assert today.search("과제", size=10, sort="accession") == told


def test_nothing_is_left_out_once_the_index_has_followed(submission: Submission) -> None:  # noqa: F811
    _made(submission, 3)
    _take_back("withdrawn", 1)
    assert departed_since(services.followed() or 0) == {"KAP000001"}
    follow(follower())
    assert departed_since(services.followed() or 0) == frozenset()
    record("system:test", "rows:saved", "SUB00000001", {})
    follow(follower())
    assert services.followed() == Entry.objects.count(), "entries of drafts move the position without a commit"
    _take_back("withdrawn", 2)
    assert today.search().total == 1


def test_what_is_public_again_counts(submission: Submission) -> None:  # noqa: F811
    _made(submission, 3)
    _take_back("suppressed", 1)
    Record.objects.update(state="released")
    assert today.search().total == 3


def test_without_an_index_nothing_is_asked() -> None:
    assert services.followed() is None and today.search().total == 0
