"""Reviewer links, certificates, umbrellas, embargo in a real browser: nothing for axe, nothing sticks out at 360 px."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect, sync_playwright

from biomoa.people.models import User
from biomoa.records import certificates, reviewing, services, umbrellas
from biomoa.records.models import Submission
from tests.records.test_release import in_days
from tests.records.test_reviewing_pages import client_of
from tests.records.test_umbrellas import BIG, theirs
from tests.records.world import World, accept, draft, lay_file, project, reads

pytestmark = pytest.mark.browser
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the test
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = "Metagenome of traditionally fermented soybean paste from forty farms 전통 된장 마흔 농가의 메타게놈"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def fill(world: World) -> tuple[Submission, list[str], list[str]]:
    """The submission, the paths of its group, the paths for everybody."""
    made = draft(world, {**reads(), "bioproject": [project(title=LONG), BIG]})
    lay_file(made, "study-1.fastq")
    services.set_details(world.depositor, made.pk, release_on=in_days(90))
    accept(world, made)
    theirs(world, {"bioproject": [project("theirs", title="Their PRJNA257197")]})
    umbrellas.link(world.depositor, "KAP000002", "KAP000001")
    umbrellas.link(world.stranger, "KAP000002", "KAP000003", "함께하고 싶습니다")
    link = reviewing.make_link(world.depositor, made.pk, name="Journal of Ginseng Research")
    closed = reviewing.make_link(world.depositor, made.pk, name="Other")
    reviewing.revoke_link(world.depositor, closed.id)
    opened = reviewing.enter(link.address.rstrip("/").rsplit("/", 1)[1])
    reviewing.note(opened, "file", "study-1.fastq", "203.0.113.0/24", 4096)
    paper = certificates.certify_submission(world.depositor, made.pk)
    record = certificates.certify_record(world.depositor, "KAP000001")
    shown = "/review/" + link.address.split("/review/")[1]
    over = "/review/" + closed.address.split("/review/")[1]
    group = [
        f"/submissions/{made.code}/", f"/submissions/{made.code}/reviewers/",
        f"/submissions/{made.code}/reviewers/{link.id}/", "/KAP000001", "/KAP000002", "/records/KAP000001/umbrella",
        "/records/KAP000002/umbrella", "/umbrellas/", f"/certificates/{record.code}",
    ]  # fmt: skip
    anyone = [shown, f"{shown}KAR00000001/", f"{shown}KAP000001/", over, f"/certificates/{paper.code}",
              "/certificates/", "/certificates/?code=x"]  # fmt: skip
    return made, group, anyone


@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1440)])
def test_pages_are_accessible_and_fit(
    lasting_world: World, live_server: Any, chromium: Browser, language: str, width: int
) -> None:
    _, group, anyone = fill(lasting_world)
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page, told = context.new_page(), {}
    session = client_of(lasting_world.depositor).cookies["sessionid"].value
    for paths in (anyone, group):
        for path in paths:
            page.goto(live_server.url + path)
            assert page.locator("html").get_attribute("lang") == language and page.locator("h1").count() == 1
            for each in Axe().run(page).response["violations"]:
                told[f"{path}: {each['id']}"] = [node["html"][:200] for node in each["nodes"][:3]]
            if page.evaluate(OVERFLOW) > 0:
                told[f"{path}: scrolls sideways"] = page.evaluate(OVERFLOW)
            if folder := os.environ.get("BIOMOA_SHOTS"):
                page.screenshot(
                    path=Path(folder) / f"{language}-{path.strip('/').replace('/', '_')[-60:]}.png", full_page=True
                )
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    context.close()
    assert not told


def test_a_link_is_made_and_followed_in_the_browser(lasting_world: World, live_server: Any, chromium: Browser) -> None:
    made, _, _ = fill(lasting_world)
    context = chromium.new_context(accept_downloads=True)
    context.add_cookies(
        [
            {"name": "django_language", "value": "en", "url": live_server.url},
            {"name": "sessionid", "value": client_of(lasting_world.depositor).cookies["sessionid"].value,
             "url": live_server.url},
        ]
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{live_server.url}/submissions/{made.code}/reviewers/")
    page.get_by_label("For whom").fill("Nature")
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("Address for the reviewer").input_value()
    reader = chromium.new_context(java_script_enabled=False, locale="ko").new_page()
    reader.goto(live_server.url + "/review/" + address.split("/review/")[1])
    assert (
        reader.locator("h1").inner_text() == "Data for review" or reader.locator("h1").inner_text() == "심사용 데이터"
    )
    reader.get_by_role("link", name="English").click()
    expect(reader.locator("html")).to_have_attribute("lang", "en")
    reader.get_by_role("link", name="KAP000001").click()
    expect(reader.locator("h1")).to_contain_text(LONG)
    assert "private" not in reader.content() and User.objects.first().email not in reader.content()
    context.close()
    reader.context.close()
