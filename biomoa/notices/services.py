"""What a reader does with notices: reading them, choosing how they come. Always one's own."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from biomoa.ledger.services import record
from biomoa.notices.models import Notice, Preference
from biomoa.notices.queries import own
from biomoa.notices.rules import DELIVERIES
from biomoa.people.rules import Actor, may


def mark_read(actor: Actor, keys: Collection[int] | None = None) -> int:
    """Marks the actor's notices with these keys as read, None: all; how many were unread. Others' are passed over.

    No entry in the ledger: what a person has read is nobody else's matter.
    """
    _allow(actor, may(actor, "mark", "notice"))
    found = own(actor).filter(read_at=None)
    if keys is not None:
        found = found.filter(pk__in=list(keys))
    return found.update(read_at=timezone.now())


def open_notice(actor: Actor, key: int) -> Notice:
    """A notice of the actor, read from now on. Raises Notice.DoesNotExist."""
    found = own(actor).get(pk=key)
    if found.read_at is None:
        mark_read(actor, [key])
    return found


def set_delivery(actor: Actor, delivery: str) -> Preference:
    """How mails come from now on. Only a session chooses: a program must not silence its owner. Raises ValueError."""
    _allow(actor, may(actor, "change", "notice") and actor.scopes is None)
    if delivery not in DELIVERIES:
        raise ValueError(delivery)
    with transaction.atomic():
        kept, _ = Preference.objects.select_for_update().get_or_create(user_id=actor.user_id)
        if kept.delivery != delivery:
            kept.delivery = delivery
            kept.save(update_fields=["delivery"])
            record(actor.label, "person:notices-chosen", f"USER{actor.user_id}", {"delivery": delivery})
    return kept


def _allow(actor: Actor, allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(actor.label)
