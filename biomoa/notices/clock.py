"""What the worker's clock strikes in this room."""

from __future__ import annotations

from django.utils import timezone

from biomoa.notices import mailing


def send_mails() -> None:
    """Packs what waits into mails and sends what is due. May run twice, and in several workers at once."""
    now = timezone.now()
    mailing.pack(now)
    mailing.send_due(now)


def forget_mails() -> None:
    mailing.forget_sent(timezone.now())
