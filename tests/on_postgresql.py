"""``python -m tests.on_postgresql``: starts a PostgreSQL of its own and runs the database tests on it.

The suite itself runs on SQLite; what these rooms promise must hold on both. As a plugin it leaves out the tests that
ask no database, or start stations with databases of their own: they would say the same again.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import held_port

ROOMS = (
    "tests/ledger",
    "tests/people",
    "tests/records",
    "tests/jobs",
    "tests/notices",
    "tests/search",
    "tests/exchange",
    "tests/site/test_kept_pages.py",
)
USER = "postgres"
# Nobody cuts the power of a server whose data goes with the test; to empty all tables takes seconds else.
HURRIED = " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not _asks_the_database(item)]
    items[:] = [item for item in items if item not in set(left_out)]
    config.hook.pytest_deselected(items=left_out)


def _asks_the_database(item: pytest.Item) -> bool:
    named = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not named.isdisjoint(("db", "transactional_db"))


def _binary(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else (shutil.which(name) or name)


def _as_owner(command: list[str]) -> None:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    account = pwd.getpwnam(USER) if os.getuid() == 0 else None
    more = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **more)  # type: ignore[call-overload]


@contextmanager
def postgresql(*, is_durable: bool = False) -> Iterator[str]:
    """A fresh server; gives ``host:port:user``. What it acknowledged outlives the machine only if it is durable."""
    folder = Path(tempfile.mkdtemp(prefix="biomoa-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, USER)
    data = folder / "data"
    _as_owner([_binary("initdb"), "-D", str(data), "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"])
    with held_port() as port:
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c shared_buffers=256MB -c max_connections=50"
        options += "" if is_durable else HURRIED
        start = ["-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "-t", "180", "start"]
        _as_owner([_binary("pg_ctl"), *start])
        try:
            yield f"127.0.0.1:{port}:{USER}"
        finally:
            _as_owner([_binary("pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"])
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    rooms = [room for room in ROOMS if Path(room).exists()]
    with postgresql() as address:
        environment = dict(os.environ, BIOMOA_TEST_DATABASE=address)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "tests.on_postgresql",
            "-m",
            "not browser and not s3 and not sqlite",
            *rooms,
            *sys.argv[1:],
        ]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
