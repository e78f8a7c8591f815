"""A row that saves itself while it is filled in: on a slow line, without a line, and when somebody else was faster."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import Running, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

FORM = "/submissions/SUB00000005/biosample/"
SLOW_SECONDS = 0.8
SAVED = re.compile(r"^Row \d is saved")
NOT_SAVED = re.compile("^The last change is not saved")


@pytest.fixture
def page(station: Running, browser: Browser) -> Page:
    return enter(browser.new_context(), station, "depositor", "en")


def _on_save(page: Page, act: Callable[[Route], None]) -> None:
    page.route(f"**{FORM}*/", lambda route: act(route) if route.request.method == "POST" else route.continue_())


def _slowly(route: Route) -> None:
    time.sleep(SLOW_SECONDS)
    route.continue_()


def _slow_line(page: Page, milliseconds: int) -> None:
    """Of the browser: the hands of the test go on typing meanwhile, which they do not while a route waits."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", limits)


def _change(page: Page, field: str, value: str) -> None:
    page.fill(f"#f-{field}", value)
    page.press(f"#f-{field}", "Tab")


def test_words_typed_while_a_row_is_saved_are_not_lost(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}1/")
    _on_save(page, _slowly)
    _change(page, "title", "Slow line")
    page.fill("#f-strain", "")
    page.locator("#f-strain").press_sequentially("typed-over-more-than-one-answer", delay=60)
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    expect(page.locator("#f-strain")).to_have_value("typed-over-more-than-one-answer")
    expect(page.locator("#f-strain")).to_be_focused()
    with page.expect_response(lambda answer: "typed-over-more-than-one-answer" in (answer.request.post_data or "")):
        page.press("#f-strain", "Tab")
    page.unroute_all(behavior="wait")
    page.reload()
    expect(page.locator("#f-strain")).to_have_value("typed-over-more-than-one-answer")


def _rows(page: Page, station: Running) -> int:
    told = page.request.get(f"{station.address}{FORM}").text()
    return len(re.findall(rf'href="{FORM}\d+/"', told))


def test_a_new_row_is_one_row_with_all_that_was_typed_however_slow_the_line(station: Running, page: Page) -> None:
    before = _rows(page, station)
    page.goto(f"{station.address}{FORM}new")
    _slow_line(page, 1200)
    for field, typed in (("sample_name", "slow-1"), ("title", "One row"), ("organism", "Mus musculus")):
        page.locator(f"#f-{field}").press_sequentially(typed, delay=20)
        page.keyboard.press("Tab")
        page.wait_for_timeout(450)
    page.wait_for_url(re.compile(FORM + r"\d+/$"))
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    expect(page.locator("#f-organism")).to_have_value("Mus musculus")
    page.wait_for_timeout(2500)
    _slow_line(page, 0)
    assert _rows(page, station) == before + 1
    page.reload()
    assert [page.input_value(f"#f-{field}") for field in ("sample_name", "title", "organism")] == [
        "slow-1", "One row", "Mus musculus",
    ]  # fmt: skip


def test_what_changes_while_a_row_is_sent_goes_with_the_next_sending(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}1/")
    _slow_line(page, 1200)
    _change(page, "title", "the first of two")
    page.wait_for_timeout(450)  # it is on its way
    _change(page, "strain", "the-second-of-two")
    page.wait_for_timeout(3500)
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    _slow_line(page, 0)
    page.reload()
    expect(page.locator("#f-strain")).to_have_value("the-second-of-two")


def _lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


@pytest.mark.parametrize("place", ["new", "4/"])
def test_an_answer_that_was_lost_makes_no_second_row_and_no_conflict(station: Running, page: Page, place: str) -> None:
    before = _rows(page, station)
    page.goto(f"{station.address}{FORM}{place}")
    page.route(f"**{FORM}{place}", _lose_the_answer)
    _change(page, "title", f"lost on its way {place[0]}")
    expect(page.locator("[data-status]")).to_have_text(NOT_SAVED)
    page.unroute_all(behavior="wait")
    page.fill("#f-organism", "Mus musculus")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    page.wait_for_url(re.compile(FORM + r"\d+/$"))
    assert _rows(page, station) == before + (place == "new")
    page.press("#f-organism", "Tab")
    page.wait_for_timeout(600)
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.input_value("#f-title") == f"lost on its way {place[0]}"
    assert page.input_value("#f-organism") == "Mus musculus"


