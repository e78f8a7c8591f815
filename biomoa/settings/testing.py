"""Settings of the test suite: a fresh home in a temporary folder, SQLite or (BIOMOA_TEST_DATABASE) PostgreSQL."""

import os
from pathlib import Path

import msgspec

from biomoa.qc.scratch import Scratch
from biomoa.settings.assemble import assemble
from biomoa.settings.station import create_home

_given = os.environ.get("BIOMOA_HOME")
_made = None if _given else Scratch("biomoa-tests-")
_home = create_home(_made.path if _made else Path(_given or ""))
# Most tests sign curators in with one line; tests/security has those of the second factor.
_security = msgspec.structs.replace(_home.station.security, second_factor="offered")
_home = msgspec.structs.replace(_home, station=msgspec.structs.replace(_home.station, security=_security))
_settings = assemble(_home)
_settings["EMAIL_BACKEND"] = "django.core.mail.backends.locmem.EmailBackend"
_settings["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_settings["STORAGES"]["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
_settings["WHITENOISE_USE_FINDERS"] = True
_settings["ALLOWED_HOSTS"] = ["*"]
if _url := os.environ.get("BIOMOA_TEST_DATABASE"):
    _host, _port, _user = _url.split(":")
    _settings["DATABASES"]["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "HOST": _host,
        "PORT": _port,
        "USER": _user,
    }
else:
    # A file, not memory: threads and processes of the tests share it as those of a station do.
    _settings["DATABASES"]["default"]["TEST"] = {"NAME": str(_home.folder / "test.sqlite3")}
globals().update(_settings)
