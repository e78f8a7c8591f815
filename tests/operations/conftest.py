"""A station with data in a folder of its own, and its commands run as an operator runs them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from biomoa.settings.station import create_home

RELEASED = Path(__file__).parent / "released"
NOT_COMPARED = {"django_session", "people_cacheentry", "operations_care", "jobs_worker", "jobs_strike"}


class Operated:
    """A home folder and what one does with it. Commands run in processes that can be killed."""

    def __init__(self, folder: Path, more: Mapping[str, str] | None = None) -> None:
        self.folder, self.more = folder, dict(more or {})

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("BIOMOA_", "DJANGO_"))}
        return {**inherited, "BIOMOA_HOME": str(self.folder), **self.more}

    def start(self, *arguments: str, fault: str = "") -> subprocess.Popen[str]:
        more = {"BIOMOA_FAULT": fault} if fault else {}
        command = [sys.executable, "-m", "biomoa.cli.main", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env={**self.environment, **more}, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str, fault: str = "") -> tuple[int, str, str]:
        """Exit code, output, errors."""
        process = self.start(*arguments, fault=fault)
        output, errors = process.communicate(timeout=300)
        return process.returncode, output, errors

    def ask(self, *arguments: str, expected: int = 0) -> Any:
        """The JSON answer of a command."""
        code, output, errors = self.run(*arguments, "--json")
        assert code == expected, errors or output
        return json.loads(output.strip().splitlines()[-1])

    def objects(self) -> list[Path]:
        return sorted(path for path in (self.folder / "objects").glob("??/??/*") if path.is_file())

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table that tells of the data, row by row."""
        with closing(sqlite3.connect(self.folder / "station.sqlite3")) as database:
            named = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            names = sorted({row[0] for row in named} - NOT_COMPARED)
            return {name: sorted(database.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}

    def found_by_search(self) -> int:
        """Public records in the index."""
        import tantivy

        name = (self.folder / "index" / "current").read_text().strip()
        index = tantivy.Index.open(str(self.folder / "index" / name))
        return int(index.searcher().num_docs) - 1  # one document is the position

    def damaged_objects(self) -> list[str]:
        """Named objects whose bytes are not there or not theirs: read by the test, not by the station."""
        with closing(sqlite3.connect(self.folder / "station.sqlite3")) as database:
            named = [row[0] for row in database.execute("SELECT sha256 FROM files_storedobject")]
        paths = {sha256: self.folder / "objects" / sha256[:2] / sha256[2:4] / sha256 for sha256 in named}
        return [
            sha256 for sha256, path in paths.items()
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256
        ]  # fmt: skip


def make_released(folder: Path, more: str = "") -> Operated:
    """The files of a released station in a home of its own; the database is the caller's to bring."""
    create_home(folder, demonstration=True)
    with (folder / "station.toml").open("a") as file:
        file.write(more)
    with tarfile.open(RELEASED / "objects.tar") as tar:
        for entry in tar:
            path = folder / "objects" / entry.name[:2] / entry.name[2:4] / entry.name
            path.parent.mkdir(parents=True, exist_ok=True)
            content = tar.extractfile(entry)
            assert content is not None
            path.write_bytes(content.read())
            path.chmod(0o444)
    return Operated(folder)


def released_sql(engine: str) -> str:
    return gzip.decompress((RELEASED / f"{engine}.sql.gz").read_bytes()).decode()


def make_released_on_sqlite(folder: Path) -> Operated:
    """A station as the release before left it."""
    station = make_released(folder)
    with closing(sqlite3.connect(folder / "station.sqlite3")) as database:
        database.executescript(released_sql("sqlite"))
    return station


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station with three studies, brought up to this version once, and a first backup of it beside it."""
    folder = tmp_path_factory.mktemp("operated") / "home"
    station = make_released_on_sqlite(folder)
    for command in (("init",), ("index", "rebuild"), ("backup", str(folder.parent / "backup"))):
        code, _, errors = station.run(*command)
        assert code == 0, errors
    with closing(sqlite3.connect(folder / "station.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def place(prepared_home: Path, tmp_path: Path) -> Path:
    """A backup with one generation, of ``station`` as it is at first."""
    shutil.copytree(prepared_home.parent / "backup", tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture
def station(prepared_home: Path, tmp_path: Path) -> Operated:
    """A station of the test's own."""
    shutil.copytree(prepared_home, tmp_path / "home")
    return Operated(tmp_path / "home")
