"""The documents are code: their commands run, their links lead somewhere, their tables are whole."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from django.apps import apps

from biomoa.cli.main import COMMANDS
from biomoa.people import rules as people_rules
from biomoa.records import rules as record_rules
from biomoa.settings.station import Station
from tests.docs.conftest import ROOT, Desk

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TRY = "# try"

pytestmark = pytest.mark.xdist_group("docs")  # one station for all of them


def blocks_to_try() -> Iterator[tuple[str, str, str]]:
    """Page, language, text of every block that says it may be tried."""
    for page in PAGES:
        for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            if text.startswith(TRY):
                yield page.relative_to(ROOT).as_posix(), language, text


def readme_commands() -> list[str]:
    part = (ROOT / "README.md").read_text(encoding="utf-8").partition("## At the command line")[2]
    (_, text), *_ = BLOCK.findall(part)
    return [line.partition("  #")[0].strip() for line in text.splitlines() if line.strip()]


def plain(markdown: str) -> str:
    return BLOCK.sub("", markdown)


def slug(heading: str) -> str:
    """The anchor that forges give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", plain(page.read_text(encoding="utf-8")), re.M)}


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in LINK.findall(plain(page.read_text(encoding="utf-8"))):
            if not re.match(r"[a-z]+:", target):
                yield page, target


BLOCKS = list(blocks_to_try())


@pytest.mark.parametrize(
    ("language", "text"), [block[1:] for block in BLOCKS], ids=[f"{b[0]}-{n}" for n, b in enumerate(BLOCKS)]
)
def test_the_block_runs(desk: Desk, language: str, text: str) -> None:
    runner = {"sh": ["bash", "-eu", "-o", "pipefail", "-c"], "python": [sys.executable, "-c"]}[language]
    done = desk.run([*runner, text])
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_of_the_readme_run(desk: Desk) -> None:
    for command in readme_commands():
        done = desk.run(["bash", "-c", command])
        # The workbook has just been made: what is wrong with it is that nothing is filled in.
        expected = 1 if " check " in command else 0
        assert done.returncode == expected, f"{command}\n{done.stdout}{done.stderr}"
        if expected:
            assert "sheet-empty" in done.stdout


def test_pages_with_commands_have_some_to_try() -> None:
    tried = {page for page, _, _ in BLOCKS}
    assert {"docs/api.md", "docs/operators.md", "docs/depositors.md", "docs/ko/depositors.md"} <= tried


def test_links_lead_somewhere() -> None:
    broken = []
    for page, target in links():
        path, _, anchor = target.partition("#")
        led = (page.parent / path).resolve() if path else page
        if not led.exists() or (anchor and anchor not in anchors(led)):
            broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), {ROOT / "README.md"}
    leads = [(page, (page.parent / target.partition("#")[0]).resolve()) for page, target in links()]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        waiting |= {led for start, led in leads if start == page and led.suffix == ".md"} - seen
    lost = [page.relative_to(ROOT).as_posix() for page in PAGES if page not in seen]
    assert lost == []


def station_keys(kind: type = Station, prefix: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from station_keys(field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name


def test_every_key_of_station_toml_is_explained_and_no_other() -> None:
    text = (DOCS / "operators.md").read_text(encoding="utf-8")
    table = text.partition("| key | default | meaning |")[2].partition("\n\n")[0]
    explained = [key for row in table.splitlines()[2:] for key in re.findall(r"`([\w.]+)`", row.split("|")[1])]
    assert sorted(explained) == sorted(station_keys())


def test_the_station_toml_of_the_page_is_a_good_one() -> None:
    (text,) = [text for language, text in BLOCK.findall((DOCS / "operators.md").read_text()) if language == "toml"]
    assert msgspec.toml.decode(text.encode(), type=Station).profile == "server"


def test_generated_pages_are_current() -> None:
    assert (DOCS / "reference" / "states.md").read_text() == record_rules.state_table_markdown()
    assert (DOCS / "reference" / "permissions.md").read_text() == people_rules.permissions_markdown()


def test_only_commands_that_exist_are_shown_and_all_of_them() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    shown = set(re.findall(r"`biomoa ([a-z]+)|^(?:\.venv/bin/)?biomoa ([a-z]+)", text, re.M))
    names = {name for pair in shown for name in pair if name}
    planned = set(re.findall(r"`biomoa (\w+)`", (DOCS / "decisions" / "2026-11-commands.md").read_text()))
    assert names - planned == set(COMMANDS)


def test_every_table_and_module_that_architecture_names_is_there() -> None:
    text = (DOCS / "developers" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z]+/[\w/]+\.py)`", text))
    assert sorted(name for name in named if not (ROOT / "biomoa" / name).is_file()) == []
    ours = [model.__name__ for model in apps.get_models() if model.__module__.startswith("biomoa.")]
    assert sorted(name for name in ours if f"`{name}`" not in text) == []


def test_floors_of_architecture_are_those_that_are_checked() -> None:
    text = (DOCS / "developers" / "architecture.md").read_text(encoding="utf-8")
    drawn = text.partition("## Rooms and floors")[2].partition("```\n")[2].partition("```")[0]
    order = [set(re.split(r"\s{3,}", line)[0].split()) for line in drawn.splitlines() if line.strip()]
    contract = (ROOT / ".importlinter").read_text().partition("layers =\n")[2].partition("\n\n")[0]
    assert order == [set(re.findall(r"biomoa\.(\w+)", line)) for line in contract.splitlines() if "biomoa." in line]
    assert all(not upper & lower for upper, lower in pairwise(order))
