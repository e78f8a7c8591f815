"""Data from people, on a station as it runs: questions come before any file, in the browser and on the command line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Running, enter, environment
from tests.e2e.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]

STUDY = Path(__file__).parents[2] / "docs" / "examples" / "study"
OPEN = {"material": "person", "personal": "no", "consent": "yes", "irb": "approved", "advice": "none"}
BANK = {**OPEN, "personal": "yes"}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SAYS = {
    "ko": {
        "bank": "인체유래데이터은행(KHBDB)에 등록해야 합니다", "why": "개인정보를 포함하고",
        "needed": "서면동의서 서식", "open": "이 센터에 등록할 수 있습니다",
        "missing": "아직 답하지 않은 질문", "on": "파일",
    },
    "en": {
        "bank": "This belongs to the human biodata bank (KHBDB)", "why": "contains personal information",
        "needed": "The form of the donors' written consent", "open": "You can deposit it here",
        "missing": "Some questions are still open", "on": "upload files",
    },
}  # fmt: skip


def look(page: Page) -> None:
    """Nothing for axe to find, nothing to scroll sideways for."""
    found = {each["id"]: [node["html"][:200] for node in each["nodes"][:3]]
             for each in Axe().run(page).response["violations"]}  # fmt: skip
    assert found == {}, page.url
    assert page.evaluate(OVERFLOW) == 0, page.url


def answer(hands: Hands, answers: dict[str, str]) -> None:
    """By keyboard: to the group of radio buttons with Tab, within it with the arrows."""
    for question, value in answers.items():
        hands.to(f"input[name={question}]")
        for _ in range(6):
            if hands.page.evaluate("document.activeElement.value") == value:
                break
            hands.press("ArrowDown")
        hands.press("Space")
        expect(hands.page.locator(f"input[name={question}][value={value}]")).to_be_checked()
    hands.go("main form button[type=submit]")


@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1440)])
def test_a_study_of_people_is_stopped_before_any_upload_and_goes_on_when_it_may(
    station: Running, browser: Browser, language: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, reduced_motion="reduce")
    page, says = enter(context, station, "depositor", language), SAYS[language]
    hands = Hands(page)
    page.goto(f"{station.address}/submissions/new")
    hands.type("#title", f"Blood transcriptomes {language}")
    hands.to("input[name=is_human]")
    hands.press("ArrowDown")  # nothing is chosen beforehand
    expect(page.locator("#human-yes")).to_be_checked()
    look(page)
    hands.go("main form button[type=submit]")

    expect(page).to_have_url(re.compile("/human-data/$"))
    submission = page.url.removesuffix("human-data/")
    look(page)
    answer(hands, {"material": "person"})  # the others are left open: said, and what was chosen stays
    expect(page.get_by_role("alert")).to_contain_text(says["missing"])
    expect(page.locator("#material-person")).to_be_checked()
    expect(page.locator(".error-text")).to_have_count(4)
    look(page)

    answer(hands, BANK)
    expect(page.locator("main")).to_contain_text(says["bank"])
    expect(page.locator("main")).to_contain_text(says["why"])
    expect(page.locator("main")).to_contain_text(says["needed"])
    look(page)
    page.goto(submission + "files/")
    expect(page.locator("main")).to_contain_text(says["bank"])
    expect(page.locator("input[type=file]")).to_have_count(0)
    look(page)
    page.goto(submission + "human-data/")

    answer(hands, OPEN)
    expect(page.locator("main")).to_contain_text(says["open"])
    look(page)
    hands.go("a.button-primary", says["on"])
    expect(page).to_have_url(re.compile("/files/$"))
    file = STUDY / "rice-cold_R1.fastq"
    hands.choose("[data-choose]", [file])
    expect(page.locator("[data-arrived] tr")).to_have_count(1)
    expect(page.locator("[data-arrived]")).to_contain_text(file.name)
    context.close()


@pytest.fixture(scope="module")
def token(station: Running, browser: Browser) -> str:
    """A token as a person gets one."""
    page = enter(browser.new_context(), station, "depositor", "en")
    page.goto(f"{station.address}/account/")
    page.locator("summary", has_text="Make a new token").click()
    form = page.locator("form[action$='/tokens/']")
    form.locator("[name=name]").fill("command line")
    for scope in ("read", "deposit"):
        form.locator(f"[name=scopes][value={scope}]").check()
    form.locator("button[type=submit]").click()
    secret = page.locator("code", has_text="bmo_").first
    expect(secret).to_be_visible()
    found = re.search(r"bmo_\S+", secret.text_content() or "")
    assert found
    return found.group()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The example of the documentation, of people: the same files, other samples."""
    folder = tmp_path / "study"
    folder.mkdir()
    for path in STUDY.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    lines = ["sample_name\tproject\tpackage\ttitle\ttaxonomy_id\torganism\tisolate\tage\tsex\tcollection_date\t"
             "geo_loc_name\tbiomaterial_provider\ttissue"]  # fmt: skip
    lines += [f"{name}\trice-cold-2026\tHuman\tBlood\t9606\tHomo sapiens\t{name}\t40 years\tfemale\t2026-05-11\t"
              "South Korea: Seoul\tKBP\tblood" for name in ("rice-cold", "rice-warm")]  # fmt: skip
    (folder / "biosample.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def submit(station: Running, token: str, study: Path, answers: dict[str, str] | None = None) -> tuple[int, Any]:
    command = [sys.executable, "-m", "biomoa.cli.main", "submit", str(study), "--to", station.address, "--json"]
    if answers is not None:
        (study.parent / "answers.json").write_text(json.dumps(answers))
        command += ["--human-data", str(study.parent / "answers.json")]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, check=False, env=environment() | {"BIOMOA_TOKEN": token}
    )
    assert done.stderr == "", done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_command_line_sends_no_file_before_the_answers_let_it(station: Running, token: str, study: Path) -> None:
    code, told = submit(station, token, study)
    assert (code, [each["code"] for each in told["problems"]]) == (1, ["human-data-unanswered"])
    code, told = submit(station, token, study, {"material": "person"})
    assert (code, [each["code"] for each in told["problems"]]) == (1, ["human-data-incomplete"])
    code, told = submit(station, token, study, BANK)
    assert (code, [each["code"] for each in told["problems"]]) == (1, ["human-data-elsewhere"])
    said = told["problems"][0]["message"]
    assert "KHBDB" in said["ko"] and "서면동의서" in said["ko"] and "IRB approval" in said["en"]
    code, told = submit(station, token, study, OPEN)
    assert not [each for each in told["problems"] if each["code"].startswith("human-data")], told
    assert told["submission"].startswith("SUB")
    left = {(each["code"], each["field"]) for each in told["problems"] if each["severity"] == "error"}
    assert (code, told["state"], left) == (0, "submitted", set())