def test_without_an_answer_the_button_stays_on_the_page_and_it_is_sent_again(station: Running, page: Page) -> None:
    address = f"{station.address}{FORM}3/"
    page.goto(address)
    page.context.set_offline(True)
    _change(page, "title", "Typed in the train")
    expect(page.locator("[data-status]")).to_contain_text("sent again by itself every 10 seconds")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(500)
    assert page.url == address
    expect(page.locator("[data-status]")).to_contain_text("sent again by itself every 10 seconds")
    page.context.set_offline(False)
    expect(page.locator("[data-status]")).to_have_text(SAVED, timeout=15_000)
    page.reload()
    expect(page.locator("#f-title")).to_have_value("Typed in the train")


def test_what_is_pasted_is_not_cut_and_its_limit_is_told(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}3/")
    page.fill("#f-title", "")
    page.focus("#f-title")
    page.keyboard.insert_text("x" * 2345)
    page.keyboard.press("Tab")
    expect(page.locator("#f-title-problem")).to_contain_text("2,345 characters; at most")
    page.reload()
    assert len(page.input_value("#f-title")) == 2345
    for address in ("/submissions/new", "/submissions/SUB00000005/", "/umbrellas/", "/account/profile/"):
        page.goto(station.address + address)
        assert page.locator("main [maxlength]").count() == 0, address


def test_a_title_that_is_too_long_is_told_and_stays(station: Running, page: Page) -> None:
    for address, button in (("/submissions/new", "Start"), ("/submissions/SUB00000005/", "Save")):
        page.goto(station.address + address)
        page.fill("main [name=title]", "y" * 600)
        if button == "Start":
            page.check("#human-no")
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".messages")).to_contain_text("it has 600 characters, more than 500")
        expect(page.locator("main [name=title]").first).to_have_value("y" * 600)
        if button == "Save":
            page.get_by_role("button", name="Discard it").click()


def test_save_and_go_back_leads_to_the_list_that_says_so(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}3/")
    page.fill("#f-title", "Saved by its button")
    page.get_by_role("button", name="Save and go back to the list").click()
    page.wait_for_url(f"{station.address}{FORM}")
    expect(page.locator(".messages")).to_contain_text("Saved.")
    page.goto(f"{station.address}{FORM}3/")
    expect(page.locator("#f-title")).to_have_value("Saved by its button")
    expect(page.get_by_text("typed here and not sent is back")).to_have_count(0)


def test_a_sign_in_of_another_tab_is_taken_over_and_a_refusal_says_the_way_on(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}3/")
    _signed_out(page)
    enter(page.context, station, "depositor", "en").close()
    _change(page, "title", "Signed in again beside")
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    _on_save(page, lambda route: route.fulfill(status=403, body="403"))
    _change(page, "title", "Not allowed")
    expect(page.locator("[data-status]")).to_contain_text("the sign-in changed, or you may no longer change this")
    page.unroute_all(behavior="wait")
    page.locator("[data-status]").get_by_role("link", name="Load the page anew").click()
    expect(page.locator("#f-title")).to_have_value("Not allowed")
    expect(page.locator("[data-status]")).to_have_text(SAVED)


def _signed_out(page: Page) -> None:
    kept = [cookie for cookie in page.context.cookies() if "sessionid" not in cookie["name"]]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]


def test_who_has_no_mouse_stays_where_they_are(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}1/")
    more = page.locator("#row-form details").nth(1)
    more.locator("summary").press("Enter")
    first = more.locator("input[type=text]").first
    first.focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        first.fill("not collected")
        page.keyboard.press("Tab")
    expect(page.locator("[data-status]")).to_have_text(SAVED)
    expect(more).to_have_attribute("open", "")
    expect(page.locator("#row-form details input:focus")).to_have_count(1)


