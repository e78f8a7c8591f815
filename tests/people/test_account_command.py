"""``biomoa account``: the operator makes the first people of a station."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from biomoa.cli import account, main, station
from biomoa.people.models import Membership, Organisation, User

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
