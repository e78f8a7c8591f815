"""The addresses of files and one page around the uploader, so that the room is tested by itself."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from biomoa.files.queries import files_of_shelf, get_shelf
from biomoa.people.edge import actor_of

PAGE = """<!doctype html><html lang="{{ lang }}"><head><meta charset="utf-8"><title>files</title></head><body><main>
{% include "files/uploader.html" %}</main></body></html>"""


def page(request: HttpRequest, shelf_id: str) -> HttpResponse:
    shelf = get_shelf(actor_of(request), shelf_id)
    template = engines["django"].from_string("{% load i18n static %}" + PAGE)
    context = {"shelf": shelf, "files": files_of_shelf(shelf.pk), "lang": request.GET.get("lang", "en")}
    return HttpResponse(template.render(context, request))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Instead of the station's page, which needs the addresses of all rooms."""
    return HttpResponse(reason, status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """As ``forged``."""
    return HttpResponse(type(exception).__name__, status=404)


handler404 = missing
urlpatterns = [
    path("account/", include("allauth.account.urls")),
    path("files/", include("biomoa.files.urls")),
    path("inspections/", include("biomoa.files.urls_inspection")),
    path("page/<uuid:shelf_id>", page),
]
