"""Notices follow the ledger. What was told once stays told: a rebuild adds what is missing and sends nothing again."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from django.db import transaction

from biomoa.jobs.steps import step
from biomoa.ledger.followers import Mark, store_position, stored_position
from biomoa.ledger.models import Entry, Position
from biomoa.notices.forgetting import forget
from biomoa.notices.happenings import happenings, moment
from biomoa.notices.kinds import EVENTS, kinds_of
from biomoa.notices.models import Notice
from biomoa.notices.readers import readers
from biomoa.notices.rules import topic_of

logger = logging.getLogger(__name__)

REDACTED = "record:redacted"
TOLD = "notices-told"  # the farthest entry that was ever followed; it is not moved back by a rebuild


class NoticeFollower:
    """One notice a person and topic, the position in the same transaction.

    A rebuild goes through the ledger again and adds the notices that are not there, as read and without a mail:
    they are old news. It deletes none, so read marks and mails under way stay as they are.
    """

    name = "notices"

    def position(self) -> int:
        return stored_position(self.name)

    def mark(self) -> Mark:
        return Mark(0)  # its position lies in the ledger's own database: both are put back together

    def apply(self, entries: Sequence[Entry]) -> None:
        with transaction.atomic():
            told = _lock(TOLD)  # two hosts may follow: one after the other, each from where the other came to
            made = [each for entry in entries if entry.event in EVENTS for each in _readable(entry, entry.seq > told)]
            Notice.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
            for entry in entries:
                if entry.event == REDACTED:
                    forget(entry.subject)
            last = entries[-1].seq
            store_position(self.name, max(last, self.position()))
            store_position(TOLD, max(last, told))
            step("notices:written")
        step("notices:committed")

    def wipe(self) -> None:
        store_position(self.name, 0)


def follower() -> NoticeFollower:
    return NoticeFollower()


def _lock(name: str) -> int:
    Position.objects.get_or_create(follower=name)
    return Position.objects.select_for_update().get(follower=name).seq


def _readable(entry: Entry, is_news: bool) -> list[Notice]:
    """An entry whose data are not what they should be is logged and passed over: it must not silence all after it."""
    try:
        return list(_notices(entry, is_news))
    except (KeyError, ValueError, TypeError, AttributeError):
        logger.exception("no notice can be made of entry %s (%s)", entry.seq, entry.event)
        return []


def _notices(entry: Entry, is_news: bool) -> Iterator[Notice]:
    at, heard = moment(entry), set[tuple[int, str]]()
    for happening in happenings(entry):
        for kind in kinds_of(entry.event):
            topic = topic_of(kind, entry.seq, happening.subject, entry.at)
            for user in readers(kind, happening, entry.actor, at):
                if (user, topic) in heard:
                    continue
                heard.add((user, topic))
                yield Notice(
                    user_id=user, seq=entry.seq, topic=topic, kind=kind.name, facts=happening.facts, due=happening.due,
                    at=at, read_at=None if is_news else at, wants_mail=is_news and kind.by_mail,
                )  # fmt: skip
