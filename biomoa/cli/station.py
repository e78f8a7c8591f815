"""Commands of the operator: init, demo, serve, worker, ledger."""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from biomoa.cli.ours import hold, try_port
from biomoa.cli.tending import QUIET, Tended, die_with_parent
from biomoa.cli.words import fail, language
from biomoa.settings.station import (
    PREPARED,
    STATION_FILE,
    Home,
    StationError,
    create_home,
    home_folder,
    load_home,
    make_folders,
)

if TYPE_CHECKING:
    from biomoa.operations.advice import Finding

# What goes away by itself while the station runs, or stops one page alone, keeps no worker from its work.
PASSING = {"database-trouble"}
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


def start_django(home: Home, *, is_being_made: bool = False) -> None:
    """Makes this process one of the station. Raises StationError where the database was lost or never made."""
    path = home.database_file
    if home.lacks_database():
        raise StationError(
            f"the database {path} is missing: restore it from a backup (biomoa restore BACKUP), or name it in"
            f" {STATION_FILE} (database.name)"
        )
    if path and not is_being_made and not path.exists():
        raise StationError(f"{home.folder} has no database yet; make it with: biomoa init --home {home.folder}")
    os.environ["BIOMOA_HOME"] = str(home.folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "biomoa.settings.django"
    import django

    django.setup()


def _init(options: argparse.Namespace) -> int:
    home = create_home(home_folder(), address=options.address)
    if faults := _faults(home):
        return _refuse(faults)
    _prepare(home)
    print(f"station ready in {home.folder}")
    return 0


def _faults(home: Home) -> list[Finding]:
    """What keeps this home from being worked on, in the words of the doctor."""
    from biomoa.operations.homecheck import examine_folder

    return [each for each in examine_folder(home) if each.severity == "error" and each.code not in PASSING]


def _refuse(faults: list[Finding]) -> int:
    for each in faults:
        fail(f"{each.message.in_(language())}\n      → {each.repair.in_(language())}")
    return 2


def _prepare(home: Home) -> None:
    """Brings the database, the static files and the organisations up to this BioMoa and this catalogue."""
    signature = _signature(home)
    if not _is_prepared(home, signature):
        _bring_up(home)
        (home.folder / PREPARED).write_text(_mark(home, signature))


def _is_prepared(home: Home, signature: str) -> bool:
    marker = home.folder / PREPARED
    return marker.is_file() and marker.read_text() == _mark(home, signature)


def _mark(home: Home, signature: str) -> str:
    """With the tables that the file of the database has: another file in its place, as an older copy, is brought up."""
    path = home.database_file
    if path is None:
        return signature
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            applied = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
    except sqlite3.Error:
        return ""
    return f"{signature} {hashlib.sha256(repr(applied).encode()).hexdigest()}"


def _signature(home: Home) -> str:
    """Changes whenever something that ``_bring_up`` works from does: code, migrations, static files, catalogue."""
    package = Path(__file__).resolve().parents[1]
    seen = hashlib.sha256(repr((home.station.database, home.station.center)).encode())
    for folder in (package, home.catalogue):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".nbi", ".nbc"):
                kept = path.stat()
                seen.update(f"{path}:{kept.st_size}:{kept.st_mtime_ns};".encode())
    return seen.hexdigest()


def _bring_up(home: Home) -> None:
    start_django(home, is_being_made=True)
    from django.core.management import call_command

    from biomoa.people.services import load_organisations
    from biomoa.records.library import library

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    call_command("createcachetable", verbosity=0)
    load_organisations(library().catalogue)
    _check_center(home)


def _check_center(home: Home) -> None:
    """Every submission that names no other goes there. Raises StationError."""
    from biomoa.people.models import Organisation

    centers = list(Organisation.objects.filter(kind="data-center").order_by("code").values_list("code", flat=True))
    if home.station.center not in centers:
        told = f"{home.station.center} is no data center of this station; there are {', '.join(centers)}"
        raise StationError(f"{home.folder / STATION_FILE}: center: {told}")


def _prepare_only(_: argparse.Namespace) -> int:
    home = load_home(home_folder())
    if faults := _faults(home):
        return _refuse(faults)
    _prepare(home)
    return 0


def _demo(options: argparse.Namespace) -> int:
    home = create_home(home_folder(), demonstration=True)
    if faults := _faults(home):
        return _refuse(faults)
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
    port = options.port or urlsplit(home.station.address).port or 8000
    with suppress(OSError):  # what could not be made is told next
        make_folders(home.folder)
    if faults := _faults(home):
        return _refuse(faults)
    hold(home)
    try_port(options.host, port)
    if not _is_prepared(home, _signature(home)):
        # In a process of its own: this one lives as long as the station and stays small.
        prepared = subprocess.run([*_biomoa(), "prepare"], env=_environment(home), check=False)
        if prepared.returncode:  # a broken catalogue stops here, with file, line and reason
            return prepared.returncode
    web = _start_web(home, options.host, port)
    count = home.station.workers if home.station.profile == "embedded" else 0
    workers = [Tended(lambda is_quiet: _start_worker(home, is_quiet)) for _ in range(count)]
    _announce(home, options.host, port)
    return _supervise(web, workers)


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
    environment = _environment(home, "biomoa.settings.django")
    return subprocess.Popen(command, env=environment, preexec_fn=die_with_parent())


def _start_worker(home: Home, is_quiet: bool) -> subprocess.Popen[bytes]:
    environment = _environment(home) | {QUIET: "1" if is_quiet else ""}
    return subprocess.Popen([*_biomoa(), "worker"], env=environment, preexec_fn=die_with_parent())


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


def _supervise(web: subprocess.Popen[bytes], workers: list[Tended]) -> int:
    """Waits; a worker that died is started again, and without its web server the station ends."""
    stopping = False

    def stop(*_: Any) -> None:
        nonlocal stopping
        stopping = True
        for child in (web, *(worker.process for worker in workers)):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        time.sleep(0.5)
        if web.poll() is not None:
            stop()
        for worker in workers:
            if not stopping:
                worker.look()
    stop()  # also a worker that was being started when the signal came
    for child in (web, *(worker.process for worker in workers)):
        child.wait()
    return 0 if web.returncode in (0, -signal.SIGTERM) else 2


def _worker(_: argparse.Namespace) -> int:
    """Under ``serve`` it dies again and again while something is wrong; what that is was said a moment ago."""
    begun_at = time.monotonic()
    try:
        return _work(load_home(home_folder()))
    except Exception:
        if os.environ.get(QUIET) and time.monotonic() - begun_at < Tended.QUICK_SECONDS:
            return 2
        raise


def _work(home: Home) -> int:
    faults = [each for each in _faults(home) if each.code != "leaked-missing"]  # that is asked at sign-up alone
    if faults:
        return 2 if os.environ.get(QUIET) else _refuse(faults)
    start_django(home)
    from biomoa.jobs.worker import run_worker
    from biomoa.settings.process import settle

    settle()
    run_worker()
    return 0
