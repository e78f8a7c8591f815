"""A first deposit without a mouse, in both languages: sign-up to submitted in one round of errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Running
from tests.e2e.newcomer import Newcomer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]


@pytest.mark.parametrize(("language", "width"), [("ko", 1440), ("en", 360)])
def test_a_first_deposit_by_keyboard_alone(
    station: Running, browser: Browser, tmp_path: Path, language: str, width: int
) -> None:
    newcomer = Newcomer(browser, station.address, station.home, language, width)
    done = newcomer.deposit(tmp_path)
    assert done.rounds == 1, "dates and places as people write them, and nothing else"
    assert done.presses > 0
    state = newcomer.page.locator("main .badge").first.inner_text()
    assert state.strip() == ("제출됨" if language == "ko" else "Submitted")
