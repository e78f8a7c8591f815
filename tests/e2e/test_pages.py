"""Every page, as each person sees it: axe finds nothing, nothing overflows a phone, each has a title and one h1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Running, enter
from tests.e2e.test_human_data import OPEN as ANSWERS
from tests.security.routes import known_routes

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

SCRIPT_LIMIT = 100_000  # bytes as the browser runs them, not as they are packed on the way
SCRIPT_BYTES = """() => performance.getEntriesByType('resource')
  .filter((one) => one.initiatorType === 'script' && new URL(one.name).origin === location.origin)
  .reduce((sum, one) => sum + one.decodedBodySize, 0)"""

AHEAD = "() => performance.getEntriesByName(document.querySelector('link[rel=prefetch]').href).length > 0"

MOVING = """() => {
  const seconds = (text) => Math.max(...text.split(',').map(parseFloat));
  return [...document.querySelectorAll('*')].map((one) => getComputedStyle(one)).filter((style) =>
    (style.animationName !== 'none' && seconds(style.animationDuration) > 0.01) ||
    seconds(style.transitionDuration) > 0.01 || style.scrollBehavior === 'smooth').length;
}"""

OPEN = (
    "/",
    "/search/",
    "/search/?q=인삼",
    "/forms/",
    "/forms/biosample/",
    "/forms/biosample/?package=Plant",
    "/rules/",
    "/help/",
    "/KAP000001",
    "/KAS00000001",
    "/KAR00000001",
    "/KAS00000001.1",
    "/account/login/",
    "/account/signup/",
    "/account/confirm-email/",
    "/account/confirm-email/no-such-key/",
    "/account/inactive/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/done/",
    "/account/password/reset/key/1-no-such-key/",
    "/api/v1/docs",
    "/certificates/",
    "/status/",
    "/style/",
)
ASKED = "SUB99999999"  # in place of the draft that waits for a curator's judgement
DEPOSITOR = (
    "/submissions/",
    "/submissions/new",
    "/submissions/SUB00000005/",
    "/submissions/SUB00000005/biosample/",
    "/submissions/SUB00000005/biosample/1/",
    "/submissions/SUB00000005/biosample/new",
    "/submissions/SUB00000005/ngs-experiment/1/",
    "/submissions/SUB00000005/files/",
    "/submissions/SUB00000005/review/",
    "/submissions/SUB00000005/human-data/",
    "/submissions/SUB00000001/",
    "/submissions/SUB00000004/",
    "/records/KAS00000001/edit",
    "/submissions/SUB00000002/reviewers/",
    "/records/KAP000001/umbrella",
    "/umbrellas/",
    "/account/",
    "/account/2fa/",
    "/account/email/",
    "/account/logout/",
    "/account/password/change/",
    "/account/reauthenticate/",
    "/account/sessions/",
    "/inspections/1/",
    "/notices/",
    "/notices/settings/",
)
CURATOR = (
    "/quarantine/",
    "/desk/",
    "/desk/?state=in-review",
    "/desk/SUB00000003/",
    "/desk/SUB00000003/?form=biosample",
    f"/desk/{ASKED}/human-data/",
)
ALL = (
    [("", path) for path in OPEN]
    + [("depositor", path) for path in DEPOSITOR]
    + [("curator", path) for path in CURATOR]
)


# No page stands at these: answers to a button, files, what programs read, and what only a secret or a second step opens
# (the last are walked in test_secret_pages.py).
BUTTONS = re.compile(
    r"(^|/)(do|certificate|corrections|details|match|sheet|submit|revoke|delete|remove|end|withdraw|invite|name|members|"
    r"requests|link|unlink|generate|form|deactivate|edit|login|demo|groups|profile|tokens)(/|$)|"
    r"^(display|i18n)/|^umbrellas/new$|^notices/(<|read)|^quarantine/<"
)
PROGRAMS = re.compile(
    r"\.json$|\.pdf$|\.svg$|\.xlsx$|^(healthz|metrics|readyz|ledger/heads)|^api/|^files/|/suggest/$|download|<path:name>$"
)
SECRETS = re.compile(
    r"^(review/|invitations/|account/2fa/|account/login/code|account/password/set|certificates/<)|reviewers/<"
)


def _route(path: str) -> str:
    return resolve(path.split("?")[0]).route.replace("^", "")


def test_every_page_of_the_station_is_visited() -> None:
    """A new page that nobody looks at with axe fails here."""
    visited = {_route(path) for _, path in ALL}
    pages = {route.replace("^", "") for route in known_routes() if not route.startswith("api ")}
    kinds = (BUTTONS, PROGRAMS, SECRETS)
    unseen = [route for route in pages - visited if not any(kind.search(route) for kind in kinds)]
    assert sorted(unseen) == []


@pytest.fixture(scope="module")
def asked(station: Running, browser: Browser) -> str:
    """A draft about people whose answers a curator must judge; its number."""
    page = enter(browser.new_context(), station, "depositor")
    page.goto(station.address + "/submissions/new")
    page.fill("#title", "Blood of volunteers")
    page.check("#human-yes")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/human-data/")
    for question, value in {**ANSWERS, "personal": "unsure"}.items():
        page.check(f"input[name={question}][value={value}]")
    page.click("main form button[type=submit]")
    page.locator("#text").wait_for()
    code = page.url.split("/")[-3]
    page.context.close()
    return code


@pytest.mark.parametrize(("width", "language"), [(1440, "ko"), (360, "ko"), (1440, "en"), (360, "en")])
def test_pages(station: Running, browser: Browser, asked: str, width: int, language: str) -> None:
    faults: list[str] = []
    for role in ("", "depositor", "curator"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, bypass_csp=True, reduced_motion="reduce"
        )
        page = enter(context, station, role, language)
        errors: list[str] = []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        for path in (path.replace(ASKED, asked) for one, path in ALL if one == role):
            answer = page.goto(station.address + path)
            assert answer is not None
            if answer.status not in (200, 404 if "no-such" in path else 200):
                faults.append(f"{path}: {answer.status}")
                continue
            found = Axe().run(page)
            faults += [f"{path}: axe {v['id']} {v['nodes'][0]['html'][:160]}" for v in found.response["violations"]]
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{path}: {wide} px wide"] if wide > width else []
            faults += [f"{path}: lang"] if page.get_attribute("html", "lang") != language else []
            weight = page.evaluate(SCRIPT_BYTES)
            faults += [f"{path}: {weight} bytes of script"] if not 0 <= weight < SCRIPT_LIMIT else []
            headings = page.locator("h1").count()
            faults += [f"{path}: {headings} h1"] if headings != 1 else []
        faults += [f"{role}: script: {error}" for error in errors]
        context.close()
    assert faults == []


def test_pages_run_under_their_content_security_policy(station: Running, browser: Browser) -> None:
    context = browser.new_context()
    page = enter(context, station, "depositor")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for path in (*OPEN[:9], *DEPOSITOR):
        page.goto(station.address + path)
    context.close()
    assert [text for text in said if "Content Security Policy" in text] == []


def test_nothing_moves_for_who_asks_for_less_motion(station: Running, browser: Browser) -> None:
    """The same page moves for everybody else, so that the measure is known to see it."""
    moving = {}
    for wish in ("no-preference", "reduce"):
        context = browser.new_context(reduced_motion=wish)  # type: ignore[arg-type]
        page = enter(context, station, "depositor")
        for path in ("/style/", "/", "/submissions/SUB00000005/files/"):
            page.goto(station.address + path)
            moving[wish] = moving.get(wish, 0) + page.evaluate(MOVING)
        context.close()
    assert moving["no-preference"] > 0 and moving["reduce"] == 0, moving


def test_on_a_phone_every_button_of_a_file_is_in_sight(station: Running, browser: Browser, tmp_path: Path) -> None:
    large = tmp_path / f"{'a_long_name_' * 8}.fastq"
    large.write_bytes(b"N" * 8 * 1024**2)
    context = browser.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True)
    page = enter(context, station, "depositor", "ko")
    page.goto(station.address + "/submissions/SUB00000005/files/")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    limits = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 256 * 1024}
    line.send("Network.emulateNetworkConditions", limits)
    page.locator("[data-files]").set_input_files(large)
    expect(page.locator("[data-rows] button")).to_have_count(2)
    boxes = [button.bounding_box() for button in page.locator("main tr button").all()]
    assert len(boxes) > 2, "files that arrived before have a button, too"
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes), boxes
    assert Axe().run(page).response["violations"] == []
    page.locator("[data-rows] button").last.click()
    context.close()


def test_the_part_to_try_the_api_with_comes_when_asked_for(station: Running, browser: Browser) -> None:
    context = browser.new_context()
    page = enter(context, station, "", "en")
    page.goto(station.address + "/api/v1/docs")
    expect(page.get_by_role("row").filter(has_text="/api/v1/search").first).to_be_visible()
    page.get_by_role("button", name="Try the API here").click()
    expect(page.locator("#swagger-ui .opblock").first).to_be_visible()
    context.close()


def test_the_sheet_comes_within_the_first_page_and_is_there_for_the_next(station: Running, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(station.address + "/help/")
    assert page.locator("link[rel=stylesheet]").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.skip-link')).position") == "absolute"
    # The browser fetches it when it has nothing else to do, which on a busy machine is any time after the page.
    page.wait_for_function(AHEAD)
    with page.expect_navigation(wait_until="networkidle"):
        page.click("header .menu a[href='/forms/'], footer a[href='/forms/']")
    sheet = page.locator("link[rel=stylesheet]").get_attribute("href")
    weight = page.evaluate(
        "(sheet) => performance.getEntriesByName(new URL(sheet, location).href)[0].transferSize", sheet
    )
    assert weight == 0, "it was fetched before"
    context.close()
    assert said == []
