"""Pages of files: download, the list of a shelf, the plain form, removal."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biomoa.files import queries
from biomoa.files.disk import telling_disk_trouble
from biomoa.files.edge import answer_with
from biomoa.files.formupload import ArrivedFile, HashingUploadHandler
from biomoa.files.models import Shelf, StoredFile
from biomoa.files.problems import FileProblem, ShelfClosed, problem, problem_response
from biomoa.files.queries import get_file, get_shelf, get_shelf_to_change
from biomoa.files.quota import check_incoming
from biomoa.files.services import accepted_name, keep, note_download, remove
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
    if request.method == "GET":
        note_download(actor_of(request), file)
    return answer_with(request, file)


@never_cache
@require_safe
def shelf(request: HttpRequest, shelf_id: UUID) -> HttpResponse:
    """The files of a shelf with their verdicts, as JSON. With ``rows``, keys parted by commas: these as table rows."""
    try:
        found = get_shelf(actor_of(request), shelf_id)
    except FileProblem as error:
        return problem_response(error)
    files = queries.files_of_shelf(found.pk, actor=actor_of(request))
    if "rows" in request.GET:
        return _rows(request, found, files)
    return JsonResponse({"files": [queries.summary(file) for file in files]})


def _rows(request: HttpRequest, found: Shelf, files: list[StoredFile]) -> HttpResponse:
    """Rows as the page has them from the start, so that what arrives while it is open looks and does the same."""
    wanted = set(request.GET["rows"].split(","))
    context = {"shelf": found, "files": [file for file in files if str(file.pk) in wanted], "next": _back(request)}
    return render(request, "files/rows.html", context)


@csrf_exempt
def form_upload(request: HttpRequest, shelf_id: UUID) -> HttpResponseBase:
    """The plain form. The handler must be in place before anything reads the body, so also before the forgery check."""
    try:
        # Before a byte of the body is read: who may not add here fills no disk. The rest is known when it has come.
        place = get_shelf_to_change(actor_of(request), shelf_id)
        check_incoming(place, "", int(request.META.get("CONTENT_LENGTH") or 0))
    except ShelfClosed as error:
        context = {"problems": error.problems, "back": error.address, "is_closed": True}
        return render(request, "files/refused.html", context, status=error.status)
    except FileProblem as error:
        if error.status == 404:
            raise Http404 from error
        return render(request, "files/refused.html", {"problems": error.problems, "back": "/"}, status=error.status)
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
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else "/"
