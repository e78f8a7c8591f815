"""Pages behind a secret or a second step: axe finds nothing, nothing overflows a phone, in both languages.

They are reached as people reach them: by the links of mails, by a code of an app, by a key.
"""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]
WIDTHS = (360, 1440)
MAIL_SECONDS = 120
PASSWORD, NEW_PASSWORD = "cold-rice-under-4-degrees", "warm-rice-over-4-degrees"
DEMONSTRATION = "biomoa-demo-2026"
KEY = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
       "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


class Walk:
    """One person in one browser, in one language; what was found is kept by place."""

    def __init__(self, browser: Browser, station: Running, language: str) -> None:
        # A passkey belongs to a name, never to a bare address.
        self.home, self.station, self.language = station.address.replace("127.0.0.1", "localhost"), station, language
        self.browser, self.faults, self.seen = browser, [], set()  # type: tuple[Browser, list[str], set[str]]
        self.page = self.fresh()

    def fresh(self) -> Page:
        context = self.browser.new_context(locale=self.language, bypass_csp=True, reduced_motion="reduce")
        self.page = context.new_page()
        self.speak()
        return self.page

    def speak(self) -> None:
        self.page.context.add_cookies([{"name": "django_language", "value": self.language, "url": self.home}])

    def here(self, address: str) -> str:
        """A link of a mail, on the host of this walk."""
        return self.home + re.sub(r"^https?://[^/]+", "", address)

    def open(self, path: str, status: int = 200) -> None:
        answer = self.page.goto(self.here(path))
        assert answer is not None and answer.status == status, f"{path}: {answer and answer.status}"
        self.look()

    def look(self) -> None:
        expect(self.page.locator("h1")).to_have_count(1)
        place = re.sub(r"^https?://[^/]+", "", self.page.url)[:70]
        self.seen.add(place)
        if self.page.get_attribute("html", "lang") != self.language:
            self.faults.append(f"{place}: language")
        if not self.page.title().strip():
            self.faults.append(f"{place}: no title")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            for each in Axe().run(self.page).response["violations"]:
                self.faults.append(f"{place} {width}: {each['id']} {each['nodes'][0]['html'][:160]}")
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.faults.append(f"{place} {width}: {wide} px wide")

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def send(self, button: str = "main form button.button-primary") -> None:
        with self.page.expect_navigation():
            self.page.locator(button).first.click()

    def sign_in(self, address: str, password: str) -> None:
        self.page.goto(f"{self.home}/account/login/")
        self.fill(login=address, password=password)
        self.send()
        self.speak()  # sign-in chose the language of the profile

    def link_of_mail(self, to: str, pattern: str) -> str:
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for file in sorted((self.station.home / "mail").glob("*")):
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                body = message.get_body(("plain",)) if to in str(message["to"]) else None
                found = re.search(rf"^http\S+{pattern}\S+$", body.get_content(), re.MULTILINE) if body else None
                if found:
                    return found[0]
            time.sleep(0.2)
        raise AssertionError(f"no mail came for {to}")


@pytest.fixture
def walk(station: Running, browser: Browser) -> Callable[[str], Walk]:
    return lambda language: Walk(browser, station, language)


def code_of(secret: str) -> str:
    if (left := 30 - time.time() % 30) < 15:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_up(walk: Walk, address: str) -> None:
    walk.page.goto(f"{walk.home}/account/signup/")
    walk.fill(email=address, name_en="Kim Saebom", password1=PASSWORD, password2=PASSWORD)
    walk.send()
    walk.look()  # a mail is on its way
    walk.open(walk.link_of_mail(address, "/account/confirm-email/"))
    walk.send()
    walk.look()


