"""What a web process does when more waits at its door than it can serve: it says so at once, with a time to come back.

gunicorn queues without bound. A queue that only grows makes every answer late; a short one keeps those that are let in
quick, and the others know within milliseconds. A plain request is turned away by the thread that accepts it, before
it costs anything; one with a body by the application's door, which reads it as HTTP demands.
"""

from __future__ import annotations

import json
import queue
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn import util
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from biomoa.records.library import library

RETRY_SECONDS = "2"
PEEK_BYTES = 16 * 1024
ACCEPTED_AT_ONCE = 32
YIELD_SECONDS = 0.001  # in which a process with idle threads takes the connection that this one could only queue
AT_ONCE = 2  # pages that are drawn at the same time in one process
PLACE_SECONDS = 0.05  # then a page is drawn all the same: two long ones must not keep out the others
LINGER_MILLISECONDS = 20  # of a thread with the connection it has just answered
TOLD_SECONDS = 1.0  # between two signs of life to the parent, which waits 300 s for one
MOST_REQUESTS = 100  # on one connection; then the client connects anew, to whichever process has time
BODY_AT_ONCE = 256 * 1024  # gunicorn's 1 MiB is copied again for each KiB of a refused body that it passes over
HTML, JSON = "text/html; charset=utf-8", "application/problem+json"
BUSY = json.dumps(
    {
        "type": "about:blank",
        "title": {"ko": "지금은 요청이 몰려 있습니다", "en": "The station is busy"},
        "status": 503,
        "detail": "요청이 몰려 있습니다. 잠시 뒤 다시 시도해 주세요. / Too many requests wait; try again in a moment.",
        "problems": [],
    },
    ensure_ascii=False,
).encode()
BUSY_STATUS = "503 Service Unavailable"
PAGE = (
    '<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>{status}</title></head><body><h1>{status}</h1>'
    '<p>{ko}</p><p lang="en">{en}</p></body></html>'
)
BUSY_PAGE = PAGE.format(
    status=503,
    ko="요청이 몰려 있습니다. 잠시 뒤 다시 시도해 주세요. 저장하신 내용은 그대로 있습니다.",
    en="Too many requests are waiting; please try again in a moment. What you saved is safe.",
).encode()
UNREADABLE = {
    400: (
        "요청의 형식이 올바르지 않아 처리하지 못했습니다. 주소를 다시 확인해 주세요.",
        "The request could not be read. Please check the address.",
    ),
    414: (
        "주소가 너무 깁니다. 검색 조건을 줄여 다시 시도해 주세요.",
        "The address is too long. Please try again with fewer filters.",
    ),
    431: (
        "요청 머리글이 너무 큽니다. 이 사이트의 쿠키를 지우고 다시 시도해 주세요.",
        "The headers of the request are too large. Please remove the cookies of this site and try again.",
    ),
    500: (
        "시스템에 문제가 생겼습니다. 잠시 뒤 다시 시도해 주세요.",
        "Something went wrong on our side; please try again in a moment.",
    ),
}

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Door:
    """How many requests wait in this process, beside those that are being served."""

    waiting: Callable[[], int] = staticmethod(lambda: 0)
    bound = 0  # 0: no door


