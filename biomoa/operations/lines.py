"""The status page for everybody: one line a promise, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from biomoa.operations.checkup import FOLLOWER_PATIENCE, PATIENCE, QUEUE_PATIENCE
from biomoa.operations.queries import LastCare, Standing

Look = Literal["success", "warning", "danger", "neutral"]
SIGNS = {"success": "success", "warning": "warning", "danger": "danger", "neutral": "clock"}


class Line(msgspec.Struct, frozen=True):
    """``what`` is promised, how it stands in a ``word`` (a badge of ``look`` with ``sign``), and a sentence."""

    what: str
    look: Look
    word: str
    text: str
    at: datetime | None = None

    @property
    def sign(self) -> str:
        return SIGNS[self.look]


def is_well(now: Standing) -> bool:
    """Whether depositors and readers are served as promised."""
    return all(line.look != "danger" for line in public_lines(now))


def public_lines(now: Standing) -> list[Line]:
    return [_saving(now), *_missed(now), _inspection(now), *_followers(now), *_care_lines(now)]


def _saving(now: Standing) -> Line:
    what = _("Saving and uploading")
    if not now.has_storage:
        text = _("The storage of files cannot be used now; the operators are at it.")
        return Line(what, "danger", _("Stopped"), text)
    if now.room.is_full:
        text = _("There is no room for new files now. What was saved is safe, and uploads go on when there is room.")
        return Line(what, "danger", _("Stopped"), text)
    return Line(what, "success", _("Working"), _("There is room."))


def _missed(now: Standing) -> Iterator[Line]:
    if now.missed:
        text = _("Something was found; the operators are at it.")
        yield Line(_("Downloading"), "danger", _("Attention"), text)


def _inspection(now: Standing) -> Line:
    what, queue = _("Inspection of files"), now.queue
    waited = timedelta(seconds=queue.oldest_seconds or 0)
    waiting = ngettext("%(n)s task waits.", "%(n)s tasks wait.", queue.waiting) % {"n": queue.waiting}
    if queue.workers == 0:
        return Line(what, "danger", _("Stopped"), _("No worker runs now. Files are kept and inspected later."))
    if waited > QUEUE_PATIENCE:
        return Line(what, "warning", _("Slow"), waiting)
    return Line(what, "success", _("Working"), waiting if queue.waiting else _("Nothing waits."))


def _followers(now: Standing) -> Iterator[Line]:
    names = {"search": _("Search"), "notices": _("Notices")}
    for lag in now.lags:
        if lag.is_astray:
            text = _("The database is older than the index, which is made anew. New records may be missing meanwhile.")
            yield Line(names.get(lag.name, lag.name), "danger", _("Attention"), text)
            continue
        is_late = lag.behind and lag.waiting > FOLLOWER_PATIENCE
        text = _("Up to date.") if not lag.behind else _("%(n)s changes are on their way.") % {"n": lag.behind}
        word = _("Behind") if is_late else _("Working")
        yield Line(names.get(lag.name, lag.name), "warning" if is_late else "success", word, text)


def _care_lines(now: Standing) -> Iterator[Line]:
    whats = {
        "backup": (_("Backup"), _("A copy of everything was made.")),
        "scrub": (_("Reading through all stored files"), _("Every stored file was read again and compared.")),
        "drill": (_("Restore drill"), _("The station was restored from its backup and compared.")),
    }
    for kind, (what, done) in whats.items():
        yield _care_line(what, done, kind, now.care.get(kind), now.at)


def _care_line(what: str, done: str, kind: str, last: LastCare | None, now: datetime) -> Line:
    if last is None:
        return Line(what, "neutral", _("Not yet"), _("This has not been done yet."))
    if not last.is_good:
        return Line(what, "danger", _("Attention"), _("Something was found; the operators are at it."), last.ended_at)
    if now - last.ended_at > PATIENCE[kind]:
        return Line(what, "warning", _("Due"), done, last.ended_at)
    return Line(what, "success", _("Good"), done, last.ended_at)
