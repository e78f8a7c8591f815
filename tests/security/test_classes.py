"""Every table, file and variable of a station has a class, and the classes are held (docs/security/data.md)."""

from __future__ import annotations

import csv
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from biomoa.cli.station import PREPARED
from biomoa.jobs import worker
from biomoa.ledger import heads
from biomoa.ledger.models import Entry
from biomoa.operations import care, restore
from biomoa.settings.station import create_home
from biomoa.site.api import api
from tests.security.routes import known_routes

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security" / "data.md").read_text(encoding="utf-8")
ROWS = list(csv.DictReader((ROOT / "docs" / "security" / "data.csv").read_text(encoding="utf-8").splitlines()))
CLASSES = {"secret", "personal", "closed", "working", "public"}
# Addresses that hold a secret: sent by mail or given by hand, they expire and can be revoked.
WITH_SECRETS = re.compile(
    r"^(review/<secret|invitations/<str:secret|account/confirm-email/|account/password/reset/key/)"
)


def named(kind: str) -> dict[str, str]:
    return {row["name"]: row["class"] for row in ROWS if row["kind"] == kind}


def test_every_table_has_a_class_and_no_other() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert set(named("table")) == tables
    assert {row["class"] for row in ROWS} == CLASSES
    assert len(ROWS) == len({(row["kind"], row["name"]) for row in ROWS})
    assert all(f"| `{name}` |" in PAGE for name in CLASSES)


def test_every_file_of_a_new_home_has_a_class(tmp_path: Path) -> None:
    create_home(tmp_path)
    assert {path.name + "/" * path.is_dir() for path in tmp_path.iterdir()} <= set(named("file"))


def test_every_file_that_comes_later_has_a_class() -> None:
    """What the running station, a change of keys, a backup and a restore put beside the files of a new home."""
    of_sqlite = {f"station.sqlite3{end}" for end in ("", "-wal", "-shm", "-queue", "-next")}
    of_restore = {restore.MARKER, f"{restore.MARKER}.new", restore.ARCHIVE, restore.STATION_LATER, restore.DUMP}
    others = {worker.LOCK_FILE, care.LOCK_FILE, heads.KEY_FILE, heads.NEXT_KEY_FILE, PREPARED, "mail/"}
    assert of_sqlite | of_restore | others <= set(named("file"))
    assert all(named("file")[name] == "secret" for name in (restore.ARCHIVE, restore.DUMP, "station.sqlite3-wal"))


def test_every_variable_with_a_secret_has_a_class() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "biomoa").rglob("*.py"))
    found = set(re.findall(r"BIOMOA_\w+_(?:PASSWORD|SECRET|KEY)\b", source))
    assert found and found <= {name for name, kind in named("variable").items() if kind == "secret"}


def test_columns_that_open_something_are_in_secret_tables() -> None:
    opening = {"password", "digest", "session_key", "secret"}
    for model in apps.get_models(include_auto_created=True):
        names = {field.name for field in model._meta.get_fields()} & opening
        # Digests of certificates and versions are of their contents: they prove and open nothing.
        if names and model._meta.db_table not in ("records_certificate", "records_version"):
            assert named("table")[model._meta.db_table] == "secret", (model, names)


def test_the_api_tells_no_secret_but_a_new_token() -> None:
    told = api.get_openapi_schema()["components"]["schemas"]
    having = {
        name for name, one in told.items() if {"password", "secret", "session_key"} & set(one.get("properties", {}))
    }
    assert having <= {"NewToken", "NewTokenOut"}, having


def test_secrets_stand_in_the_addresses_of_mails_and_reviewers_only() -> None:
    pattern = re.compile(r"secret|<key>|token>")
    holding = {
        route.replace("^", "") for route in known_routes() if not route.startswith("api ") and pattern.search(route)
    }
    assert holding and all(WITH_SECRETS.match(route) for route in holding), holding


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/invitations/{}/", "/review/{}/", "/account/confirm-email/{}/", "/account/password/reset/key/1-{}/",
     "/nothing-{}/", "/search/?q={}", "/api/v1/search?q={}"],
)  # fmt: skip
def test_addresses_are_not_logged(client: Client, caplog: pytest.LogCaptureFixture, path: str) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "s3cr3tS3cr3t" * 4
    client.get(path.format(secret))
    assert caplog.records
    for one in caplog.records:
        assert secret not in one.getMessage() + json.dumps(getattr(one, "facts", {}), default=str), one.name
    assert not any(secret in entry.data for entry in Entry.objects.all())


def test_every_rule_has_its_test() -> None:
    part = PAGE.partition("## What each class asks for")[2].partition("## Life of keys")[0]
    rules = re.findall(r"^\| ([a-z ]+) \| .*\| .*\| .*\| .*\| .*\|$", part, re.M)
    held: dict[str, Any] = dict(re.findall(r"^\| ([a-z ]+) \| (tests/[^|]*) \|$", part, re.M))
    assert set(held) == set(rules) - {"rule"} and len(held) >= 9
    for tests in held.values():
        assert all((ROOT / name).is_file() for name in tests.split(", ")), tests
