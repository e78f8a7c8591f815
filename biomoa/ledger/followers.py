"""Followers of the ledger: search index, statistics, notices. Each keeps its own position and can be rebuilt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string

from biomoa.ledger.models import Entry, Head, Position
from biomoa.ledger.services import record

logger = logging.getLogger(__name__)

PAGE = 5_000
SET_BACK = "ledger:set-back"
HASH_DIGITS = 16


class Mark(msgspec.Struct, frozen=True):
    """An entry that was followed, by number and the beginning of its hash; "" where the hash was not kept."""

    seq: int
    digest: str = ""


class Follower(Protocol):
    """``apply`` may be given the same entries twice (after a crash) and must then change nothing.

    ``position`` and ``apply`` belong together: when ``apply`` returns, the new position is durable with its effect.
    """

    name: str

    def position(self) -> int: ...

    def mark(self) -> Mark: ...

    def apply(self, entries: Sequence[Entry]) -> None: ...

    def wipe(self) -> None: ...


def all_followers() -> list[Follower]:
    """The followers that the settings assemble (BIOMOA_FOLLOWERS: dotted names of functions that give one)."""
    return [import_string(path)() for path in settings.BIOMOA_FOLLOWERS]


def follow(follower: Follower) -> int:
    """Applies what the ledger holds by now and the follower has not seen; the number of entries applied.

    What comes meanwhile is for the next time: to follow entries one by one costs a busy station more than they did.
    """
    if is_astray(follower):
        _begin_anew(follower)
    applied, end = 0, Head.objects.get(id=1).seq
    while (seen := follower.position()) < end:
        page = list(Entry.objects.filter(seq__gt=seen).order_by("seq")[:PAGE])
        follower.apply(page)
        applied += len(page)
    return applied


def is_astray(follower: Follower) -> bool:
    """Whether it followed what this ledger does not hold: an older copy of the database was put in place.

    Its position alone would say so until the ledger has grown past it, and then hide that entries in between were
    never followed. The mark is asked first: what it names was committed before, so it is in the ledger that is read.
    """
    mark, position = follower.mark(), follower.position()
    if mark.seq and not Entry.objects.filter(seq=mark.seq, hash__startswith=mark.digest).exists():
        return True
    return position > Head.objects.get(id=1).seq


def _begin_anew(follower: Follower) -> None:
    """Said in the ledger, too: what was written after the copy was made is lost, and somebody must hear of it."""
    position, head = follower.position(), Head.objects.get(id=1).seq
    logger.error("%s had followed to %s, the ledger ends at %s: an older database?", follower.name, position, head)
    with transaction.atomic():
        record("system:ledger", SET_BACK, "ledger", {"follower": follower.name, "position": position, "head": head})
    follower.wipe()


def set_back_at() -> datetime | None:
    """When a follower last found an older database under it."""
    last = Entry.objects.filter(subject="ledger", event=SET_BACK).order_by("-seq").first()
    return parse_datetime(last.at) if last else None


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
