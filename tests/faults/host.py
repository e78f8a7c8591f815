"""``python -m tests.faults.host``: a process that has loaded a station and forks it, so that it is up in a moment.

Orders are lines of JSON on standard input, answers lines on standard output. ``start`` forks a station (web server,
and a worker when asked) with one fault armed; ``wait`` says how it ended; ``check`` runs the invariants in a fork.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any


def main() -> None:
    _load()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        match order["do"]:
            case "start":
                answer = _start(order)
            case "wait":
                answer = {"status": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}
            case "check":
                answer = _looked_at(order, "faults", partial(_faults, order))
            case "behind":
                answer = _looked_at(order, "behind", _behind)
            case other:
                raise ValueError(other)
        print(json.dumps(answer), flush=True)


def _load() -> None:
    """The code of the station, no more: polars must not have begun to work before a fork, or it never answers."""
    import django

    django.setup()
    from django.conf import settings

    import tests.faults.invariants  # noqa: F401
    from biomoa.jobs import boundaries

    import_module(settings.ROOT_URLCONF)
    boundaries.watch()


def _place(order: dict[str, Any]) -> Path:
    return Path(os.environ["BIOMOA_HOME"]) / "log" / f"{order['do']}.log"


def _start(order: dict[str, Any]) -> dict[str, Any]:
    """A parent that does nothing but wait, as ``biomoa serve`` does, and the station below it."""
    reading, writing = os.pipe()

    def serve_below() -> None:
        child = _fork(lambda: _serve(order), _place(order))
        os.write(writing, str(child).encode())
        os.waitpid(child, 0)

    parent = _fork(serve_below, _place(order))
    pid = int(os.read(reading, 20))
    os.close(reading)
    os.close(writing)
    return {"pid": pid, "parent": parent}


def _fork(work: Any, log: Path) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        work()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(3)


def _serve(order: dict[str, Any]) -> None:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    from biomoa.jobs import steps
    from biomoa.jobs.worker import run_worker

    _shift(order.get("shift_seconds", 0))
    _set_disk(order)
    if order.get("fault"):
        steps.arm(order["fault"])
    elif order.get("record"):
        _record(Path(order["record"]))
    stop = threading.Event()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    server = ThreadedWSGIServer(("127.0.0.1", order["port"]), WSGIRequestHandler, allow_reuse_address=True)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if order.get("worker"):
        run_worker(stop)
    stop.wait()


def _set_disk(order: dict[str, Any]) -> None:
    """What ``shim.c`` is to do, when this process was started on it."""
    if not os.environ.get("SHIM_ROOT"):
        return
    library = ctypes.CDLL(None)
    library.shim_record(order["shim_record"].encode() if order.get("shim_record") else None)
    kind, first, count, error = order.get("shim_fail", (1, 0, 0, 0))
    library.shim_fail(1, 0, 0, 0)
    library.shim_fail(2, 0, 0, 0)
    library.shim_fail(kind, ctypes.c_long(first), ctypes.c_long(count), error)
    place = Path(os.environ["BIOMOA_HOME"]) / "log" / "shim"

    def tell(*_: Any) -> None:
        place.write_text(f"{library.shim_count(1)} {library.shim_count(2)}")

    signal.signal(signal.SIGUSR2, tell)


def _shift(seconds: float) -> None:
    """The one clock, wrong by so much; ``shift`` in the home changes it while the station runs."""
    from django.utils import timezone

    real, place = timezone.now, Path(os.environ["BIOMOA_HOME"]) / "shift"
    timezone.now = lambda: real() + timedelta(seconds=float(place.read_text()) if place.exists() else seconds)


def _record(place: Path) -> None:
    """Every step with its number of the run, one a line."""
    from biomoa.jobs import steps

    lock, seen = threading.Lock(), Counter[str]()

    def told(name: str) -> None:
        with lock, place.open("a") as file:
            seen[name] += 1
            file.write(f"{name}:{seen[name]}\n")

    steps.listen(told)


def _faults(order: dict[str, Any]) -> list[str]:
    from tests.faults.invariants import faults_of

    return faults_of(order["told"], is_at_rest=order["is_at_rest"])


def _behind() -> list[str]:
    """What the worker has still to do."""
    from biomoa.jobs.queries import queue_state
    from biomoa.ledger.followers import all_followers, lag

    queue = queue_state()
    tasks = {"tasks": queue.waiting + queue.running}
    behind = tasks | {follower.name: lag(follower) for follower in all_followers()}
    return [f"{name}: {count}" for name, count in behind.items() if count]


def _looked_at(order: dict[str, Any], name: str, look: Callable[[], list[str]]) -> dict[str, Any]:
    """In a fork: this process must not open the database."""
    answer = Path(os.environ["BIOMOA_HOME"]) / "answer.json"
    answer.unlink(missing_ok=True)
    child = _fork(lambda: answer.write_text(json.dumps(look())), _place(order))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        return {name: [f"the look ended with {status}: {_place(order).read_text()[-2000:]}"]}
    return {name: json.loads(answer.read_text())}


if __name__ == "__main__":
    main()
