"""A number for every request, in the answer and in every line of the log; and one line for each request."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from biomoa.operations.logs import request_id
from biomoa.operations.metrics import count_request
from biomoa.operations.rules import is_request_id

HEADER = "X-Request-ID"
logger = logging.getLogger("biomoa.requests")


class RequestIds:
    """First of all middleware: what any other one logs or answers carries the number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        number = given if is_request_id(given) else secrets.token_hex(8)
        request.request_id = number  # type: ignore[attr-defined]
        token, began = request_id.set(number), time.perf_counter()
        try:
            response = self.get_response(request)
            response[HEADER] = number
            _tell(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            request_id.reset(token)


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    # The pattern, not the address: addresses hold secrets (invitations, links of reviewers) and what people look for.
    match = request.resolver_match
    route = match.route if match else ""
    count_request(str(request.method), route, status, seconds)
    facts = {"method": request.method, "route": route, "status": status, "milliseconds": round(seconds * 1000, 1)}
    logger.info("%s %s %s", request.method, route, status, extra={"facts": facts})
