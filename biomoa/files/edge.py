"""The answer with the bytes of a file, for the pages of every room: the door has been passed before."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from biomoa.files import rules
from biomoa.files.models import StoredFile
from biomoa.files.storage import store


def answer_with(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """The whole file or one range (RFC 9110), with its digests (RFC 9530); 304 and 416 as the headers ask."""
    etag = f'"{file.object_id}"'
    unchanged = get_conditional_response(request, etag=etag)
    return _labelled(unchanged or _content(request, file, etag), file, etag)


def _content(request: HttpRequest, file: StoredFile, etag: str) -> HttpResponseBase:
    size_bytes = file.object.size_bytes
    span = _wanted_span(request, size_bytes, etag)
    if span == "unsatisfiable":
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size_bytes}"})
    start, stop = (span.start, span.stop) if isinstance(span, rules.Span) else (0, size_bytes)
    response = StreamingHttpResponse(_blocks(request, file, start, stop), content_type="application/octet-stream")
    response["Content-Length"] = str(stop - start)
    if isinstance(span, rules.Span):
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size_bytes}"
    else:
        response["Content-MD5"] = _base64(file.object.md5)
    return response


def _wanted_span(request: HttpRequest, size_bytes: int, etag: str) -> Any:
    header = request.headers.get("Range", "")
    # RFC 9110, 14.2: only GET has ranges; 13.1.5: with another version than If-Range names, the whole is sent.
    if not header or request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    return rules.parse_range(header, size_bytes)


def _blocks(request: HttpRequest, file: StoredFile, start: int, stop: int) -> Iterator[bytes]:
    return iter(()) if request.method == "HEAD" else store().iter_blocks(file.object_id, start, stop)


def _labelled(response: HttpResponseBase, file: StoredFile, etag: str) -> HttpResponseBase:
    sha256, md5 = _base64(file.object_id), _base64(file.object.md5)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Repr-Digest"] = f"sha-256=:{sha256}:, md5=:{md5}:"
    response["Digest"] = f"SHA-256={sha256},MD5={md5}"  # RFC 3230, for older clients
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, no-cache" if file.is_public else "private, no-store"
    return response


def _base64(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode()
