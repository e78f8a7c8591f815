"""Every page, as each person sees it: axe finds nothing, nothing overflows a phone, each has a title and one h1."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.e2e.conftest import Running, enter

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

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
    "/account/login/",
    "/account/signup/",
    "/api/v1/docs",
)
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
    "/submissions/SUB00000001/",
    "/submissions/SUB00000004/",
    "/records/KAS00000001/edit",
    "/account/",
)
CURATOR = ("/desk/", "/desk/?state=in-review", "/desk/SUB00000003/", "/desk/SUB00000003/?form=biosample")
ALL = (
    [("", path) for path in OPEN]
    + [("depositor", path) for path in DEPOSITOR]
    + [("curator", path) for path in CURATOR]
)


@pytest.mark.parametrize(("width", "language"), [(1440, "ko"), (360, "ko"), (1440, "en"), (360, "en")])
def test_pages(station: Running, browser: Browser, width: int, language: str) -> None:
    faults: list[str] = []
    for role in ("", "depositor", "curator"):
        context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
        page = enter(context, station, role, language)
        errors: list[str] = []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        for path in (path for one, path in ALL if one == role):
            answer = page.goto(station.address + path)
            assert answer is not None
            if answer.status != 200:
                faults.append(f"{path}: {answer.status}")
                continue
            found = Axe().run(page)
            faults += [f"{path}: axe {v['id']} {v['nodes'][0]['html'][:160]}" for v in found.response["violations"]]
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults += [f"{path}: {wide} px wide"] if wide > width else []
            faults += [f"{path}: lang"] if page.get_attribute("html", "lang") != language else []
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
