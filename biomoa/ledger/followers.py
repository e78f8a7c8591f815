"""Followers of the ledger: search index, statistics, notices. Each keeps its own position and can be rebuilt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from biomoa.ledger.models import Entry, Head, Position

PAGE = 5_000


class Follower(Protocol):
    """``apply`` may be given the same entries twice (after a crash) and must then change nothing.

    ``position`` and ``apply`` belong together: when ``apply`` returns, the new position is durable with its effect.
    """

    name: str

    def position(self) -> int: ...

    def apply(self, entries: Sequence[Entry]) -> None: ...

    def wipe(self) -> None: ...


def all_followers() -> list[Follower]:
    """The followers that the settings assemble (BIOMOA_FOLLOWERS: dotted names of functions that give one)."""
    return [import_string(path)() for path in settings.BIOMOA_FOLLOWERS]


def follow(follower: Follower) -> int:
    """Applies what the ledger holds by now and the follower has not seen; the number of entries applied.

    What comes meanwhile is for the next time: to follow entries one by one costs a busy station more than they did.
    """
    applied, end = 0, Head.objects.get(id=1).seq
    while (seen := follower.position()) < end:
        page = list(Entry.objects.filter(seq__gt=seen).order_by("seq")[:PAGE])
        follower.apply(page)
        applied += len(page)
    return applied


def rebuild(follower: Follower) -> int:
    """Forgets everything and follows from the first entry."""
    follower.wipe()
    return follow(follower)


def lag(follower: Follower) -> int:
    """Entries the follower has not seen yet."""
    return Head.objects.get(id=1).seq - follower.position()


def stored_position(name: str) -> int:
    """The position of a follower whose effect lives in the station's database."""
    row = Position.objects.filter(follower=name).first()
    return row.seq if row else 0


def store_position(name: str, seq: int) -> None:
    """To be called in the transaction of the effect."""
    Position.objects.update_or_create(follower=name, defaults={"seq": seq})
