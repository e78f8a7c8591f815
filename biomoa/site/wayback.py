"""Where a form was sent from, for the page that tells it was not taken."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

LOOKS = ("GET", "HEAD", "OPTIONS")


class Back(msgspec.Struct, frozen=True):
    """A page of this station. ``keeps``: the browser has kept what was typed there (``keep.js``)."""

    address: str
    keeps: bool


def way_back(request: HttpRequest | None) -> Back | None:
    """The page that the form was on; None when nothing was sent, or it is not known."""
    if request is None or request.method in LOOKS:
        return None
    with suppress(DisallowedHost, ValueError):
        came = urlsplit(request.headers.get("Referer", ""))
        if came.netloc == request.get_host() and came.path.startswith("/") and not came.path.startswith("//"):
            # Kept is what somebody types who is signed in, and nothing on the pages of an account.
            keeps = settings.SESSION_COOKIE_NAME in request.COOKIES and not came.path.startswith("/account/")
            return Back(came.path + (f"?{came.query}" if came.query else ""), keeps)
    return None


def page_address(request: HttpRequest) -> str:
    """Where to come back to after the language or the look was changed: a command has an address, but no page."""
    if request.method in LOOKS:
        return request.get_full_path()
    back = way_back(request)
    return back.address if back else "/"
