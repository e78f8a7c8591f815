"""What HTTP asks of every server and the frameworks leave open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from biomoa.catalog.model import Text
from biomoa.people.edge import fault
from biomoa.people.middleware import route_of

API = "api/v1/"
TUS = "files/tus/"  # reads chunks as they come, up to the length that the upload declared
SAID = Text(
    ko="본문의 길이(Content-Length)가 없습니다. 길이를 함께 보내거나, 파일이라면 tus로 올려 주세요.",
    en="The length of the body (Content-Length) is missing. Send it along, or, if it is a file, upload it by tus.",
)


class MeasuredBodies:
    """Django reads nothing of a chunked body (RFC 9112, 7.1): what was sent would be lost without a word."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        is_measured = "Transfer-Encoding" not in request.headers or "Content-Length" in request.headers
        return None if is_measured or route_of(request).startswith(TUS) else fault(411, SAID)


class HeadAsGet:
    """HEAD is answered wherever GET is (RFC 9110, 9.3.2): the API does the same and the server sends no body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = request.method
        response = self.get_response(request)
        request.method = asked
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if request.method == "HEAD" and route_of(request).startswith(API):
            request.method = "GET"
