"""What a person typed outlives a refusal, the end of the session, a reload and a crash of the browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.e2e.conftest import Running, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

DRAFT = "/submissions/SUB00000005/"
TYPED = "The second replicate was frozen twice."
BACK = re.compile("typed here and not sent is back|보내지 않은 내용을 되살렸습니다")


@pytest.fixture
def page(station: Running, browser: Browser) -> Page:
    return enter(browser.new_context(), station, "depositor", "en")


def test_a_refused_form_comes_back_as_it_was_typed(station: Running, page: Page) -> None:
    page.goto(station.address + "/account/")
    page.locator("summary", has_text="Make a new token").click()
    page.fill("form[action$='/tokens/'] [name=name]", "nightly upload")
    page.locator("form[action$='/tokens/'] button[type=submit]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.input_value("form[action$='/tokens/'] [name=name]") == "nightly upload"


def test_a_message_outlives_the_end_of_the_session(station: Running, page: Page) -> None:
    page.goto(station.address + DRAFT)
    page.fill("#text", TYPED)
    kept = [cookie for cookie in page.context.cookies() if "sessionid" not in cookie["name"]]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]
    page.locator("form[action$='/do/comment'] button[type=submit]").click()
    page.wait_for_url(re.compile("/account/login/"))
    page.fill("[name=login]", "depositor@demo.biomoa.example")
    page.fill("[name=password]", "biomoa-demo-2026")
    page.press("[name=password]", "Enter")
    page.wait_for_url(station.address + DRAFT)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("#text")).to_have_value(TYPED)

    with page.expect_navigation():
        page.locator("form[action$='/do/comment'] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text(TYPED)
    expect(page.locator("#text"), "what was sent does not come back").to_have_value("")
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_a_row_outlives_the_end_of_the_session_while_it_saves_itself(station: Running, page: Page) -> None:
    address = f"{station.address}{DRAFT}biosample/1/"
    page.goto(address)
    before = page.input_value("#f-title")
    kept = [cookie for cookie in page.context.cookies() if "sessionid" not in cookie["name"]]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]
    page.fill("#f-title", before + " (thawed)")
    page.press("#f-title", "Tab")
    expect(page.locator("[data-status]")).to_contain_text("you are no longer signed in")
    assert page.url == address, "nobody is thrown out of what they are typing"
    page.locator("[data-status]").get_by_role("link", name="Sign in again").click()
    page.wait_for_url(re.compile("/account/login/"))
    page.fill("[name=login]", "depositor@demo.biomoa.example")
    page.fill("[name=password]", "biomoa-demo-2026")
    page.press("[name=password]", "Enter")
    page.wait_for_url(address)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("#f-title")).to_have_value(before + " (thawed)")
    expect(page.locator("[data-status]"), "what is back is on the station too").to_have_text(
        re.compile("^1행을 저장했습니다|^Row 1 is saved")
    )
    other = page.context.new_page()
    other.goto(address)
    expect(other.locator("#f-title")).to_have_value(before + " (thawed)")
    expect(other.get_by_text(BACK)).to_have_count(0)


def test_what_is_back_elsewhere_says_that_it_is_not_saved(station: Running, page: Page) -> None:
    page.goto(station.address + DRAFT)
    page.locator("form[action$='/details'] [name=title]").fill("A title that was not sent")
    page.reload()
    note = page.locator("form[action$='/details'] .alert")
    expect(note).to_contain_text("is back. It is not saved yet: press “Save”.")
    note.get_by_role("button", name="Discard it").click()


@pytest.mark.parametrize("way", ["the same address", "the home page"])
@pytest.mark.parametrize("fault", ["no answer", "an answer without scripts"])
def test_a_form_outlives_a_sending_that_failed(station: Running, page: Page, fault: str, way: str) -> None:
    address = station.address + "/submissions/new"
    page.goto(address)
    page.fill("#title", TYPED)
    page.check("#human-no")
    page.route("**/submissions/new", lambda route: _fail(route, fault))
    page.get_by_role("button", name="Start").click()
    if fault == "no answer":
        page.wait_for_url(re.compile("^chrome-error:"))
    else:
        expect(page).to_have_title("503")
    page.unroute("**/submissions/new")
    page.goto(address if way == "the same address" else station.address)
    page.goto(address)
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("#title")).to_have_value(TYPED)
    expect(page.locator("#human-no")).to_be_checked()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/submissions/SUB\d+/$"))
    page.goto(address)
    expect(page.locator("#title"), "what was sent does not come back").to_have_value("")


def _fail(route: Route, fault: str) -> None:
    if fault == "no answer":
        route.abort()
    else:
        route.fulfill(status=503, body="<!DOCTYPE html><title>503</title>", content_type="text/html")


@pytest.mark.parametrize("fault", ["reload", "crash"])
def test_a_row_outlives_a_reload_and_a_crash(station: Running, page: Page, fault: str) -> None:
    address = f"{station.address}{DRAFT}biosample/new"
    page.goto(address)
    typed = f"typed-before-{fault}"
    page.locator("#f-sample_name").press_sequentially(typed)
    page.wait_for_function("(text) => Object.values(localStorage).some((kept) => kept.includes(text))", arg=typed)
    if fault == "reload":
        page.reload()
        after = page
    else:
        with page.expect_event("crash"), pytest.raises(Error):
            page.goto("chrome://crash")
        after = page.context.new_page()
        after.goto(address)
    expect(after.get_by_text(BACK)).to_be_visible()
    expect(after.locator("#f-sample_name")).to_have_value(f"typed-before-{fault}")
    after.wait_for_url(re.compile(r"/biosample/\d+/$"))  # it is a row of the station now
    expect(after.locator("[data-status]")).to_contain_text("is saved")
    after.get_by_role("button", name="Discard it").click()
    expect(after.get_by_text("The row is deleted.")).to_be_visible()
    after.goto(address)
    expect(after.locator("#f-sample_name")).to_have_value("")


def test_choices_outlive_a_reload(station: Running, page: Page) -> None:
    page.goto(station.address + "/submissions/new")
    assert page.locator("input[name=is_human]:checked").count() == 0, "a question about people has no ready answer"
    page.fill("#title", "Blood of volunteers")
    page.check("#human-yes")
    page.reload()
    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.locator("#human-yes")).to_be_checked()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/human-data/")
    chosen = [page.locator(f"input[name={name}]").last for name in ("material", "personal")]
    for one in chosen:
        one.check()
    page.reload()
    expect(page.get_by_text(BACK)).to_be_visible()
    for one in chosen:
        expect(one).to_be_checked()
    page.get_by_role("button", name="Discard it").click()
    for one in chosen:
        expect(one).not_to_be_checked()


def test_a_password_is_never_kept_and_another_person_sees_nothing(station: Running, page: Page) -> None:
    page.goto(station.address + "/account/password/change/")
    for box in page.locator("main input[type=password]").all():
        box.fill("a-secret-of-mine")
    page.goto(station.address + DRAFT)
    page.fill("#text", TYPED)
    assert "a-secret-of-mine" not in page.evaluate("JSON.stringify(localStorage)")
    page.context.clear_cookies()
    other = enter(page.context, station, "curator", "en")
    other.goto(station.address + "/desk/SUB00000003/")
    assert TYPED not in other.content() and other.get_by_text(BACK).count() == 0
