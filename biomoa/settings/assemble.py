"""station.toml -> Django settings. The only place that knows both."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from biomoa.settings.security import protection, sign_in
from biomoa.settings.station import Database, Home, Mail, Station, is_this_machine

SMTPS = 465  # the port that speaks TLS from its first byte (RFC 8314)
ROOMS = ("ledger", "people", "jobs", "files", "records", "notices", "search", "exchange", "operations", "site")
FOLLOWERS = ("biomoa.search.followers.follower", "biomoa.notices.followers.follower")
# Dotted name of a function -> seconds between two runs.
CLOCK = {
    "biomoa.records.clock.open_due_records": 20,
    "biomoa.files.quarantine.empty_store": 3600,
    "biomoa.records.clock.remind_of_openings": 3600,
    "biomoa.notices.clock.send_mails": 20,
    "biomoa.notices.clock.forget_mails": 86_400,
    "biomoa.files.uploads.expire_uploads": 300,
    "biomoa.jobs.queue.forget_finished": 3600,
    "biomoa.operations.tidy.put_back_named": 600,
    "biomoa.people.tries.tell_failed_tries": 60,
    "biomoa.ledger.heads.sign_due": 600,
    "biomoa.jobs.timekeeping.beat": 60,
    "biomoa.files.uploads.drop_orphan_objects": 86_400,
    "biomoa.jobs.answers.forget_answers": 3600,
}


def assemble(home: Home) -> dict[str, Any]:
    """Every Django setting of a station, by name."""
    station = home.station
    return {
        "BIOMOA_HOME": home,
        "BIOMOA_FOLLOWERS": FOLLOWERS,
        "BIOMOA_CLOCK": CLOCK,
        "DEBUG": False,
        "SILENCED_SYSTEM_CHECKS": [],
        **_addresses(station),
        **_secrets(home),
        **protection(station),
        **_code(),
        **_storage(home.folder, station.database),
        **_people(),
        **sign_in(station),
        **_languages(),
        **_mail(home.folder, station.mail),
        **_statics(home.folder),
        **_bodies(home),
        "LOGGING": _logging(home.folder, station.care.syslog),
    }


def _addresses(station: Station) -> dict[str, Any]:
    return {
        "ALLOWED_HOSTS": [*station.allowed_hosts, str(urlsplit(station.address).hostname)],
        "CSRF_TRUSTED_ORIGINS": [station.address],
        "FORCE_SCRIPT_NAME": "",  # a station is the root of its host; fixed addresses are drawn once for everybody
    }


def _secrets(home: Home) -> dict[str, Any]:
    return {"SECRET_KEY": home.secret_key(), "SECRET_KEY_FALLBACKS": home.secret_keys()[1:]}


def _code() -> dict[str, Any]:
    return {
        "INSTALLED_APPS": _apps(),
        "MIDDLEWARE": _middleware(),
        "ROOT_URLCONF": "biomoa.site.urls",
        "WSGI_APPLICATION": "biomoa.site.wsgi.application",
        "TEMPLATES": [_templates()],
        "FORM_RENDERER": "biomoa.site.renderer.KrdsRenderer",
        "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}},
    }


def _storage(folder: Path, database: Database) -> dict[str, Any]:
    return {
        "DATABASES": {"default": _database(folder, database)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        # Counts of attempts must hold over processes and restarts; biomoa.people.models.CacheEntry is the table.
        "CACHES": {
            "default": {
                "BACKEND": "biomoa.people.attempts.Attempts",
                "LOCATION": "people_cacheentry",
                "OPTIONS": {"MAX_ENTRIES": 100_000},
            }
        },
    }


def _people() -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "people.User",
        "AUTHENTICATION_BACKENDS": [
            "django.contrib.auth.backends.ModelBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "biomoa.people.passwords.NoStationWords"},
            {"NAME": "biomoa.people.passwords.NotObvious"},
            {"NAME": "biomoa.people.passwords.NotLeaked"},
        ],
    }


def _statics(folder: Path) -> dict[str, Any]:
    return {
        "STATIC_URL": "/static/",
        "STATIC_ROOT": folder / "static",
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "biomoa.site.weight.StaticFiles"},
        },
        "WHITENOISE_USE_FINDERS": False,
        # Pages name the hashed copies only, and maps are for those who look into scripts: both cost half a minute.
        "WHITENOISE_KEEP_ONLY_HASHED_FILES": True,
        "WHITENOISE_SKIP_COMPRESS_EXTENSIONS": ("jpg", "jpeg", "png", "gif", "webp", "woff2", "gz", "br", "map"),
    }


def _bodies(home: Home) -> dict[str, Any]:
    """What a request may bring."""
    return {
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 64 * 1024**2,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 20_000,
        "FILE_UPLOAD_HANDLERS": [
            "biomoa.files.formupload.FormLimit",
            "django.core.files.uploadhandler.MemoryFileUploadHandler",
            "django.core.files.uploadhandler.TemporaryFileUploadHandler",
        ],
        "FILE_UPLOAD_TEMP_DIR": str(home.scratch),
    }


def _database(folder: Path, database: Database) -> dict[str, Any]:
    if database.engine == "postgresql":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.name,
            "HOST": database.host,
            "PORT": database.port,
            "USER": database.user,
            "PASSWORD": os.environ.get(database.password_env, ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": database.encryption(),
        }
    return {
        "ENGINE": "biomoa.settings.sqlite",
        "NAME": folder / database.name,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A writer takes its lock at BEGIN and waits, instead of failing half-way (SQLITE_BUSY).
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: what a station acknowledges must survive a power cut, not only a crash.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                "PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
                "PRAGMA secure_delete=ON;"  # what is deleted to protect a person must not stay in free pages
            ),
        },
    }


def _apps() -> list[str]:
    return [
        *(f"biomoa.{room}" for room in ROOMS),
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.contrib.humanize",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "allauth.usersessions",
        "django_htmx",
        "django_tasks",
        "django_tasks_db",
        "ninja",
    ]


def _middleware() -> list[str]:
    return [
        "biomoa.operations.requests.RequestIds",
        "django.middleware.security.SecurityMiddleware",
        "biomoa.site.headers.SecurityHeaders",
        "biomoa.site.weight.LightPages",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "biomoa.site.limits.AddressLimit",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "biomoa.site.kept_pages.KeptPages",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "biomoa.people.sessions.SessionLimits",
        "biomoa.people.middleware.ActorMiddleware",
        "biomoa.people.middleware.SignInAgain",
        "biomoa.site.limits.PersonLimit",
        "biomoa.people.secondfactor.SecondFactorForStaff",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "biomoa.site.errors.ErrorPages",
        "django_htmx.middleware.HtmxMiddleware",
        "biomoa.site.protocol.MeasuredBodies",
        "biomoa.site.protocol.HeadAsGet",
        "biomoa.site.repeats.RepeatedCommands",
    ]


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "biomoa.site.context.station",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "biomoa.site.templatetags.krds"],
        },
    }


def _languages() -> dict[str, Any]:
    return {
        "LANGUAGE_CODE": "ko",
        "LANGUAGES": [("ko", "한국어"), ("en", "English")],
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Seoul",
    }


def _mail(folder: Path, mail: Mail) -> dict[str, Any]:
    settings: dict[str, Any] = {"DEFAULT_FROM_EMAIL": mail.sender, "SERVER_EMAIL": mail.sender}
    if not mail.host:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return settings | {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": folder / "mail"}
    is_encrypted = bool(mail.user) or (mail.tls and not is_this_machine(mail.host))
    return settings | {
        "EMAIL_HOST": mail.host,
        "EMAIL_PORT": mail.port,
        "EMAIL_HOST_USER": mail.user,
        "EMAIL_HOST_PASSWORD": os.environ.get(mail.password_env, ""),
        "EMAIL_USE_TLS": is_encrypted and mail.port != SMTPS,
        "EMAIL_USE_SSL": is_encrypted and mail.port == SMTPS,
        "EMAIL_TIMEOUT": 10,
    }


def _logging(folder: Path, syslog: str) -> dict[str, Any]:
    # Another machine keeps the log out of reach of whoever gets into this one (ASVS 16.4.3).
    away = {"class": "logging.handlers.SysLogHandler", "address": syslog, "formatter": "json"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "routes": {"()": "biomoa.operations.logs.RoutesOnly"},
            "host": {"()": "biomoa.operations.logs.StrangeHost"},
        },
        "formatters": {
            "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
            "json": {"()": "biomoa.operations.logs.JsonLines"},
        },
        "handlers": {
            "file": {
                "class": "biomoa.operations.logs.Appended",
                "filename": folder / "log" / "station.log",
                "formatter": "json",
            },
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "level": "ERROR"},
            **({"syslog": away} if syslog else {}),
        },
        "loggers": {
            **{name: {"filters": ["routes"]} for name in ("django.request", "django.security.csrf")},
            "django.security.DisallowedHost": {"filters": ["host"]},
        },
        "root": {"handlers": ["file", "stderr", *(["syslog"] if syslog else [])], "level": "INFO"},
    }
