"""The home page: what can I do here, what is here, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from biomoa.forms.model import Form
from biomoa.records.library import catalogue, library
from biomoa.search import today
from biomoa.site.queries import numbers

NEWEST = 5
EXAMPLES = 3
WIDTH, HEIGHT, BASE, TOP = 960, 240, 204, 28  # of the drawing's own units


class Bar(msgspec.Struct, frozen=True):
    label: str
    value: int
    x: int
    y: int
    width: int
    height: int
    middle: int
    number_y: int


class Chart(msgspec.Struct, frozen=True):
    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE
    label_y: int = BASE + 24


def is_root(form: Form) -> bool:
    """A form whose records belong to no record of another form: a project."""
    return all(form.field(parent).to == form.form for parent in form.parents)


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", home_context(get_language() or "ko"))


def home_context(language: str) -> dict[str, Any]:
    """What ``site/home.html`` shows; all of it computed from this station."""
    shown = numbers()
    labels = {kind: series.label.in_(language) for kind, series in catalogue().accessions.items()}
    roots = [form.record_type for form in library().forms.values() if is_root(form)]
    newest = today.search(types=roots, sort="newest", size=NEWEST, language=language)
    return {
        "numbers": shown,
        "counted": [
            (labels[each.record_type], each.public, f"/search/?type={each.record_type}") for each in shown.forms
        ],
        "chart": bars(shown.months),
        "newest": [
            msgspec.structs.asdict(hit) | {"type_label": labels.get(hit.type, hit.type)} for hit in newest.results
        ],
        "examples": list(dict.fromkeys(hit.organism for hit in newest.results if hit.organism))[:EXAMPLES],
        "now": timezone.localtime(),
    }


def bars(months: Sequence[tuple[datetime, int]]) -> Chart:
    """Columns of whole drawing units; the highest fills the drawing."""
    most = max([1, *(value for _, value in months)])
    step = WIDTH // max(1, len(months))
    width = step * 6 // 10
    return Chart([_bar(place, step, width, first, value, most) for place, (first, value) in enumerate(months)])


def _bar(place: int, step: int, width: int, first: datetime, value: int, most: int) -> Bar:
    height = -(-value * (BASE - TOP) // most)
    middle = place * step + step // 2
    return Bar(f"{first:%y.%m}", value, middle - width // 2, BASE - height, width, height, middle, BASE - height - 8)
