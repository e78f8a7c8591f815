"""How much one caller may ask, and what happens at the door of a process that has too much to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest
from django.test import Client, RequestFactory
from gunicorn import util
from gunicorn.config import Config
from gunicorn.http.errors import InvalidHeader, LimitRequestHeaders, LimitRequestLine
from gunicorn.http.unreader import IterUnreader
from gunicorn.workers.gthread import ThreadWorker
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.people.models import User
from biomoa.people.queries import actor_of
from biomoa.people.services import create_token
from biomoa.site import limits_queue
from biomoa.site.limits import address_of, counters
from biomoa.site.limits_counters import PROBES, Counters, seconds_left
from biomoa.site.limits_queue import ACCEPTED_AT_ONCE, MOST_REQUESTS, Door, Worker, shed

pytestmark = pytest.mark.django_db
PAGE = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def nothing_counted(settings: Any) -> None:
    counters.cache_clear()
    (settings.BIOMOA_HOME.scratch / "requests.counts").unlink(missing_ok=True)


@pytest.mark.parametrize(("language", "words"), [("ko", "요청이 너무 많습니다"), ("en", "Too many requests")])
def test_an_address_that_asks_too_much_waits(
    client: Client, station: Callable[..., None], language: str, words: str
) -> None:
    station(requests_per_minute_address=5)
    answers = [client.get("/help/", headers={**PAGE, "accept-language": language}) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert words in answers[-1].content.decode()
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    told = client.get("/api/v1/search", headers={"accept-language": language})
    assert told.status_code == 429 and told.json()["problems"][0]["code"] == "too-many-requests"
    assert client.get("/help/", headers=PAGE, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_who_asks_too_much_is_told_to_the_log_once_a_minute(
    client: Client, station: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    station(requests_per_minute_address=5)
    for _ in range(20):
        client.get("/help/", REMOTE_ADDR="203.0.113.7")
    lines = [one.getMessage() for one in caplog.records if one.name == "biomoa.site.headers"]
    assert lines == ["limit exceeded from 203.0.113.7: GET "]


def test_a_person_has_one_measure_over_all_tokens(client: Client, person: User, station: Callable[..., None]) -> None:
    station(requests_per_minute_person=4)
    secrets = [create_token(actor_of(person), name, ["read"], 9).secret for name in ("a", "b")]
    codes = [
        client.get(
            "/api/v1/me", headers={"authorization": f"Bearer {secret}"}, REMOTE_ADDR=f"203.0.113.{n}"
        ).status_code
        for n, secret in enumerate(secrets * 3)
    ]
    assert codes == [200] * 4 + [429] * 2


def test_tokens_cannot_be_guessed_at_speed(client: Client, person: User, station: Callable[..., None]) -> None:
    station(token_guesses_per_minute=3)
    codes = [client.get("/api/v1/me", headers={"authorization": f"Bearer bmo_{n}"}).status_code for n in range(6)]
    assert codes == [401] * 3 + [429] * 3
    good = create_token(actor_of(person), "a", ["read"], 9).secret
    assert client.get("/api/v1/me", headers={"authorization": f"Bearer {good}"}).status_code == 429
    assert client.get("/api/v1/me").status_code == 200, "who brings no token is not concerned"


def test_zero_switches_a_limit_off(client: Client, station: Callable[..., None]) -> None:
    station(requests_per_minute_address=0, token_guesses_per_minute=0)
    assert {client.get("/help/").status_code for _ in range(10)} == {200}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_address_is_what_a_trusted_proxy_says(
    station: Callable[..., None], proxies: int, forwarded: str, address: str
) -> None:
    station(trusted_proxies=proxies)
    assert address_of(RequestFactory().get("/", headers={"x-forwarded-for": forwarded})) == address


@settings(max_examples=60, deadline=None)
@given(times=st.lists(st.floats(0, 500), min_size=1, max_size=60))
def test_counts_never_fall_below_the_minute_and_never_exceed_two(tmp_path_factory: Any, times: list[float]) -> None:
    counts = Counters(tmp_path_factory.mktemp("counts") / "c")
    done: list[float] = []
    for now in sorted(times):
        told = counts.add("key", now_seconds=now)
        done.append(now)
        this_minute = sum(t // 60 == now // 60 for t in done)
        both = sum(t // 60 in (now // 60, now // 60 - 1) for t in done)
        assert this_minute <= told <= both
        assert 1 <= seconds_left(now) <= 60


def test_a_flood_of_keys_pushes_out_old_ones_only(tmp_path: Path) -> None:
    counts = Counters(tmp_path / "c")
    for n in range(20_000):
        counts.add(f"k{n}", now_seconds=10)
    assert counts.add("k19999", now_seconds=11) == 2
    assert (tmp_path / "c").stat().st_size < 2 * 1024**2 and PROBES > 1


def test_processes_count_together(tmp_path: Path) -> None:
    many = (
        "import sys, pathlib; from biomoa.site.limits_counters import Counters\n"
        "counts = Counters(pathlib.Path(sys.argv[1]))\n"
        "for _ in range(500): counts.add('shared', now_seconds=30)"
    )
    workers = [subprocess.Popen([sys.executable, "-c", many, str(tmp_path / "c")]) for _ in range(2)]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert Counters(tmp_path / "c").add("shared", now_seconds=30) == 1001


def test_who_waits_too_long_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    door = shed(lambda _environ, start: start("200 OK", []) or [b"in"], 3)
    for waiting, accept, body in ((3, "", b"in"), (4, "", b'"status": 503'), (4, "text/html", b"<h1>503")):
        monkeypatch.setattr(Door, "waiting", staticmethod(lambda waiting=waiting: waiting))
        answer = b"".join(door({"HTTP_ACCEPT": accept}, lambda *told: started.append(told)))
        assert body in answer
    assert [told[0][:3] for told in started] == ["200", "503", "503"]
    assert ("Retry-After", "2") in started[-1][1]


@pytest.mark.parametrize(("goes_on", "left"), [(True, 1023), (False, 0)])
def test_what_was_read_ahead_of_a_refused_body_is_let_go(
    monkeypatch: pytest.MonkeyPatch, goes_on: bool, left: int
) -> None:
    monkeypatch.setattr(ThreadWorker, "handle", lambda *_: goes_on)
    unreader = IterUnreader([b"x" * 1024])
    unreader.read(1)
    conn = SimpleNamespace(parser=SimpleNamespace(unreader=unreader))
    assert _worker(threads=1).handle(conn) is goes_on
    assert len(unreader.take_buffered()) == left


def _worker(threads: int, *listeners: socket.socket) -> Worker:
    cfg = Config()
    cfg.set("threads", threads)
    cfg.set("worker_tmp_dir", None)
    return Worker(0, os.getpid(), listeners, None, 30, cfg, None)


def _asked_of(
    threads: int, monkeypatch: pytest.MonkeyPatch, waiting: int = 0, stops: bool = False, at_the_door: int = 0
) -> int:
    """How many requests of three, each sent after the answer to the one before, one turn of a thread answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as outside:
        for _ in range(at_the_door):
            outside.enter_context(socket.create_connection(listener.getsockname()))
        return _asked(_worker(threads, listener), monkeypatch, waiting, stops)


