"""The steps of a registration say what is done, has problems or is not there; a problem leads to its field."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from biomoa.people.rules import Actor
from biomoa.records import services, services_curation
from biomoa.records.models import Submission
from biomoa.records.progress import stages
from tests.records.test_reviewing_pages import client_of
from tests.records.test_trust_browser import OVERFLOW, chromium  # noqa: F401
from tests.records.world import World, draft, lay_file, reads, review, run, sample

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
    context.close()
