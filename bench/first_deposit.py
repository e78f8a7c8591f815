"""A newcomer's first deposit with a stopwatch: from the home page over sign-up to a submitted study, by keyboard.

python bench/first_deposit.py --home STATION --address http://127.0.0.1:8000 [--language ko] [--width 1440]

The station runs already (``biomoa serve``). Machine seconds are measured; for a person, keys are counted at
``--keys-a-minute`` and each page of the walk is read for ``--seconds-a-page``; filling in the sheet is not in it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.e2e.newcomer import Deposit, Newcomer

CHROMIUM = "/usr/bin/chromium"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--language", choices=("ko", "en"), default="ko")
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--keys-a-minute", type=int, default=100)
    parser.add_argument("--seconds-a-page", type=int, default=15)
    asked = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        newcomer = Newcomer(browser, asked.address, asked.home, asked.language, asked.width)
        pages: list[str] = []
        newcomer.page.on("load", lambda page: pages.append(page.url))
        done = newcomer.deposit(Path(folder))
        browser.close()
    _tell(done, len(pages), asked.keys_a_minute, asked.seconds_a_page)


def _tell(done: Deposit, pages: int, keys_a_minute: int, seconds_a_page: int) -> None:
    for stage, seconds in done.seconds.items():
        print(f"{stage:10} {seconds:6.1f} s")
    machine = sum(done.seconds.values())
    person = done.presses / keys_a_minute * 60 + pages * seconds_a_page
    print(f"{done.code}: {pages} pages, {done.presses} keys, {done.rounds} round of errors")
    print(
        f"machine {machine:.1f} s, person {person / 60:.1f} min, together {(machine + person) / 60:.1f} min (limit 10)"
    )


if __name__ == "__main__":
    main()
