"""How long a session lasts, which ones a person has, and how they end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token

from biomoa.ledger.services import record
from biomoa.people.models import User
from biomoa.people.rules import Actor, is_session_over, may
from biomoa.people.services import subject_of

BEGAN, SEEN = "began_at", "seen_at"
SEEN_PRECISION_SECONDS = 60  # a page more often than that costs no write


class SessionLimits:
    """Ends a session that was idle too long or has lasted too long (ASVS 7.3.1, 7.3.2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            _hold(request, time.time())
        return self.get_response(request)


def _hold(request: HttpRequest, now: float) -> None:
    limits = settings.BIOMOA_HOME.station.security
    began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, now)
    idle, whole = limits.session_idle_minutes * 60, limits.session_hours * 3600
    if is_session_over(now, began=began, seen=seen, idle_seconds=idle, whole_seconds=whole):
        logout(request)
    elif BEGAN not in request.session or now - seen > SEEN_PRECISION_SECONDS:
        request.session[BEGAN], request.session[SEEN] = began, now


def renew(request: HttpRequest, *, reauthenticated: bool = False, **_: Any) -> None:
    """Who proved again who they are goes on in a new session; the key of the old one opens nothing (ASVS 7.2.4)."""
    before = request.session.session_key
    if not reauthenticated or not before:
        return
    request.session.cycle_key()
    request.session.save()
    rotate_token(request)
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def is_to_prove(request: HttpRequest) -> bool:
    """Is it too long ago that this session proved who it is, by signing in or again since?"""
    records = get_authentication_records(request, request.user) if isinstance(request.user, User) else []
    proven = max((float(each.get("at", 0)) for each in records), default=0.0)
    return time.time() - proven > app_settings.REAUTHENTICATION_TIMEOUT and is_reauthentication_required(
        request, app=""
    )


class Sessions(DefaultUserSessionsAdapter):
    """Sessions that a person ends are told to the ledger."""

    def end_sessions(self, sessions: Iterable[Any]) -> None:
        ended = list(sessions)
        with transaction.atomic():
            super().end_sessions(ended)
            for user in {session.user for session in ended}:
                count = sum(session.user == user for session in ended)
                record(f"user:{user.pk}", "person:sessions-ended", subject_of(user), {"count": count})


def end_all_sessions(actor: Actor, user: User) -> int:
    """The operator signs a person out everywhere; how many sessions. Raises PermissionDenied for all others."""
    if not may(actor, "operate", "station"):
        raise PermissionDenied(actor.label)
    with transaction.atomic():
        sessions = list(UserSession.objects.select_for_update().filter(user=user))
        Sessions().end_sessions(sessions)
        record(actor.label, "person:signed-out-by-operator", subject_of(user), {"count": len(sessions)})
    return len(sessions)


def end_session(user: User, session_id: int) -> None:
    """Ends one session of the person at once. Raises UserSession.DoesNotExist for any other."""
    with transaction.atomic():
        session = UserSession.objects.select_for_update().get(pk=session_id, user=user)
        Sessions().end_sessions([session])
