"""What every template may use: ``station``, ``actor``, ``menu``, and how the reader wants the page shown."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from biomoa.notices.queries import count_unread
from biomoa.operations.logs import current_request_id
from biomoa.people.edge import actor_of
from biomoa.site.display import look_of
from biomoa.site.navigation import menu_of
from biomoa.site.wayback import page_address


def station(request: HttpRequest) -> dict[str, Any]:
    """``station`` is the struct of station.toml, ``actor`` who reads the page (people.rules.Actor).

    ``menu`` is a list of ``navigation.Entry``; ``contrast`` is ``normal`` or ``high``, ``text_size`` one of ``SIZES``;
    ``request_id`` is the number of the request, ``page_address`` where a change of the look leads back to.
    ``unread_notices`` asks the database only where a page shows it.
    """
    actor = actor_of(request)
    return {
        "station": settings.BIOMOA_HOME.station,
        "actor": actor,
        "menu": menu_of(actor, request.path),
        **look_of(request.COOKIES),
        "request_id": current_request_id(),
        "page_address": page_address(request),
        "unread_notices": partial(count_unread, actor.user_id),
    }
