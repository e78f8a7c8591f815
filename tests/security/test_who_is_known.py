"""Nobody learns from sign-up, sign-in or password reset whom the station knows: the same is done for everybody.

Asserted on what is done, not on time: hashes, rows written, mails queued, words of the answer.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from biomoa.people.models import User
from biomoa.people.services import make_account
from tests.people.mails import send_waiting_mails
from tests.security.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "cornflower-7-blue"
Done = tuple[Any, ...]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Each time a password is hashed: by far the longest work of a request."""
    counted: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        counted.append(password)
        encoded: str = encode(self, password, salt)
        return encoded

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return counted


def do(hashed: list[str], path: str, form: dict[str, str], language: str) -> Done:
    """What a fresh browser is answered, and what it made the station do."""
    cache.clear()
    hashed.clear()
    DBTaskResult.objects.all().delete()
    client = Client(headers={"accept-language": language})
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.post(path, form, follow=True)
    assert mail.outbox == [], "no mail is sent while the browser waits"
    words = re.sub(r"[\w.-]+@[\w.-]+|value=\"[^\"]*\"|<code>\w+</code>|nonce\S+", "", answer.content.decode())
    written = Counter(
        " ".join(query["sql"].split()[:3]) for query in asked if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    )
    return (answer.redirect_chain, answer.status_code, words, len(hashed), written, DBTaskResult.objects.count())


def rows_of_ledger_and_people() -> tuple[int, ...]:
    from biomoa.ledger.models import Entry

    return (User.objects.count(), Entry.objects.count())


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_password_reset(person: User, hashed: list[str], language: str) -> None:
    known, unknown = (
        do(hashed, "/account/password/reset/", {"email": email}, language) for email in (person.email, "no@example.org")
    )
    assert known == unknown
    assert known[-1] == 1


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_sign_up(person: User, hashed: list[str], language: str) -> None:
    def form(email: str) -> dict[str, str]:
        return {"email": email, "password1": NEW, "password2": NEW, "name_ko": "새", "name_en": "New"}

    before = rows_of_ledger_and_people()
    known = do(hashed, "/account/signup/", form(person.email), language)
    assert rows_of_ledger_and_people() == before, "nothing stays of what was made and undone"
    person.refresh_from_db()
    assert person.check_password(PASSWORD) and person.name_ko == "김민지"
    unknown = do(hashed, "/account/signup/", form("no@example.org"), language)
    assert known[:4] == unknown[:4]
    assert known[-1] == unknown[-1] == 1
    heavy = ("people_user", "account_emailaddress", "ledger")
    for done in (known, unknown):
        assert sum(count for sql, count in done[4].items() if any(word in sql for word in heavy)) >= 3, done[4]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_sign_in(person: User, hashed: list[str], language: str) -> None:
    make_account("off@example.org", password=PASSWORD, name_ko="", name_en="Off")
    User.objects.filter(email="off@example.org").update(is_active=False)
    wrong = [
        do(hashed, "/account/login/", {"login": email, "password": "wrong-one-7"}, language)
        for email in (person.email, "no@example.org", "off@example.org")
    ]
    assert wrong[0][:3] == wrong[1][:3] == wrong[2][:3]
    assert wrong[0][3] == wrong[1][3] == wrong[2][3], [one[3] for one in wrong]


def test_the_queue_holds_no_secret(client: Client, person: User) -> None:
    client.post("/account/password/reset/", {"email": person.email})
    kept = str(list(DBTaskResult.objects.values_list("args_kwargs", flat=True)))
    send_waiting_mails()
    link = re.search(r"/account/password/reset/key/(\S+)/", mail.outbox[-1].body)
    assert link and link[1] not in kept
    assert link[1] not in str(list(DBTaskResult.objects.values()))


