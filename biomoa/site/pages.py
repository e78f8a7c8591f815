"""Pages that belong to no other room: how pages are shown, the style page."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from biomoa.site import display
from biomoa.site.samples import samples

View = Callable[[HttpRequest], HttpResponseBase]


def _of_this_site(change: View) -> View:
    """For what changes nothing but how pages look: no token, so that what everybody sees holds nothing of its reader.

    Browsers say where a form was sent from (Fetch Metadata); from another site it is refused.
    """

    @functools.wraps(change)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise PermissionDenied
        return change(request)

    return csrf_exempt(guarded)


change_language = require_POST(_of_this_site(set_language))


@require_POST
@_of_this_site
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


@require_safe
def show_style(request: HttpRequest) -> HttpResponse:
    """Every component of the pages, working; in the demonstration only."""
    if not settings.BIOMOA_HOME.station.demonstration:
        raise Http404
    return render(request, "site/style.html", samples())


@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")
