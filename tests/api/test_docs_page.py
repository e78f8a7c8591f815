"""The description page in a real browser: it works under the station's own policy and needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    # Playwright's loop runs in this thread; the database is only used by the server's threads meanwhile.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1440, "height": 900})
        browser.close()


def test_operations_are_shown_and_tried(page: Page, live_server: Any) -> None:
    told: list[str] = []
    elsewhere: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("request", lambda asked: elsewhere.append(asked.url))
    page.goto(f"{live_server.url}/api/v1/docs")
    page.locator("[data-try]").click()
    page.locator(".opblock").nth(40).wait_for(state="attached")  # they come one after another
    page.locator(".opblock", has_text="/api/v1/accession-series").locator("button.opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answered = page.locator(".live-responses-table tbody .response-col_status").first
    answered.wait_for()
    assert "200" in answered.inner_text()
    assert [text for text in told if "favicon" not in text] == []
    assert [url for url in elsewhere if not url.startswith((live_server.url, "data:"))] == []
