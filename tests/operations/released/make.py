"""Makes the databases of a released BioMoa, from which the tests of upgrading start.

    python -m tests.operations.released.make COMMIT

Runs the demonstration with the code of that commit, once on SQLite and once on a PostgreSQL of its own, and keeps both
databases as SQL beside this file, with the files that both name. To be run at a release, with its environment.
"""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from biomoa.operations.postgresql import find_tool
from tests.on_postgresql import postgresql

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROJECTS = "3"  # one is released, one under embargo, one in review


def main(commit: str) -> None:
    with tempfile.TemporaryDirectory(prefix="biomoa-released-") as folder:
        code = Path(folder) / "code"
        _unpack(commit, code)
        _keep("sqlite", _on_sqlite(code, Path(folder) / "one"))
        keep_objects(Path(folder) / "one" / "objects")
        with postgresql() as address:
            _keep("postgresql", _on_postgresql(code, Path(folder) / "two", address))


def _unpack(commit: str, code: Path) -> None:
    archive = subprocess.run(
        ["git", "archive", commit, "biomoa", "catalogs"], cwd=ROOT, check=True, capture_output=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(code, filter="data")


def _demonstrate(code: Path, home: Path) -> None:
    program = "import sys; from biomoa.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "--home", str(home), "demo", "--projects", PROJECTS]
    subprocess.run(command, cwd=code, env={**os.environ, "PYTHONPATH": str(code)}, check=True, capture_output=True)


def _on_sqlite(code: Path, home: Path) -> str:
    _demonstrate(code, home)
    with closing(sqlite3.connect(home / "station.sqlite3")) as database:
        return "\n".join(database.iterdump())


def _on_postgresql(code: Path, home: Path, address: str) -> str:
    host, port, user = address.split(":")
    home.mkdir()
    where = f'engine = "postgresql"\nname = "postgres"\nhost = "{host}"\nport = {port}\nuser = "{user}"\n'
    (home / "station.toml").write_text(f"demonstration = true\n[database]\n{where}")
    _demonstrate(code, home)
    command = [find_tool("pg_dump"), "-h", host, "-p", port, "-U", user, "--no-owner", "--no-privileges", "postgres"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _keep(engine: str, sql: str) -> None:
    path = HERE / f"{engine}.sql.gz"
    path.write_bytes(gzip.compress(sql.encode(), 9, mtime=0))
    print(f"{path}: {path.stat().st_size} bytes")


def keep_objects(folder: Path) -> None:
    """They are compressed already, most of them."""
    with tarfile.open(HERE / "objects.tar", "w") as tar:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            tar.add(path, path.name)


if __name__ == "__main__":
    main(sys.argv[1])
