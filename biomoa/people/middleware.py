"""``request.find_actor()``: who acts, decided once, from the session or from a personal token."""

from __future__ import annotations

import functools
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from biomoa.people.edge import actor_of as asking
from biomoa.people.edge import fault
from biomoa.people.models import User
from biomoa.people.queries import actor_of, find_actor_of_token, is_expired_token
from biomoa.people.rules import Actor, problem
from biomoa.people.services import note_refusal

SCHEME = "bearer "


class ActorMiddleware:
    """A request with a bearer token is never also a session: its cookie is not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("Authorization", "")
        if header.lower().startswith(SCHEME):
            secret = header[len(SCHEME) :].strip()
            actor = find_actor_of_token(secret)
            if actor is None:
                return _refused(secret)
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
            request.find_actor = lambda: actor  # type: ignore[attr-defined]
        else:
            request.find_actor = functools.cache(lambda: _of_session(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """A page that was refused leaves a trace; the page itself is Django's 403."""
        if isinstance(error, PermissionDenied):
            note_refusal(asking(request), str(request.method), route_of(request))


class SignInAgain:
    """A form sent after the session ended: sign-in leads back to the page of the form, not to an address of a button.

    A row that saves itself (htmx) is sent to the sign-in as a whole page instead of taking its answer for the row.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 302 or request.method == "GET" or request.user.is_authenticated:
            return response
        sign_in = reverse(settings.LOGIN_URL)
        if not response["Location"].startswith(f"{sign_in}?"):
            return response
        address = f"{sign_in}?{urlencode({'next': _page_of(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        response["Location"] = address
        return response


def _page_of(request: HttpRequest) -> str:
    """The page of this station that the form stood on; the home page when that is not told."""
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}):
        return "/"
    parts = urlsplit(told)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, as ``groups/<slug:code>/``: without what a secret or a name may be in."""
    return request.resolver_match.route if request.resolver_match else ""


def _refused(secret: str) -> HttpResponse:
    code = "token-expired" if is_expired_token(secret) else "token-invalid"
    response = fault(401, problems=[problem(code, "Authorization")])
    response.headers["WWW-Authenticate"] = 'Bearer realm="biomoa", error="invalid_token"'
    return response


def _of_session(request: HttpRequest) -> Actor:
    return actor_of(request.user if isinstance(request.user, User) else None)
