"""Passwords, and what a station must not show: debug pages, listings, source control, TRACE."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from biomoa.people.keyboard import is_common, typed
from biomoa.people.models import User
from biomoa.people.passwords import is_leaked
from biomoa.people.queries import actor_of
from biomoa.people.services import create_token
from biomoa.settings.assemble import assemble
from biomoa.settings.station import create_home
from tests.people.mails import send_waiting_mails
from tests.security.conftest import PASSWORD
from tests.security.test_second_factor import set_up, sign_in

pytestmark = pytest.mark.django_db
WEAK = ["short-7", "password", "12345678", "qwertyuiop", "biomoa2026", "curator-1", "KOBIC!234"]
GOOD = ["cornflower seven", "oneofakindwords", "x" * 40 + "y" * 60, "가나다라 마바사아 abc", "--------q"]


@pytest.mark.parametrize("word", WEAK)
def test_weak_ones_are_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(word)


OBVIOUS = ["aaaaaaaaaaaa", "AaAaAaAaAa", " " * 8, "\u3000" * 9, "dkssudgktpdy", "tkfkdgo1234", "qlalfqjsgh", "rkskekfk",
           "비밀번호1234", "안녕하세요2026!", "DKSSUDGKTPDY1!", "tkfkdgotkfkdgo", "qwerasdf1!"]  # fmt: skip


@pytest.mark.parametrize("word", OBVIOUS)
@pytest.mark.parametrize(("language", "said"), [("ko", "먼저 시도해 볼"), ("en", "anybody would try")])
def test_obvious_ones_are_refused(word: str, language: str, said: str) -> None:
    with translation.override(language), pytest.raises(ValidationError, match=said):
        validate_password(word)


def test_korean_words_are_known_as_they_are_typed() -> None:
    assert [typed(word) for word in ("안녕하세요", "비밀번호", "값", "쌍둥이", "과외")] == [
        "dkssudgktpdy", "qlalfqjsgh", "rkqt", "Tkdenddl", "rhkdhl",
    ]  # fmt: skip
    assert not is_common("dkssud cornflower") and not is_common("") and not is_common("가나다라 마바사아 abc")
    assert not is_common("qwerasdf" * 1000 + "p")


LEAKED = [f"leaked-elsewhere-{number}" for number in range(500)]


def test_leaked_ones_are_found_in_the_file_of_the_operator(
    client: Client, person: User, station: Callable[..., None], tmp_path: Path
) -> None:
    lines = sorted(hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in LEAKED)
    leaked = tmp_path / "leaked"
    leaked.write_text("".join(f"{line}:{len(line) * n}\r\n" for n, line in enumerate(lines)), encoding="ascii")
    assert all(is_leaked(word, leaked) for word in LEAKED)
    assert not any(is_leaked(f"cornflower-{number}", leaked) for number in range(500))
    station(leaked_passwords=str(leaked))
    form = {"email": "new@example.org", "password1": LEAKED[7], "password2": LEAKED[7], "name_en": "New"}
    answer = client.post("/account/signup/", form, headers={"accept-language": "ko"})
    assert answer.status_code == 200 and "유출" in answer.content.decode()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    form = {"oldpassword": PASSWORD, "password1": LEAKED[499], "password2": LEAKED[499]}
    client.post("/account/password/change/", form)
    person.refresh_from_db()
    assert person.check_password(PASSWORD), "the old one stays"
    leaked.write_bytes(b"")
    assert not is_leaked(LEAKED[0], leaked)


@pytest.mark.parametrize("word", GOOD)
def test_any_characters_and_length(client: Client, word: str) -> None:
    validate_password(word)
    form = {"email": "new@example.org", "password1": word, "password2": word, "name_en": "New"}
    assert client.post("/account/signup/", form).status_code == 302
    user = User.objects.get()
    assert user.check_password(word)
    assert not user.check_password(word.upper()) and not user.check_password(word[:-1])


def test_the_fields_hide_and_let_paste(client: Client) -> None:
    for path in ("/account/login/", "/account/signup/"):
        fields = re.findall(r"<input[^>]*password[^>]*>", client.get(path).content.decode())
        assert fields and all('type="password"' in field for field in fields)
        assert not any("onpaste" in field or 'autocomplete="off"' in field for field in fields)


def test_a_reset_does_not_pass_by_the_second_factor(client: Client, person: User) -> None:
    sign_in(client, person)
    set_up(client)
    client.post("/account/logout/")
    client.post("/account/password/reset/", {"email": person.email})
    send_waiting_mails()
    link = re.search(r"/account/password/reset/key/\S+", mail.outbox[-1].body)
    assert link
    page = client.get(link[0], follow=True)
    new = "cornflower-7-blue"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert client.get("/account/").status_code == 302
    answer = client.post("/account/login/", {"login": person.email, "password": new})
    assert answer.headers["Location"] == "/account/2fa/authenticate/"


def test_a_reset_ends_what_another_may_have_made(client: Client, person: User, events: Callable[[], list[str]]) -> None:
    """Who lost an account loses the sessions and the tokens of whoever had it; a mere change names them."""
    token = create_token(actor_of(person), "sequencer", ["deposit"], 90).secret
    program = {"authorization": f"Bearer {token}"}
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    form = {"oldpassword": PASSWORD, "password1": "cornflower-7-blue", "password2": "cornflower-7-blue"}
    page = client.post("/account/password/change/", form, follow=True).content.decode()
    assert "발급한 토큰 1개는 계속 사용할 수 있습니다." in page
    assert client.get("/api/v1/me", headers=program).json()["email"] == person.email
    client.post("/account/logout/")
    client.post("/account/password/reset/", {"email": person.email})
    send_waiting_mails()
    link = re.search(r"/account/password/reset/key/\S+", mail.outbox[-1].body)
    assert link
    place = client.get(link[0], follow=True).request["PATH_INFO"]
    client.post(place, {"password1": "cornflower-8-blue", "password2": "cornflower-8-blue"})
    assert client.get("/api/v1/me", headers=program).status_code == 401
    assert events()[-2:] == ["person:password-reset", "token:revoked"]


def test_settings_of_a_station(tmp_path: Path) -> None:
    home = create_home(tmp_path)
    settings = assemble(home)
    assert settings["DEBUG"] is False
    assert settings["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert "secret" not in str(msgspec.to_builtins(home.station)).replace("secret_env", "").replace("_SECRET", "")


def test_nothing_of_the_machine_is_served(client: Client) -> None:
    for path in ("/.git/config", "/static/", "/static/../station.toml", "/secret.key", "/station.toml", "/files/"):
        assert client.get(path).status_code in (400, 404), path
    assert client.generic("TRACE", "/").status_code in (403, 405)


def test_signing_out_clears_the_cache(client: Client, person: User, events: Callable[[], list[str]]) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert client.post("/account/logout/").headers["Clear-Site-Data"] == '"cache"'
    assert "person:signed-out" in events()
