"""Reads about notices. The filter is always the reader."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from biomoa.notices.kinds import KIND
from biomoa.notices.models import Mail, Notice, Preference
from biomoa.notices.rules import Told, say
from biomoa.people.rules import Actor, may

PAGE = 20
MOST_COUNTED = 100  # what the header shows is "99+" from there on


class NoticeView(msgspec.Struct, frozen=True):
    """A notice in the reader's language. ``url``: of the thing; ``must_act``: the reader is asked to do something."""

    id: int
    kind: str
    at: datetime
    is_read: bool
    must_act: bool
    what: str
    next: str
    by: str
    quote: str
    url: str


class NoticePage(msgspec.Struct, frozen=True):
    notices: list[NoticeView]
    total: int
    unread: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def own(actor: Actor) -> QuerySet[Notice]:
    """The actor's notices. Raises PermissionDenied for nobody and for a token without the scope."""
    if actor.user_id is None or not may(actor, "read", "notice"):
        raise PermissionDenied("notice")
    return Notice.objects.filter(user_id=actor.user_id)


def list_notices(
    actor: Actor, *, language: str, unread_only: bool = False, page: int = 1, size: int = PAGE
) -> NoticePage:
    """The newest first."""
    mine = own(actor)
    unread = mine.filter(read_at=None)
    found = unread if unread_only else mine
    window = slice((max(1, page) - 1) * size, max(1, page) * size)
    views = [view_of(each, language) for each in found.order_by("-seq", "-pk")[window]]
    return NoticePage(views, found.count(), unread.count(), max(1, page), size)


def view_of(notice: Notice, language: str) -> NoticeView:
    said = say(told_of(notice), language)
    return NoticeView(
        id=notice.pk, kind=notice.kind, at=notice.at, is_read=notice.read_at is not None,
        must_act=KIND[notice.kind].urgency == "act", what=said.what, next=said.next, by=said.by, quote=said.quote,
        url=said.url,
    )  # fmt: skip


def told_of(notice: Notice) -> Told:
    return Told(notice.kind, notice.facts, notice.due)


def count_unread(user_id: int | None) -> int:
    """For the header of every page: one look into a partial index, which ends at ``MOST_COUNTED``."""
    if user_id is None:
        return 0
    return Notice.objects.filter(user_id=user_id, read_at=None)[:MOST_COUNTED].count()


def delivery_of(actor: Actor) -> str:
    kept = Preference.objects.filter(user_id=actor.user_id).first()
    return kept.delivery if kept else "now"


def parked_mails() -> tuple[int, str]:
    """How many mails were given up, and why the latest."""
    parked = Mail.objects.filter(state="failed").order_by("-made_at")
    newest = parked.first()
    return parked.count(), newest.error if newest else ""
