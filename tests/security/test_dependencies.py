"""Parts of others: versions against known holes, hashes, and no way out of the station but the named ones."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOLES = list(csv.DictReader(Path(__file__).with_name("known-holes.csv").read_text(encoding="utf-8").splitlines()))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
# Modules that open connections, and who may import them: S3, mail (Django's), the client of the command line.
NETWORK = {"httpx", "requests", "urllib3", "aiohttp", "http.client", "urllib.request", "ftplib", "smtplib", "boto3",
           "socket", "telnetlib", "xmlrpc.client", "paramiko"}  # fmt: skip
WAYS_OUT = {
    "biomoa/client": {"httpx"},  # runs at the depositor's, to the station that they name
    "biomoa/cli/submit.py": {"httpx"},
    "biomoa/cli/ours.py": {"socket"},  # tries the port that serve is to listen at
    "biomoa/files/storage.py": {"boto3", "boto3.s3.transfer"},  # the address is in station.toml
    "biomoa/operations/chest.py": {"boto3", "boto3.s3.transfer"},
    "biomoa/jobs/liveness.py": {"socket"},  # the host's own name
    "biomoa/notices/mailing.py": {"smtplib", "smtplib.SMTPException"},  # the mail host is in station.toml
    "biomoa/qc/child.py": {"socket"},  # takes sockets away from the child
    "biomoa/site/limits_queue.py": {"socket"},  # answers connections that came in
}
FORBIDDEN = {"eval", "exec", "pickle", "marshal", "shelve", "extractall", "unpack_archive"}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])


@pytest.mark.parametrize("row", HOLES, ids=lambda row: row["package"])
def test_versions_are_above_known_holes(row: dict[str, str]) -> None:
    try:
        installed = metadata.version(row["package"])
    except metadata.PackageNotFoundError:
        assert not re.search(rf"^{row['package']}==", LOCK, re.M), "locked but not installed"
        return
    assert numbers(installed) >= numbers(row["at_least"]), row["why"]


def test_an_older_version_would_be_seen() -> None:
    """The measure itself; and each parser of submitted bytes that is written in C or Rust is locked."""
    assert numbers("0.23.3") < numbers("0.24.1") < numbers("0.24.10") and numbers("3.0.1") < numbers("3.0.2")
    import pysam

    assert numbers(pysam.__samtools_version__) >= numbers("1.23.1"), "htslib below 1.23.1: holes in CRAM"
    for part in ("pysam", "isal", "fastexcel", "polars", "msgspec", "numba"):
        assert re.search(rf"^{part}==", LOCK, re.M), part


def test_the_lock_has_a_hash_for_every_part() -> None:
    parts = re.split(r"\n(?=[a-z0-9])", LOCK)
    pinned = [part for part in parts if re.match(r"[\w.\[\]-]+==", part)]
    assert len(pinned) > 30
    assert all("--hash=sha256:" in part for part in pinned)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "biomoa").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_the_station_calls_nobody_but_the_named() -> None:
    found = {}
    for path, tree in modules():
        allowed = set().union(*(names for place, names in WAYS_OUT.items() if path.startswith(place)), set())
        used = {name for name in imported(tree) if any(name == bad or name.startswith(f"{bad}.") for bad in NETWORK)}
        extra = {name for name in used if not any(name == good or name.startswith(f"{good}.") for good in allowed)}
        if extra:
            found[path] = sorted(extra)
    assert not found, "an address could come from a user: see docs/security/README.md (SSRF)"


def test_no_dangerous_functions() -> None:
    found = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                has_shell = any(key.arg == "shell" and getattr(key.value, "value", None) for key in node.keywords)
                if name in FORBIDDEN or (name == "system" and isinstance(node.func, ast.Attribute)) or has_shell:
                    found.append(f"{path}:{node.lineno} {name}")
        found += [f"{path} imports {name}" for name in imported(tree) if name in FORBIDDEN]
    assert not found