def reset(walk: Walk, address: str) -> None:
    walk.page.goto(f"{walk.home}/account/password/reset/")
    walk.fill(email=address)
    walk.send()
    walk.look()
    walk.open(walk.link_of_mail(address, "/account/password/reset/key/"))
    walk.fill(password1="short", password2="other")
    walk.send()
    walk.look()  # the form with its problems
    walk.fill(password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    walk.send()
    walk.look()


def second_factors(walk: Walk, address: str) -> None:
    page: Any = walk.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    walk.open("/account/2fa/totp/activate/")  # leads to the page that asks for the password again
    walk.fill(password=NEW_PASSWORD)
    walk.send()
    walk.look()
    secret = page.locator("#authenticator_secret").input_value()
    walk.fill(code="000000")
    walk.send()
    walk.look()
    walk.fill(code=code_of(secret))
    walk.send()
    walk.look()  # recovery codes
    for path in ("recovery-codes/generate/", "totp/deactivate/", "webauthn/", "webauthn/add/"):
        walk.open(f"/account/2fa/{path}")
    page.locator("main [name=name]").fill("desk")
    page.locator("main [name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add" not in url)
    walk.open("/account/2fa/webauthn/")
    for part in ("edit", "remove"):
        path = page.locator(f"main a[href$='/{part}/']").first.get_attribute("href")
        walk.open(path)
        walk.open("/account/2fa/webauthn/")
    for path in (
        "2fa/",
        "email/",
        "sessions/",
        "password/change/",
        "2fa/reauthenticate/",
        "2fa/webauthn/reauthenticate/",
    ):
        walk.open(f"/account/{path}")
    walk.page.goto(f"{walk.home}/account/email/")
    walk.page.locator("#id_email").fill(f"second-{address}")
    walk.send("main [name=action_add]")
    walk.look()  # an address that waits to be confirmed
    walk.fresh()
    walk.sign_in(address, NEW_PASSWORD)
    walk.look()  # asks for the second step
    walk.fill(code="000000")
    walk.send()
    walk.look()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_the_first_mail_to_the_second_factor(walk: Callable[[str], Walk], language: str) -> None:
    walking, address = walk(language), f"walk-{language}-{time.time_ns()}@uni.example"
    sign_up(walking, address)
    reset(walking, address)
    walking.sign_in(address, NEW_PASSWORD)
    second_factors(walking, address)
    assert len(walking.seen) >= 15
    assert walking.faults == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_invitation(walk: Callable[[str], Walk], language: str) -> None:
    walking, invited = walk(language), f"invited-{language}-{time.time_ns()}@uni.example"
    walking.sign_in("manager@demo.biomoa.example", DEMONSTRATION)
    walking.open("/account/")
    walking.open(str(walking.page.locator("main a[href^='/groups/']").first.get_attribute("href")))
    walking.fill(email=invited)
    walking.send("main form[action$='/invite/'] button")
    walking.look()
    link = walking.link_of_mail(invited, "/invitations/")
    walking.open(link)  # for another address
    walking.send("main form[action*='/invitations/'] button, main form[method=post] button")
    walking.look()
    walking.fresh()
    walking.open(link)  # of nobody
    walking.open("/invitations/no-such-secret/", 404)
    assert walking.faults == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_reviewer_link(walk: Callable[[str], Walk], language: str) -> None:
    walking = walk(language)
    walking.sign_in("depositor@demo.biomoa.example", DEMONSTRATION)
    walking.open("/submissions/SUB00000002/reviewers/")
    walking.fill(name=f"Journal {language}")
    walking.send("main form[action$='/reviewers/'] button")
    walking.look()
    text = walking.page.locator("main").inner_html()
    secret = re.search(r"/review/[\w-]{40,}/", text)
    assert secret
    walking.page.goto(f"{walking.home}/submissions/SUB00000002/reviewers/")
    log = str(walking.page.locator("main td a[href*='/reviewers/']").first.get_attribute("href"))
    walking.fresh()
    walking.open(secret[0])
    walking.open(f"{secret[0]}KAP000002/")
    walking.open(f"{secret[0]}KAP000777/", 404)
    walking.open(f"/review/{'x' * 43}/", 404)
    walking.fresh()
    walking.sign_in("depositor@demo.biomoa.example", DEMONSTRATION)
    walking.open(log)
    assert walking.faults == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_certificate_and_its_verification(walk: Callable[[str], Walk], language: str) -> None:
    walking = walk(language)
    walking.sign_in("depositor@demo.biomoa.example", DEMONSTRATION)
    walking.page.goto(f"{walking.home}/KAP000001")
    walking.send("main form[action$='/certificate'] button")
    walking.look()
    place = walking.page.url
    code = re.search(r"/certificates/([\w-]+)$", place) or re.search(
        r"/certificates/([\w-]{8,})(?:\.pdf|\")", walking.page.locator("main").inner_html()
    )
    assert code, place
    walking.fresh()
    walking.open(f"/certificates/{code[1]}")
    walking.open("/certificates/?code=" + code[1])
    walking.open("/certificates/?code=no-such-code")
    assert walking.faults == []