def _asked(worker: Worker, monkeypatch: pytest.MonkeyPatch, waiting: int, stops: bool) -> int:
    monkeypatch.setattr(Door, "waiting", staticmethod(lambda: waiting))
    ours, theirs = socket.socketpair()
    conn = SimpleNamespace(sock=ours, parser=SimpleNamespace(unreader=IterUnreader([])))
    answered: list[bytes] = []

    def handle(_worker: Worker, conn: Any) -> bool:
        answered.append(conn.sock.recv(1))
        worker.alive = not stops
        if len(answered) < 3:
            theirs.send(b"?")
        return True

    monkeypatch.setattr(ThreadWorker, "handle", handle)
    with ours, theirs:
        theirs.send(b"?")
        assert worker.handle(conn) is True, "the connection goes back to the thread that accepts"
    return len(answered)


def test_a_thread_stays_a_moment_with_the_connection_it_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _asked_of(2, monkeypatch) == 3


@pytest.mark.parametrize(
    "busy",
    [{"threads": 1}, {"threads": 2, "waiting": 1}, {"threads": 2, "stops": True}, {"threads": 2, "at_the_door": 1}],
)
def test_no_thread_stays_when_it_is_needed(monkeypatch: pytest.MonkeyPatch, busy: dict[str, Any]) -> None:
    assert _asked_of(monkeypatch=monkeypatch, **busy) == 1


def test_half_of_the_threads_stay_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_queue, "LINGER_MILLISECONDS", 60_000)
    monkeypatch.setattr(ThreadWorker, "handle", lambda *_: True)
    worker, pairs = _worker(4), [socket.socketpair() for _ in range(3)]
    conns = [SimpleNamespace(sock=ours, parser=SimpleNamespace(unreader=IterUnreader([]))) for ours, _ in pairs]
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(worker.handle, conn) for conn in conns]
        assert next(as_completed(asked)).result() is True
        assert sum(each.done() for each in asked) == 1
        worker.alive = False
        for _, theirs in pairs:
            theirs.close()
    for ours, _ in pairs:
        ours.close()


