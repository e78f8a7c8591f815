"""``/status`` for people; ``/healthz``, ``/readyz`` and ``/metrics`` for machines."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from biomoa.notices.queries import parked_mails
from biomoa.operations import lines, metrics, readiness
from biomoa.operations.checkup import check, check_jobs, check_mails
from biomoa.operations.queries import get_details, recent_standing, standing
from biomoa.people.edge import actor_of
from biomoa.people.rules import may

NO_STORE = {"Cache-Control": "no-store"}


@require_safe
@never_cache
def show_status(request: HttpRequest) -> HttpResponse:
    """``lines`` for everybody; ``details``, ``findings`` and ``now`` (a Standing) for administrators."""
    now = recent_standing()
    actor = actor_of(request)
    context = {"lines": lines.public_lines(now), "now": now, "is_well": lines.is_well(now)}
    if may(actor, "operate", "station"):
        details = get_details(actor)
        found = [*check(now), *check_jobs(details.failed, details.clock), *check_mails(*parked_mails())]
        context |= {"details": details, "findings": [each for each in found if each.severity != "good"]}
    return render(request, "operations/status.html", context)


@require_safe
def tell_health(_: HttpRequest) -> HttpResponse:
    """The process lives. Nothing else is asked, so that a slow database never has it killed."""
    return HttpResponse("ok\n", content_type="text/plain", headers=NO_STORE)


@require_safe
def tell_readiness(_: HttpRequest) -> HttpResponse:
    """200 when requests can be served, else 503; which part is not ready, but never why."""
    parts = readiness.parts()
    is_ready = all(parts.values())
    answer = {"ready": is_ready, **parts}
    return JsonResponse(answer, status=200 if is_ready else 503, headers=NO_STORE)


@require_safe
def tell_metrics(request: HttpRequest) -> HttpResponse:
    """Administrators, the scraper's password, or an address that station.toml names."""
    if not (_is_known_address(request) or _has_password(request) or may(actor_of(request), "operate", "station")):
        raise PermissionDenied
    text, media_type = metrics.exposition(standing())
    return HttpResponse(text, content_type=media_type, headers=NO_STORE)


def _is_known_address(request: HttpRequest) -> bool:
    """Behind a proxy every request seems to come from it: then addresses say nothing."""
    networks = settings.BIOMOA_HOME.station.care.metrics_from
    if not networks or "X-Forwarded-For" in request.headers:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ip_network(each, strict=False) for each in networks)


def _has_password(request: HttpRequest) -> bool:
    wanted = os.environ.get(settings.BIOMOA_HOME.station.care.metrics_password_env, "")
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if not wanted or scheme.lower() != "basic":
        return False
    try:
        password = base64.b64decode(sent, validate=True).partition(b":")[2]
    except binascii.Error:
        return False
    return hmac.compare_digest(password, wanted.encode())
