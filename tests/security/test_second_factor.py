"""Codes of an app, recovery codes and passkeys, from outside; who must have one."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, expect, sync_playwright

from biomoa.ledger.models import Entry
from biomoa.people.models import Organisation, Token, User
from biomoa.people.queries import actor_of, find_actor_of_token
from biomoa.people.rules import system
from biomoa.people.services import appoint, create_token, make_account
from tests.security.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def half_minute(monkeypatch: pytest.MonkeyPatch) -> int:
    """The half minute of the test does not end: a code is not good beyond its own. Gives its number."""
    now = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: now))
    return int(now) // 30


def code_of(secret: str) -> str:
    """The code of now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(client: Client, user: User) -> Any:
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD})


def set_up(client: Client) -> str:
    """Sets up the app for who is signed in, who is asked for the password again; the secret."""
    page = "/account/2fa/totp/activate/"
    assert client.get(page).headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = re.search(r'id="authenticator_secret" readonly value="([A-Z2-7]+)"', client.get(page).content.decode())
    assert secret
    answer = client.post(page, {"code": code_of(secret[1])})
    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    cache.clear()  # a code is good once: the next step would otherwise wait 30 s for another
    return secret[1]


def test_the_code_is_asked_for_at_sign_in(client: Client, person: User, events: Callable[[], list[str]]) -> None:
    sign_in(client, person)
    secret = set_up(client)
    client.post("/account/logout/")
    assert sign_in(client, person).headers["Location"] == "/account/2fa/authenticate/"
    assert client.get("/account/").status_code == 302, "the password alone opens nothing"
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/account/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert {"person:second-factor-added", "person:second-factor-failed", "person:signed-in"} <= set(events())
    assert not any(secret in entry.data for entry in Entry.objects.all())


def test_a_code_is_good_once(client: Client, person: User) -> None:
    sign_in(client, person)
    code = code_of(set_up(client))
    for expected in (302, 200):
        client.post("/account/logout/")
        sign_in(client, person)
        assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == expected


def test_the_code_that_set_the_app_up_is_used(client: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "clear", lambda: None)
    sign_in(client, person)
    code = code_of(set_up(client))
    client.post("/account/logout/")
    sign_in(client, person)
    assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 200
    assert client.get("/account/").status_code == 302


def test_a_code_of_another_half_minute_is_refused(client: Client, person: User, half_minute: int) -> None:
    sign_in(client, person)
    secret = set_up(client)
    client.post("/account/logout/")
    sign_in(client, person)
    for counter in (half_minute - 1, half_minute + 1):
        code = format_hotp_value(hotp_value(secret, counter))
        assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == 200
    assert client.get("/account/").status_code == 302


def test_wrong_codes_are_slowed(client: Client, person: User) -> None:
    sign_in(client, person)
    secret = set_up(client)
    client.post("/account/logout/")
    sign_in(client, person)
    for _ in range(5):
        client.post("/account/2fa/authenticate/", {"code": "000000"})
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert client.get("/account/").status_code == 302, "the right code does not help while attempts are limited"


def test_recovery_codes_work_once(client: Client, person: User) -> None:
    sign_in(client, person)
    set_up(client)
    codes = client.get("/account/2fa/recovery-codes/download/").content.decode().split()
    assert len(codes) == 10
    for expected in (302, 200):
        client.post("/account/logout/")
        sign_in(client, person)
        assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == expected


def test_secrets_lie_encrypted(client: Client, person: User) -> None:
    sign_in(client, person)
    secret = set_up(client)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and "gAAAA" in kept


