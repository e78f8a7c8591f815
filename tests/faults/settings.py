"""A station as it is served, without its collected static files."""

from biomoa.settings.django import *  # noqa: F403

STORAGES = {  # type: ignore[no-redef]
    **STORAGES,  # type: ignore[has-type]  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
