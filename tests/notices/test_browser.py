"""The pages of notices in a real browser: nothing for axe to find, nothing scrolls sideways, by keyboard too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from biomoa.notices.models import Notice
from biomoa.people.models import User
from biomoa.people.rules import Actor
from biomoa.records import services_curation
from tests.records.world import World, draft, review, study
from tests.site.conftest import _texts  # noqa: F401

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
def told(lasting_world: World, heard: Callable[[Actor], list[str]]) -> World:
    """A depositor with notices of every look, one with a very long title and a word without a gap."""
    cache.clear()
    for number, title in enumerate(("벼 도열병 저항성 연구 " * 20, "x" * 300, "짧은 제목"), 1):
        submission = draft(lasting_world, study(alias=f"study-{number}"), title=title)
        review(lasting_world, submission)
        services_curation.return_(lasting_world.curator, submission.pk, "단위를 적어 주세요\n" + "y" * 300)
    heard(lasting_world.depositor)
    return lasting_world


def context_of(chromium: Browser, url: str, actor: Actor, language: str, width: int, **more: Any) -> BrowserContext:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    context = chromium.new_context(viewport={"width": width, "height": 900}, **more)
    cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": language}
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    return context


def test_pages_are_accessible_and_fit(chromium: Browser, live_server: Any, told: World) -> None:
    found: dict[str, Any] = {}
    for language, width in LOOKS:
        context = context_of(chromium, live_server.url, told.depositor, language, width, bypass_csp=True)
        page = context.new_page()
        for path in ("/notices/", "/notices/?show=unread", "/notices/settings/"):
            page.goto(live_server.url + path)
            for each in Axe().run(page).response["violations"]:
                found[f"{path} {language} {width} {each['id']}"] = [node["html"][:200] for node in each["nodes"][:3]]
            if page.evaluate(OVERFLOW) > 0:
                found[f"{path} {language} {width} overflow"] = page.evaluate(OVERFLOW)
        context.close()
    assert not found


def test_reading_by_hand_without_script(chromium: Browser, live_server: Any, told: World) -> None:
    context = context_of(chromium, live_server.url, told.depositor, "ko", 360, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="읽지 않은 알림 6건").click()
    page.locator(".notices h2 a").first.click()
    expect(page).to_have_url(re.compile("/submissions/SUB"))
    page.get_by_role("link", name="읽지 않은 알림 5건").click()
    page.get_by_role("button", name="모두 읽음으로 표시").press("Enter")
    expect(page.get_by_role("button", name="읽음으로 표시")).to_have_count(0)
    assert not Notice.objects.filter(user_id=told.depositor.user_id, read_at=None).exists()
    page.get_by_role("link", name="이메일 알림").click()
    page.get_by_label("하루에 한 번 모아 보내기").check()
    with page.expect_navigation():  # it is checked before the answer, too
        page.get_by_role("button", name="저장").click()
    expect(page.get_by_label("하루에 한 번 모아 보내기")).to_be_checked()
    context.close()
