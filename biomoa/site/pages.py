"""Pages that belong to no other room: how pages are shown, the style page."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from biomoa.site import display
from biomoa.site.samples import samples


@require_POST
def change_display(request: HttpRequest) -> HttpResponse:
    """Keeps the contrast or text size that was asked for, and goes back to the page."""
    back = request.POST.get("next", "/")
    response = HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    for cookie, asked, known in (
        (display.CONTRAST_COOKIE, request.POST.get("contrast"), display.CONTRASTS),
        (display.SIZE_COOKIE, request.POST.get("size"), display.SIZES),
    ):
        if asked and asked in known:
            response.set_cookie(display.cookie_name(cookie), asked, max_age=display.KEPT_SECONDS, httponly=True,
                                samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
    return response


@require_GET
def show_style(request: HttpRequest) -> HttpResponse:
    """Every component of the pages, working; in the demonstration only."""
    if not settings.BIOMOA_HOME.station.demonstration:
        raise Http404
    return render(request, "site/style.html", samples())


@require_GET
def show_help(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")