@pytest.mark.parametrize(
    "address", ["minji@example.org\u200b", "m\u0131nji@example.org", "min\u017fi@example.org",
                "minji@exam\uff50le.org", "minji@example\u3002org"],
)  # fmt: skip
def test_an_address_is_what_it_looks_like(client: Client, person: User, address: str) -> None:
    """It would stand beside the other in every list; and mail for it may go to the other, past the limits of both."""
    form = {"email": address, "password1": NEW, "password2": NEW, "name_ko": "새", "name_en": "New"}
    assert client.post("/account/signup/", form).status_code == 200
    assert client.post("/account/password/reset/", {"email": address}).status_code == 200
    assert not User.objects.exclude(pk=person.pk).exists() and send_waiting_mails() == 0
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/email/", {"email": address, "action_add": ""})
    assert EmailAddress.objects.count() == 1


@pytest.mark.parametrize(
    ("host", "address", "begins"),
    [("testserver", "http://testserver", "http://testserver/"), ("testserver:80", "http://x", "http://testserver:80/"),
     ("testserver:6666", "http://testserver", "http://testserver/"), ("localhost", "http://station.kr", "http://station.kr/"),
     ("localhost", "http://127.0.0.1:8000", "http://localhost/")],
)  # fmt: skip
def test_who_asks_chooses_no_port_and_no_machine(
    client: Client, person: User, station: Callable[..., None], host: str, address: str, begins: str
) -> None:
    """A host with a port of choice passes ALLOWED_HOSTS; the link that opens an account must not lead there."""
    station(address=address)
    client.post("/account/password/reset/", {"email": person.email}, headers={"host": host})
    send_waiting_mails()
    link = re.search(r"(http\S+?/)account/password/reset/key/", mail.outbox[-1].body)
    assert link and link[1] == begins


@pytest.mark.parametrize(("language", "words"), [("ko", "계정이 없습니다"), ("en", "no account")])
def test_an_unknown_address_is_told_by_mail_only(client: Client, language: str, words: str) -> None:
    client.post("/account/password/reset/", {"email": "no@example.org"}, headers={"accept-language": language})
    assert send_waiting_mails() == 1
    assert words in mail.outbox[-1].body and "/account/signup/" in mail.outbox[-1].body


def test_an_address_with_an_account_is_told_by_mail_only(client: Client, person: User) -> None:
    form = {"email": person.email, "password1": NEW, "password2": NEW, "name_en": "N"}
    client.post("/account/signup/", form, headers={"accept-language": "en"})
    send_waiting_mails()
    assert "has an account already" in mail.outbox[-1].body and mail.outbox[-1].to == [person.email]


def test_a_mail_server_that_is_away_fails_no_page(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/account/password/change/", form).status_code == 302
    assert Client().post("/account/password/reset/", {"email": person.email}).status_code == 302
    assert DBTaskResult.objects.count() == 2


def test_sent_twice_a_sign_up_makes_one_account(db: None) -> None:  # noqa: ARG001
    form = {"email": "twice@example.org", "password1": NEW, "password2": NEW, "name_en": "Twice"}
    client = Client()
    first, second = client.post("/account/signup/", form), client.post("/account/signup/", form)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert User.objects.get().email == "twice@example.org"


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_a_sign_up_makes_one_account() -> None:
    form = {"email": "twice@example.org", "password1": NEW, "password2": NEW, "name_en": "Twice"}
    codes = at_once(lambda: Client().post("/account/signup/", form).status_code)
    assert codes == [302] * 4
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_once_a_sign_in_signs_in(person: User) -> None:
    form = {"login": person.email, "password": PASSWORD}
    assert at_once(lambda: Client().post("/account/login/", form).status_code) == [302] * 4


def test_sent_twice_a_sign_in_leads_to_the_same_page(client: Client, person: User) -> None:
    form = {"login": person.email, "password": PASSWORD}
    places = [client.post("/account/login/", form).headers["Location"] for _ in range(2)]
    assert places == ["/submissions/"] * 2


def test_sent_twice_a_new_password_stays_and_is_told(client: Client, person: User) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/account/password/change/", form).status_code == 302
    again = client.post("/account/password/change/", form, headers={"accept-language": "en"})
    assert again.status_code in (200, 302), "no error page"
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert client.get("/account/").status_code == 200, "and who changed it is still signed in"


def at_once(call: Callable[[], int]) -> list[int]:
    codes: list[int] = []
    start = threading.Barrier(4)

    def run() -> None:
        try:
            start.wait(60)
            codes.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return codes
