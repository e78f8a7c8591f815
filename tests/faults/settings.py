"""A station as it is served, without its collected static files."""

import os

from biomoa.settings.django import *  # noqa: F403

STORAGES = {  # type: ignore[no-redef]
    **STORAGES,  # type: ignore[has-type]  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if _address := os.environ.get("BIOMOA_FAULTS_DATABASE"):
    _host, _port, _user = _address.split(":")
    DATABASES["default"] = {  # noqa: F405
        "ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "HOST": _host, "PORT": _port, "USER": _user,
        "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True,
    }  # fmt: skip
