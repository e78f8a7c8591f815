"""Pages that everybody sees alike, kept by the stamp of what they show: the same page is drawn once.

For nobody in particular: a request with a session, a token or a message is never answered from here, and never kept.
A page is kept only when all that was read for it is covered by the stamp (``site.shown``), which the database moves
in the transaction of every change. It is read anew for every request, before the page: what was withdrawn, redacted
or opened a moment ago, in whichever process, shows at once.
"""

from __future__ import annotations

import re
import sys
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from isal import isal_zlib

from biomoa.catalog.model import Catalogue
from biomoa.records.library import catalogue
from biomoa.search.store import Reader
from biomoa.site import shown
from biomoa.site.display import cookie_name, look_of
from biomoa.site.weight import takes_packed

KEPT = re.compile(r"/search/|/[A-Z]{3}[0-9]{6,12}(?:\.[0-9]{1,4})?")  # addresses
MOST_BYTES = 40 * 1024**2  # in each process
REMEMBERED = 8_000  # as many questions as pages of the usual size are kept
MOST_TOLD = 500  # of a query and of Accept: a page is kept under both, and what it is kept under has no other bound
NEARLY_FULL = 0.95
OVERHEAD_BYTES = 2_500  # of an entry beside its page
STATUS = (200, 410)
LENGTH = "Content-Length"
# Who sends one of these asks for more than the page that everybody gets.
PERSONAL = ("Authorization", "HX-Request", "If-None-Match", "If-Modified-Since", "Range")
GZIP = 31  # wbits of zlib
PACKED_WELL = 3  # the most of isal: a twentieth larger than zlib's 6, in a fraction of its time
TOKEN = b"csrfmiddlewaretoken"  # of a form; it is made for one reader


class Page(msgspec.Struct, frozen=True):
    """``packed`` is the page as gzip, which most readers take as it is: nothing in it is secret."""

    stamp: Hashable
    status: int
    headers: tuple[tuple[str, str], ...]
    packed: bytes
    match: Any

    def size(self) -> int:
        return len(self.packed) + OVERHEAD_BYTES

    def response(self, request: HttpRequest) -> HttpResponse:
        is_packed = takes_packed(request)
        body = self.packed if is_packed else zlib.decompress(self.packed, GZIP)
        said = {LENGTH: str(len(body))} | ({"Content-Encoding": "gzip"} if is_packed else {})
        response = HttpResponse(body, status=self.status, headers=dict(self.headers) | said)
        patch_vary_headers(response, ["Cookie"])
        request.resolver_match = self.match
        return response


class Asked:
    """What was asked lately: the last so many questions, and up to as many before them."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._now: set[int] = set()
        self._before: set[int] = set()

    def again(self, key: Hashable) -> bool:
        """Was it asked lately? From now on it was."""
        mark = hash(key)
        is_known = mark in self._now or mark in self._before
        self._now.add(mark)
        if len(self._now) >= self._most:
            self._now, self._before = set(), self._now
        return is_known


class Pages:
    """The pages asked for last, up to so many bytes.

    Once they are full, a page must be asked for twice to push out another: who walks through all records, as search
    engines do, or asks each time for other words, leaves those that are read again and again where they are.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, remembered: int = REMEMBERED) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._asked = Asked(remembered)
        self.bytes = 0

    def has_place_for(self, key: Hashable) -> bool:
        """Is a page that was drawn now to be kept?"""
        with self._lock:
            return self._asked.again(key) or self.bytes < self._most * NEARLY_FULL

    def find(self, key: Hashable, stamp: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.stamp != stamp:
                return None
            self._pages.move_to_end(key)
            return page

    def keep(self, key: Hashable, page: Page) -> None:
        with self._lock:
            former = self._pages.pop(key, None)
            self.bytes += page.size() - (former.size() if former else 0)
            self._pages[key] = page
            while self.bytes > self._most:
                self.bytes -= self._pages.popitem(last=False)[1].size()


class KeptPages:
    """Behind the layer that knows the language, before all that ask who the reader is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._held: tuple[Catalogue | None, Pages] = (None, Pages())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        stamp = _stamp() if _is_for_everybody(request) else None
        if stamp is None:
            return self.get_response(request)
        key, pages = _key(request), self._pages()
        if page := pages.find(key, stamp):
            return page.response(request)
        reads = _Reads()
        with connection.execute_wrapper(reads):
            response = self.get_response(request)
        if reads.are_covered and pages.has_place_for(key) and (drawn := _page_of(request, response, stamp)):
            pages.keep(key, drawn)
        return response

    def _pages(self) -> Pages:
        """A catalogue that is read anew (in tests) has pages of its own: its words stand on all of them."""
        held = self._held
        if held[0] is not catalogue():
            self._held = held = (catalogue(), Pages())
        return held[1]


class _Reads:
    """Watches what is asked of the database while a page is drawn."""

    are_covered = True

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.are_covered = self.are_covered and shown.is_covered(sql)
        return execute(sql, params, many, context)


def _is_for_everybody(request: HttpRequest) -> bool:
    cookies = request.COOKIES
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in cookies
        and cookie_name("messages") not in cookies
        and KEPT.fullmatch(request.path_info) is not None
        and len(request.META.get("QUERY_STRING", "")) <= MOST_TOLD
        and len(request.headers.get("Accept", "")) <= MOST_TOLD
        and not any(name in request.headers for name in PERSONAL)
    )


def _stamp() -> Hashable | None:
    """Of the database, the index and the day: read before the page is drawn, so that a page is never older."""
    of_records, of_index = shown.stamp(), Reader(settings.BIOMOA_HOME.index).commit()
    return (of_records, of_index, timezone.localdate()) if of_records and of_index else None


def _key(request: HttpRequest) -> Hashable:
    place = (settings.BIOMOA_HOME.folder, request.scheme, request.get_host(), request.get_full_path())
    return (*place, get_language(), request.headers.get("Accept", ""), *look_of(request.COOKIES).values())


def _page_of(request: HttpRequest, response: HttpResponseBase, stamp: Hashable) -> Page | None:
    """What may be kept of an answer; None where anything in it is for this reader."""
    is_page = isinstance(response, HttpResponse) and response.headers.get("Content-Type", "").startswith("text/html")
    if not is_page or response.status_code not in STATUS or response.cookies or not request.session.is_empty():
        return None
    if request.resolver_match is None or TOKEN in response.content:
        return None
    packed = isal_zlib.compress(response.content, PACKED_WELL, GZIP)
    headers = tuple((_one(name), _one(value)) for name, value in response.items() if name != LENGTH)
    return Page(stamp, response.status_code, headers, packed, request.resolver_match)


def _one(text: str) -> str:
    """The same object for the same text: almost all headers say the same on every page."""
    return sys.intern(text) if type(text) is str else text
