"""The numbers of the home page, computed from the station."""

from __future__ import annotations

import time
from datetime import datetime

import msgspec
from django.db.models import Count, Sum
from django.utils import timezone

from biomoa.files.models import StoredFile
from biomoa.forms.library import Library
from biomoa.records.library import library
from biomoa.records.queries import counts
from biomoa.records.rules import ordered_forms
from biomoa.search.services import released_between

KEPT_SECONDS = 30.0
MONTHS = 12


class FormCount(msgspec.Struct, frozen=True):
    form: str
    record_type: str
    public: int


class Numbers(msgspec.Struct, frozen=True):
    """``months``: first day of the month, records released in it."""

    forms: list[FormCount]
    files: int
    size_bytes: int
    months: list[tuple[datetime, int]]


_kept: dict[str, tuple[float, Library, Numbers]] = {}


def numbers() -> Numbers:
    """Public records by form, public files, releases of the last twelve months; at most half a minute old.

    A catalogue that is read anew (in tests) has numbers of its own: it may have other forms.
    """
    forms = library()
    if kept := _kept.get("numbers"):
        made_at, counted, told = kept
        if counted is forms and time.monotonic() - made_at < KEPT_SECONDS:
            return told
    fresh = count_numbers(timezone.localtime())
    _kept["numbers"] = (time.monotonic(), forms, fresh)
    return fresh


def count_numbers(now: datetime) -> Numbers:
    public = counts().public
    files = StoredFile.objects.filter(is_public=True).aggregate(files=Count("id"), size=Sum("object__size_bytes"))
    forms = dict(library().forms)
    starts = month_starts(now, MONTHS)
    return Numbers(
        forms=[FormCount(name, forms[name].record_type, public.get(name, 0)) for name in ordered_forms(forms)],
        files=files["files"],
        size_bytes=files["size"] or 0,
        months=list(zip(starts[:-1], released_between(starts), strict=True)),
    )


def month_starts(now: datetime, months: int) -> list[datetime]:
    """The beginnings of the last ``months`` months, this one included, and of the next."""
    first = now.year * 12 + now.month - months
    days = [divmod(month, 12) for month in range(first, first + months + 1)]
    return [datetime(year, month + 1, 1, tzinfo=now.tzinfo) for year, month in days]
