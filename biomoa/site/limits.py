"""How much one caller may ask: requests by address and by person, wrong tokens, and what waits at the door."""

from __future__ import annotations

import functools
import ipaddress
import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from biomoa.people.edge import actor_of, asks_for_json, fault
from biomoa.people.rules import problem
from biomoa.settings.station import Security
from biomoa.site.display import look_of
from biomoa.site.limits_counters import Counters, seconds_left
from biomoa.site.wayback import Back, way_back

log = logging.getLogger(__name__)
HERE = "/the-way-back/"  # where the address stands in a page that is kept
IPV6_NETWORK = 64  # a household has so many bits of its own: single addresses say nothing


@functools.cache
def counters() -> Counters | None:
    """The counts of this host; None when their file cannot be made: then nobody is kept out."""
    try:
        return Counters(settings.BIOMOA_HOME.scratch / "requests.counts")
    except OSError as error:
        log.error("requests are not counted: %s", error)
        return None


def address_of(request: HttpRequest) -> str:
    """The caller's address (IPv6: its network), as seen by the outermost proxy that station.toml trusts."""
    told = request.META.get("REMOTE_ADDR", "")
    proxies = _security().trusted_proxies
    if proxies:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        told = hops[-proxies] if len(hops) >= proxies else told
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told[:64]
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, IPV6_NETWORK), strict=False).network_address)
    return str(address)


class AddressLimit:
    """Before anything is read: an address that asks too much, or that tries tokens, waits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        address, limits = address_of(request), _security()
        if _is_over(f"address:{address}", limits.requests_per_minute_address):
            return too_many(request)
        guesses = f"guesses:{address}"
        if _brings_token(request) and _is_over(guesses, limits.token_guesses_per_minute, amount=0):
            return too_many(request)
        response = self.get_response(request)
        if response.status_code == 401 and _brings_token(request):
            _is_over(guesses, limits.token_guesses_per_minute)
        return response


class PersonLimit:
    """After it is known who asks: a person has one measure over all sessions and tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        limit = _security().requests_per_minute_person
        if limit and _is_known(request) and _is_over(f"person:{actor_of(request).user_id}", limit):
            return too_many(request)
        return self.get_response(request)


def too_many(request: HttpRequest) -> HttpResponse:
    """429 as problem JSON or as a page, with the seconds to wait."""
    with translation.override(translation.get_language_from_request(request)):
        if asks_for_json(request) or "text/html" not in request.headers.get("Accept", ""):
            response = fault(429, problems=[problem("too-many-requests", "request")])
        else:
            response = HttpResponse(_page_for(request), status=429)
    response.headers["Retry-After"] = str(seconds_left())
    return response


def _page_for(request: HttpRequest) -> str:
    """Made once for each language, look and kind: this answer must cost nearly nothing."""
    back, look = way_back(request), look_of(request.COOKIES)
    page = _page(translation.get_language(), back and Back(HERE, back.keeps), **look)
    return page.replace(f'"{HERE}"', f'"{escape(back.address)}"') if back else page


@functools.cache
def _page(_language: str | None, back: Back | None, **look: str) -> str:
    return render_to_string("site/too_many.html", {"back": back, "station": settings.BIOMOA_HOME.station, **look})


def _is_known(request: HttpRequest) -> bool:
    return _brings_token(request) or settings.SESSION_COOKIE_NAME in request.COOKIES


def _brings_token(request: HttpRequest) -> bool:
    return "Authorization" in request.headers


def _is_over(key: str, limit: int, amount: int = 1) -> bool:
    held = counters()
    return bool(limit and held) and held.add(key, amount) > limit - (1 - amount)  # type: ignore[union-attr]


def _security() -> Security:
    security: Security = settings.BIOMOA_HOME.station.security
    return security
