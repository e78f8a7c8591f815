"""A real station in a temporary home, served on a free port, and the folder in which the documents' commands run."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.ports import held_port

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
START_SECONDS = 180
MEMBER = """
from biomoa.cli.station import start_django
from biomoa.settings.station import home_folder, load_home
start_django(load_home(home_folder()))
from biomoa.people import queries, services
user = services.make_account("reader@example.org", password=None, name_ko="읽는이", name_en="Reader")
services.ensure_personal_group(user)
print(services.create_token(queries.actor_of(user), "docs", ["read", "deposit"], 1).secret)
"""


class Desk(msgspec.Struct, frozen=True):
    """Where commands are typed: a folder with the documents and ``.venv``, and the variables that they use."""

    folder: Path
    environment: dict[str, str]

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("reader")
    _furnish(folder)
    with held_port() as port:
        bare = Desk(folder, _environment(folder, f"http://127.0.0.1:{port}"))
        made = bare.run(["biomoa", "init", "--address", bare.environment["STATION"]])
        assert made.returncode == 0, made.stderr
        token = bare.run([sys.executable, "-c", MEMBER])
        assert token.returncode == 0, token.stderr
        with (folder / "serve.log").open("w") as log:
            server = subprocess.Popen([str(BIN / "biomoa"), "serve"], env=bare.environment, stdout=log, stderr=log)
        try:
            _wait(bare.environment["STATION"], server)
            yield Desk(folder, {**bare.environment, "BIOMOA_TOKEN": token.stdout.strip()})
        finally:
            server.terminate()
            server.wait(60)


def _environment(folder: Path, address: str) -> dict[str, str]:
    ours = ("DJANGO_SETTINGS_MODULE", "BIOMOA_TOKEN")
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("COV_")}
    return {
        **kept, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "BIOMOA_HOME": str(folder / "station"),
        "STATION": address, "BIOMOA_TRACEBACK": "1", "LANG": "C.UTF-8",
    }  # fmt: skip


def _furnish(folder: Path) -> None:
    """The documents, the commands, and the reads that the README names."""
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(BIN)
    shutil.copytree(ROOT / "docs", folder / "docs")
    for mate in (1, 2):
        reads = (ROOT / "docs" / "examples" / "study" / f"rice-cold_R{mate}.fastq").read_bytes()
        (folder / f"reads_R{mate}.fastq.gz").write_bytes(gzip.compress(reads))


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/v1/forms", timeout=20).read()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the station did not come up (exit {server.poll()})")
