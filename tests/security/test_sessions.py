"""Sessions: rotated, limited, listed, ended; cookies and headers of a station over https."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from biomoa.exchange.registry import known_exports
from biomoa.ledger.models import Entry
from biomoa.people.models import Token, User
from biomoa.people.queries import actor_of
from biomoa.people.rules import is_session_over, system
from biomoa.people.sessions import end_all_sessions
from biomoa.settings.assemble import assemble
from biomoa.settings.station import Home, Station, create_home
from biomoa.site.headers import POLICY, SecurityHeaders
from tests.security.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client: Client, user: User, password: str = PASSWORD) -> None:
    assert client.post("/account/login/", {"login": user.email, "password": password}).status_code == 302


def confirm(client: Client, following: str = "") -> None:
    """Proves again who it is, and goes on with what was interrupted."""
    answer = client.post(f"/account/reauthenticate/?next={following}", {"password": PASSWORD, "next": following})
    assert answer.status_code == 302, answer.content


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_sign_in_changes_the_session(client: Client, person: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    before = client.cookies["sessionid"].value if "sessionid" in client.cookies else session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, person)
    assert client.cookies["sessionid"].value != before
    stranger = Client()
    stranger.cookies["sessionid"] = before
    assert not is_in(stranger)


def test_proving_again_who_one_is_changes_the_session(client: Client, person: User) -> None:
    sign_in(client, person)
    before, forgery = client.cookies["sessionid"].value, client.cookies["csrftoken"].value
    confirm(client)
    after = client.cookies["sessionid"].value
    assert before != after and client.cookies["csrftoken"].value != forgery
    assert is_in(client)
    old = Client()
    old.cookies["sessionid"] = before
    assert not is_in(old), "the key from before opens nothing"
    page = client.get("/account/sessions/").content.decode()
    assert page.count("<tr>") == 2, "one line of heads, one session: it was not doubled"


def test_all_others_are_ended_by_who_proves_again(person: User) -> None:
    here, there = Client(), Client()
    sign_in(here, person)
    sign_in(there, person)
    assert here.post("/account/sessions/").headers["Location"].startswith("/account/reauthenticate/")
    assert is_in(there)
    confirm(here, "/account/sessions/")
    assert is_in(here) and not is_in(there)


def test_a_new_password_ends_the_other_sessions(person: User) -> None:
    here, there = Client(), Client()
    sign_in(here, person)
    sign_in(there, person)
    new = "cornflower-7-blue"
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_in(here) and not is_in(there)


@pytest.mark.parametrize(("key", "value"), [("seen_at", 61 * 60), ("began_at", 9 * 3600)])
def test_idle_and_old_sessions_end(
    client: Client, person: User, station: Callable[..., None], key: str, value: int
) -> None:
    station(session_idle_minutes=60, session_hours=8)
    client.force_login(person)
    assert is_in(client)
    session = client.session
    session[key] = time.time() - value
    session.save()
    assert not is_in(client)
    assert not is_in(client), "the clock is not begun anew"


@given(
    now=st.floats(0, 1e9), began=st.floats(0, 1e9), seen=st.floats(0, 1e9), idle=st.integers(60, 10**6),
    whole=st.integers(60, 10**6),
)  # fmt: skip
def test_a_session_is_over_by_idleness_or_age(now: float, began: float, seen: float, idle: int, whole: int) -> None:
    over = is_session_over(now, began=began, seen=seen, idle_seconds=idle, whole_seconds=whole)
    assert over == (now - seen > idle or now - began > whole)


def test_sessions_are_listed_and_ended(person: User) -> None:
    here, there, third = (Client(headers={"user-agent": name}) for name in ("Here/1", "There/1", "Third/1"))
    for client in (here, there, third):
        sign_in(client, person)
    page = here.get("/account/sessions/").content.decode()
    assert all(name in page for name in ("Here/1", "There/1", "Third/1"))
    ends = re.findall(r'action="(/account/sessions/\d+/end/)"', page)
    assert len(ends) == 2
    assert here.post(ends[0]).headers["Location"].startswith("/account/reauthenticate/"), "the password is asked again"
    assert all(is_in(client) for client in (here, there, third))
    confirm(here, ends[0])
    assert [is_in(client) for client in (here, there, third)].count(True) == 2
    here.post("/account/sessions/")
    assert is_in(here) and not is_in(there) and not is_in(third)
    assert Entry.objects.filter(event="person:sessions-ended").count() == 2


def test_another_persons_session_is_not_there(client: Client, person: User, curator: User) -> None:
    other = Client()
    sign_in(other, curator)
    page = other.get("/account/sessions/")
    sign_in(client, person)
    assert page.status_code == 200
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.get(user=curator)
    confirm(client)
    assert client.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert is_in(other)


def settings_of(folder: Path, **station: Any) -> dict[str, Any]:
    create_home(folder)
    return assemble(Home(folder, msgspec.convert({"address": "http://127.0.0.1:8000"} | station, Station)))


def test_over_https_nothing_leaves_it(tmp_path: Path) -> None:
    https = settings_of(tmp_path, address="https://station.example.org", security={"trusted_proxies": 1})
    for cookie in ("SESSION", "CSRF"):
        assert https[f"{cookie}_COOKIE_SECURE"] and https[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert https[f"{cookie}_COOKIE_HTTPONLY"] and https[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    assert https["SECURE_HSTS_SECONDS"] >= 365 * 86_400
    assert https["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "https"
    assert https["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    http = settings_of(tmp_path)
    assert not http["SESSION_COOKIE_SECURE"] and not http["SECURE_HSTS_SECONDS"]
    assert "SECURE_PROXY_SSL_HEADER" not in http, "a header of a stranger must not make it https"


def test_over_https_every_cookie_is_bound_to_the_host(
    tmp_path: Path, settings: Settings, client: Client, person: User
) -> None:
    """Also those of language, display and of what a page tells once."""
    https = settings_of(tmp_path, address="https://testserver")
    for name in [key for key in https if "_COOKIE_" in key] + ["MESSAGE_STORAGE"]:
        setattr(settings, name, https[name])
    answers = [
        client.get("/account/login/", secure=True),
        client.post("/display/", {"contrast": "high", "size": "large"}, secure=True),
        client.post("/i18n/setlang/", {"language": "en"}, secure=True),
        client.post("/account/login/", {"login": person.email, "password": PASSWORD}, secure=True),
        client.post("/account/profile/", {"name_ko": "민지", "language": "ko"}, secure=True),
    ]
    cookies = {name: cookie for answer in answers for name, cookie in answer.cookies.items()}
    assert len(cookies) >= 6
    for name, cookie in cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"], name
        assert cookie["samesite"] == "Lax", name
    assert "contrast-high" in client.get("/", secure=True).content.decode()


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/healthz", "text/plain"), ("/", "text/html"), ("/static/site/favicon.svg", "image/svg+xml"),
     ("/static/site/site.js", "text/javascript")],
)  # fmt: skip
def test_text_says_its_charset(client: Client, path: str, kind: str) -> None:
    told = client.get(path).headers["Content-Type"].replace('"', "")
    assert told == f"{kind}; charset=utf-8"


def test_exports_say_their_charset() -> None:
    for export in known_exports().values():
        answer = SecurityHeaders(lambda _, kind=export.media_type: HttpResponse(b"", content_type=kind))(
            RequestFactory().get("/")
        )
        is_text = export.media_type.startswith("text/") or export.media_type.endswith("xml")
        assert ("charset=utf-8" in answer.headers["Content-Type"]) is is_text, export.name


def test_every_answer_carries_the_headers(client: Client) -> None:
    for path in ("/", "/help/", "/api/v1/me", "/nothing-here/", "/api/v1/nothing"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == POLICY
        assert "unsafe" not in POLICY and "frame-ancestors 'none'" in POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"


def test_the_operator_ends_all_sessions_of_a_person(person: User, curator: User) -> None:
    here, there = Client(), Client()
    sign_in(here, person)
    sign_in(there, person)
    with pytest.raises(PermissionDenied):
        end_all_sessions(actor_of(curator), person)
    assert end_all_sessions(system("operator"), person) == 2
    assert not is_in(here) and not is_in(there)
    assert Entry.objects.filter(event="person:signed-out-by-operator").count() == 1


def test_a_token_asks_for_the_password_again(client: Client, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds a browser open takes no key along that works for a year."""
    sign_in(client, person)
    form = {"name": "mine", "scopes": ["deposit"], "days": 365}
    later = time.time() + 600
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: later)
    answer = client.post("/account/tokens/", form)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/account/reauthenticate/")
    told = client.post("/api/v1/tokens", json.dumps(form), "application/json")
    assert told.status_code == 403 and told.json()["problems"][0]["code"] == "password-needed"
    assert not Token.objects.exists()
    # What was interrupted goes on: the form need not be filled in twice.
    made = client.post(answer.headers["Location"], {"password": PASSWORD, "next": "/account/tokens/"})
    assert made.status_code == 201 and Token.objects.get().name == "mine"
    assert client.post("/account/tokens/", form).status_code == 201
    assert client.post("/api/v1/tokens", json.dumps(form), "application/json").status_code == 201
