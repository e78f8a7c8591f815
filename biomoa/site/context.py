"""What every template may use: ``station``, ``actor``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def station(request: HttpRequest) -> dict[str, Any]:
    """``station`` is the struct of station.toml, ``actor`` who reads the page (people.rules.Actor)."""
    return {"station": settings.BIOMOA_HOME.station, "actor": getattr(request, "actor", None)}
