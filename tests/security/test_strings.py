"""Hostile strings in stored fields, shown in every place of them in a real browser: nothing runs.

BIOMOA_STRINGS=all takes every string (nightly/string_sweep.py); otherwise every third with all markup.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from biomoa.exchange.exports.tables import FORMULA_STARTS
from biomoa.people.models import User
from biomoa.people.services import create_group, create_token, rename_group
from biomoa.records import services, services_curation, services_release
from biomoa.records.models import Record, RowProblem, Submission
from tests.records.world import World, draft, make_world, project, review, sample

FORMULAS = ["=1+1", '+cmd|" /C calc"!A0', "-2+3", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x.invalid")', "=DDE(1)"]
WATCH = """
window.__ran = [];
for (const name of ['alert', 'confirm', 'prompt']) window[name] = (...all) => window.__ran.push(name + all);
document.addEventListener('securitypolicyviolation', (e) => window.__ran.push('csp ' + e.violatedDirective));
"""


@pytest.fixture
def strings(oracles: Path) -> list[str]:
    folder = oracles / "case-strings"
    lines = (folder / "hostile-strings.jsonl").read_text(encoding="utf-8").splitlines()
    made = [json.loads(line) for line in lines]
    markup = [each["value"] for each in made if each["kind"] == "markup"]
    others = [each["value"] for each in made if each["kind"] != "markup"]
    others += json.loads((folder / "blns.json").read_text(encoding="utf-8"))
    others = others if os.environ.get("BIOMOA_STRINGS") == "all" else others[::9]
    kept = [each.replace("\x00", "").strip() for each in (*markup, *others, *FORMULAS)]
    return [each for each in dict.fromkeys(kept) if each]


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright's loop runs in this thread; Django would refuse the database here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def fill(world: World, strings: list[str]) -> Submission:
    """Every string as a title of a sample and, some together, of project, submission, group, token, person."""
    group = create_group(world.depositor, strings[0][:100], strings[-1][:100])
    rename_group(world.manager, world.group, " ".join(strings[:4])[:200], " ".join(strings[4:8])[:200])
    create_token(world.depositor, strings[1][:100], ["read"], 9)
    User.objects.filter(pk=world.depositor.user_id).update(name_ko=strings[2][:100], name_en=strings[3][:100])
    rows = [sample(f"S{number}", title=each[:300]) for number, each in enumerate(strings)]
    told = {
        "bioproject": [project() | {"title": " ".join(each for each in strings[:12] if each.isprintable())[:900]}],
        "biosample": rows,
    }
    made = draft(world, told)
    services.set_details(world.depositor, made.pk, title=" ".join(strings[:6])[:200])
    services_curation.comment(world.depositor, made.pk, "\n".join(strings)[:4000])
    assert group.name_ko
    return made


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_runs(chromium: Browser, live_server: Any, strings: list[str]) -> None:
    cache.clear()
    world = make_world()
    made = fill(world, strings)
    ran: dict[str, list[str]] = {}
    for actor, paths in ((world.depositor, paths_of(made, world)), (world.curator, [])):
        if actor is world.curator:
            drop_refused(world, made)
            review(world, made)
            paths = [f"/desk/{made.code}/", "/desk/"]
        visit(chromium, live_server.url, actor.user_id, paths, ran)
    services_curation.accept(world.curator, made.pk)
    services_release.release(world.depositor, made.pk)
    records = list(Record.objects.filter(submission=made).order_by("pk").values_list("accession", flat=True))
    shown = records if os.environ.get("BIOMOA_STRINGS") == "all" else records[:8]
    asked = [f"/search/?q={quoted}" for quoted in map(_quoted, strings[:12])]
    visit(chromium, live_server.url, None, [*(f"/{each}" for each in shown), *asked], ran)
    assert not ran
    check_exports(records, strings)


def drop_refused(world: World, made: Submission) -> None:
    """Takes out the rows that the form refuses (hidden characters, other words for nothing): they go no further."""
    services.check(made.pk)
    refused = RowProblem.objects.filter(submission=made, form="biosample", severity="error")
    for position in sorted(set(refused.values_list("position", flat=True)), reverse=True):
        services.delete_row(world.depositor, made.pk, "biosample", position)


def paths_of(made: Submission, world: World) -> list[str]:
    own = f"/submissions/{made.code}/"
    forms = [
        f"{own}biosample/",
        f"{own}biosample/?page=2",
        f"{own}biosample/1/",
        f"{own}bioproject/1/",
        f"{own}review/",
    ]
    return [own, *forms, "/submissions/", "/account/", f"/groups/{world.group.code}/", "/submissions/new"]


def visit(chromium: Browser, root: str, user_id: int | None, paths: list[str], ran: dict[str, list[str]]) -> None:
    context = chromium.new_context()
    if user_id is not None:
        client = Client()
        client.force_login(User.objects.get(pk=user_id))
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": root}])
    context.add_init_script(WATCH)
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((root, "data:")) else outside.append(request.url))
    for path in paths:
        answer = page.goto(root + path)
        assert answer and answer.status < 500, path
        assert page.url.startswith(root), path
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        if said := page.evaluate("window.__ran") + outside:
            ran[path] = said
    context.close()


def check_exports(records: list[str], strings: list[str]) -> None:
    """A cell of a table never begins a formula, and nothing of a user splits a header."""
    client = Client()
    for accession in records[:3] + records[-len(FORMULAS) :]:
        for standard in ("tsv", "jsonld", "sra-xml", "datacite-xml"):
            answer = client.get(f"/api/v1/records/{accession}/exports/{standard}")
            assert answer.status_code in (200, 404, 422)
            assert not any("\n" in value or "\r" in value for _, value in answer.items())
            if standard == "tsv" and answer.status_code == 200:
                cells = [cell for line in answer.content.decode().splitlines()[1:] for cell in line.split("\t")]
                assert not any(cell.lstrip('"').startswith(FORMULA_STARTS[:4]) for cell in cells), cells
    assert len(strings) > 60


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text[:200].encode("utf-8", "replace"))
