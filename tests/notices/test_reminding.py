"""The reminder before an opening: thirty and seven days before, once each, with the way on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.jobs import timekeeping
from biomoa.ledger.models import Entry
from biomoa.notices.models import Notice
from biomoa.people.rules import Actor
from biomoa.records import clock, rules_reminders, services_release
from biomoa.records.models import Submission
from biomoa.records.reminding import remind_of_openings
from tests.records.world import World, accepted, study

pytestmark = pytest.mark.usefixtures("at_noon")
Heard = Callable[[Actor], list[str]]
DAY = date(2027, 6, 1)


def days_before(day: date, days: int) -> datetime:
    return timezone.make_aware(datetime.combine(day - timedelta(days=days), time(9)))


@settings(deadline=None)
@given(left=st.integers(-10, 400), held=st.integers(0, 1500))
def test_the_nearest_mark_and_none_that_lay_before_acceptance(left: int, held: int) -> None:
    opens_on = DAY + timedelta(days=left)
    found = rules_reminders.reminder_due(opens_on, DAY, opens_on - timedelta(days=held))
    nearest = None if left <= 0 or left > 30 else 7 if left <= 7 else 30
    assert found == (nearest if nearest is not None and held > nearest else None)


def test_the_way_on() -> None:
    limit, last = date(2028, 1, 1), date(2030, 1, 1)
    assert "2028-01-01" in rules_reminders.way_to_wait(DAY, limit, last).ko
    by_request = rules_reminders.way_to_wait(limit, limit, last)
    assert "2030-01-01" in by_request.ko and "2028-01-01" not in by_request.ko
    assert "cannot" in rules_reminders.way_to_wait(last, limit, last).en


@pytest.fixture
def closed(world: World) -> Submission:
    return accepted(world, study(), release_on=timezone.localdate() + timedelta(days=100))


@pytest.mark.django_db
def test_thirty_and_seven_days_before_and_never_twice(world: World, closed: Submission, heard: Heard) -> None:
    opens_on = closed.release_on
    assert opens_on is not None
    told = [bool(remind_of_openings(days_before(opens_on, days))) for days in (31, 30, 30, 20, 8, 7, 7, 1, 0)]
    assert told == [False, True, False, False, False, True, False, False, False]
    kinds = heard(world.depositor)
    assert kinds.count("embargo-ends") == heard(world.manager).count("embargo-ends") == 2
    notice = Notice.objects.filter(user_id=world.depositor.user_id, kind="embargo-ends").latest("seq")
    limit, last = services_release.embargo_limits(closed)
    assert notice.due == opens_on and notice.facts["days"] == "7"
    assert f"{limit}까지 직접" in notice.facts["way"]["ko"] and str(last) in notice.facts["way"]["en"]
    entry = Entry.objects.filter(event="embargo:reminded").earliest("seq")
    assert (entry.actor, json.loads(entry.data)["days"]) == ("system:clock", 30)


@pytest.mark.django_db
def test_a_later_day_is_reminded_of_anew_and_a_missed_mark_is_not_made_up_for(world: World, closed: Submission) -> None:
    assert closed.release_on is not None
    assert remind_of_openings(days_before(closed.release_on, 3)) == [closed.code]
    assert remind_of_openings(days_before(closed.release_on, 3)) == []
    later = closed.release_on + timedelta(days=200)
    services_release.set_release_date(world.depositor, closed.pk, later)
    assert remind_of_openings(days_before(closed.release_on, 3)) == []
    assert remind_of_openings(days_before(later, 30)) == [closed.code]


@pytest.mark.django_db
def test_neither_what_was_accepted_just_now_nor_what_is_open(world: World, closed: Submission) -> None:
    accepted(world, study(alias="soon"), release_on=timezone.localdate() + timedelta(days=5))
    assert remind_of_openings(timezone.now()) == []
    assert closed.release_on is not None
    services_release.release(world.depositor, closed.pk)
    assert remind_of_openings(days_before(closed.release_on, 7)) == []
    clock.remind_of_openings()
    assert not Entry.objects.filter(event="embargo:reminded").exists()


@pytest.mark.django_db
def test_a_clock_that_jumped_reminds_nobody(closed: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    assert closed.release_on is not None
    monkeypatch.setattr("biomoa.records.reminding.is_sound", lambda _now: False)
    assert remind_of_openings(days_before(closed.release_on, 7)) == []
    monkeypatch.setattr("biomoa.records.reminding.is_sound", timekeeping.is_sound)
    assert remind_of_openings(days_before(closed.release_on, 7)) == [closed.code]
