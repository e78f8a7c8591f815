"""Pages of files: download, the list of a shelf, the plain form, removal."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from biomoa.files import queries, rules
from biomoa.files.disk import telling_disk_trouble
from biomoa.files.formupload import ArrivedFile, HashingUploadHandler
from biomoa.files.models import StoredFile
from biomoa.files.problems import FileProblem, problem, problem_response
from biomoa.files.queries import get_file, get_shelf, get_shelf_to_change
from biomoa.files.services import accepted_name, keep, remove
from biomoa.files.storage import store
from biomoa.forms.problems import Problem
from biomoa.people.edge import actor_of
from biomoa.people.rules import Actor


@require_http_methods(["GET", "HEAD"])
def download(request: HttpRequest, file_id: int, name: str) -> HttpResponseBase:
    """The bytes of a file, whole or one range (RFC 9110), with their digests (RFC 9530)."""
    try:
        file = get_file(actor_of(request), file_id, "download")
    except FileProblem as error:
        raise Http404 from error
    if name != file.name:
        raise Http404
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


@require_GET
def shelf(request: HttpRequest, shelf_id: UUID) -> HttpResponse:
    """The files of a shelf with their verdicts, as JSON."""
    try:
        found = get_shelf(actor_of(request), shelf_id)
    except FileProblem as error:
        return problem_response(error)
    files = [queries.summary(file) for file in queries.files_of_shelf(found.pk)]
    return JsonResponse({"files": files}, headers={"Cache-Control": "no-store"})


@csrf_exempt
def form_upload(request: HttpRequest, shelf_id: UUID) -> HttpResponseBase:
    """The plain form. The handler must be in place before anything reads the body, so also before the forgery check."""
    request.upload_handlers = [HashingUploadHandler(request)]
    return _form_upload(request, shelf_id)


@require_POST
@csrf_protect
def _form_upload(request: HttpRequest, shelf_id: UUID) -> HttpResponseBase:
    arrived = cast("list[ArrivedFile]", request.FILES.getlist("file"))
    problems = _keep_all(actor_of(request), shelf_id, arrived)
    back = _back(request)
    if not problems:
        return HttpResponseRedirect(back)
    return render(request, "files/refused.html", {"problems": problems, "back": back}, status=422)


def _keep_all(actor: Actor, shelf_id: UUID, arrived: list[ArrivedFile]) -> list[Problem]:
    """Each file for itself: one that is refused does not hold up the others."""
    problems = [] if arrived else [problem("no-file")]
    for file in arrived:
        try:
            with telling_disk_trouble():
                place = get_shelf_to_change(actor, shelf_id)
                name = accepted_name(file.name or "")
                keep(actor, place, name, file.path, file.sums, file.size_bytes)
        except FileProblem as error:
            problems.extend(error.problems)
        finally:
            file.close()
    return problems


@require_POST
def remove_file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Takes a file from a draft and goes back."""
    actor = actor_of(request)
    try:
        remove(actor, get_file(actor, file_id, "read"))
    except FileProblem as error:
        if error.status == 404:
            raise Http404 from error
        context = {"problems": error.problems, "back": _back(request)}
        return render(request, "files/refused.html", context, status=error.status)
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "/"
