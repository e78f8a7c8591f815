"""Works, periodic functions and followers are told in words that every administrator reads."""

from __future__ import annotations

from typing import get_args

from django.conf import settings

from biomoa.ledger.followers import all_followers
from biomoa.operations.rules import CareKind
from biomoa.operations.wording import FOLLOWERS, PERIODIC, WORKS, called


def test_everything_that_a_station_does_by_itself_has_a_name() -> None:
    assert set(PERIODIC) == set(settings.BIOMOA_CLOCK)
    assert set(WORKS) == set(get_args(CareKind))
    assert set(FOLLOWERS) == {each.name for each in all_followers()}


def test_what_is_not_known_keeps_its_name() -> None:
    assert (called("scrub", "ko"), called("scrub", "en")) == ("저장 파일 전수 확인", "Scrub")
    assert called("outside.plug.in", "ko") == "outside.plug.in"
