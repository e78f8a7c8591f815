"""The search page: one address for people (HTML) and, by Accept, for programs (JSON)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from biomoa.people.edge import plain
from biomoa.records.library import catalogue, library
from biomoa.search import services, today
from biomoa.search.answers import Facet, Results

SIZES = (20, 50, 100)
OPEN_FACETS = 4  # the rest is folded: a panel of twenty lists hides what is looked for


class Tab(msgspec.Struct, frozen=True):
    label: str
    url: str
    count: int
    is_current: bool


class Choice(msgspec.Struct, frozen=True):
    """A chosen filter, and the address without it."""

    key: str
    label: str
    url: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Parameters: ``q``, ``type``, ``filter`` (``field:value``, many), ``sort``, ``page``, ``size``."""
    asked = request.GET
    filters = chosen_filters(asked.getlist("filter"))
    results = today.search(
        asked.get("q", ""),
        types=[name for name in asked.getlist("type") if name],
        filters=filters,
        sort=asked.get("sort", "relevance"),
        page=_number(asked.get("page"), 1),
        size=_number(asked.get("size"), SIZES[0]),
        language=get_language() or "ko",
    )
    response = _json(results) if _wants_json(request) else render(request, "search/search.html", _page(asked, results))
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Options for the search box, as HTML."""
    words = services.suggest(request.GET.get("q", "")[:100])
    return render(request, "search/parts/suggestions.html", {"words": words})


def chosen_filters(asked: list[str]) -> dict[str, list[str]]:
    """``organism:Homo sapiens`` -> {"organism": ["Homo sapiens"]}; what has no colon is passed over."""
    chosen: dict[str, list[str]] = {}
    for each in asked:
        field, colon, value = each.partition(":")
        if colon and value not in chosen.setdefault(field, []):
            chosen[field].append(value)
    return chosen


def _page(asked: QueryDict, results: Results) -> dict[str, Any]:
    narrowing = [facet for facet in results.facets if facet.name != "type"]
    is_chosen = [any(value.is_chosen for value in facet.values) for facet in narrowing]
    return {
        "results": results,
        "query": asked.get("q", ""),
        "sort": asked.get("sort", "relevance"),
        "type": asked.get("type", ""),
        "tabs": _tabs(asked, results),
        "facets": [(facet, place < OPEN_FACETS or is_chosen[place]) for place, facet in enumerate(narrowing)],
        "choices": _choices(asked, narrowing),
        "without_filters": _address(asked, filter=[]),
        "sorts": _sorts(),
        "labels": type_labels(),
        "better": _address(asked, q=[results.did_you_mean]),
        "first_page": _address(asked),
        "first": (results.page - 1) * results.size + 1,
    }


def type_labels() -> Mapping[str, str]:
    """What the record types are called, in the order of the catalogue."""
    language = get_language() or "ko"
    return {series.record_type: series.label.in_(language) for series in catalogue().accessions.values()}


def _tabs(asked: QueryDict, results: Results) -> list[Tab]:
    counted = next((facet for facet in results.facets if facet.name == "type"), Facet("type", "", []))
    counts = {value.value: value.count for value in counted.values}
    current = asked.get("type", "")
    tabs = [Tab(_("All"), _address(asked, type=[]), sum(counts.values()), not current)]
    return tabs + [
        Tab(label, _address(asked, type=[name]), counts.get(name, 0), name == current)
        for name, label in type_labels().items()
        if counts.get(name) or name == current or name in {form.record_type for form in library().forms.values()}
    ]


def _choices(asked: QueryDict, facets: list[Facet]) -> list[Choice]:
    kept = asked.getlist("filter")
    return [
        Choice(key, f"{facet.label}: {value.label}", _address(asked, filter=[f for f in kept if f != key]))
        for facet in facets
        for value in facet.values
        if value.is_chosen and (key := f"{facet.name}:{value.value}")
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("relevance", _("Best match")),
        ("newest", _("Newest first")),
        ("title", _("By title")),
        ("accession", _("By accession")),
    ]


def _address(asked: QueryDict, **changed: list[str]) -> str:
    """The address of the same search with some parameters changed, from the first page."""
    query = {name: values for name, values in asked.lists() if name != "page"} | changed
    return f"?{urlencode(query, doseq=True)}"


def _json(results: Results) -> HttpResponse:
    return JsonResponse(plain(results), json_dumps_params={"ensure_ascii": False})


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default
