"""Small things of the pages, measured in a browser: dates stay whole, boxes stand at the height of their words."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from biomoa.records.models import Submission
from biomoa.site.templatetags.krds import day
from tests.records.test_release import in_days
from tests.records.test_reviewing_pages import client_of
from tests.records.test_trust_browser import OVERFLOW, chromium  # noqa: F401
from tests.records.world import World, accept, draft, study

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the test
# Of each box how far its middle stands from that of the first line of its words.
OFFSETS = """() => [...document.querySelectorAll("input[type=radio], input[type=checkbox]")]
  .filter((box) => box.offsetParent)
  .map((box) => {
    const label = box.closest("label") ?? document.querySelector(`label[for="${box.id}"]`);
    const walker = document.createTreeWalker(label, NodeFilter.SHOW_TEXT, (node) =>
      node.textContent.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP);
    const range = document.createRange();
    range.selectNodeContents(walker.nextNode());
    const [line, frame] = [range.getClientRects()[0], box.getBoundingClientRect()];
    return Math.abs(frame.top + frame.height / 2 - line.top - line.height / 2);
  })"""
BROKEN = """() => [...document.querySelectorAll("time")]
  .filter((each) => each.offsetParent && each.getClientRects().length > 1).map((each) => each.textContent)"""


def test_a_day_is_an_element_and_nothing_is_nothing() -> None:
    assert day(in_days(0)) == day(in_days(0).isoformat())
    assert day(None) == day("") == ""
    assert day("<b>").count("<b>") == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1440])
def test_dates_stay_whole_and_boxes_stand_at_their_words(
    lasting_world: World,
    live_server: Any,
    chromium: Browser,  # noqa: F811
    width: int,
) -> None:
    made = draft(lasting_world, study(1))
    Submission.objects.update(release_on=in_days(300))
    accept(lasting_world, made)
    context = chromium.new_context(viewport={"width": width, "height": 900})
    session = client_of(lasting_world.depositor).cookies["sessionid"].value
    for name, value in (("django_language", "ko"), ("sessionid", session)):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/submissions/{made.code}/reviewers/")
    _look(page)
    page.goto(f"{live_server.url}/submissions/{made.code}/")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    _look(page)
    for wide in range(200, 360, 8) if width == 360 else ():  # however the lines happen to break
        page.evaluate(f"document.querySelector('main').style.width = '{wide}px'")
        assert page.evaluate(BROKEN) == []
    context.close()


def _look(page: Page) -> None:
    offsets = page.evaluate(OFFSETS)
    assert offsets and max(offsets) <= 1.5, offsets
    assert page.evaluate(BROKEN) == [] and page.evaluate(OVERFLOW) <= 0
