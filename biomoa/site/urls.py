"""Every address of a station. Rooms bring their own pages; this file only puts them together."""

from django.urls import URLPattern, URLResolver, include, path

from biomoa.site import home, pages
from biomoa.site.api import api

handler400 = "biomoa.site.errors.bad_request"
handler500 = "biomoa.site.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    # What is asked for most goes first: every pattern before is tried for each request.
    path("api/v1/", api.urls),
    path("", include("biomoa.exchange.urls")),
    path("", include("biomoa.search.urls")),
    path("", home.show_home, name="home"),
    path("help/", pages.show_help, name="help"),
    path("style/", pages.show_style, name="style"),
    path("display/", pages.change_display, name="display"),
    path("i18n/setlang/", pages.change_language, name="set_language"),
    path("", include("biomoa.people.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("files/", include("biomoa.files.urls")),
    path("ledger/", include("biomoa.ledger.urls")),
    path("inspections/", include("biomoa.files.urls_inspection")),
    path("", include("biomoa.records.urls")),
    path("notices/", include("biomoa.notices.urls")),
    path("", include("biomoa.operations.urls")),
]
