"""What every test may use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

ORACLES = Path(os.environ.get("BIOMOA_ORACLES") or Path(__file__).resolve().parents[2] / "shared" / "oracles")
BROWSER_MS = 60_000
# How long an example takes to be drawn or tried tells of the machine, not of what is tried.
hypothesis_settings.register_profile(
    "unhurried", hypothesis_settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a busy machine a page may need longer than the 5 s that Playwright gives by itself to what is expected."""
    if any(item.get_closest_marker("browser") for item in items):
        from playwright.sync_api import expect

        expect.set_options(timeout=BROWSER_MS)


def pytest_unconfigure() -> None:
    """What this process counted lies in memory, outside of its home."""
    from django.conf import settings

    if settings.configured:
        from biomoa.operations import metrics

        shutil.rmtree(metrics.folder(), ignore_errors=True)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test begins at noon in Seoul: what asks for the day twice, here or in the station, is told the same twice."""
    from django.utils import timezone

    real = timezone.now
    begun = timezone.localtime(real())
    shift = begun.replace(hour=12, minute=0, second=0, microsecond=0) - begun
    monkeypatch.setattr(timezone, "now", lambda: real() + shift)


@pytest.fixture(scope="session")
def oracles() -> Path:
    """The folder of outside schemas and real files. In CI it must be there."""
    if not ORACLES.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{ORACLES} is not there")
        pytest.skip(f"{ORACLES} is not there")
    return ORACLES


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """pytest-django's hook; the database is a file, so threads and processes of a test see the same."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:  # noqa: ARG001
    """Tests that commit are cleaned up by emptying all tables, which the ledger's triggers would refuse on SQLite."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
            for name in ("ledger_no_delete", "ledger_signedhead_no_delete", "ledger_signingkey_no_delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
