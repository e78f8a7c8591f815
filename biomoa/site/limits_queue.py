"""What a web process does when more waits at its door than it can serve: it says so at once, with a time to come back.

gunicorn queues without bound. A queue that only grows makes every answer late; a short one keeps those that are let in
quick, and the others know within milliseconds. Also gunicorn's configuration module (``-c python:...``), for its hook.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

RETRY_SECONDS = "2"
BUSY = json.dumps(
    {
        "type": "about:blank",
        "title": {"ko": "지금은 요청이 몰려 있습니다", "en": "The station is busy"},
        "status": 503,
        "detail": "요청이 몰려 있습니다. 잠시 뒤 다시 시도해 주세요. / Too many requests are waiting; try again in a moment.",
        "problems": [],
    },
    ensure_ascii=False,
).encode()
BUSY_PAGE = (
    '<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>503</title></head><body><h1>503</h1>'
    "<p>요청이 몰려 있습니다. 잠시 뒤 다시 시도해 주세요. 저장하신 내용은 그대로 있습니다.</p>"
    '<p lang="en">Too many requests are waiting; please try again in a moment. What you saved is safe.</p></body></html>'
).encode()

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Door:
    """How many requests wait in this process, beside those that are being served."""

    waiting: Callable[[], int] = staticmethod(lambda: 0)


def post_worker_init(worker: Any) -> None:
    """gunicorn's hook: from now on the door knows this worker's queue."""
    pool = getattr(worker, "tpool", None)
    if pool is not None:
        Door.waiting = staticmethod(pool._work_queue.qsize)


def shed(application: Application, bound: int) -> Application:
    """The application, behind a door that lets nobody in while more than ``bound`` wait; 0 takes the door away."""
    if not bound:
        return application

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if Door.waiting() <= bound:
            return application(environ, start)
        wants_page = "text/html" in environ.get("HTTP_ACCEPT", "") and "/api/" not in environ.get("PATH_INFO", "")
        body, kind = (BUSY_PAGE, "text/html; charset=utf-8") if wants_page else (BUSY, "application/problem+json")
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", RETRY_SECONDS),
                   ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"), ("Connection", "close")]  # fmt: skip
        start("503 Service Unavailable", headers)
        return [body]

    return answer