def test_staff_is_led_to_the_second_factor(client: Client, curator: User, station: Callable[..., None]) -> None:
    station(second_factor="staff")
    client.force_login(curator)
    for path in ("/", "/desk/", "/submissions/", "/search/"):
        assert client.get(path).headers["Location"] == "/account/2fa/", path
    answer = client.get("/api/v1/submissions")
    assert answer.status_code == 403
    assert answer.json()["problems"][0]["code"] == "second-factor-needed"
    assert client.post("/account/tokens/", {"name": "x", "scopes": ["curate"], "days": 9}).status_code == 302
    assert not Token.objects.exists()
    client.logout()
    sign_in(client, curator)
    set_up(client)
    assert client.get("/desk/").status_code == 200
    client.post("/account/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=curator, type="totp").exists(), "staff keeps the last one"


def test_a_session_that_began_before_the_factor_proves_it(curator: User, station: Callable[..., None]) -> None:
    """Who knows the password alone gains nothing from a factor that the person sets up elsewhere."""
    station(second_factor="staff")
    thief, owner = Client(), Client()
    sign_in(thief, curator)
    sign_in(owner, curator)
    secret = set_up(owner)
    assert owner.get("/desk/").status_code == 200
    for path in ("/desk/", "/account/", "/account/2fa/", "/account/2fa/totp/deactivate/", "/account/email/"):
        assert thief.get(path).headers["Location"].startswith("/account/2fa/reauthenticate/?next=%2F"), path
    assert thief.get("/api/v1/desk").status_code == 403
    thief.post("/account/reauthenticate/", {"password": PASSWORD})
    for path in ("/account/2fa/totp/deactivate/", "/account/2fa/recovery-codes/generate/", "/account/groups/"):
        assert thief.post(path).headers["Location"].startswith("/account/2fa/reauthenticate/"), path
    assert thief.get("/desk/").status_code == 302
    answer = thief.post("/account/2fa/reauthenticate/?next=/desk/", {"code": code_of(secret)})
    assert answer.headers["Location"] == "/desk/"
    assert thief.get("/desk/").status_code == 200, "whoever has the factor goes on"


def test_the_account_of_others_asks_for_it_too(person: User, station: Callable[..., None]) -> None:
    station(second_factor="staff")
    thief, owner = Client(), Client()
    sign_in(thief, person)
    sign_in(owner, person)
    set_up(owner)
    thief.post("/account/reauthenticate/", {"password": PASSWORD})
    assert thief.post("/account/2fa/totp/deactivate/").status_code == 302
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert owner.get("/account/").status_code == 200
    assert thief.post("/account/logout/").headers["Location"] == "/"


def test_others_are_offered_it(client: Client, person: User, station: Callable[..., None]) -> None:
    station(second_factor="staff")
    client.force_login(person)
    assert client.get("/").status_code == 200
    assert "/account/2fa/totp/activate/" in client.get("/account/2fa/").content.decode()


def test_a_station_can_ask_it_of_everybody(client: Client, person: User, station: Callable[..., None]) -> None:
    station(second_factor="all")
    client.force_login(person)
    for path in ("/submissions/", "/search/"):
        assert client.get(path).headers["Location"] == "/account/2fa/", path
    assert client.get("/api/v1/submissions").status_code == 403
    assert client.post("/account/tokens/", {"name": "x", "scopes": ["read"], "days": 9}).status_code == 302
    assert not Token.objects.exists()
    client.logout()
    assert client.get("/search/").status_code == 200, "what is public needs no account"
    sign_in(client, person)
    set_up(client)
    assert client.get("/submissions/").status_code == 200


def test_the_people_of_a_demonstration_enter_with_one_click(client: Client, station: Callable[..., None]) -> None:
    center = Organisation.objects.create(code="CENTER", kind="data-center", name_ko="센터")
    demo = make_account("demo@example.org", password=None, name_ko="", name_en="D", demonstration="curator")
    appoint(system("test"), center, demo, "curator")
    station(second_factor="staff", demonstration=True)
    assert client.post("/account/demo/curator/").status_code == 302
    assert client.get("/desk/").status_code == 200
    station(demonstration=False)
    assert client.get("/desk/").status_code == 302


def test_earlier_tokens_end_with_the_appointment(person: User, station: Callable[..., None]) -> None:
    station(second_factor="staff")
    center = Organisation.objects.create(code="CENTER", kind="data-center", name_ko="센터")
    secret = create_token(actor_of(person), "old", ["curate"], 9).secret
    appoint(system("test"), center, person, "curator")
    assert find_actor_of_token(secret) is None
    assert find_actor_of_token(create_token(actor_of(person), "new", ["curate"], 9).secret)


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django would refuse the database here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_opens_the_account(chromium: Browser, live_server: Any) -> None:
    cache.clear()
    user = make_account("key@example.org", password=PASSWORD, name_ko="", name_en="Key", language="en")
    # A passkey belongs to a name, never to a bare address (WebAuthn level 2, 5.1.2).
    home = live_server.url.replace("127.0.0.1", "localhost")
    page = chromium.new_context(locale="en").new_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    facts = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
             "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": facts})
    page.goto(f"{home}/account/login/")
    page.locator("#id_login").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{home}/submissions/")
    page.goto(f"{home}/account/2fa/webauthn/add/")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add a key").click()
    page.wait_for_url(f"{home}/account/2fa/recovery-codes/")
    page.context.clear_cookies()
    page.goto(f"{home}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{home}/submissions/")
    page.goto(f"{home}/account/sessions/")
    expect(page.get_by_text("This browser")).to_have_count(1)
    assert Entry.objects.filter(event="person:second-factor-added").count() == 2, "the key and its recovery codes"
