"""``request.actor``: who acts, decided once, from the session or from a personal token."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

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
            request.actor = actor  # type: ignore[attr-defined]
        else:
            request.actor = SimpleLazyObject(lambda: _of_session(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """A page that was refused leaves a trace; the page itself is Django's 403."""
        if isinstance(error, PermissionDenied):
            note_refusal(request.actor, str(request.method), route_of(request))  # type: ignore[attr-defined]


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
