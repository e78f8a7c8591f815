"""A newcomer's first deposit, by keyboard alone: from the home page over sign-up to a submitted study."""

from __future__ import annotations

import csv
import email
import email.policy
import re
import time
from pathlib import Path

import msgspec
import openpyxl
from playwright.sync_api import Browser, Page, expect

from tests.e2e.hands import Hands

STUDY = Path(__file__).parents[2] / "docs" / "examples" / "study"
FORMS = ("bioproject", "biosample", "ngs-experiment", "ngs-run")
# As people write them: the station proposes the form of the standard for both.
AS_WRITTEN = {"2026-05-11": "2026.5.11", "South Korea: Jeonju": "South Korea;Jeonju"}
PASSWORD = "cold-rice-under-4-degrees"
MAIL_SECONDS, INSPECTION_SECONDS = 120, 180


class Deposit(msgspec.Struct):
    """What a first deposit took: keys, rounds of errors, seconds by stage."""

    presses: int
    rounds: int
    code: str
    seconds: dict[str, float]


class Newcomer:
    def __init__(self, browser: Browser, address: str, home: Path, language: str, width: int = 1440) -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        self.page: Page = context.new_page()
        self.hands = Hands(self.page)
        self.home, self.address = home, address
        self.email = f"newcomer-{language}-{width}-{time.time_ns()}@uni.example"
        self.rounds = 0

    def deposit(self, folder: Path) -> Deposit:
        seconds: dict[str, float] = {}
        code = ""
        for stage in (self.sign_up, self.begin, self.fill_in, self.correct, self.upload, self.submit):
            start = time.perf_counter()
            code = stage(folder) or code
            seconds[stage.__name__] = time.perf_counter() - start
        return Deposit(self.hands.presses, self.rounds, code, seconds)

    def sign_up(self, _: Path) -> None:
        self.page.goto(self.address)
        self.hands.go("header a[href$='/account/signup/']")
        self.hands.type("main [name=email]", self.email)
        self.hands.type("main [name=name_en]", "Kim Saebom")
        self.hands.type("main [name=password1]", PASSWORD)
        self.hands.type("main [name=password2]", PASSWORD)
        self.hands.go("main form button.button-primary")
        self.page.goto(self._link_of_mail())
        self.hands.go("main form button.button-primary")
        self.hands.type("main [name=login]", self.email)
        self.hands.type("main [name=password]", PASSWORD)
        self.hands.go("main form button.button-primary")

    def _link_of_mail(self) -> str:
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for file in (self.home / "mail").iterdir():
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                if self.email in str(message["to"]) and (body := message.get_body(("plain",))):
                    found = re.search(r"^http\S+/confirm-email/\S+$", body.get_content(), re.MULTILINE)
                    if found:  # a worker may still be writing it
                        return found[0]
            time.sleep(0.2)
        raise AssertionError("no mail came")

    def begin(self, _: Path) -> str:
        self.hands.go("main a[href$='/submissions/new']")
        self.hands.type("#title", "Rice under cold stress")
        self.hands.to("input[name=is_human]")
        self.hands.press("Space")
        self.hands.go("main form button.button-primary")
        return self.page.url.rstrip("/").rsplit("/", 1)[-1]

    def fill_in(self, folder: Path) -> None:
        self.hands.to("main form[action$='template.xlsx'] button")
        with self.page.expect_download() as told:
            self.hands.press("Enter")
        told.value.save_as(folder / "template.xlsx")
        self.hands.choose("#sheet-file", [filled(folder / "template.xlsx")])
        self.hands.go("main form[action$='/sheet'] button")

    def correct(self, _: Path) -> None:
        """Takes the proposals; what is left afterwards are the files that are still to come."""
        if self.page.locator("main .badge-danger").count():
            self.rounds += 1
        self.hands.go("form[action$='/corrections'] button")
        assert not self.page.locator("form[action$='/corrections']").count(), self.page.inner_text("main")

    def upload(self, _: Path) -> None:
        files = sorted(STUDY.glob("*.fastq"))
        self.hands.go("main a.button-primary[href$='/files/']")
        self.hands.choose("[data-choose]", files)
        for file in files:
            expect(self.page.locator("[data-arrived]")).to_contain_text(file.name, timeout=INSPECTION_SECONDS * 1000)
        self.hands.go("main .actions a[href$='/review/']")
        self.rounds += bool(self.page.locator("main .badge-danger").count())

    def submit(self, _: Path) -> None:
        """The inspection runs meanwhile; the page says so until it is done."""
        deadline = time.monotonic() + INSPECTION_SECONDS
        while time.monotonic() < deadline:
            self.hands.go("form[action$='/submit'] button")
            if not self.page.url.endswith("/review/"):
                return
            time.sleep(0.5)
        raise AssertionError(self.page.inner_text("main"))


def filled(template: Path) -> Path:
    """The template with the study of the documentation in it, dates and places as people write them."""
    book = openpyxl.load_workbook(template)
    for form in FORMS:
        sheet = book[form]
        columns = {str(cell.value).lstrip("*"): cell.column for cell in sheet[2]}
        row = next(number for number in range(2, 200) if not sheet.cell(number, 1).value)
        with (STUDY / f"{form}.tsv").open(encoding="utf-8", newline="") as opened:
            for number, line in enumerate(csv.DictReader(opened, delimiter="\t"), row):
                for name, value in line.items():
                    sheet.cell(number, columns[name], AS_WRITTEN.get(value, value))
    path = template.with_name("study.xlsx")
    book.save(path)
    return path
