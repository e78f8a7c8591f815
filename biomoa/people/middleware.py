"""``request.actor``: who acts, decided once, from the session or from a personal token."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from biomoa.people.queries import actor_of, find_actor_of_token
from biomoa.people.rules import Actor

BEARER = "Bearer "


class ActorMiddleware:
    """A request with a bearer token is never also a session: its cookie is not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("Authorization", "")
        if header.startswith(BEARER):
            actor = find_actor_of_token(header.removeprefix(BEARER).strip())
            if actor is None:
                return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
            request.actor = actor  # type: ignore[attr-defined]
        else:
            request.actor = SimpleLazyObject(lambda: _of_session(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _of_session(request: HttpRequest) -> Actor:
    return actor_of(request.user if request.user.is_authenticated else None)
