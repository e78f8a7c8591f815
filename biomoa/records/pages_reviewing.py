"""Pages of reviewer links: for the group that makes them, and for the reviewer who holds one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biomoa.files.edge import answer_with
from biomoa.people.edge import actor_of, number_in, page_number, speak
from biomoa.records import access, reviewing, rules
from biomoa.records.edge import caller_network, get_submission, kept_secret, tell
from biomoa.records.library import library
from biomoa.records.models import ReviewLink, Submission
from biomoa.records.pages_record import sections_of_view
from biomoa.records.refusals import PermissionDenied, Refusal


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def reviewers(request: HttpRequest, code: str) -> HttpResponse:
    """Context: ``submission``, ``links``, ``forms`` with counts, ``files``, ``typed``. POST makes a link."""
    found, actor = get_submission(request, code), actor_of(request)
    if not access.may_on(actor, "share", found):
        raise PermissionDenied("share")
    if request.method == "GET":
        return _reviewers(request, found, QueryDict())
    try:
        made = reviewing.make_link(actor, found.pk, **_wish(request.POST))
    except Refusal as refusal:
        tell(request, refusal.problems)
        return _reviewers(request, found, request.POST, status=422)
    # The answer to the POST itself: a page that could be called again would have to know the secret.
    context = {"submission": found, "made": made}
    return render(request, "records/review_made.html", context, status=201)


def _reviewers(request: HttpRequest, found: Submission, typed: QueryDict, status: int = 200) -> HttpResponse:
    forms, files = reviewing.choosable(actor_of(request), found.pk)
    chosen = typed.getlist("form") if typed else list(forms)
    context = {
        "submission": found,
        "crumbs": [(_("My submissions"), "/submissions/")],
        "links": reviewing.links_of(actor_of(request), found.pk),
        "may_make": found.state in rules.COMMAND["share"].before,
        "forms": [(name, count, name in chosen) for name, count in forms.items()],
        "files": files,
        "chosen_files": _numbers(typed.getlist("file")),
        "typed": typed,
        "most_days": reviewing.MOST_DAYS,
        "days": typed.get("days", reviewing.DAYS),
    }
    return render(request, "records/reviewers.html", context, status=status)


def _wish(said: QueryDict) -> dict[str, Any]:
    """What the form asks for, as ``make_link`` takes it. Accessions that are written out go before ticked forms."""
    named = said.get("accessions", "").replace(",", " ").replace(";", " ").split()
    chosen = {"all": None, "none": ()}.get(said.get("files", "all"), _numbers(said.getlist("file")))
    return {
        "name": said.get("name", ""),
        "days": number_in(said.get("days", ""), 99_999) or 0,
        "accessions": named or None,
        "forms": said.getlist("form"),
        "file_ids": chosen,
    }


def _numbers(texts: list[str]) -> list[int]:
    return [number for text in texts if (number := number_in(text)) is not None]


@login_required
@never_cache
@require_safe
def log(request: HttpRequest, code: str, link_id: int) -> HttpResponse:
    """Context: ``submission``, ``link`` (LinkState), ``openings``, ``total``, ``page``."""
    found, page = get_submission(request, code), page_number(request)
    link = next((each for each in reviewing.links_of(actor_of(request), found.pk) if each.id == link_id), None)
    if link is None:
        raise Http404
    openings, total = reviewing.openings_of(actor_of(request), link_id, page)
    context = {
        "submission": found, "link": link, "openings": openings, "total": total, "page": page,
        "pages": max(1, -(-total // reviewing.PAGE)),
        "crumbs": [(_("My submissions"), "/submissions/"), (found.code, f"/submissions/{found.code}/")],
    }  # fmt: skip
    return render(request, "records/review_log.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest, code: str, link_id: int) -> HttpResponse:
    reviewing.revoke_link(actor_of(request), link_id)
    messages.success(request, _("The reviewer link is revoked. It opens nothing any more."))
    return redirect("reviewers", code=code)


def held(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page behind a secret: enters the link, keeps the answer secret, tells when the link is over."""

    @wraps(view)
    @require_safe
    def wrapped(request: HttpRequest, secret: str, **place: Any) -> HttpResponseBase:
        language = request.GET.get("language", "")
        if language in ("ko", "en"):
            translation.activate(language)
        try:
            response = view(request, reviewing.enter(secret), secret=secret, **place)
        except reviewing.Ended as ended:
            context = {"state": ended.state, "public": ended.public, "secret": secret}
            response = render(request, "records/review_over.html", context, status=410)
        if language in ("ko", "en"):
            speak(response, language)  # type: ignore[arg-type]
        return kept_secret(response)

    return wrapped


@held
def shown(request: HttpRequest, link: ReviewLink, secret: str) -> HttpResponse:
    """Context: ``link``, ``forms`` [(form, count)], ``form`` and its ``records``, ``files``, ``page``."""
    forms, page = reviewing.shown_forms(link), page_number(request)
    form = request.GET.get("form", "")
    form = form if form in forms else next(iter(forms))
    files, file_count = reviewing.shown_files(link, page if "files" in request.GET else 1)
    reviewing.note(link, "list", "", caller_network(request))
    context = {
        "link": link, "secret": secret, "forms": list(forms.items()), "form": form, "page": page,
        "records": reviewing.shown_records(link, form, 1 if "files" in request.GET else page),
        "record_pages": -(-forms[form] // reviewing.PAGE), "files": files, "file_count": file_count,
        "file_pages": -(-file_count // reviewing.PAGE), "is_files": "files" in request.GET,
    }  # fmt: skip
    return render(request, "records/review_shown.html", context)


@held
def shown_record(request: HttpRequest, link: ReviewLink, secret: str, accession: str) -> HttpResponse:
    """Context: ``record`` (RecordView without what is private), ``form``, ``sections``."""
    view = reviewing.shown_record(link, accession)
    reviewing.note(link, "record", accession, caller_network(request))
    form = library().form(view.form)
    context = {"link": link, "secret": secret, "record": view, "form": form, "sections": sections_of_view(form, view)}
    return render(request, "records/review_record.html", context)


@held
def shown_file(request: HttpRequest, link: ReviewLink, secret: str, file_id: int, name: str) -> HttpResponseBase:
    """The bytes, whole or one range, as for any reader of a public file."""
    del secret
    file = reviewing.shown_file(link, file_id)
    if name != file.name:
        raise Http404
    response = answer_with(request, file)
    size = int(response.get("Content-Length") or 0) if request.method == "GET" and response.status_code < 300 else 0
    reviewing.note(link, "file", file.name, caller_network(request), size)
    return response
