"""A person who has a keyboard and no mouse: walks with Tab, presses Enter or Space, types."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FileChooser, Page, TimeoutError

FARTHEST = 150
IS_HERE = """([selector, text]) => {
  const here = document.activeElement;
  return !!here && here.matches(selector) && (here.innerText || here.value || '').includes(text);
}"""
IS_VISIBLE = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.width > 0;
}"""


class Hands:
    """Every key is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0
        # Heard for as long as the page lives: a chooser asked for anew on each page is missed now and then.
        page.on("filechooser", lambda _: None)

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def to(self, selector: str, text: str = "") -> None:
        """Walks until the focus is there, and sees that it can be seen there."""
        self.page.wait_for_function("() => document.hasFocus()")  # on a busy machine a new page may not have it yet
        for _ in range(FARTHEST):
            if self.page.evaluate(IS_HERE, [selector, text]):
                self._see(selector)
                return
            self.press("Tab")
        raise AssertionError(f"{selector} {text!r} cannot be reached on {self.page.url}")

    def _see(self, selector: str) -> None:
        try:
            self.page.wait_for_function(IS_VISIBLE)  # a page that is still drawn scrolls a moment later
        except TimeoutError:
            raise AssertionError(f"the focus on {selector} is out of sight") from None

    def type(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)
        self.presses += len(text)

    def go(self, selector: str, text: str = "") -> None:
        """Presses what is there; the next page opens."""
        self.to(selector, text)
        with self.page.expect_navigation():
            self.press("Enter")

    def choose(self, selector: str, files: list[Path]) -> None:
        """Opens the chooser of files and takes these (the chooser is the browser's own)."""
        self.to(selector)
        with self.page.expect_file_chooser() as opened:
            self.press("Enter")
        chooser: FileChooser = opened.value
        chooser.set_files([str(file) for file in files])
