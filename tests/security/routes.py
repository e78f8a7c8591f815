"""Every address of a station, as Django and the API know them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import get_resolver

from biomoa.site.api import operations
from biomoa.site.urls import api

API = "api/v1/"


def known_routes() -> set[str]:
    """``groups/<slug:code>/`` for a page, ``api GET /groups/{code}`` for an operation of the API."""
    pages = {route for route in _walk(get_resolver().url_patterns) if not route.startswith(API)}
    own = {route for route in _walk(get_resolver().url_patterns) if route.startswith((API + "docs", API + "openapi"))}
    return pages | own | {f"api {method} {path}" for method, path in operations(api)}


def _walk(patterns: Iterable[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route
