"""The pages in a real browser: usable by everybody, at every width, in both languages, light and high contrast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PAGES = ("/", "/style/", "/search/", "/search/?q=폐암", "/search/?q=zzzz", "/help/", "/account/login/",
         "/account/signup/", "/account/password/reset/", "/no-such-page/")  # fmt: skip
LOOKS = (("ko", 360, "normal"), ("en", 1440, "high"), ("en", 360, "high"), ("ko", 1440, "normal"))
LISTEN = """() => {
  window.said = [];
  const button = document.querySelector("[data-copy]");
  new MutationObserver(() => said.push(button.textContent)).observe(button, { childList: true });
}"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_pages_are_accessible_and_fit(open_page: Callable[..., Page], station: str) -> None:
    """Every page in two looks, the style page with every component in four: axe finds nothing, nothing sticks out."""
    told: dict[str, Any] = {}
    for place, (language, width, contrast) in enumerate(LOOKS):
        page = open_page("/style/", language=language, width=width, contrast=contrast, bypass=True)
        for path in PAGES if place < 2 else ("/style/",):
            page.goto(station + path)
            where = f"{path} {language} {width} {contrast}"
            for each in Axe().run(page).response["violations"]:
                told[f"{where}: {each['id']}"] = [node["html"][:160] for node in each["nodes"][:3]]
            if page.evaluate(OVERFLOW) > 0:
                told[f"{where}: scrolls sideways"] = page.evaluate(OVERFLOW)
    assert not told


@pytest.mark.parametrize("width", [320, 360, 480, 1440])
@pytest.mark.parametrize(("language", "name"), [("ko", "화면 설정"), ("en", "Display settings")])
def test_the_display_settings_open_within_the_window(
    open_page: Callable[..., Page], width: int, language: str, name: str
) -> None:
    page = open_page("/help/", language=language, width=width)
    assert page.evaluate("document.querySelector('.utility-menu > summary').innerText.split(/\\s+/).join(' ')") == name
    page.locator(".utility-menu > summary").click()
    panel = page.locator(".utility-panel").bounding_box()
    assert panel and panel["x"] >= 0 and panel["x"] + panel["width"] <= width


def test_nothing_breaks_the_policy_of_content(open_page: Callable[..., Page], station: str) -> None:
    page = open_page("/")
    for path in PAGES[:-1]:
        page.goto(station + path, wait_until="load")
        assert page.locator("[style]").count() == 0, path
        assert page.faults == [], path  # type: ignore[attr-defined]


def test_the_keyboard_reaches_content_menu_and_language(open_page: Callable[..., Page]) -> None:
    page = open_page("/help/")
    page.wait_for_function("() => document.hasFocus()")  # on a busy machine a new page may not have it yet
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator(".brand").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator("a:focus")).to_have_attribute("href", "/search/")
    page.locator("button[name=language]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("How to submit and find data")


def test_contrast_and_text_size_stay(open_page: Callable[..., Page]) -> None:
    page = open_page("/help/")
    for name, value in (("contrast", "high"), ("size", "xlarge")):
        page.locator(".utility-menu > summary").click()
        with page.expect_navigation():
            page.locator(f"button[name={name}][value={value}]").click()
    page.goto(page.url.replace("/help/", "/search/"))
    assert page.locator("html").get_attribute("class") == "contrast-high size-xlarge"
    assert page.evaluate(OVERFLOW) <= 0


def test_the_phone_menu_opens_and_closes(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=360)
    menu = page.locator(".menu-phone .menu")
    expect(menu).to_be_hidden()
    page.locator(".menu-phone > summary").click()
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_search_without_script(open_page: Callable[..., Page]) -> None:
    page = open_page("/search/", script=False)
    page.locator("#q").fill("폐암")
    page.locator(".search-box button").click()
    expect(page.locator(".results > li")).to_have_count(7)
    expect(page.locator(".results mark").first).to_have_text("폐암")
    page.locator(".tabs a", has_text="과제").click()
    expect(page.locator(".results > li")).to_have_count(1)
    page.locator("input[name=filter]").first.check()
    page.get_by_role("button", name="조건 적용").click()
    expect(page.locator(".tag")).to_have_count(1)
    expect(page.locator("#q")).to_have_value("폐암")


def test_search_with_script_keeps_history(open_page: Callable[..., Page]) -> None:
    page = open_page("/search/")
    page.locator("#q").fill("미생물")
    page.keyboard.press("Enter")
    page.wait_for_selector(".results mark")
    page.wait_for_url("**/search/?*q=*")
    before = page.url
    page.locator("input[name=filter]").first.check()
    page.wait_for_selector(".tag")
    page.wait_for_url(lambda url: url != before)
    page.go_back()
    page.wait_for_url(before)
    page.wait_for_selector(".tag", state="detached")
    expect(page.locator(".results mark").first).to_be_visible()
    assert page.faults == []  # type: ignore[attr-defined]


def test_a_table_wider_than_the_screen_says_so_and_scrolls_within_itself(open_page: Callable[..., Page]) -> None:
    for language, said in (("ko", "표를 옆으로 넘기면"), ("en", "Scroll the table sideways")):
        page = open_page("/style/", language=language, width=360)
        frame = page.locator(".table-wrap").first
        expect(frame.locator(".sideways")).to_contain_text(said)
        frame.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.querySelector('.table-wrap').scrollLeft > 0")
        expect(frame.locator(".sideways")).to_be_in_viewport(ratio=0.9)
        page.set_viewport_size({"width": 1440, "height": 900})
        expect(frame.locator(".sideways")).to_be_hidden()
        assert page.evaluate(OVERFLOW) <= 0


def test_an_accession_is_copied(open_page: Callable[..., Page]) -> None:
    page = open_page("/style/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(LISTEN)
    page.locator("[data-copy]").first.click()
    page.wait_for_function("() => said.includes('복사됨')")  # it says so for two seconds only
    assert page.evaluate("navigator.clipboard.readText()") == "KAP000012"


def test_a_form_with_problems_leads_to_its_fields(open_page: Callable[..., Page]) -> None:
    page = open_page("/account/login/")
    page.locator("form.form").evaluate("form => form.noValidate = true")
    page.locator("input[name=login]").fill("nobody@example.org")
    page.locator("form.form button").first.click()
    page.wait_for_selector(".error-summary")
    assert page.locator("input[name=login]").input_value() == "nobody@example.org"
    expect(page.locator(".error-summary")).to_be_focused()
    described = page.locator("input[name=password]").get_attribute("aria-describedby") or ""
    assert page.locator(f"#{described.split()[-1]}").inner_text().strip()


def test_one_click_enters_a_demonstration_account(open_page: Callable[..., Page]) -> None:
    page = open_page("/account/login/")
    page.get_by_role("button", name="나큐레").click()
    page.wait_for_selector(".menu a[href='/desk/']", state="attached")
