"""Periodic functions: ``settings.BIOMOA_CLOCK`` = {dotted name: seconds}; each is called without arguments.

However many workers run, each stroke is struck by one of them: who moves ``due_at`` runs the function.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from traceback import format_exception

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from biomoa.jobs.models import Strike
from biomoa.jobs.steps import step

logger = logging.getLogger(__name__)

CLOCK_SETTING = "BIOMOA_CLOCK"


def periodic_functions() -> dict[str, float]:
    """Dotted name -> seconds between two runs."""
    return dict(getattr(settings, CLOCK_SETTING, {}))


def strike(name: str, seconds: float, now: datetime | None = None) -> bool:
    """Runs the function if it is due and nobody else took it; whether it ran. Its errors are kept and shown."""
    now = now or timezone.now()
    if not _take(name, seconds, now):
        return False
    step(f"clock:{name}")
    error = ""
    try:
        import_string(name)()
    except Exception as raised:  # an error of one function must not stop the clock
        logger.exception("periodic function %s failed", name)
        error = "".join(format_exception(raised))
    Strike.objects.filter(pk=name).update(ended_at=timezone.now(), error=error)
    return True


def _take(name: str, seconds: float, now: datetime) -> bool:
    row = Strike.objects.filter(pk=name).only("due_at").first()
    if row is None:
        row, _ = Strike.objects.get_or_create(pk=name, defaults={"due_at": now})
    # A clock that was set back far must not silence the function until it has caught up.
    too_late = now + timedelta(seconds=2 * seconds)
    if now < row.due_at <= too_late:
        return False
    following = now + timedelta(seconds=seconds)
    return bool(Strike.objects.filter(pk=name, due_at=row.due_at).update(due_at=following))
