"""Idempotency-Key on every command of the API: sent twice, done once, answered the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.jobs.answers import KeyReused, Said, answer_once
from biomoa.people.edge import actor_of, fault
from biomoa.site.errors import busy_fault, is_database_away

COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# What is repeatable by itself and long: one transaction around it would keep every other writer waiting. A token and
# the address of a reviewer link are told once and never kept.
BY_THEMSELVES = frozenset({
    "POST api/v1/submissions", "POST api/v1/submissions/<code>/sheets", "POST api/v1/check",
    "POST api/v1/submissions/<code>/check", "POST api/v1/submissions/<code>/submit",
    "POST api/v1/submissions/<code>/accept", "POST api/v1/tokens",
    "POST api/v1/submissions/<code>/review-links", "PUT api/v1/shelves/<shelf>/files/<name>",
})  # fmt: skip
MOST_KEY = 100


class RepeatedCommands:
    """Around the view alone: who asks is known by then, and what the other layers add is added anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], named: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key or not is_covered(request) or actor_of(request).user_id is None:
            return None
        if len(key) > MOST_KEY or not key.isascii() or not key.isprintable():
            return fault(422, problems=[_problem("idempotency-key-invalid", key)])
        try:
            body = request.body
        except RequestDataTooBig:
            return None  # the view says it better
        sent = b"\n".join((_rights(request), str(request.method).encode(), request.get_full_path().encode(), body))
        try:
            answered: list[HttpResponse] = []

            def work() -> Said:
                answered.append(view(request, *args, **named))
                return _said(answered[0])

            said = answer_once(actor_of(request).label, key, hashlib.sha256(sent).hexdigest(), work)
        except KeyReused:
            return fault(422, problems=[_problem("idempotency-key-reused", key)])
        except DatabaseFault as error:
            if is_database_away(error):
                return busy_fault()
            raise
        return answered[0] if answered else _repeated(said)


def is_covered(request: HttpRequest) -> bool:
    """Commands of the API, but those that are repeatable by themselves."""
    route = request.resolver_match.route if request.resolver_match else ""
    is_command = request.method in COMMANDS and route.startswith("api/v1/")
    return is_command and f"{request.method} {route}" not in BY_THEMSELVES


def _rights(request: HttpRequest) -> bytes:
    """A token that may do less is not answered what its owner was answered before."""
    scopes = actor_of(request).scopes
    return b"all" if scopes is None else " ".join(sorted(scopes)).encode()


def _said(response: HttpResponse) -> Said:
    return Said(response.status_code, response.headers.get("Content-Type", ""), response.content)


def _repeated(said: Said) -> HttpResponse:
    response = HttpResponse(said.body, status=said.status, content_type=said.content_type or None)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _problem(code: str, key: str) -> Problem:
    texts = {
        "idempotency-key-reused": Text(
            ko="이 Idempotency-Key는 다른 요청에 이미 쓰였습니다. 요청마다 새 값을 보내 주세요.",
            en="This Idempotency-Key was used for another request. Send a new one with each request.",
        ),
        "idempotency-key-invalid": Text(
            ko="Idempotency-Key는 100자 이내의 ASCII 문자여야 합니다. 더 짧은 값을 보내 주세요.",
            en="An Idempotency-Key has up to 100 printable ASCII characters. Send a shorter one.",
        ),
    }
    return Problem(code, "error", texts[code], field="Idempotency-Key", value=key[:MOST_KEY])
