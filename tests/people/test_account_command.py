"""``biomoa account``: the operator makes the first people of a station."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.core import mail
from django.test import Client

from biomoa.cli import account, main, station
from biomoa.ledger.models import Entry
from biomoa.people.models import Invitation, Membership, Organisation, User
from biomoa.people.queries import actor_of, find_actor_of_token, is_still_meant
from biomoa.people.services import create_token, invite
from tests.people.mails import send_waiting_mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process and its database, not in a home of its own."""
    for name in ("start_django", "load_home"):
        monkeypatch.setattr(account, name, lambda home: home)
    monkeypatch.setattr(account, "home_folder", lambda: Path())
    assert station.start_django
    Organisation.objects.get_or_create(
        code="KOBIC", defaults={"kind": "data-center", "name_ko": "센터", "name_en": "C"}
    )


def run(*words: str) -> int:
    return main.main(["account", *words])


def test_an_account_that_was_made_can_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("create", "First@Example.org", "--administrator", "--name-ko", "관리자") == 0
    password = capsys.readouterr().out.split()[-1]
    user = User.objects.get()
    assert (user.email, user.is_staff, user.name_ko) == ("first@example.org", True, "관리자")
    assert authenticate(None, username="first@example.org", password=password) == user
    assert run("create", "first@example.org") == 2
    assert "exists" in capsys.readouterr().err


def test_roles_are_given_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    run("create", "c@example.org", "--name-en", "Curator")
    assert run("role", "c@example.org", "KOBIC", "curator") == 0
    assert [(one.organisation.code, one.role) for one in Membership.objects.all()] == [("KOBIC", "curator")]
    capsys.readouterr()
    assert run("list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["roles"] == ["curator of KOBIC"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "no-address"), "valid email"),
        (("role", "nobody@example.org", "KOBIC", "curator"), "no such account"),
        (("role", "c@example.org", "NOWHERE", "curator"), "no such organisation; known: KOBIC"),
        (("role", "c@example.org", "KOBIC", "king"), "no such role; known: depositor"),
    ],
)
def test_wrong_use_says_the_way_out(words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("create", "c@example.org")
    capsys.readouterr()
    assert run(*words) == 2
    assert told in capsys.readouterr().err


def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(account, "_password", lambda: ("12345678", False))
    assert run("create", "c@example.org") == 2
    assert "common" in capsys.readouterr().err
    assert not User.objects.exists()


def test_a_lost_second_factor_is_forgotten_on_proof(capsys: pytest.CaptureFixture[str], client: Client) -> None:
    run("create", "d@example.org", "--name-en", "Depositor")
    person = User.objects.get()
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=person, type=kind, data={})
    token = create_token(actor_of(person), "old", ["read"], 9).secret
    client.force_login(person)
    from allauth.usersessions.models import UserSession

    UserSession.objects.create(user=person, ip="127.0.0.1", session_key=client.session.session_key)
    assert run("forget-factors", "D@example.org", "--proof", "mailbox") == 0
    assert "signed out" in capsys.readouterr().out
    assert not Authenticator.objects.exists() and find_actor_of_token(token) is None
    assert client.get("/account/").status_code == 302
    entry = Entry.objects.get(event="person:second-factors-forgotten")
    assert (entry.actor, entry.subject) == ("system:operator", f"USER{person.pk}") and "mailbox" in entry.data
    send_waiting_mails()
    assert mail.outbox[-1].to == ["d@example.org"] and "2단계 인증" in mail.outbox[-1].body
    assert run("forget-factors", "nobody@example.org", "--proof", "mailbox") == 2


def test_the_operator_signs_a_person_out(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    run("create", "d@example.org", "--name-en", "D")
    person = User.objects.get()
    token = create_token(actor_of(person), "old", ["read"], 9).secret
    client.force_login(person)
    from allauth.usersessions.models import UserSession

    UserSession.objects.create(user=person, ip="127.0.0.1", session_key=client.session.session_key)
    assert run("sign-out", "D@example.org") == 0
    assert "1 sessions ended" in capsys.readouterr().out
    assert client.get("/account/").status_code == 302 and find_actor_of_token(token) is None
    assert run("sign-out", "nobody@example.org") == 2


@pytest.mark.parametrize(("language", "said"), [("ko", "이용을 중지했습니다"), ("en", "has closed this account")])
def test_an_account_is_closed_and_opened(
    client: Client, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    run("create", "d@example.org", "--name-en", "D")
    password = {"login": "d@example.org", "password": capsys.readouterr().out.split()[-1]}
    person = User.objects.get()
    token = create_token(actor_of(person), "old", ["read"], 9).secret
    assert client.post("/account/login/", password).status_code == 302
    assert client.get("/account/").status_code == 200
    assert run("disable", "D@example.org") == 0
    assert client.get("/account/").status_code == 302 and find_actor_of_token(token) is None
    client.cookies["django_language"] = language
    told = client.post("/account/login/", password, follow=True).content.decode()
    assert said in told and "/help/#contact" in told
    assert client.get("/account/").status_code == 302
    assert run("disable", "d@example.org") == 0, "twice changes nothing"
    assert run("enable", "d@example.org") == 0
    assert client.post("/account/login/", password).status_code == 302
    assert client.get("/account/").status_code == 200 and find_actor_of_token(token) is None
    entries = Entry.objects.filter(event__in=["person:disabled", "person:enabled"]).order_by("seq")
    assert [(one.event, one.actor, one.subject) for one in entries] == [
        ("person:disabled", "system:operator", f"USER{person.pk}"),
        ("person:enabled", "system:operator", f"USER{person.pk}"),
    ]
    assert {run("disable", "nobody@example.org"), run("enable", "nobody@example.org")} == {2}


def test_invitations_of_a_closed_account_wait() -> None:
    run("create", "d@example.org", "--name-en", "D")
    run("role", "d@example.org", "KOBIC", "administrator")
    invite(actor_of(User.objects.get()), Organisation.objects.get(code="KOBIC"), "new@example.org", "curator")
    answers = []
    for word in ("disable", "enable"):
        assert run(word, "d@example.org") == 0
        answers.append(is_still_meant(Invitation.objects.get()))
    assert answers == [False, True]


def test_the_last_administrator_stays(capsys: pytest.CaptureFixture[str]) -> None:
    run("create", "a@example.org", "--administrator")
    assert run("disable", "a@example.org") == 2
    assert "last administrator" in capsys.readouterr().err
    run("create", "b@example.org", "--administrator")
    assert run("disable", "a@example.org") == 0
    assert run("disable", "b@example.org") == 2
    assert list(User.objects.filter(is_active=True).values_list("email", flat=True)) == ["b@example.org"]


def test_a_mailbox_proves_no_curator(capsys: pytest.CaptureFixture[str]) -> None:
    run("create", "c@example.org", "--name-en", "Curator")
    run("role", "c@example.org", "KOBIC", "curator")
    Authenticator.objects.create(user=User.objects.get(), type="totp", data={})
    assert run("forget-factors", "c@example.org", "--proof", "mailbox") == 2
    assert "in person" in capsys.readouterr().err and Authenticator.objects.exists()
    assert run("forget-factors", "c@example.org", "--proof", "in-person") == 0
    assert not Authenticator.objects.exists()
