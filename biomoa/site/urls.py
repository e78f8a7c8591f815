"""Every address of a station. Rooms bring their own pages; this file only puts them together."""

from django.urls import URLPattern, URLResolver, include, path

from biomoa.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("biomoa.people.urls")),
    path("account/", include("allauth.account.urls")),
    path("files/", include("biomoa.files.urls")),
    path("", include("biomoa.records.urls")),
    path("api/v1/", api.urls),
    path("", include("biomoa.exchange.urls")),
]
