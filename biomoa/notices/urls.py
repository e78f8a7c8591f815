from django.urls import path

from biomoa.notices import pages

urlpatterns = [
    path("", pages.overview, name="notices"),
    path("read", pages.mark_read, name="read_notices"),
    path("settings/", pages.settings, name="notice_settings"),
    path("<int:key>/", pages.open_notice, name="open_notice"),
]
