"""A whole station in a folder of its own, worked on by processes that can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from biomoa.qc.scratch import Scratch
from biomoa.settings.station import create_home

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "station_settings"
# The room's own addresses: the tests of a room must not wait for the rooms above it.
SETTINGS_TEXT = f"""
from biomoa.settings.django import *
ROOT_URLCONF = "room_urls"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
"""  # noqa: F541
URLS_TEXT = """
from django.urls import include, path
urlpatterns = [path("files/", include("biomoa.files.urls"))]
"""


class Station:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        create_home(folder)
        (folder / "station_settings.py").write_text(SETTINGS_TEXT)
        (folder / "room_urls.py").write_text(URLS_TEXT)
        shutil.copyfile(_migrated_database(), folder / "station.sqlite3")
        self.processes: list[subprocess.Popen[bytes]] = []

    def environment(self, **more: str) -> dict[str, str]:
        path = os.pathsep.join([str(self.folder), str(ROOT), str(Path(__file__).parent)])
        named = {"BIOMOA_HOME": str(self.folder), "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": path}
        return {**os.environ, **named, **more}

    def run(self, code: str, *, fault: str = "") -> Any:
        """Runs the code in a process of its own; what it assigned to ``answer``, or its exit code when it died."""
        whole = f"import django, json; django.setup()\nanswer = None\n{code}\nprint('\\n' + json.dumps(answer))"
        more = {"BIOMOA_FAULT": fault} if fault else {}
        done = subprocess.run(
            [sys.executable, "-c", whole], env=self.environment(**more), capture_output=True, text=True, timeout=300
        )
        if done.returncode != 0 and not fault:
            raise AssertionError(done.stderr[-3000:])
        return json.loads(done.stdout.strip().splitlines()[-1]) if done.returncode == 0 else done.returncode

    def start(self, *command: str, fault: str = "") -> subprocess.Popen[bytes]:
        more = {"BIOMOA_FAULT": fault} if fault else {}
        with (self.folder / "log" / "process.log").open("ab") as log:
            process = subprocess.Popen(command, env=self.environment(**more), stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        code = "import django; django.setup()\nfrom biomoa.jobs.worker import run_worker\nrun_worker()"
        return self.start(sys.executable, "-c", code)

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


_MIGRATED: list[Scratch] = []


def _migrated_database() -> Path:
    """An empty migrated database, made once a test run."""
    if not _MIGRATED:
        made = Scratch("biomoa-migrated-")
        folder = create_home(made.path).folder
        code = "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)"  # noqa: E501
        environment = {"BIOMOA_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "biomoa.settings.django"}
        subprocess.run(
            [sys.executable, "-c", code + "\nfrom django.db import connection\n"
             "connection.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')"],
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)}, check=True, timeout=300,
        )  # fmt: skip
        _MIGRATED.append(made)
    return _MIGRATED[0].path / "station.sqlite3"
