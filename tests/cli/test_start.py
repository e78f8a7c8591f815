"""A start that cannot go well says why in the doctor's words, before anything runs or is announced."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from biomoa.cli import ours
from biomoa.cli.main import main
from biomoa.cli.tending import Tended
from biomoa.operations.homecheck import check_database_file
from biomoa.settings.station import Home, StationError, create_home, load_home
from tests.ports import held_port

NOBODY = 65534


def biomoa(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BIOMOA_", "DJANGO_", "LANG"))}
    command = [sys.executable, "-m", "biomoa.cli.main", "--home", str(home), *words]
    return subprocess.run(command, env=kept, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station that ``init`` made."""
    folder = tmp_path_factory.mktemp("ready") / "home"
    made = biomoa(folder, "init")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def home(ready: Path, tmp_path: Path) -> Home:
    shutil.copytree(ready, tmp_path / "home")
    return load_home(tmp_path / "home")


def database_of(home: Home) -> Path:
    assert home.database_file
    return home.database_file


@pytest.mark.parametrize("command", ["init", "serve --port 8", "worker", "prepare", "account list", "doctor"])
def test_a_lost_database_is_told_and_none_is_made_in_its_place(home: Home, command: str) -> None:
    database_of(home).unlink()
    done = biomoa(home.folder, *command.split())
    assert done.returncode == (1 if command == "doctor" else 2)
    said = done.stdout + done.stderr
    assert f"{database_of(home)}" in said and "missing" in said and "biomoa restore" in said and "station.toml" in said
    assert "Traceback" not in said and "http://" not in said
    assert not database_of(home).exists()


def test_a_database_by_another_name_is_a_lost_one(home: Home) -> None:
    with (home.folder / "station.toml").open("a") as file:
        file.write('[database]\nname = "other.sqlite3"\n')
    done = biomoa(home.folder, "init")
    assert (done.returncode, "other.sqlite3" in done.stderr) == (2, True)


def test_an_older_database_in_its_place_is_brought_up(home: Home) -> None:
    """The marker of what is prepared is of this very database."""
    with closing(sqlite3.connect(database_of(home))) as database:
        for table in ("site_shown",):
            database.execute(f"DROP TABLE {table}")
        database.execute("DELETE FROM django_migrations WHERE app = 'site'")
        database.commit()
    assert biomoa(home.folder, "init").returncode == 0
    with closing(sqlite3.connect(database_of(home))) as database:
        database.execute("SELECT * FROM site_shown")


def test_a_home_without_a_database_yet_is_told_so(tmp_path: Path) -> None:
    create_home(tmp_path / "home")
    done = biomoa(tmp_path / "home", "account", "list")
    assert done.returncode == 2 and "no database yet" in done.stderr and "biomoa init" in done.stderr
    assert not (tmp_path / "home" / "station.sqlite3").exists()


def codes(home: Home) -> list[str]:
    return [each.code for each in check_database_file(home)]


def test_what_a_database_file_refuses_has_a_name(home: Home) -> None:
    path = database_of(home)
    assert codes(home) == []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert codes(home) == [], "others write: then it can be written to"
        other.execute("ROLLBACK")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert codes(home) == ["database-broken"]
    path.write_bytes(b"no database at all" * 1000)
    assert codes(home) == ["database-broken"]
    path.write_bytes(b"")
    assert codes(home) == ["database-missing"]


