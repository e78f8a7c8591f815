"""Commands that may be sent twice: what was answered is kept for a week, in the transaction of what was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from biomoa.jobs.models import Answer
from biomoa.jobs.steps import step

KEPT = timedelta(days=7)
MOST_BYTES = 4 * 1024**2


class Said(msgspec.Struct, frozen=True):
    """An answer as it goes out."""

    status: int
    content_type: str
    body: bytes


class KeyReused(Exception):
    """The same key came with another command."""


def answer_once(actor: str, key: str, fingerprint: str, work: Callable[[], Said]) -> Said:
    """Does the work and keeps its answer, both or neither; when the key was answered, that answer.

    Only what succeeded (2xx) is kept: what was refused changed nothing and may be asked again. A second call that
    comes while the first runs waits for it. Raises KeyReused.
    """
    with transaction.atomic():
        if before := _begin(actor, key, fingerprint):
            return before
        said = work()
        mine = Answer.objects.filter(actor=actor, key=key)
        if 200 <= said.status < 300 and len(said.body) <= MOST_BYTES:
            mine.update(status=said.status, content_type=said.content_type, body=said.body)
        elif said.status >= 500:
            transaction.set_rollback(True)
        else:
            mine.delete()
        step("answer:kept")
    step("answer:committed")
    return said


def _begin(actor: str, key: str, fingerprint: str) -> Said | None:
    """None when the key is new and now ours: the unique row makes others wait until our transaction ends."""
    try:
        with transaction.atomic():
            Answer.objects.create(actor=actor, key=key, fingerprint=fingerprint, made_at=timezone.now())
    except IntegrityError:
        found = Answer.objects.get(actor=actor, key=key)
        if found.fingerprint != fingerprint:
            raise KeyReused(key) from None
        return Said(found.status, found.content_type, bytes(found.body))
    return None


def forget_answers() -> int:
    """Clock job: answers older than a week; how many."""
    return Answer.objects.filter(made_at__lt=timezone.now() - KEPT).delete()[0]
