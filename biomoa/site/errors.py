"""Error pages that tell the way on. 500, 503 and 507 need no database and no session."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string

from biomoa.files.bodies import body_of
from biomoa.operations.logs import current_request_id
from biomoa.people.edge import fault
from biomoa.site.display import look_of
from biomoa.site.wayback import way_back

DATABASE_AWAY = (OperationalError, InterfaceError)
DISK_FULL = "53100"  # PostgreSQL's code; SQLite says it in words
API = "/api/"
MOST_HEARD_BYTES = 512 * 1024**2
MOST_HEARD_SECONDS = 20
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429})
RETRY_SECONDS = "30"
PROGRAM_RETRY_SECONDS = "1"
LAST_WORDS = (
    "시스템에 문제가 생겼습니다. 잠시 뒤 다시 시도해 주세요. / Something went wrong; please try again in a moment."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 when what was sent is too much, else 400."""
    if isinstance(exception, RequestDataTooBig):
        hear_out(request)
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def hear_out(request: HttpRequest) -> None:
    """Takes what is still being sent and drops it: a browser that is cut off while it sends never reads the answer."""
    began = time.monotonic()
    with suppress(Exception):  # the answer is known already; what is left decides nothing
        left = MOST_HEARD_BYTES
        for block in body_of(request.META):
            left -= len(block)
            if left < 0 or time.monotonic() - began > MOST_HEARD_SECONDS:
                return


def server_error(request: HttpRequest) -> HttpResponse:
    """507 when the database finds no room, 503 when it cannot be reached or is busy, else 500."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        status = 507 if _is_disk_full(error) else 503
        return HttpResponse(
            _plain_page(f"{status}.html", request), status=status, headers={"Retry-After": RETRY_SECONDS}
        )
    return HttpResponse(_plain_page("500.html", request), status=500)


def is_database_away(error: BaseException | None) -> bool:
    """Also when what came of it was another error: a transaction on a connection that broke fails in many ways."""
    driver = connection.Database  # closing a cursor of the server on a broken line raises what Django does not wrap
    away = (*DATABASE_AWAY, driver.OperationalError, driver.InterfaceError)
    return any(isinstance(each, away) for each in _causes(error))


def _is_disk_full(error: BaseException | None) -> bool:
    return any("disk is full" in str(each) or getattr(each, "sqlstate", "") == DISK_FULL for each in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def busy_fault() -> HttpResponse:
    """The same for a program: the database is away; what was asked may be sent again."""
    response = fault(503)
    response.headers["Retry-After"] = PROGRAM_RETRY_SECONDS
    return response


def _plain_page(name: str, request: HttpRequest) -> str:
    """The page, or one sentence when even its style sheets cannot be found (static files not collected)."""
    try:
        told = {"station": settings.BIOMOA_HOME.station, "request_id": current_request_id(), "back": way_back(request)}
        return render_to_string(name, told | look_of(request.COOKIES))
    except (ValueError, OSError, TemplateSyntaxError):
        return f"<!DOCTYPE html><title>BioMoa</title><h1>{LAST_WORDS}</h1>"


class ErrorPages:
    """Gives a page to an error that a room answered without one, when a person asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and request.path.startswith(API) and isinstance(response, HttpResponse):
            return _with_headers_of(response, fault(405))
        is_bare = isinstance(response, HttpResponse) and not response.content
        if not is_bare or response.status_code not in PAGES or not _is_person(request):
            return response
        return _with_headers_of(response, render(request, f"{response.status_code}.html", status=response.status_code))


def _with_headers_of(response: HttpResponse, told: HttpResponse) -> HttpResponse:
    for name, value in response.items():
        if name not in ("Content-Type", "Content-Length"):
            told[name] = value
    return told


def _is_person(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "") and request.method != "HEAD"
