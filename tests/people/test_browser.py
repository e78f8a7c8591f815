"""The pages of people in a real browser: nothing for axe to find, nothing scrolls sideways, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from biomoa.people.models import Organisation, User
from biomoa.people.queries import actor_of
from biomoa.people.rules import system
from biomoa.people.services import appoint, create_group, create_token, invite, make_account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = (("ko", 360), ("en", 360), ("ko", 1440), ("en", 1440))
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django would refuse the database here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def manager(transactional_db: None) -> User:  # noqa: ARG001
    cache.clear()
    address = "minji.kim@long-institute-name.example.org"
    return make_account(address, password="x", name_ko="김민지", name_en="Minji Kim")


@pytest.fixture
def group(manager: User) -> Organisation:
    made = create_group(actor_of(manager), "김민지 연구그룹", "Minji Kim Group")
    member = make_account("jun@example.org", password=None, name_ko="", name_en="Jun")
    appoint(system("test"), made, member, "depositor")
    invite(actor_of(manager), made, "invited@example.org", "depositor")
    create_token(actor_of(manager), "sequencer", ["read", "deposit"], 90)
    return made


def test_pages_are_accessible_and_fit(chromium: Browser, live_server: Any, manager: User, group: Organisation) -> None:
    client = Client()
    client.force_login(manager)
    told: dict[str, Any] = {}
    for language, width in LOOKS:
        context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": language}
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        for path in ("/account/", f"/groups/{group.code}/", "/invitations/unknown/"):
            page.goto(live_server.url + path)
            page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
            for each in Axe().run(page).response["violations"]:
                told[f"{path} {language} {width} {each['id']}"] = [node["html"][:200] for node in each["nodes"][:3]]
            if page.evaluate(OVERFLOW) > 0:
                told[f"{path} {language} {width} overflow"] = page.evaluate(OVERFLOW)
        context.close()
    assert not told


def test_a_token_by_hand(chromium: Browser, live_server: Any, manager: User, group: Organisation) -> None:
    client = Client()
    client.force_login(manager)
    context = chromium.new_context(locale="en")
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/account/")
    assert page.locator("main").inner_text().count("Minji Kim Group") == 1
    page.get_by_text("Make a new token").click()
    page.get_by_label("What the token is for").fill("laptop")
    page.get_by_role("button", name="Make token").click()
    page.get_by_label("Password").fill("x")  # this session never proved it
    page.locator("main form button.button-primary").click()
    page.get_by_label("Read what I may read").check()
    page.get_by_role("button", name="Make token").click()
    secret = page.locator("#secret").input_value()
    assert secret.startswith("bmo_") and len(secret) == 44
    context.close()
    assert group.name_en == "Minji Kim Group"
