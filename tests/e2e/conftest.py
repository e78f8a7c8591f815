"""A whole station as an operator runs it: made, filled and served by the commands, with web and worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.ports import held_port

CHROMIUM = "/usr/bin/chromium"
START_SECONDS = 180


class Running(msgspec.Struct, frozen=True):
    home: Path
    address: str

    def biomoa(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "biomoa.cli.main", "--home", str(self.home), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=900, check=False)


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BIOMOA_", "DJANGO_"))}
    return kept | {"LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("e2e") / "station"
    made = Running(home, "").biomoa("demo", "--projects", "5")
    assert made.returncode == 0, made.stderr
    said = home.parent / "serve.log"  # no pipe: one that nobody reads fills, and the station stands still
    with held_port() as port, said.open("wb") as log:
        running = Running(home, f"http://127.0.0.1:{port}")
        served = subprocess.Popen(
            [sys.executable, "-m", "biomoa.cli.main", "--home", str(home), "serve", "--port", str(port)],
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            _wait(running.address, served, said)
            yield running
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait(60)


def _wait(address: str, served: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert served.poll() is None, said.read_text()
        try:
            with urllib.request.urlopen(address + "/forms/", timeout=60) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the station did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


def enter(context: BrowserContext, station: Running, role: str, language: str = "ko") -> Page:
    """A page of the person of the demonstration, or of nobody, in the language."""
    page = context.new_page()
    if role:
        page.goto(station.address + "/account/login/")
        page.fill("input[name=login]", f"{role}@demo.biomoa.example")
        page.fill("input[name=password]", "biomoa-demo-2026")
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    context.add_cookies([{"name": "django_language", "value": language, "url": station.address}])
    return page