def test_the_parent_hears_of_a_busy_process_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now, told = [100.0], []
    worker = _worker(2)
    monkeypatch.setattr(ThreadWorker, "notify", lambda _self: told.append(now[0]))
    monkeypatch.setattr(limits_queue.time, "monotonic", lambda: now[0])
    for _ in range(300):
        worker.notify()
        now[0] += 0.01
    assert 3 <= len(told) <= 4


@pytest.mark.parametrize(
    ("error", "status", "ko"),
    [
        (LimitRequestLine(5000, 4094), 414, "주소가 너무 깁니다"),
        (LimitRequestHeaders("a secret cookie"), 431, "쿠키를 지우고"),
        (InvalidHeader("a secret header"), 400, "형식이 올바르지"),
        (ValueError("a secret path"), 500, "문제가 생겼습니다"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, ko: str
) -> None:
    monkeypatch.setattr(util, "write_error", limits_queue.refuse)
    worker, (ours, theirs) = _worker(2), socket.socketpair()
    worker.log = Mock()
    with ours, theirs:
        worker.handle_error(None, ours, ("127.0.0.1", 1), error)
        head, _, page = theirs.recv(64_000).decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ") and "nosniff" in head and "default-src 'none'" in head
    assert ko in page and 'lang="en"' in page and "secret" not in page
    assert f"Content-Length: {len(page.encode())}" in head


def test_a_connection_ends_after_so_many_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[bool] = []
    monkeypatch.setattr(ThreadWorker, "handle_request", lambda _self, req, _conn: not ends.append(req.must_close))
    conn, worker = SimpleNamespace(), Worker.__new__(Worker)
    for _ in range(MOST_REQUESTS):
        worker.handle_request(SimpleNamespace(must_close=False), conn)
    assert ends == [False] * (MOST_REQUESTS - 1) + [True]
    worker.handle_request(SimpleNamespace(must_close=True), SimpleNamespace())
    assert ends[-1], "who asked for the end gets it"


@pytest.mark.parametrize(("arrived", "taken"), [("one", 1), ("flood", ACCEPTED_AT_ONCE)])
def test_one_connection_is_let_in_at_a_time_and_a_flood_is_turned_away_at_once(
    monkeypatch: pytest.MonkeyPatch, arrived: str, taken: int
) -> None:
    accepted: list[object] = []

    def accept(worker: Worker, listener: object) -> None:
        accepted.append(listener)
        worker._turned_away = arrived == "flood"

    monkeypatch.setattr(ThreadWorker, "accept", accept)
    Worker.__new__(Worker).accept(cast(socket.socket, object()))
    assert len(accepted) == taken


def test_a_connection_on_which_nothing_came_yet_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser connects ahead of what it will ask."""
    later = object()
    monkeypatch.setattr(ThreadWorker, "handle", lambda *_: later)
    assert Worker.__new__(Worker).handle(cast(Any, SimpleNamespace(parser=None))) is later


def test_few_pages_are_drawn_at_once_and_a_failure_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_queue, "PLACE_SECONDS", 60.0)
    places, goes_on, drawing, most = limits_queue.Places(2), threading.Event(), [], []

    def page() -> list[bytes]:
        drawing.append(1)
        most.append(len(drawing))
        goes_on.wait(60)
        drawing.pop()
        return [b"page"]

    def failing() -> list[bytes]:
        raise OSError

    for _ in range(3):
        with pytest.raises(OSError):
            places.draw(failing)
    with ThreadPoolExecutor(6) as readers:
        asked = [readers.submit(places.draw, page) for _ in range(6)]
        while len(drawing) < 2:
            time.sleep(0.01)
        goes_on.set()
        assert [each.result() for each in asked] == [[b"page"]] * 6
    assert max(most) == 2


def test_long_pages_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_queue, "PLACE_SECONDS", 0.01)
    places, began, end = limits_queue.Places(1), threading.Event(), threading.Event()

    def page() -> list[bytes]:
        began.set()
        return [str(end.wait(60)).encode()]

    with ThreadPoolExecutor(1) as other:
        long = other.submit(places.draw, page)
        assert began.wait(60)
        assert places.draw(lambda: [b"short"]) == [b"short"] and not long.done()
        end.set()
        assert long.result() == [b"True"]
