"""The pages of second factor and sessions: nothing for axe to find, nothing scrolls sideways, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, expect, sync_playwright

from biomoa.people.services import make_account
from tests.security.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = (
    "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/add/", "/account/2fa/webauthn/",
    "/account/sessions/",
)  # fmt: skip
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django would refuse the database here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_are_accessible_and_fit(chromium: Browser, live_server: Any, language: str) -> None:
    cache.clear()
    user = make_account("p@example.org", password=PASSWORD, name_ko="", name_en="P", language=language)
    context = chromium.new_context(locale=language, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{live_server.url}/account/login/")
    told: dict[str, Any] = {}
    look(page, "/account/login/", told)
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    page.goto(f"{live_server.url}{PATHS[1]}")
    look(page, "reauthenticate", told)
    page.locator("#id_password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button").first.click()
    for path in PATHS:
        page.goto(live_server.url + path)
        assert page.url.endswith(path)
        look(page, path, told)
    context.close()
    assert not told


def test_a_form_pressed_twice_is_sent_once(chromium: Browser, live_server: Any) -> None:
    cache.clear()
    page = chromium.new_context(locale="ko").new_page()
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.goto(f"{live_server.url}/account/password/reset/")
    page.locator("#id_email").fill("no@example.org")
    with page.expect_navigation(url="**/done/"):
        page.locator("main form button").first.dblclick()
    expect(page.locator("h1")).to_be_visible()
    assert len(posts) == 1
    page.context.close()


def look(page: Any, place: str, told: dict[str, Any]) -> None:
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for each in Axe().run(page).response["violations"]:
            told[f"{place} {width} {each['id']}"] = [node["html"][:200] for node in each["nodes"][:3]]
        if page.evaluate(OVERFLOW) > 0:
            told[f"{place} {width} overflow"] = page.evaluate(OVERFLOW)
