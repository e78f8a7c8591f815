"""Headers that every answer carries."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from biomoa.site.limits import address_of

# No inline script or style and nothing from elsewhere; data: images are the charts that the server draws. The one sheet
# that may stand within a page is named by its digest (``site.weight``).
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
TOLD_SECONDS = 60  # one line of the log a minute and address, or a flood would fill the disk
MOST_TOLD = 1_000
SIGN_OUT = "/account/logout/"  # what was typed is kept in the browser on purpose: only the cache goes
RETRY_SECONDS = "60"  # where nothing better is known
TEXT = re.compile(r"text/[^;]+|[^;]+[/+]xml")  # everything of ours is UTF-8, and says so (ASVS 4.1.1)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
}


log = logging.getLogger(__name__)


class SecurityHeaders:
    """Adds them where an answer does not say otherwise; a file of a user has stricter ones of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._told: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        kind = response.headers.get("Content-Type", "")
        if TEXT.fullmatch(kind):
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
        if _is_by_a_person(request):
            response.headers.setdefault("Cache-Control", "private, no-store")
        if request.method == "POST" and request.path == SIGN_OUT:
            response.headers["Clear-Site-Data"] = '"cache"'
        if response.status_code in (429, 503):
            response.headers.setdefault("Retry-After", RETRY_SECONDS)
        if response.status_code == 429:
            self._tell(request)
        return response

    def _tell(self, request: HttpRequest) -> None:
        """Who asked more than the limits let, for whoever watches the log (ASVS 16.3.3)."""
        address, now = address_of(request), time.monotonic()
        if now - self._told.get(address, -TOLD_SECONDS) < TOLD_SECONDS:
            return
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told[address] = now
        route = request.resolver_match.route if request.resolver_match else ""
        log.warning("limit exceeded from %s: %s %s", address, request.method, route)


def _is_by_a_person(request: HttpRequest) -> bool:
    """A page for someone who is signed in bears their name at least; it must lie in no cache after they left."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
