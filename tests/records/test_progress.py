"""The steps of a registration say what is done, has problems or is not there; a problem leads to its field."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from biomoa.people.rules import Actor
from biomoa.records import services, services_curation
from biomoa.records.library import library
from biomoa.records.models import Submission
from biomoa.records.progress import stages
from biomoa.records.templatetags.records import field_label, rule_meaning
from tests.records.test_reviewing_pages import client_of
from tests.records.test_trust_browser import OVERFLOW, chromium  # noqa: F401
from tests.records.world import World, draft, lay_file, reads, review, run, sample, study

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the test
KOREAN: dict[str, Any] = {"headers": {"accept-language": "ko"}}


def page_of(actor: Actor, path: str) -> str:
    return " ".join(client_of(actor).get(path, **KOREAN).content.decode().split())


def told(made: Submission) -> list[str]:
    made = Submission.objects.get(pk=made.pk)
    return [stage.state for stage in stages(made, "check")]


def test_no_step_is_done_before_it_is(world: World) -> None:
    empty = services.create_submission(world.depositor, world.group.pk, title="새 연구")
    assert told(empty) == ["empty", "empty", "", "", ""]
    made = draft(world, reads())
    assert told(made) == ["done", "problem", "", "", ""], "a file that a run names is not there"
    lay_file(made, "study-1.fastq")
    assert told(made)[1] == "problem", "as of the last check"
    services.check(made.pk)
    assert told(made) == ["done", "done", "", "", ""]
    services.save_row(world.depositor, made.pk, "biosample", 1, sample("study-1-S1", sex="wrong"))
    assert told(made)[0] == "problem"
    services.save_row(world.depositor, made.pk, "biosample", 1, sample("study-1-S1"))
    assert told(made)[:2] == ["present", "present"], "good in itself, but not checked as a whole"
    review(world, made)
    assert told(made) == ["done", "done", "done", "", ""]
    services_curation.accept(world.curator, made.pk)
    assert told(made) == ["done"] * 5, "it opened at once"


def test_steps_say_their_state_in_words(world: World) -> None:
    made = draft(world, reads())
    page = page_of(world.depositor, f"/submissions/{made.code}/review/")
    steps = re.search(r'<ol class="steps".*?</ol>', page)
    assert steps is not None
    plain = " ".join(re.sub(r"<[^>]+>", " ", steps[0]).split())
    assert plain == "메타데이터 완료 파일 오류 1건 점검 및 제출 큐레이션 공개"
    assert steps[0].count('aria-current="step"') == 1 and 'class="problem"' in steps[0]


def test_files_that_have_not_arrived_are_listed_with_the_way_to_their_rows(world: World) -> None:
    bundle = reads()
    bundle["ngs-run"] = [run("study-1-R1", "study-1-E1", "a.fastq", "b.fastq")]
    made = draft(world, bundle)
    lay_file(made, "a.fastq")
    page = page_of(world.depositor, f"/submissions/{made.code}/files/")
    section = page.partition('id="missing"')[2].partition("</section>")[0]
    assert "아직 없는 파일" in section and "b.fastq" in section and "a.fastq" not in section
    assert f'href="/submissions/{made.code}/ngs-run/1/#f-file_names"' in section
    lay_file(made, "b.fastq")
    assert 'id="missing"' not in page_of(world.depositor, f"/submissions/{made.code}/files/")


def broken(world: World) -> Submission:
    """Two wrong terms of one field and a wrong number of another."""
    rows = [sample("study-1-S1", sex="wrong", taxonomy_id="x"), sample("study-1-S2", sex="odd")]
    return draft(world, {**study(), "biosample": rows})


def test_a_problem_leads_to_its_field(world: World) -> None:
    made = broken(world)
    page = page_of(world.depositor, f"/submissions/{made.code}/review/")
    label = field_label(library().form("biosample"), "sex")
    for row in (1, 2):
        assert f'href="/submissions/{made.code}/biosample/{row}/#f-sex">{row}행 {label}</a>' in page
    form = page_of(world.depositor, f"/submissions/{made.code}/biosample/1/")
    assert 'id="f-sex"' in form


def test_who_may_not_change_a_row_is_shown_it(world: World) -> None:
    made = broken(world)
    page_of(world.depositor, f"/submissions/{made.code}/review/")
    page = page_of(world.auditor, f"/submissions/{made.code}/review/")
    assert f'href="/submissions/{made.code}/biosample/?page=1#row-2"' in page and "#f-" not in page
    assert 'class="edit"' not in page_of(world.auditor, f"/submissions/{made.code}/biosample/")


def test_headings_of_problems_tell_field_and_rule(world: World) -> None:
    made = broken(world)
    page = page_of(world.depositor, f"/submissions/{made.code}/review/")
    headings = [re.sub(r"<[^>]+>", " ", each) for each in re.findall(r"<summary>(.*?)</summary>", page)]
    label = field_label(library().form("biosample"), "sex")
    assert len(headings) == len(set(headings))
    (sex,) = [each for each in headings if label in each]
    assert (words := rule_meaning("term-unknown")) != "term-unknown" and words in sex and "2건" in sex, sex
    assert f"{label}</a>: {label}" not in page, "the label is not said twice"


def test_a_missing_file_is_told_as_missing(world: World) -> None:
    page = page_of(world.depositor, f"/submissions/{draft(world, reads()).code}/review/")
    assert "행에 적은 파일이 올라와 있지 않습니다." in page and "파일을 열 수 없습니다." not in page


def test_rows_are_edited_by_a_link_that_says_so(world: World) -> None:
    page = page_of(world.depositor, f"/submissions/{broken(world).code}/biosample/")
    assert 'class="edit"' in page and ">수정<span" in page


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1440)])
def test_the_pages_fit(
    lasting_world: World,
    live_server: Any,
    chromium: Browser,  # noqa: F811
    language: str,
    width: int,
) -> None:
    bundle = {**reads(), "biosample": [sample("study-1-S1", sex="wrong")]}
    made = draft(lasting_world, bundle)
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    session = client_of(lasting_world.depositor).cookies["sessionid"].value
    for name, value in (("django_language", language), ("sessionid", session)):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    for path in ("review/", "files/", "biosample/"):
        page.goto(f"{live_server.url}/submissions/{made.code}/{path}")
        assert page.evaluate(OVERFLOW) <= 0 and Axe().run(page).response["violations"] == []
    box = page.locator(".row-table .edit").first.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 24
    page.goto(f"{live_server.url}/submissions/{made.code}/review/")
    page.locator("a[href$='#f-sex']").click()
    expect(page.locator("#f-sex")).to_be_focused()
    expect(page.locator("label[for='f-sex']")).to_be_in_viewport()
    context.close()
