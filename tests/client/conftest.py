"""A real server on loopback, a good and a bad line to it, sheets and reads to send."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from biomoa.client import Client
from biomoa.client import transport as patience
from tests.api.conftest import token_of
from tests.client.proxy import Line, bad_line
from tests.records.conftest import _catalogue, lasting_world
from tests.records.world import World

__all__ = ["_catalogue", "lasting_world"]


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE_SECONDS", 0.01)


@pytest.fixture
def token(lasting_world: World) -> str:
    return token_of(lasting_world.depositor)


@pytest.fixture
def station(live_server: Any, token: str) -> Iterator[Client]:
    with Client(live_server.url, token) as client:
        yield client


@pytest.fixture
def line(live_server: Any) -> Iterator[Line]:
    with bad_line(live_server.url) as proxy:
        yield proxy


@pytest.fixture
def far(line: Line, token: str) -> Iterator[Client]:
    """A client at the other end of the bad line."""
    with Client(line.url, token, timeout_seconds=20) as client:
        yield client


@pytest.fixture
def reads(tmp_path: Path) -> Callable[..., Path]:
    """A FASTQ file of about so many bytes, the same each time."""

    def write(size_bytes: int, name: str = "study-1.fastq") -> Path:
        path = tmp_path / name
        letters = random.Random(size_bytes).choices("ACGT", k=100)
        record = "".join(letters)
        with path.open("w") as file:
            for number in range(max(1, size_bytes // 215)):
                file.write(f"@read{number:07d}\n{record}\n+\n{'I' * 100}\n")
        return path

    return write


@pytest.fixture
def sheets(tmp_path: Path) -> list[Path]:
    """The tables of a study with one run that names ``study-1.fastq``."""
    tables = {
        "bioproject": "project_alias\tproject_type\ttitle\nstudy-1\tprimary\tStudy one\n",
        "biosample": "sample_name\tproject\tsex\nS1\tstudy-1\tfemale\n",
        "ngs-experiment": "experiment_alias\tsample\tlibrary_layout\nE1\tS1\tSINGLE\n",
        "ngs-run": "run_alias\texperiment\tfile_names\nR1\tE1\tstudy-1.fastq\n",
    }
    for form, table in tables.items():
        (tmp_path / f"{form}.tsv").write_text(table, encoding="utf-8")
    return [tmp_path / f"{form}.tsv" for form in tables]
