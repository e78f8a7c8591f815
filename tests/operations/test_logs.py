"""The log of a station: whole lines from many threads, in the file of the name it has now."""

from __future__ import annotations

import json
import logging
import threading
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from biomoa.operations.logs import Appended, JsonLines


@pytest.fixture
def logger(tmp_path: Path) -> logging.Logger:
    handler = Appended(tmp_path / "station.log")
    handler.setFormatter(JsonLines())
    logger = logging.Logger("station")
    logger.addHandler(handler)
    return logger


def test_lines_of_many_threads_stay_whole(logger: logging.Logger, tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=lambda n=n: [logger.info("%s", f"{n}" * 5_000) for _ in range(50)]) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line)["message"] for line in (tmp_path / "station.log").read_text().splitlines()]
    assert sorted(lines) == sorted(f"{n}" * 5_000 for n in range(8) for _ in range(50))


def test_a_file_that_was_moved_away_is_begun_anew(
    logger: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Appended, "LOOK_SECONDS", 0.0)
    log, moved = tmp_path / "station.log", tmp_path / "station.log.1"
    logger.info("first")
    log.rename(moved)
    logger.info("두 번째")
    assert json.loads(moved.read_text())["message"] == "first"
    assert json.loads(log.read_text())["message"] == "두 번째"


def test_what_cannot_be_written_ends_nothing(
    logger: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "station.log").mkdir()
    for _ in range(3):
        logger.info("told to a folder")
    (complaint,) = capsys.readouterr().err.splitlines()
    assert "Is a directory" in complaint


def test_facts_of_any_kind_are_told(logger: logging.Logger, tmp_path: Path) -> None:
    logger.info("one", extra={"facts": {"path": tmp_path, "count": 3, "line": "a\nb"}})
    line = json.loads((tmp_path / "station.log").read_text())
    assert (line["path"], line["count"], line["line"]) == (str(tmp_path), 3, "a\nb")


@pytest.mark.django_db
def test_what_a_stranger_writes_as_host_is_in_no_line(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor does it cost the disk the page of a traceback for each request."""
    settings.ALLOWED_HOSTS = ["testserver"]
    assert client.get("/", headers={"host": "hong900101-1234567.example"}).status_code == 400
    said = [record for record in caplog.records if record.name == "django.security.DisallowedHost"]
    assert [(each.levelname, each.exc_info) for each in said] == [("WARNING", None)]
    assert "900101" not in caplog.text


def test_a_line_that_was_cut_does_not_spoil_the_next(
    logger: logging.Logger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(FileIO):
        def write(self, line: Any) -> int:
            return super().write(line[:10])

    with monkeypatch.context() as patch:
        patch.setattr("biomoa.operations.logs.FileIO", Full)
        logger.info("cut")
    logger.handlers[0]._opened = None  # type: ignore[attr-defined]
    logger.info("whole")
    _, line = (tmp_path / "station.log").read_text().splitlines()
    assert json.loads(line)["message"] == "whole"


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["", ".", "에서", "%0a", "/x/y"])
@pytest.mark.parametrize("begin", ["/review/", "/invitations/", "/account/password/reset/key/1-"])
def test_no_line_names_an_address(client: Client, caplog: pytest.LogCaptureFixture, begin: str, end: str) -> None:
    """A link of a mail with something behind it leads nowhere, and its secret is good all the same."""
    client.get(f"{begin}zqsecret{end}")
    client.post(f"{begin}zqsecret{end}")
    assert caplog.records and "zqsecret" not in caplog.text
