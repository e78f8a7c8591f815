"""A demonstration station in a folder of its own, served to a real Chromium."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from biomoa.records.library import catalogue, library
from biomoa.settings.station import create_home
from biomoa.site import queries
from tests.site.station import fill_station

# Playwright's synchronous interface keeps an event loop in the test's thread, where Django refuses its database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CATALOGUE = Path(__file__).parents[1] / "records" / "catalogue"
ROOMS = Path(__file__).parents[2] / "biomoa"


@pytest.fixture(scope="session", autouse=True)
def _texts() -> None:
    """The Korean texts, compiled where they are older than their source."""
    for source in ROOMS.glob("*/locale/*/LC_MESSAGES/django.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["msgfmt", "-o", str(compiled), str(source)], check=True)


@pytest.fixture
def demonstration(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home of its own, a small catalogue, nothing kept from the test before."""
    monkeypatch.setenv("BIOMOA_CATALOGUE", str(CATALOGUE))
    settings.BIOMOA_HOME = create_home(tmp_path / "station", demonstration=True)
    for kept in (catalogue, library):
        kept.cache_clear()
    queries._kept.clear()
    yield
    for kept in (catalogue, library):
        kept.cache_clear()
    queries._kept.clear()


@pytest.fixture
def station(demonstration: None, transactional_db: None, live_server: Any) -> str:  # noqa: ARG001
    """The address of a filled demonstration station."""
    cache.clear()
    fill_station()
    return str(live_server.url)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, station: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the station as a reader with a language, width and contrast."""
    contexts: list[BrowserContext] = []

    def open_(path: str, *, language: str = "ko", width: int = 1440, contrast: str = "normal", script: bool = True,
              bypass: bool = False) -> Page:  # fmt: skip
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale=language, java_script_enabled=script, bypass_csp=bypass
        )
        contexts.append(context)
        context.add_cookies(
            [
                {"name": "django_language", "value": language, "url": station},
                {"name": "biomoa_contrast", "value": contrast, "url": station},
            ]
        )
        page = context.new_page()
        page.faults = []  # type: ignore[attr-defined]
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.faults.append(str(error)))  # type: ignore[attr-defined]
        page.goto(station + path)
        return page

    yield open_
    for context in contexts:
        context.close()
