"""Pages on a slow connection: seconds from the first byte to the first text on the screen, the best of three visits.

python bench/pages_slow.py --address http://127.0.0.1:8000 [--path / --path /search/ ...]

Chromium with an empty cache behind 50 kB/s and 400 ms of round trip (its "slow 3G"), through its debugging protocol.
Exit 1 when a page is readable later than 1 s after its first byte.
"""

from __future__ import annotations

import argparse
import sys

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
BYTES_A_SECOND, ROUND_TRIP_MS = 50_000, 400
LIMIT_SECONDS = 1.0
PAGES = ("/", "/search/", "/forms/", "/forms/biosample/", "/rules/", "/help/", "/KAP000001", "/account/signup/")
TIMES = """() => new Promise((told) => {
  const first = performance.getEntriesByType('navigation')[0].responseStart;
  const look = () => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    if (paint) told((paint.startTime - first) / 1000); else setTimeout(look, 50);
  };
  look();
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", required=True)
    parser.add_argument("--path", action="append")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        late = [path for path in asked.path or PAGES if not _is_soon(browser, asked.address, path)]
        browser.close()
    sys.exit(1 if late else 0)


def _is_soon(browser: Browser, address: str, path: str) -> bool:
    seconds = min(_seconds(browser, address + path) for _ in range(3))
    print(f"{seconds:6.2f} s  {path}{'' if seconds <= LIMIT_SECONDS else '  LATE'}", flush=True)
    return seconds <= LIMIT_SECONDS


def _seconds(browser: Browser, url: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    slow = {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": BYTES_A_SECOND}
    protocol.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": BYTES_A_SECOND})
    page.goto(url, timeout=120_000)
    seconds = float(page.evaluate(TIMES))
    context.close()
    return seconds


if __name__ == "__main__":
    main()