def test_a_box_stands_nearer_to_its_own_words_than_to_those_before(station: Running, page: Page) -> None:
    page.goto(f"{station.address}/submissions/SUB00000005/bioproject/1/")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    boxes = [each.bounding_box() for each in page.locator("fieldset > label.choice").all()]
    assert len(boxes) > 5
    for one, after in pairwise(boxes):
        assert one and after
        assert after["y"] > one["y"] or after["x"] - one["x"] - one["width"] >= 16


def test_another_package_brings_its_fields_and_takes_no_focus(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}new")
    expect(page.locator("#f-strain")).to_have_count(0)
    page.select_option("#f-package", "Microbe")
    page.focus("#f-title")
    page.keyboard.type("two")
    expect(page.locator("#f-strain")).to_have_count(1)
    page.keyboard.type(" words")
    expect(page.locator("#f-title")).to_have_value("two words")
    page.press("#f-title", "Tab")
    page.wait_for_url(re.compile(FORM + r"\d+/$"))
    page.wait_for_load_state("networkidle")
    page.goto(f"{station.address}{FORM}new")
    expect(page.locator("#f-title"), "a row that was saved does not come back as a new one").to_have_value("")


def test_a_row_that_was_just_added_has_its_number_and_can_be_deleted_at_once(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}new")
    part, heading = page.locator("[data-delete]"), page.locator("main h2").first
    expect(part, "nothing is there yet that could be deleted").to_be_hidden()
    expect(heading).not_to_contain_text("row")
    _change(page, "title", "One too many")
    page.wait_for_url(re.compile(FORM + r"\d+/$"))
    address = page.url
    expect(heading).to_contain_text(f"· row {address.split('/')[-2]}")
    part.locator("summary").press("Enter")
    part.get_by_role("button", name="Delete row").click()
    page.wait_for_url(f"{station.address}{FORM}")
    expect(page.get_by_text("The row is deleted.")).to_be_visible()
    answer = page.goto(address)
    assert answer and answer.status == 404


@pytest.mark.parametrize("fault", ["no answer", "503"])
def test_a_change_that_is_not_saved_is_not_called_saved(station: Running, page: Page, fault: str) -> None:
    page.goto(f"{station.address}{FORM}2/")
    expect(page.locator("[data-status]")).not_to_have_text(SAVED)
    _on_save(page, lambda route: route.abort() if fault == "no answer" else route.fulfill(status=503, body="503"))
    _change(page, "title", fault)
    expect(page.locator("[data-status]")).to_have_text(NOT_SAVED)
    page.unroute_all(behavior="wait")
    _change(page, "title", f"{fault} is over")
    expect(page.locator("[data-status]")).to_have_text(SAVED)


def test_of_two_people_on_one_row_nobody_loses_a_word(station: Running, page: Page) -> None:
    page.goto(f"{station.address}{FORM}2/")
    other = page.context.new_page()
    other.goto(f"{station.address}{FORM}3/")
    _change(other, "title", "Another row is in nobody's way")
    expect(other.locator("[data-status]")).to_have_text(SAVED)
    _change(page, "title", "Mine, first")
    expect(page.locator("[data-status]")).to_have_text(SAVED)

    other.goto(f"{station.address}{FORM}2/")
    _change(other, "title", "Theirs")
    expect(other.locator("[data-status]")).to_have_text(SAVED)
    _change(page, "strain", "MINE-2")
    expect(page.locator("[data-status]")).to_have_text(NOT_SAVED)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-conflict]")).to_contain_text("MINE-2")
    page.get_by_role("link", name="Open the new state").click()
    page.wait_for_url(re.compile(FORM + "2/$"))
    expect(page.locator("#f-title")).to_have_value("Theirs")
    expect(page.locator("#f-strain")).to_have_value("MINE-2")
