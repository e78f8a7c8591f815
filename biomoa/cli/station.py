"""Commands of the operator: init, demo, serve, worker, ledger."""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from biomoa.settings.station import PREPARED, Home, create_home, home_folder, load_home

UNUSED = ["redoc*", "htmax-*", "htmx-4*"]  # of packages; no page asks for them


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = subparsers.add_parser("init", help="make a station in the home folder")
    init.add_argument("--address", default="", help="its public address, as https://station.example.org")
    init.set_defaults(run=_init)
    demo = subparsers.add_parser("demo", help="fill a new station with the demonstration")
    demo.add_argument("--seed", type=int, default=2024, help="the same seed makes the same station")
    demo.add_argument("--projects", type=int, default=30)
    demo.set_defaults(run=_demo)
    prepare = subparsers.add_parser("prepare", help="bring a station up to this version, as serve does first")
    prepare.set_defaults(run=_prepare_only)
    serve = subparsers.add_parser("serve", help="run the station (web, and workers in the embedded profile)")
    serve.add_argument("--port", type=_port, help="default: the port of the station's address")
    serve.add_argument("--host", default="127.0.0.1")
    serve.set_defaults(run=_serve)
    worker = subparsers.add_parser("worker", help="run a worker: inspections, followers, the clock")
    worker.set_defaults(run=_worker)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port: 1 to 65535")
    return int(text)


def start_django(home: Home) -> None:
    """Makes this process one of the station."""
    os.environ["BIOMOA_HOME"] = str(home.folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "biomoa.settings.django"
    import django

    django.setup()


def _init(options: argparse.Namespace) -> int:
    home = create_home(home_folder(), address=options.address)
    _prepare(home)
    print(f"station ready in {home.folder}")
    return 0


def _prepare(home: Home) -> None:
    """Brings the database, the static files and the organisations up to this BioMoa and this catalogue."""
    signature = _signature(home)
    if not _is_prepared(home, signature):
        _bring_up(home)
        (home.folder / PREPARED).write_text(signature)


def _is_prepared(home: Home, signature: str) -> bool:
    marker = home.folder / PREPARED
    return marker.is_file() and marker.read_text() == signature


def _signature(home: Home) -> str:
    """Changes whenever something that ``_bring_up`` works from does: code, migrations, static files, catalogue."""
    package = Path(__file__).resolve().parents[1]
    seen = hashlib.sha256(repr(home.station.database).encode())
    for folder in (package, home.catalogue):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".nbi", ".nbc"):
                kept = path.stat()
                seen.update(f"{path}:{kept.st_size}:{kept.st_mtime_ns};".encode())
    return seen.hexdigest()


def _bring_up(home: Home) -> None:
    start_django(home)
    from django.core.management import call_command

    from biomoa.people.services import load_organisations
    from biomoa.records.library import library

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    call_command("createcachetable", verbosity=0)
    load_organisations(library().catalogue)


def _prepare_only(_: argparse.Namespace) -> int:
    _prepare(load_home(home_folder()))
    return 0


def _demo(options: argparse.Namespace) -> int:
    home = create_home(home_folder(), demonstration=True)
    _prepare(home)
    start_django(home)
    from biomoa.cli.demonstration import fill

    for line in fill(seed=options.seed, projects=options.projects):
        print(line, flush=True)
    return 0


def _serve(options: argparse.Namespace) -> int:
    if options.port:
        os.environ["BIOMOA_PORT"] = str(options.port)
    home = load_home(home_folder())
    if not _is_prepared(home, _signature(home)):
        # In a process of its own: this one lives as long as the station and stays small.
        prepared = subprocess.run([*_biomoa(), "prepare"], env=_environment(home), check=False)
        if prepared.returncode:  # a broken catalogue stops here, with file, line and reason
            return prepared.returncode
    port = options.port or urlsplit(home.station.address).port or 8000
    children = [_start_web(home, options.host, port)]
    if home.station.profile == "embedded":
        children += [_start_worker(home) for _ in range(home.station.workers)]
    _announce(home, options.host, port)
    return _supervise(home, children)


def _biomoa() -> list[str]:
    return [sys.executable, "-m", "biomoa.cli.main"]


def _start_web(home: Home, host: str, port: int) -> subprocess.Popen[bytes]:
    station = home.station
    command = [
        sys.executable, "-m", "gunicorn", "biomoa.site.wsgi:application", "--bind", f"{host}:{port}",
        "--workers", str(station.web_processes), "--worker-class", "biomoa.site.limits_queue.Worker",
        "--threads", str(station.web_threads),
        "--preload", "--timeout", "300", "--graceful-timeout", "20", "--keep-alive", "10", "--no-control-socket",
        "--log-level", "warning", "--worker-tmp-dir", str(home.scratch),
        "--forwarder-headers", "",  # no sender says where a path begins: rules of a proxy about paths would not hold
    ]  # fmt: skip
    return subprocess.Popen(command, env=_environment(home, "biomoa.settings.django"))


def _start_worker(home: Home) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*_biomoa(), "worker"], env=_environment(home))


def _environment(home: Home, settings: str = "") -> dict[str, str]:
    # Threads that each keep a heap of their own hold hundreds of megabytes that nobody uses.
    environment = dict({"MALLOC_ARENA_MAX": "2"} | os.environ, BIOMOA_HOME=str(home.folder))
    return environment | ({"DJANGO_SETTINGS_MODULE": settings} if settings else {})


def _announce(home: Home, host: str, port: int) -> None:
    print(f"{home.station.name_ko} ({home.station.name_en})\n  http://{host}:{port}/", flush=True)
    if home.station.demonstration:
        from biomoa.cli.demo_studies import ACCOUNTS, PASSWORD

        for role, email in ACCOUNTS.items():
            print(f"  {role:<14} {email:<32} {PASSWORD}", flush=True)


def _supervise(home: Home, children: list[subprocess.Popen[bytes]]) -> int:
    """Waits; a worker that died is started again, and without its web server the station ends."""
    stopping = False

    def stop(*_: Any) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        time.sleep(0.5)
        if children[0].poll() is not None:
            stop()
        for place, child in enumerate(children[1:], 1):
            if not stopping and child.poll() is not None:
                children[place] = _start_worker(home)
    stop()  # also a worker that was being started when the signal came
    for child in children:
        child.wait()
    return 0 if children[0].returncode in (0, -signal.SIGTERM) else 2


def _worker(_: argparse.Namespace) -> int:
    start_django(load_home(home_folder()))
    from biomoa.jobs.worker import run_worker
    from biomoa.settings.process import settle

    settle()
    run_worker()
    return 0
