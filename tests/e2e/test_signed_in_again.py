"""Somebody signs in again in another tab: what stood open goes on, or says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Running, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]
DRAFT = "/submissions/SUB00000005/"


@pytest.fixture
def page(station: Running, browser: Browser) -> Page:
    return enter(browser.new_context(), station, "depositor", "en")


def _signed_out(page: Page) -> None:
    kept = [cookie for cookie in page.context.cookies() if "sessionid" not in cookie["name"]]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]


def test_an_upload_goes_on_after_the_sign_in_of_another_tab(station: Running, page: Page, tmp_path: Path) -> None:
    page.goto(f"{station.address}{DRAFT}files/")
    _signed_out(page)
    path = tmp_path / "again.fastq"
    path.write_text("@r1\nACGT\n+\nIIII\n")
    page.locator("[data-files]").set_input_files(str(path))
    row = page.locator('[data-rows] tr[data-name="again.fastq"]')
    expect(row).to_have_attribute("data-state", "refused")
    enter(page.context, station, "depositor", "en").close()
    row.get_by_role("button", name="Send again").click()
    expect(page.locator("[data-arrived]")).to_contain_text("again.fastq")


def test_a_form_that_was_open_says_that_the_sign_in_changed(station: Running, page: Page) -> None:
    page.goto(station.address + DRAFT)
    _signed_out(page)
    enter(page.context, station, "depositor", "en").close()
    page.fill("#text", "Written before the second sign-in")
    page.locator("form[action$='/do/comment'] button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("The sign-in changed, or the page was open for too long")
    page.get_by_role("link", name="Back to the page you came from").click()
    expect(page.locator("form[action$='/do/comment'] .alert")).to_contain_text("not saved yet: press “Send”")
    expect(page.locator("#text")).to_have_value("Written before the second sign-in")
