"""The answer with the bytes of a file, for the pages of every room: the door has been passed before."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from biomoa.files import rules
from biomoa.files.missed import note_missed
from biomoa.files.models import StoredFile
from biomoa.files.problems import problem_response, refused
from biomoa.files.storage import WrongSize, store
from biomoa.people.edge import TITLES, asks_for_json


def answer_with(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """The whole file or one range (RFC 9110), with its digests (RFC 9530); 304 and 416 as the headers ask.

    503 when the bytes are not there: the object is opened before the answer begins, for afterwards nothing can be told.
    """
    etag = f'"{file.object_id}"'
    unchanged = get_conditional_response(request, etag=etag)
    try:
        return _labelled(unchanged or _content(request, file, etag), file, etag)
    except OSError as error:
        note_missed(file, error)
        return _absent(request, file)


def _absent(request: HttpRequest, file: StoredFile) -> HttpResponse:
    error = refused("file-absent", file=file.name)
    if asks_for_json(request):
        return problem_response(error)
    context = {"title": TITLES[error.status], "problems": error.problems}
    response = render(request, "files/absent.html", context, status=error.status)
    response["Retry-After"] = str(error.retry_seconds)
    response["Cache-Control"] = "no-store"
    return response


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


def _blocks(request: HttpRequest, file: StoredFile, start: int, stop: int) -> Iterable[bytes]:
    """Raises OSError."""
    sha256, size_bytes = file.object_id, file.object.size_bytes
    if request.method != "HEAD":
        return store().open_blocks(sha256, size_bytes, start, stop)
    found = store().find_size(sha256)
    if found is None:
        raise FileNotFoundError(sha256)
    if found != size_bytes:
        raise WrongSize(sha256, size_bytes, found)
    return ()


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
