"""PostgreSQL's own tools: pg_dump and pg_restore, told where the database is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biomoa.settings.station import Database

VARIABLES = {
    "PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname",
    "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert",
}  # fmt: skip
TABLES_SQL = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"

Parameters = Mapping[str, str]


class SnapshotError(Exception):
    """The database could not be copied or put back."""


def parameters_of(database: Database) -> Parameters:
    """What station.toml says, as libpq wants it."""
    password = os.environ.get(database.password_env, "")
    return {**_filled(database.name, database.host, database.port, database.user, password), **database.encryption()}


def parameters_of_django(told: Mapping[str, Any]) -> Parameters:
    """What a connection of Django is told."""
    options = {key: value for key, value in told.get("OPTIONS", {}).items() if key in VARIABLES.values()}
    return {**_filled(told["NAME"], told["HOST"], told["PORT"], told["USER"], told["PASSWORD"]), **options}


def _filled(name: Any, host: Any, port: Any, user: Any, password: Any) -> Parameters:
    named = {"dbname": name, "host": host, "port": port, "user": user, "password": password}
    return {key: str(value) for key, value in named.items() if value}


def connect(parameters: Parameters) -> Any:
    """A bare psycopg connection; as a context it commits and closes."""
    import psycopg

    return psycopg.connect(**parameters)  # type: ignore[arg-type]


def find_tables(parameters: Parameters) -> list[str]:
    with connect(parameters) as session:
        return sorted(row[0] for row in session.execute(TABLES_SQL).fetchall())


def dump(parameters: Parameters, path: Path, snapshot: str) -> None:
    """The database of an exported snapshot, in pg_dump's own format."""
    _run(
        parameters, "pg_dump", "-Fc", "-Z0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", "-f", str(path)
    )


def load(parameters: Parameters, path: Path) -> None:
    """Puts a dump into an empty database, all of it or nothing."""
    _run(parameters, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         "-d", parameters["dbname"], str(path))  # fmt: skip


def _run(parameters: Parameters, name: str, *arguments: str) -> None:
    environment = {variable: parameters[key] for variable, key in VARIABLES.items() if key in parameters}
    command = [find_tool(name), *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode != 0:
        raise SnapshotError(f"{name}: {done.stderr.strip()[-1000:] or done.returncode}")


def find_tool(name: str) -> str:
    """The newest that is installed reads every older server. Raises SnapshotError."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise SnapshotError(f"{name} is not installed (Debian: postgresql-client)")
    return found


def _version(path: Path) -> float:
    try:
        return float(path.parts[-3])
    except ValueError:
        return 0.0
