"""How the web server of a station is started."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from gunicorn.app.wsgiapp import WSGIApplication

from biomoa.cli.station import _start_web
from biomoa.settings.station import create_home


def test_no_header_changes_where_a_path_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that passes SCRIPT_NAME on would let everybody step around its rules about paths."""
    told: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: told.append(command))
    _start_web(create_home(tmp_path / "home"), "127.0.0.1", 8123)
    monkeypatch.setattr("sys.argv", told[0][2:])
    server: Any = WSGIApplication()
    assert server.cfg.forwarder_headers == [] and server.cfg.header_map == "drop"
