"""The tus 1.0.0 protocol (https://tus.io/protocols/resumable-upload): core, creation, creation-with-upload, checksum,
termination, expiration. Headers in, services called, headers out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from biomoa.files import rules, uploads
from biomoa.files.bodies import Body, body_of
from biomoa.files.models import Upload
from biomoa.files.problems import FileProblem, problem_response, refused
from biomoa.files.queries import get_shelf_to_change
from biomoa.people.edge import actor_of

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
OFFSET_TYPE = "application/offset+octet-stream"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@method_decorator(csrf_exempt, name="dispatch")
class _TusView(View):
    """What every tus address has in common: the version, the method, problems as answers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            method = _method(request)
            if method != "OPTIONS":
                _check_version(request)
                _check_sender(request)
            handler = getattr(self, method.lower(), self.http_method_not_allowed)
            response = handler(request, *args, **kwargs)
        except FileProblem as error:
            response = _problem(error)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        del request, args, kwargs
        # Core: the answer to OPTIONS says what this server can; nobody has to be signed in to ask.
        return HttpResponse(
            status=204,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(_limit_bytes()),
                "Tus-Checksum-Algorithm": ",".join(rules.DIGEST_BYTES),
            },
        )


class Uploads(_TusView):
    """``/files/tus/<shelf>/``: POST creates an upload, with its first bytes if they come along."""

    def post(self, request: HttpRequest, shelf_id: UUID) -> HttpResponse:
        actor = actor_of(request)
        get_shelf_to_change(actor, shelf_id)
        size_bytes = _declared_size(request)
        body, checksum = _first_part(request), _checksum(request)
        upload = uploads.begin(actor, shelf_id, size_bytes, request.headers.get("Upload-Metadata", ""))
        problem: FileProblem | None = None
        if body is not None and size_bytes > 0:
            # The upload exists, whatever comes of its first bytes: its address must be told.
            try:
                uploads.append(actor, upload, 0, body, checksum)
            except FileProblem as error:
                problem = error
        response = _problem(problem) if problem else HttpResponse(status=201)
        address = reverse("files:tus-upload", args=[shelf_id, upload.pk])
        response["Location"] = request.build_absolute_uri(address)
        return _with_offset(response, upload)


class OneUpload(_TusView):
    """``/files/tus/<shelf>/<upload>``: HEAD asks for the offset, PATCH adds bytes, DELETE gives up."""

    def head(self, request: HttpRequest, shelf_id: UUID, upload_id: str) -> HttpResponse:
        actor = actor_of(request)
        upload = uploads.settle(actor, uploads.get_upload(actor, shelf_id, upload_id))
        response = _with_offset(HttpResponse(status=200), upload)
        response["Upload-Length"] = str(upload.size_bytes)
        if upload.metadata:
            response["Upload-Metadata"] = upload.metadata
        return response

    def patch(self, request: HttpRequest, shelf_id: UUID, upload_id: str) -> HttpResponse:
        actor = actor_of(request)
        upload = uploads.get_upload(actor, shelf_id, upload_id)
        if request.content_type != OFFSET_TYPE:
            raise refused("wrong-media-type")
        offset = _number(request, "Upload-Offset")
        body = body_of(request.META)
        try:
            uploads.append(actor, upload, offset, body, _checksum(request))
            _check_whole(upload, body)
        except FileProblem as error:
            return _with_offset(_problem(error), upload)
        return _with_offset(HttpResponse(status=204), upload)

    def delete(self, request: HttpRequest, shelf_id: UUID, upload_id: str) -> HttpResponse:
        actor = actor_of(request)
        uploads.cancel(actor, uploads.get_upload(actor, shelf_id, upload_id))
        return HttpResponse(status=204)


def _method(request: HttpRequest) -> str:
    """X-HTTP-Method-Override wins, as the core demands, but never turns a safe method into one that changes things:
    that would step around the protection against forged requests."""
    wanted = request.headers.get("X-HTTP-Method-Override", "").upper() or str(request.method)
    if wanted not in {*UNSAFE, "HEAD", "OPTIONS"} or (wanted in UNSAFE and request.method not in UNSAFE):
        return "none"
    return wanted


def _check_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise refused("protocol-version")


def _check_sender(request: HttpRequest) -> None:
    """Nobody gets 401 as a problem, not the page about forged requests; a session must show its token as elsewhere."""
    if actor_of(request).user_id is None:
        raise refused("sign-in-needed")
    _ForgeryCheck(_no_answer).process_view(request, None, (), {})


class _ForgeryCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        del request, reason
        raise refused("session-check-failed")


def _no_answer(request: HttpRequest) -> HttpResponse:
    del request
    return HttpResponse()


def _problem(error: FileProblem) -> HttpResponse:
    headers = {"Tus-Version": VERSION} if error.status == 412 else {}
    return problem_response(error, headers)


def _with_offset(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.offset_bytes)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _declared_size(request: HttpRequest) -> int:
    if "Upload-Length" not in request.headers:
        raise refused("bad-header", detail="Upload-Length is missing (Upload-Defer-Length is not offered)")
    return _number(request, "Upload-Length")


def _number(request: HttpRequest, header: str) -> int:
    try:
        return rules.parse_length(request.headers.get(header, ""), header)
    except rules.HeaderError as error:
        raise refused("bad-header", detail=str(error)) from error


def _checksum(request: HttpRequest) -> rules.Checksum | None:
    header = request.headers.get("Upload-Checksum")
    try:
        return rules.parse_checksum(header) if header is not None else None
    except rules.HeaderError as error:
        raise refused("bad-header", detail=str(error)) from error


def _first_part(request: HttpRequest) -> Body | None:
    return body_of(request.META) if request.content_type == OFFSET_TYPE else None


def _check_whole(upload: Upload, body: Body) -> None:
    if body.is_cut:
        raise refused("upload-too-short", file=upload.name, expected=upload.size_bytes, found=upload.offset_bytes)


def _limit_bytes() -> int:
    return int(settings.BIOMOA_HOME.station.limits.file_size_bytes)