def test_a_read_only_database_is_told_to_whom_it_is_closed(home: Home) -> None:
    if os.getuid() != 0:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("needs a second account")
    for path in (home.folder, *home.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.chown(database_of(home), 0, 0)
    database_of(home).chmod(0o644)
    found = []
    child = os.fork()
    if not child:
        try:
            os.chdir(home.folder)
            os.setuid(NOBODY)
            found = codes(Home(Path(), home.station))
        finally:
            os._exit(0 if found == ["database-closed"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_damaged_database_stops_serve_and_worker(home: Home) -> None:
    database_of(home).write_bytes(b"no database at all" * 1000)
    for command in ("serve", "worker", "doctor"):
        done = biomoa(home.folder, command)
        said = done.stdout + done.stderr
        assert done.returncode and f"damaged: {database_of(home)}" in said and "restore" in said
        assert "http://" not in said and "password" not in said and "Traceback" not in said


def test_missing_files_that_the_station_names_stop_serve(home: Home) -> None:
    with (home.folder / "station.toml").open("a") as file:
        file.write('[security]\nleaked_passwords = "leaked.txt"\n')
    done = biomoa(home.folder, "serve")
    assert done.returncode == 2 and str(home.folder / "leaked.txt") in done.stderr and "http://" not in done.stdout


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "PORT_SECONDS", 0)


@pytest.mark.usefixtures("quick")
def test_a_port_in_use_is_told_before_anything_is_started(home: Home, monkeypatch: pytest.MonkeyPatch,
                                                         capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.delenv("BIOMOA_PORT", raising=False)
    monkeypatch.setattr("os.environ", dict(os.environ))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("something was started"))
    with held_port() as port, socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        ours.try_port("127.0.0.1", port)  # nobody listens
        other.listen()
        assert main(["--home", str(home.folder), "serve", "--port", str(port)]) == 2
    out, err = capsys.readouterr()
    assert err == f"biomoa: port {port} is in use; name another with --port\n" and not out


def test_a_host_of_another_machine_is_no_place_to_serve() -> None:
    with pytest.raises(StationError, match=r"nothing can be served at 203\.0\.113\.7"):
        ours.try_port("203.0.113.7", 8123)


def test_a_home_is_served_once_and_a_killed_serve_leaves_nothing(home: Home) -> None:
    code = f"import time; from biomoa.cli.ours import hold; from biomoa.settings.station import load_home; " \
           f"from pathlib import Path; hold(load_home(Path({str(home.folder)!r}))); print('held', flush=True); " \
           f"time.sleep(60)"  # fmt: skip
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StationError, match=f"served already, by process {holder.pid};"):
            ours.hold(home)
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    ours.hold(home)


class Dying:
    """Processes that end at once."""

    returncode = 2

    def poll(self) -> int:
        return 2


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(Tended, "_told_at", -60.0)
    monkeypatch.setattr(Tended, "_explained_at", -60.0)
    yield now


def test_a_worker_that_cannot_start_is_tried_ever_later_and_tells_once_a_minute(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[tuple[float, bool]] = []

    def start(is_quiet: bool) -> Dying:
        started.append((clock[0], is_quiet))
        return Dying()

    tended = Tended(start)  # type: ignore[arg-type]
    while clock[0] < 1000 + 600:
        tended.look()
        clock[0] += 0.5
    begun = [at for at, _ in started]
    gaps = [after - before for before, after in pairwise(begun)]
    assert gaps[0] < 2 and max(gaps) <= 61 and 12 <= len(begun) <= 18
    told = [at for at, is_quiet in started if not is_quiet]
    assert all(after - before >= 59 for before, after in pairwise(told))
    assert 8 <= capsys.readouterr().err.count("a worker ended after") <= 10


def test_a_worker_says_what_is_wrong_also_after_another_was_killed(clock: list[float]) -> None:
    first, asked = Dying(), []
    first.returncode = -signal.SIGKILL

    def start(is_quiet: bool) -> Dying:
        asked.append(is_quiet)
        return first if len(asked) == 1 else Dying()

    tended = Tended(start)  # type: ignore[arg-type]
    for _ in range(20):
        tended.look()
        clock[0] += 0.5
    assert asked[:3] == [False, False, True]


@pytest.mark.parametrize(("line", "told"), [
    ('catalogue = "nofolder"', "nofolder"), ('center = "NOWHERE"', "no data center of this station: NOWHERE"),
])  # fmt: skip
def test_the_doctor_goes_on_beyond_what_is_wrong_with_a_station(home: Home, line: str, told: str) -> None:
    said = home.folder / "station.toml"
    said.write_text(f"{line}\n{said.read_text()}")
    done = biomoa(home.folder, "doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert (told in done.stdout and "free on the disk" in done.stdout) or "catalogue cannot be read" in done.stdout


def test_a_center_that_is_none_stops_the_start(home: Home) -> None:
    said = home.folder / "station.toml"
    said.write_text(f'center = "NOWHERE"\n{said.read_text()}')
    done = biomoa(home.folder, "serve")
    assert done.returncode == 2 and "center: NOWHERE is no data center" in done.stderr and "KOBIC" in done.stderr


def test_a_key_that_is_no_text_is_a_finding(home: Home) -> None:
    (home.folder / "secret.key").write_bytes(b"\xff\xfe\x00")
    done = biomoa(home.folder, "doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"signing key cannot be read: {home.folder / 'secret.key'}" in done.stdout
    assert "catalogue is sound" in done.stdout
