"""Twelve jumps of the clock: no embargo opens early, no token comes back to life, the ledger keeps its order (F5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from biomoa.jobs import timekeeping
from biomoa.jobs.models import ClockMark
from biomoa.jobs.timekeeping import Mark, is_plausible
from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.operations.checkup import check
from biomoa.operations.queries import standing
from biomoa.people.models import Token
from biomoa.people.queries import find_actor_of_token
from biomoa.records.clock import open_due_records
from biomoa.records.models import Record
from tests.records.conftest import _catalogue, world
from tests.records.world import World, accepted, study

__all__ = ["_catalogue", "world"]

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _to(moment: datetime) -> timedelta:
    return moment - START


JUMPS = {
    "an hour back": -timedelta(hours=1),
    "eleven minutes on": timedelta(minutes=11),
    "a day on": DAY,
    "a day back": -DAY,
    "ten years back": -3653 * DAY,
    "ten years on": 3653 * DAY,
    "leap day": _to(datetime(2028, 2, 29, tzinfo=UTC)),
    "before a leap second": _to(datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    "time zone": timedelta(hours=9),
    "daylight saving": timedelta(hours=1),
    "beginning of the epoch": _to(datetime(1970, 1, 1, tzinfo=UTC)),
    "end of 32 bits": _to(datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)),
}


class Clock:
    """The one clock, and the seconds since boot that nobody sets."""

    def __init__(self) -> None:
        self.up, self.shift = 1_000.0, timedelta(0)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.up - 1_000) + self.shift

    def wait(self, seconds: float) -> None:
        self.up += seconds
        timekeeping.beat()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Clock]:  # noqa: ARG001
    made = Clock()
    monkeypatch.setattr(timezone, "now", made.now)
    monkeypatch.setattr(timekeeping, "_up_seconds", lambda: made.up)
    timekeeping.beat()
    yield made


def _token(world: World, expires_at: datetime) -> str:
    secret = f"bmo_{expires_at.timestamp()}"
    Token.objects.create(
        user_id=world.depositor.user_id, name="t", prefix=secret[:12], scopes=["read"], expires_at=expires_at,
        digest=hashlib.sha256(secret.encode()).hexdigest(),
    )  # fmt: skip
    return secret


@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_jumps_opens_nothing_and_revives_nothing(jump: str, clock: Clock, world: World) -> None:
    old, good = _token(world, START + timedelta(seconds=30)), _token(world, START + 30 * DAY)
    accepted(world, study(), release_on=(START + DAY).date())
    clock.wait(60)
    assert find_actor_of_token(old) is None and find_actor_of_token(good)
    clock.shift = JUMPS[jump]
    clock.wait(60)
    open_due_records()
    accepted(world, study(1, "study-2"), release_on=(clock.now() + 5 * DAY).date())
    open_due_records()
    assert not Record.objects.filter(state="released").exists()
    assert find_actor_of_token(old) is None
    assert ClockMark.objects.filter(name="doubted").exists()
    clock.shift = timedelta(0)
    clock.wait(60)
    assert find_actor_of_token(old) is None and find_actor_of_token(good)
    numbers = list(Entry.objects.order_by("pk").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert list(verify()) == []
    assert not ClockMark.objects.filter(name="doubted").exists()


def test_a_day_that_comes_opens(clock: Clock, world: World) -> None:
    accepted(world, study(), release_on=(START + DAY).date())
    for _ in range(25):
        clock.wait(3600)
    open_due_records()
    assert Record.objects.filter(state="released").count() == 3


def test_a_new_time_that_stays_for_a_day_is_believed(clock: Clock) -> None:
    clock.shift = timedelta(hours=2)
    for _ in range(24):
        clock.wait(3600)
        assert not timekeeping.is_sound()
    clock.wait(3600)
    assert timekeeping.is_sound()


def test_a_doubted_clock_is_told_with_both_times(clock: Clock, world: World) -> None:
    accepted(world, study(), release_on=(START + 10 * DAY).date())
    clock.shift = 400 * DAY
    clock.wait(60)
    (found,) = [each for each in check(standing()) if each.code.startswith("clock-")]
    assert (found.code, found.severity) == ("clock-doubted", "error")
    for text in (found.message.ko, found.message.en):
        assert "2027-12-28 12:01 KST" in text and "2026-11-23 12:01 KST" in text
    clock.shift = timedelta(0)
    clock.wait(60)
    assert {each.code for each in check(standing())} >= {"clock-good"}


def test_the_operator_confirms_a_clock(clock: Clock, world: World) -> None:
    accepted(world, study(), release_on=(START + 10 * DAY).date())
    assert not timekeeping.confirm(), "nothing to confirm"
    clock.shift = 400 * DAY
    clock.wait(60)
    open_due_records()
    assert not Record.objects.filter(state="released").exists()
    assert timekeeping.confirm() and timekeeping.is_sound()
    assert Entry.objects.get(event="clock:confirmed").actor == "system:operator"
    open_due_records()
    assert Record.objects.filter(state="released").count() == 3


@pytest.mark.parametrize(
    ("now", "is_right"),
    [(START + DAY, True), (START - timedelta(minutes=5), True), (START - timedelta(hours=1), False),
     (START + 30 * DAY, True), (START + 32 * DAY, False)],
)  # fmt: skip
def test_after_a_restart_of_the_machine_time_only_goes_on(now: datetime, is_right: bool) -> None:
    assert is_plausible(now, 5.0, "new boot", Mark(START, 1e6, "old boot")) is is_right
