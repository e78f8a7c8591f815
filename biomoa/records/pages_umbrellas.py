"""Pages of umbrella projects: making one, linking, asking another group, answering."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from biomoa.people import queries as people
from biomoa.people.edge import actor_of
from biomoa.records import queries, rules, services, umbrellas
from biomoa.records.edge import tell
from biomoa.records.library import library
from biomoa.records.refusals import Refusal
from biomoa.records.rules_titles import title_values


def _told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal is told on the page that the command came from."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **place: object) -> HttpResponse:
        try:
            return view(request, *args, **place)
        except Refusal as refusal:
            tell(request, refusal.problems)
            return redirect(_back(request))

    return wrapped


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/records/") else "/umbrellas/"


@login_required
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Context: ``requests`` to the reader's groups, ``groups`` for which a new umbrella can be made."""
    actor = actor_of(request)
    groups = [
        group for group, roles in people.groups_of(actor) if {"depositor", "manager", "administrator"} & set(roles)
    ]
    return render(request, "records/umbrellas.html", {"requests": umbrellas.requests_to(actor), "groups": groups})


@login_required
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """A draft with nothing in it yet, and the form of a project on which the kind is chosen already."""
    said, forms = request.POST, dict(library().forms)
    owner = said.get("owner", "")
    if not owner.isdecimal() or len(owner) > 18:
        raise Http404
    found = services.create_submission(actor_of(request), int(owner), title=said.get("title", ""))
    form = forms[next(name for name in rules.ordered_forms(forms) if rules.is_root(forms[name]))]
    values = title_values(form, said.get("title", "")) | umbrellas.kind_values(form)
    messages.info(request, _("Fill in the umbrella and hand it in; when it is accepted, link projects to it."))
    return redirect(f"{reverse('new_row', args=[found.code, form.form])}?{urlencode(values)}")


@login_required
@never_cache
@require_safe
def place(request: HttpRequest, accession: str) -> HttpResponse:
    """Context: ``record`` (RecordView), ``place`` (Place)."""
    actor = actor_of(request)
    context = {"place": umbrellas.place_of(actor, accession), "record": queries.get_record(actor, accession)}
    return render(request, "records/umbrella.html", context)


@login_required
@require_POST
@_told
def link(request: HttpRequest, accession: str) -> HttpResponse:
    actor, said = actor_of(request), request.POST
    other = said.get("other", "")
    pair = (accession, other) if umbrellas.place_of(actor, accession).is_umbrella else (other, accession)
    if umbrellas.link(actor, *pair, message=said.get("message", "")) == "linked":
        messages.success(request, _("Linked. Both pages show it."))
    else:
        messages.success(request, _("Asked. The link is made when the other group agrees."))
    return redirect("umbrella", accession=accession)


@login_required
@require_POST
@_told
def unlink(request: HttpRequest, accession: str) -> HttpResponse:
    said = request.POST
    umbrellas.unlink(actor_of(request), said.get("umbrella", ""), said.get("project", ""), said.get("reason", ""))
    messages.success(request, _("The link is taken away."))
    return redirect("umbrella", accession=accession)


@login_required
@require_POST
@_told
def answer(request: HttpRequest, request_id: int, verb: str) -> HttpResponse:
    """agree, decline, take-back."""
    actor = actor_of(request)
    if verb == "take-back":
        umbrellas.take_back(actor, request_id)
    elif verb in ("agree", "decline"):
        umbrellas.answer(actor, request_id, agrees=verb == "agree", text=request.POST.get("text", ""))
    else:
        raise Http404
    messages.success(request, _("Done. The other group sees it on its page."))
    return redirect(_back(request))
