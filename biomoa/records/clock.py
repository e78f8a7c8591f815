"""What the worker's clock strikes in this room."""

from __future__ import annotations

from django.utils import timezone

from biomoa.records import reminding
from biomoa.records.services_release import open_due


def open_due_records() -> None:
    """Opens every record whose day has come. May run twice, and any number of times a day."""
    open_due(timezone.now())


def remind_of_openings() -> None:
    """Tells groups that what they have closed will open soon. May run any number of times a day."""
    reminding.remind_of_openings(timezone.now())
