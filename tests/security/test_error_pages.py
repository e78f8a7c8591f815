"""Every error over HTTP from a served station, as a page and as a problem, in Korean and English.

Right status, language and headers; the way on; nothing of the inside. One station is made, disturbed and thrown away.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.ports import held_port

pytestmark = pytest.mark.xdist_group("error-pages")
LANGUAGES = ("ko", "en")
INSIDE = re.compile(
    r"Traceback|File \"|/biomoa/|\.py\b|django|sqlite|SELECT |OperationalError|secret\.key|Exception", re.I
)
WORDS = {  # what the page says, and where its button leads
    400: ("요청을 처리할 수 없습니다", "could not be understood", "/"),
    403: ("권한", "may not do this", "/account/"),
    404: ("찾을 수 없습니다", "was not found", "/search/"),
    405: ("주소", "cannot be opened like this", "/"),
    409: ("그사이", "changed", "/submissions/"),
    413: ("너무 큽니다", "too large", "/submissions/"),
    429: ("너무 많", "Too many", "/account/password/reset/"),
    500: ("문제가 생겼습니다", "Something went wrong", "/"),
    503: ("점검", "busy or being maintained", "/"),
}
TOO_MUCH = 65 * 1024**2


class Answer(msgspec.Struct):
    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Served:
    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.password = home, port, ""
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as line:
            told = {"Accept": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
            if "Authorization" not in told and self.cookies:
                told["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            line.putrequest(method, path)
            for name, value in (told | ({"Content-Length": str(len(body))} if body is not None else {})).items():
                line.putheader(name, value)
            line.endheaders()
            line.send(body or b"")  # all of it: a browser that is cut off while it sends never reads the answer
            answer = line.getresponse()
            read = Answer(answer.status, answer.headers, answer.read())
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: held.value for name, held in SimpleCookie(cookie).items()}
        return read

    def send(self, path: str, form: dict[str, str], page: str = "", **headers: str) -> Answer:
        page = page or path
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.ask("GET", page).text)
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": found[1] if found else "", **form})
        kind = "application/x-www-form-urlencoded"
        referer = f"http://127.0.0.1:{self.port}{page}"
        return self.ask("POST", path, body.encode(), Content_Type=kind, Referer=referer, **headers)

    def change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.home / "station.sqlite3", timeout=30)) as database, database:
            database.execute(statement)

    def biomoa(self, *words: str) -> str:
        command = [sys.executable, "-m", "biomoa.cli.main", "--home", str(self.home), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BIOMOA_", "DJANGO_"))}
    return kept | {"LANG": "C.UTF-8"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("errors") / "station"
    said = home.parent / "serve.log"  # no pipe: one that nobody reads fills, and the station stands still
    with held_port() as port, said.open("wb") as log:
        station = Served(home, port)
        station.biomoa("init", "--address", f"http://127.0.0.1:{port}")
        with (home / "station.toml").open("a", encoding="utf-8") as file:
            file.write("web_processes = 1\n[security]\ntoken_guesses_per_minute = 4\n")
        station.password = station.biomoa("account", "create", "one@example.org", "--name-en", "One").split()[-1]
        command = [sys.executable, "-m", "biomoa.cli.main", "--home", str(home), "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=log)
        try:
            wait_for(station, process, said)
            enter(station)
            yield station
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def wait_for(station: Served, process: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert process.poll() is None, said.read_text()
        try:
            if station.ask("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the station did not answer")


def enter(station: Served) -> None:
    form = {"login": "one@example.org", "password": station.password}
    assert station.send("/account/login/", form).status == 302
    form = {"name": "t", "scopes": "deposit", "days": "9"}
    assert station.send("/account/groups/", {"name_ko": "가", "name_en": "G"}, "/account/").status == 302
    made = station.send("/account/tokens/", form, "/account/")
    station.token = re.search(r"bmo_[\w-]{40}", made.text)[0]  # type: ignore[index]


def bearer(station: Served) -> dict[str, str]:
    return {"Authorization": f"Bearer {station.token}", "Accept": "application/json"}


def draft(station: Served) -> str:
    made = station.ask(
        "POST", "/api/v1/submissions", b'{"title": "t"}', Content_Type="application/json", **bearer(station)
    )
    assert made.status == 201, made.text
    return re.search(r"SUB\d+", made.text)[0]  # type: ignore[index]


def bad_form(station: Served, language: str) -> Answer:
    return station.ask("POST", "/account/login/", b"--x", Content_Type="multipart/form-data; boundary=" + "x" * 300,
                       Accept_Language=language)  # fmt: skip


def forged(station: Served, language: str) -> Answer:
    return station.ask("POST", "/account/login/", b"login=a", Content_Type="application/x-www-form-urlencoded",
                       Accept_Language=language)  # fmt: skip


def overtaken(station: Served, language: str) -> Answer:
    code = draft(station)
    page = f"/submissions/{code}/"
    return station.send(f"{page}details", {"title": "u", "revision": "0"}, page, Accept_Language=language)


def too_large(station: Served, language: str) -> Answer:
    return station.ask("POST", "/account/profile/", b"x" * TOO_MUCH, Content_Type="application/x-www-form-urlencoded",
                       Accept_Language=language)  # fmt: skip


def too_often(station: Served, language: str) -> Answer:
    answers = [
        station.send("/account/password/reset/", {"email": "flood@example.org"}, Accept_Language=language)
        for _ in range(6)
    ]
    return answers[-1]


PAGES: dict[int, Callable[[Served, str], Answer]] = {
    400: bad_form,
    403: lambda station, language: station.ask("GET", "/desk/", Accept_Language=language),
    404: lambda station, language: station.ask("GET", "/no-such-page/", Accept_Language=language),
    405: lambda station, language: station.ask("GET", "/display/", Accept_Language=language),
    409: overtaken,
    413: too_large,
    429: too_often,
}


def check_headers(answer: Answer) -> None:
    assert answer.headers["X-Request-ID"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    if answer.status in (429, 503):
        assert 1 <= int(answer.headers["Retry-After"]) <= 86_400
    if answer.status == 405:
        assert answer.headers["Allow"]


def check_page(answer: Answer, status: int, language: str) -> None:
    korean, english, way = WORDS[status]
    assert answer.status == status, answer.text[:500]
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}"' in answer.text
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert (korean if language == "ko" else english) in main, main
    assert f'href="{way}' in main, main
    assert re.search(r"[가-힣]", main) if language == "ko" else not re.search(r"[가-힣]", main)
    assert not INSIDE.search(re.sub(r'name="next"[^>]*', "", main)), main
    check_headers(answer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", PAGES)
def test_as_a_page(served: Served, status: int, language: str) -> None:
    # The language that was chosen stays in a cookie; here the browser's own counts.
    served.cookies["django_language"] = language
    check_page(PAGES[status](served, language), status, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forged_form(served: Served, language: str) -> None:
    served.cookies["django_language"] = language
    answer = forged(served, language)
    main = answer.text.partition("<main")[2]
    assert answer.status == 403 and f'<html lang="{language}"' in answer.text
    assert 'class="button' in main and not INSIDE.search(main)
    check_headers(answer)


def api_409(station: Served, **told: str) -> Answer:
    code = draft(station)
    return station.ask("PUT", f"/api/v1/submissions/{code}/rows/bioproject", b'{"rows": [], "revision": 999}', **told)


def api_429(station: Served, **told: str) -> Answer:
    wrong = {**told, "Authorization": "Bearer bmo_wrong"}
    return [station.ask("GET", "/api/v1/me", **wrong) for _ in range(6)][-1]


PROBLEMS: dict[int, Callable[..., Answer]] = {
    400: lambda station, **told: station.ask("POST", "/api/v1/submissions", b"{rows", **told),
    401: lambda station, **told: station.ask(
        "POST", "/api/v1/submissions", b"{}", **(told | {"Authorization": "Bearer bmo_x"})
    ),
    403: lambda station, **told: station.ask("GET", "/api/v1/ledger/changes", **told),
    404: lambda station, **told: station.ask("GET", "/api/v1/submissions/SUB99999999", **told),
    405: lambda station, **told: station.ask("DELETE", "/api/v1/submissions", **told),
    409: api_409,
    413: lambda station, **told: station.ask("POST", "/api/v1/submissions", b" " * TOO_MUCH, **told),
    422: lambda station, **told: station.ask("POST", "/api/v1/submissions", b'{"titel": 1}', **told),
    429: api_429,  # the last: this address waits from then on
}


def check_problem(answer: Answer, status: int, language: str) -> None:
    assert answer.status == status, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.body)
    assert body["status"] == status and set(body["title"]) == {"ko", "en"}
    assert bool(re.search(r"[가-힣]", body["detail"])) is (language == "ko"), body["detail"]
    assert not INSIDE.search(answer.text), answer.text
    check_headers(answer)


@pytest.mark.parametrize("status", PROBLEMS)
def test_as_a_problem(served: Served, status: int) -> None:
    for language in LANGUAGES:
        told = {**bearer(served), "Content_Type": "application/json", "Accept_Language": language}
        check_problem(PROBLEMS[status](served, **told), status, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failure_inside(served: Served, language: str) -> None:
    served.cookies["django_language"] = language
    code = draft_of_session(served)
    served.change(f"UPDATE records_submission SET row_counts = '[\"broken\"]' WHERE id = {int(code[3:])}")
    check_page(served.ask("GET", f"/submissions/{code}/", Accept_Language=language), 500, language)
    told = {"Accept": "application/json", "Accept_Language": language}
    check_problem(served.ask("GET", f"/api/v1/submissions/{code}", **told), 500, language)
    assert "broken" not in served.ask("GET", f"/submissions/{code}/").text
    served.change(f"UPDATE records_submission SET row_counts = '{{}}' WHERE id = {int(code[3:])}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_database_that_does_not_answer(served: Served, language: str) -> None:
    served.cookies["django_language"] = language
    served.change("ALTER TABLE records_submission RENAME TO away")
    try:
        check_page(served.ask("GET", "/submissions/", Accept_Language=language), 503, language)
        told = {"Accept": "application/json", "Accept_Language": language}
        check_problem(served.ask("GET", "/api/v1/submissions", **told), 503, language)
    finally:
        served.change("ALTER TABLE away RENAME TO records_submission")
    assert served.ask("GET", "/submissions/").status == 200, "and it goes on when the database is back"


def draft_of_session(station: Served) -> str:
    """Tokens wait by now."""
    csrf = station.cookies["csrftoken"]
    told = {"Content_Type": "application/json", "Accept": "application/json", "X_CSRFToken": csrf}
    made = station.ask("POST", "/api/v1/submissions", b'{"title": "t"}', **told)
    assert made.status == 201, made.text
    return re.search(r"SUB\d+", made.text)[0]  # type: ignore[index]