class Places:
    """For those who draw a page at the same time.

    Python lets one thread compute at once, and each of the others asks for its turn a thousand times a second: with
    eight of them that was a tenth of the processor. Who waits for a place asks nothing. Requests with a body need
    none: they wait for what is sent, and for their turn to write.
    """

    def __init__(self, count: int) -> None:
        self._free: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(count):
            self._free.put(None)

    def draw(self, page: Callable[[], Iterable[bytes]]) -> Iterable[bytes]:
        try:
            self._free.get(timeout=PLACE_SECONDS)
        except queue.Empty:
            return page()
        try:
            return page()
        finally:
            self._free.put(None)


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, with an eye on the queue before them."""

    _told_at = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lingering = threading.Semaphore(self.cfg.threads // 2)

    def init_process(self) -> None:
        # The thread that accepts must not wait 5 ms for each busy one: it is the one that keeps the queue short.
        sys.setswitchinterval(0.001)
        SocketUnreader.max_body_chunk = BODY_AT_ONCE
        util.write_error = refuse
        library()  # once, before there are threads that would each read it
        super().init_process()

    def get_thread_pool(self) -> Any:
        pool = super().get_thread_pool()
        Door.waiting = staticmethod(pool._work_queue.qsize)
        return pool

    def notify(self) -> None:
        # gunicorn tells its parent with every request, by a write to a disk: a twelfth of what a request costs.
        now = time.monotonic()
        if now - self._told_at >= TOLD_SECONDS:
            self._told_at = now
            super().notify()

    def accept(self, listener: socket.socket) -> None:
        if Door.waiting():
            time.sleep(YIELD_SECONDS)
        # One that is let in stays: who took several at once would leave the other process idle while they last.
        for _ in range(ACCEPTED_AT_ONCE):
            self._turned_away = False
            super().accept(listener)
            if not self._turned_away:
                break

    def handle(self, conn: TConn) -> Any:
        """False at the end of the connection; anything else is gunicorn's: a browser may connect ahead of asking."""
        goes_on = super().handle(conn)
        while goes_on is True and self._asks_soon(conn):
            goes_on = super().handle(conn)
        if not goes_on and conn.parser is not None:
            # What was read ahead of a refused body would stay until the garbage collector comes by: 60 MB under load.
            conn.parser.unreader.take_buffered()
        return goes_on

    def _asks_soon(self, conn: TConn) -> bool:
        """Who was just answered often asks at once: the way over the thread that accepts costs a tenth of a request.

        Half of the threads may wait so, and only while no one else waits for a thread or to be let in: in a flood the
        thread that accepts would come by the interpreter too seldom to turn anybody away.
        """
        if not self.alive or Door.waiting() or conn.parser.unreader.buf.getvalue():
            return False
        if not self._lingering.acquire(blocking=False):
            return False
        try:
            watch = select.poll()
            for each in (conn.sock, *self.sockets):
                watch.register(each, select.POLLIN)
            ready = watch.poll(LINGER_MILLISECONDS)
            return [place for place, _ in ready] == [conn.sock.fileno()]
        finally:
            self._lingering.release()

    def handle_request(self, req: Any, conn: TConn) -> bool:
        conn.served = served = getattr(conn, "served", 0) + 1
        req.must_close = req.must_close or served >= MOST_REQUESTS
        return bool(super().handle_request(req, conn))

    def enqueue_req(self, conn: TConn) -> None:
        if Door.bound and Door.waiting() > Door.bound and turn_away(conn.sock):
            self.nr_conns -= 1
            self._turned_away = True
            conn.close()
        else:
            super().enqueue_req(conn)


def turn_away(connection: socket.socket) -> bool:
    """Answers 503 to a whole GET or HEAD that has arrived; False, and nothing read, for everything else."""
    connection.setblocking(False)
    try:
        request = connection.recv(PEEK_BYTES, socket.MSG_PEEK)
        if not (request.startswith((b"GET ", b"HEAD ")) and request.endswith(b"\r\n\r\n")):
            return False
        connection.recv(len(request))
        wants_page = b"text/html" in request and b" /api/" not in request[:64]
        body, kind = (BUSY_PAGE, HTML) if wants_page else (BUSY, JSON)
        connection.send(_raw(BUSY_STATUS, _headers(body, kind), body))
        connection.shutdown(socket.SHUT_WR)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def refuse(connection: socket.socket, status: int, reason: str, _found: str) -> None:
    """In place of gunicorn's page, which says in English what is wrong with a request that is no HTTP or too long.

    What was sent is not repeated: it was not understood.
    """
    ko, en = UNREADABLE.get(status, UNREADABLE[400])
    page = PAGE.format(status=status, ko=ko, en=en).encode()
    util.write_nonblock(connection, _raw(f"{status} {reason}", _plain_headers(page, HTML), page))


def _raw(status: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def _headers(body: bytes, kind: str) -> list[tuple[str, str]]:
    return [*_plain_headers(body, kind), ("Retry-After", RETRY_SECONDS)]


def _plain_headers(body: bytes, kind: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", "default-src 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
    ]


def shed(application: Application, bound: int) -> Application:
    """The application, behind a door that lets nobody in while more than ``bound`` wait; 0 takes the door away."""
    Door.bound = bound
    if not bound:
        return application
    places = Places(AT_ONCE)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if Door.waiting() <= bound:
            is_look = environ.get("REQUEST_METHOD") in ("GET", "HEAD")
            return places.draw(lambda: application(environ, start)) if is_look else application(environ, start)
        wants_page = "text/html" in environ.get("HTTP_ACCEPT", "") and "/api/" not in environ.get("PATH_INFO", "")
        body, kind = (BUSY_PAGE, HTML) if wants_page else (BUSY, JSON)
        start(BUSY_STATUS, _headers(body, kind))
        return [body]

    return answer
