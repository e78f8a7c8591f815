"""The pages of people from outside: sign-up to token, groups, invitations, demonstration, brute force."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from biomoa.ledger.models import Entry
from biomoa.people.models import Membership, Organisation, Token, User
from biomoa.people.queries import actor_of, find_actor_of_token
from biomoa.people.rules import system
from biomoa.people.services import appoint, create_token, make_account
from tests.people.mails import send_waiting_mails

pytestmark = pytest.mark.django_db
PASSWORD = "pass-phrase-1"


def events() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("event", flat=True))


def test_from_sign_up_to_a_group(client: Client) -> None:
    form = {"email": "New@Example.org", "password1": "cornflower-7-blue", "password2": "cornflower-7-blue",
            "name_ko": "새내기", "name_en": "New Comer"}  # fmt: skip
    assert client.post("/account/signup/", form, headers={"accept-language": "en"}).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert (user.name_ko, user.language) == ("새내기", "en")
    assert not Membership.objects.filter(user=user).exists()
    send_waiting_mails()
    link = re.search(r"/account/confirm-email/[^\s/]+/", mail.outbox[-1].body)
    assert link
    assert client.post(link[0]).status_code == 302
    assert Organisation.objects.get(memberships__user=user).name_ko == "새내기 연구그룹"
    assert {"person:signed-up", "person:confirmed", "organisation:created"} <= set(events())
    signed_in = client.post("/account/login/", {"login": "new@example.org", "password": "cornflower-7-blue"})
    assert signed_in.cookies["django_language"].value == "en"
    assert client.get("/account/").status_code == 200
    assert "person:signed-in" in events()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_mail_of_a_sign_up_names_the_station_and_its_link_stands_alone(client: Client, language: str) -> None:
    """A particle behind the address would become part of the link in a mail program."""
    form = {"email": "new@example.org", "password1": "cornflower-7-blue", "password2": "cornflower-7-blue",
            "name_ko": "새내기", "name_en": "New Comer"}  # fmt: skip
    client.post("/account/signup/", form, headers={"accept-language": language})
    send_waiting_mails()
    sent = mail.outbox[-1]
    links = [line for line in sent.body.splitlines() if "/account/confirm-email/" in line]
    assert len(links) == 1 and re.fullmatch(r"http\S+/account/confirm-email/[\x21-\x7e]+/", links[0])
    station = settings.BIOMOA_HOME.station
    name = station.name_ko if language == "ko" else station.name_en
    assert name in sent.body and sent.subject.startswith(f"[{name}] ")


def test_who_signs_in_unconfirmed_gets_the_mail_again(client: Client) -> None:
    """As the page says that one is led to after signing up."""
    form = {"email": "new@example.org", "password1": "cornflower-7-blue", "password2": "cornflower-7-blue",
            "name_ko": "새내기", "name_en": "New Comer"}  # fmt: skip
    page = client.post("/account/signup/", form, follow=True).content.decode()
    assert 'href="/account/login/"' in page and 'href="/account/signup/"' in page
    send_waiting_mails()
    cache.clear()  # as three minutes would do it
    client.post("/account/login/", {"login": "new@example.org", "password": "cornflower-7-blue"})
    send_waiting_mails()
    assert len([sent for sent in mail.outbox if "/account/confirm-email/" in sent.body]) == 2


def test_the_only_address_offers_nothing_that_is_refused(client: Client) -> None:
    person = make_account("one@example.org", password=PASSWORD, name_ko="하나", name_en="One")
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert "action_remove" not in client.get("/account/email/").content.decode()
    EmailAddress.objects.create(user=person, email="two@example.org")
    page = client.get("/account/email/").content.decode()
    assert all(name in page for name in ("action_primary", "action_send", "action_remove"))


def test_from_the_address_the_next_key_leads_to_the_password(client: Client) -> None:
    """Who goes on with Tab writes the password blindly: no link may stand between the two."""
    page = client.get("/account/login/").content.decode()
    between = page[page.index('name="login"') : page.index('name="password"')]
    assert "<a " not in between and "<button" not in between
    assert 'href="/account/password/reset/"' in page[page.index('name="password"') :]


def test_who_confirmed_an_address_is_led_to_the_submissions(client: Client) -> None:
    form = {"email": "new@example.org", "password1": "cornflower-7-blue", "password2": "cornflower-7-blue",
            "name_en": "New Comer"}  # fmt: skip
    client.post("/account/signup/", form)
    send_waiting_mails()
    link = re.search(r"/account/confirm-email/[^\s/]+/", mail.outbox[-1].body)
    assert link
    sign_in = client.post(link[0])["Location"]
    entered = client.post(sign_in, {"login": "new@example.org", "password": "cornflower-7-blue"})
    assert entered["Location"] == "/submissions/"


@pytest.mark.parametrize(("roles", "start"), [
    (("depositor",), "/submissions/"), ((), "/submissions/"), (("curator",), "/desk/"),
    (("curator", "manager"), "/submissions/"),
])  # fmt: skip
def test_work_begins_where_it_lies(
    client: Client, settings: Settings, person: Callable[..., User], group: Organisation,
    roles: tuple[str, ...], start: str,
) -> None:  # fmt: skip
    demonstrate(settings, True)
    user = person("haneul", demonstration="anybody")
    center = Organisation.objects.create(code="C", kind="data-center", name_ko="센터")
    for role in roles:
        appoint(system("test"), center if role == "curator" else group, user, role)
    assert client.post("/account/demo/anybody/")["Location"] == start
    client.logout()
    form = {"login": user.email, "password": PASSWORD}
    assert client.post("/account/login/", form)["Location"] == start
    client.logout()
    assert client.post("/account/login/?next=/account/", form)["Location"] == "/account/"


def test_the_welcome_is_in_the_language_of_the_profile(client: Client, person: Callable[..., User]) -> None:
    user = person("haneul", language="ko")
    form = {"login": user.email, "password": PASSWORD}
    page = client.post("/account/login/", form, headers={"accept-language": "en"}, follow=True)
    said = [str(message) for message in page.context["messages"]]
    assert len(said) == 1 and re.search("[가-힣]", said[0])


def test_unconfirmed_people_cannot_come_in(client: Client) -> None:
    form = {"email": "new@example.org", "password1": "cornflower-7-blue", "password2": "cornflower-7-blue",
            "name_en": "New"}  # fmt: skip
    client.post("/account/signup/", form)
    client.post("/account/login/", {"login": "new@example.org", "password": "cornflower-7-blue"})
    assert client.get("/account/").status_code == 302


def test_failed_sign_ins_are_noted_and_soon_refused(client: Client, manager: User) -> None:
    for _ in range(7):
        client.post("/account/login/", {"login": manager.email, "password": "wrong"})
    assert 0 < events().count("person:sign-in-failed") <= 6
    client.post("/account/login/", {"login": manager.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 302, "the right password does not help while attempts are limited"


def test_a_stranger_is_sent_to_sign_in(client: Client, group: Organisation) -> None:
    for path in ("/account/", f"/groups/{group.code}/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/")


def test_the_profile_keeps_what_was_typed(client: Client, manager: User) -> None:
    client.force_login(manager)
    answer = client.post("/account/profile/", {"name_ko": "", "name_en": " ", "language": "en"})
    assert answer.status_code == 422
    answer = client.post("/account/profile/", {"name_ko": "민지", "name_en": "Minji", "language": "en"})
    assert answer.status_code == 302
    page = client.get("/account/").content.decode()
    assert "민지" in page and "My account" in page


@pytest.mark.parametrize(("language", "words"), [("ko", "내 계정"), ("en", "My account")])
def test_the_account_page_speaks_both_languages(
    client: Client, manager: User, group: Organisation, language: str, words: str
) -> None:
    client.force_login(manager)
    page = client.get("/account/", headers={"accept-language": language}).content.decode()
    assert words in page and group.name(language) in page


def test_a_token_is_shown_once(client: Client, manager: User) -> None:
    client.post("/account/login/", {"login": manager.email, "password": PASSWORD})
    answer = client.post("/account/tokens/", {"name": "laptop", "scopes": ["read", "deposit"], "days": "30"})
    secret = re.search(r"bmo_[\w-]{40}", answer.content.decode())
    assert answer.status_code == 201 and secret
    assert answer.headers["Cache-Control"].find("no-store") >= 0
    assert find_actor_of_token(secret[0])
    page = client.get("/account/").content.decode()
    assert secret[0] not in page and secret[0][:12] in page
    token = Token.objects.get()
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert find_actor_of_token(secret[0]) is None


def test_a_wrong_token_form_keeps_its_name(client: Client, manager: User) -> None:
    client.post("/account/login/", {"login": manager.email, "password": PASSWORD})
    answer = client.post("/account/tokens/", {"name": "my laptop", "days": "999"})
    assert answer.status_code == 422
    assert 'value="my laptop"' in answer.content.decode()
    assert not Token.objects.exists()


def test_a_manager_runs_the_group(client: Client, manager: User, member: User, group: Organisation) -> None:
    client.force_login(manager)
    page = client.get(f"/groups/{group.code}/").content.decode()
    assert member.email in page
    answer = client.post(f"/groups/{group.code}/invite/", {"email": "x@example.org", "role": "depositor"})
    assert answer.status_code == 302
    assert "x@example.org" in client.get(f"/groups/{group.code}/").content.decode()
    bad = client.post(f"/groups/{group.code}/invite/", {"email": "no address", "role": "depositor"})
    assert bad.status_code == 422 and 'value="no address"' in bad.content.decode()
    client.post(f"/groups/{group.code}/members/{member.pk}/", {"role": "manager"})
    assert actor_of(member).roles[group.pk] == {"manager"}
    left = client.post(f"/groups/{group.code}/members/{manager.pk}/", {"role": ""})
    assert left.headers["Location"] == "/account/"
    assert client.get(f"/groups/{group.code}/").status_code == 404


def test_the_last_manager_is_told(client: Client, manager: User, group: Organisation) -> None:
    client.force_login(manager)
    answer = client.post(f"/groups/{group.code}/members/{manager.pk}/", {"role": ""}, headers={"accept-language": "en"})
    assert answer.status_code == 422 and "last manager" in answer.content.decode()


def test_a_member_is_refused_and_it_is_noted(client: Client, member: User, group: Organisation) -> None:
    client.force_login(member)
    answer = client.post(f"/groups/{group.code}/invite/", {"email": "x@example.org", "role": "depositor"})
    assert answer.status_code == 403
    assert events().count("access:refused") == 1
    assert group.code not in Entry.objects.get(event="access:refused").data


def test_another_group_is_not_there(client: Client, person: Callable[..., User], group: Organisation) -> None:
    client.force_login(person("stranger"))
    assert client.get(f"/groups/{group.code}/").status_code == 404
    assert client.get("/groups/g-nothing/").status_code == 404


def test_an_invitation_by_its_link(
    client: Client,
    manager: User,
    group: Organisation,
) -> None:
    client.force_login(manager)
    client.post(f"/groups/{group.code}/invite/", {"email": "new@example.org", "role": "depositor"})
    send_waiting_mails()
    found = re.search(r"/invitations/\S+/", mail.outbox[-1].body)
    assert found
    client.logout()
    assert client.get(found[0]).status_code == 200
    client.force_login(manager)
    assert client.post(found[0]).status_code == 422
    invited = make_account("new@example.org", password=None, name_ko="", name_en="New")
    client.force_login(invited)
    assert client.get(found[0]).status_code == 200
    assert not Membership.objects.filter(user=invited).exists(), "reading an address changes nothing"
    assert client.post(found[0]).status_code == 302
    assert client.get(found[0]).status_code == 404
    assert client.get("/invitations/unknown/").status_code == 404


def demonstrate(settings: Settings, on: bool) -> None:
    home = settings.BIOMOA_HOME
    station = msgspec.structs.replace(home.station, demonstration=on)
    settings.BIOMOA_HOME = msgspec.structs.replace(home, station=station)


def test_one_click_is_only_for_the_demonstration(client: Client, settings: Settings) -> None:
    make_account("demo@example.org", password=None, name_ko="", name_en="Demo", demonstration="curator")
    make_account("real@example.org", password=None, name_ko="", name_en="Real")
    demonstrate(settings, False)
    assert client.post("/account/demo/curator/").status_code == 404
    demonstrate(settings, True)
    assert client.get("/account/demo/curator/").status_code == 405
    assert client.post("/account/demo/depositor/").status_code == 404
    assert client.post("/account/demo/curator/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_forged_requests_are_refused(manager: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)
    assert strict.post("/account/tokens/", {"name": "x", "scopes": "read", "days": 1}).status_code == 403
    assert not Token.objects.exists()


def test_a_bad_token_is_told_as_a_problem(client: Client, manager: User) -> None:
    answer = client.get("/account/", headers={"authorization": "Bearer bmo_wrong"})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["problems"][0]["code"] == "token-invalid"
    secret = create_token(actor_of(manager), "old", ["read"], 1).secret
    Token.objects.update(expires_at="2020-01-01T00:00:00Z")
    answer = client.get("/account/", headers={"authorization": f"bearer {secret}"})
    assert answer.json()["problems"][0]["code"] == "token-expired"


def test_the_account_page_does_not_ask_once_a_group(
    client: Client, manager: User, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    from biomoa.people.services import create_group

    for number in range(8):
        create_group(actor_of(manager), f"그룹 {number}", f"Group {number}")
    client.force_login(manager)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get("/account/")


@pytest.mark.parametrize(
    ("told", "following"),
    [
        ("http://testserver/submissions/new?x=1", "/submissions/new?x=1"),
        ("http://elsewhere.example/submissions/new", "/"),
        ("", "/"),
    ],
)
def test_after_the_session_ended_sign_in_leads_back_to_the_page_of_the_form(
    client: Client, told: str, following: str
) -> None:
    sent = client.post("/account/profile/", {"name_ko": "가"}, headers={"referer": told})
    assert parse_qs(urlsplit(sent["Location"]).query) == {"next": [following]}
    row = client.post("/account/profile/", {"name_ko": "가"}, headers={"HX-Request": "true", "HX-Current-URL": told})
    assert row.status_code == 204 and row["HX-Redirect"] == sent["Location"]
