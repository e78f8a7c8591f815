"""Writing down what was done for the station's well-being: a row and a ledger entry, together."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from biomoa.ledger.services import record
from biomoa.operations.models import Care
from biomoa.operations.rules import CareKind
from biomoa.people.rules import Actor, may

SUBJECT = "STATION"
EVENTS: Mapping[CareKind, str] = {
    "backup": "backup:made",
    "drill": "restore-drill:held",
    "scrub": "scrub:done",
    "tidy": "tidying:done",
}
LOCK_FILE = "care.lock"


class Busy(Exception):
    """Another work of care is under way on this host."""


def check_may_operate(actor: Actor) -> None:
    """Raises PermissionDenied."""
    if not may(actor, "operate", "station"):
        raise PermissionDenied


def note(actor: Actor, kind: CareKind, started_at: datetime, is_good: bool, summary: Mapping[str, Any]) -> Care:
    """Records a finished work. A restore has no entry: the ledger that came back is the one that was saved."""
    with transaction.atomic():
        row = Care.objects.create(
            kind=kind, started_at=started_at, ended_at=timezone.now(), is_good=is_good, summary=dict(summary)
        )
        if kind in EVENTS:
            record(actor.label, EVENTS[kind], SUBJECT, {"is_good": is_good, **summary})
    return row


@contextmanager
def alone() -> Iterator[None]:
    """Backup, scrub with repair and tidying wait for nobody and disturb nobody. Raises Busy."""
    handle = os.open(settings.BIOMOA_HOME.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Busy("a backup, scrub or tidying is under way at this station") from error
    finally:
        os.close(handle)
