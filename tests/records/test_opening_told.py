"""Nobody makes anything public without having been told: the day of release on every page on the way there."""

from __future__ import annotations

import os
import re
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from biomoa.ledger.models import Entry
from biomoa.people.rules import Actor
from biomoa.records import services, services_curation, services_release
from biomoa.records.embargo import opening_of
from biomoa.records.models import Submission
from biomoa.records.refusals import PermissionDenied, Refusal
from tests.records.test_release import in_days
from tests.records.test_reviewing_pages import client_of
from tests.records.test_trust_browser import OVERFLOW, chromium  # noqa: F401
from tests.records.world import World, accept, accepted, draft, project, review, sample, study

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the test
KOREAN: dict[str, Any] = {"headers": {"accept-language": "ko"}}
AT_ONCE = "승인되는 즉시 공개되며, 공개한 뒤에는 비공개로 되돌릴 수 없습니다."


def shown(actor: Actor, path: str) -> str:
    answer = client_of(actor).get(path, **KOREAN)
    assert answer.status_code == 200
    return " ".join(re.sub("</?time[^>]*>", "", answer.content.decode()).split())


def with_day(world: World, day: date | None) -> Submission:
    made = draft(world, study(1))
    services.set_details(world.depositor, made.pk, release_on=day)
    return made


@pytest.mark.parametrize("days", [None, 300])
def test_the_day_stands_above_the_button_of_each_step(world: World, days: int | None) -> None:
    day = in_days(days) if days else None
    made = with_day(world, day)
    told = f"{day.isoformat()}에 공개되며, 공개한 뒤에는 비공개로 되돌릴 수 없습니다." if day else AT_ONCE
    page = shown(world.depositor, f"/submissions/{made.code}/review/")
    assert told in page
    assert page.index("비공개로 되돌릴") < page.index(f'action="/submissions/{made.code}/submit"')
    assert "연구실" in page and "국가생명연구자원정보센터" in page
    assert f'href="/submissions/{made.code}/#details"' in page
    assert "비공개로 되돌릴" in shown(world.depositor, f"/submissions/{made.code}/")
    review(world, made)
    assert "비공개로 되돌릴" in shown(world.depositor, f"/submissions/{made.code}/")
    page = shown(world.curator, f"/desk/{made.code}/")
    assert page.index("비공개로 되돌릴") < page.index(f'action="/desk/{made.code}/do/accept"')
    asked = page.partition(f'action="/desk/{made.code}/do/accept"')[2].partition(">")[0]
    assert "data-confirm" in asked and (day.isoformat() if day else "즉시") in asked
    services_curation.accept(world.curator, made.pk)
    made.refresh_from_db()
    said = f"{day.isoformat()}" if day else "공개되었습니다."
    assert made.state == ("accepted" if day else "released")
    assert said in shown(world.depositor, f"/submissions/{made.code}/").partition('id="receipt"')[0]


def test_a_day_that_has_come_is_no_day(world: World) -> None:
    made = with_day(world, in_days(3))
    Submission.objects.update(release_on=in_days(-1))
    made.refresh_from_db()
    assert AT_ONCE in shown(world.depositor, f"/submissions/{made.code}/review/")


def test_projects_with_a_day_of_their_own_are_told(world: World) -> None:
    own = in_days(100)
    rows = [project("study-1", release_date=own.isoformat()), project("plain")]
    made = draft(world, {"bioproject": rows, "biosample": [sample("S1")]})
    assert opening_of(made).own == (("study-1", own),)
    page = shown(world.depositor, f"/submissions/{made.code}/review/")
    assert f"과제 ‘study-1’: 과제에 적은 공개일({own.isoformat()})에 공개되며" in page
    review(world, made)
    assert "과제에 적은 공개일" in shown(world.curator, f"/desk/{made.code}/")


def test_a_project_that_is_registered_keeps_its_day_whatever_its_row_says(world: World) -> None:
    accepted(world, study(1))
    again = draft(world, {"bioproject": [project(title="New", release_date=in_days(9).isoformat())]})
    assert opening_of(again).own == ()


def test_the_group_moves_the_day_until_acceptance(world: World) -> None:
    made = review(world, with_day(world, None))
    page = f"/submissions/{made.code}/"
    assert f'action="{page}do/set-release-date"' in shown(world.depositor, page)
    day = in_days(200)
    client = client_of(world.depositor)
    answer = client.post(f"{page}do/set-release-date", {"release_on": day.isoformat()}, follow=True, **KOREAN)
    assert "공개일을 변경했습니다." in answer.content.decode()
    assert day.isoformat() in shown(world.curator, f"/desk/{made.code}/")
    assert Entry.objects.filter(event="embargo:changed", subject=made.code).count() == 1
    services_curation.accept(world.curator, made.pk)
    made.refresh_from_db()
    assert (made.state, made.release_on) == ("accepted", day)
    assert set(made.records.values_list("release_on", flat=True)) == {day}


def test_a_curator_moves_no_day_before_acceptance(world: World) -> None:
    made = review(world, with_day(world, in_days(200)))
    with pytest.raises((PermissionDenied, Refusal)):
        services_release.set_release_date(world.curator, made.pk, None)
    made.refresh_from_db()
    assert (made.state, made.release_on) == ("in-review", in_days(200))
    late = services_release.embargo_limits(made)[0].replace(year=in_days(0).year + 9)
    with pytest.raises(Refusal):
        services_release.set_release_date(world.depositor, made.pk, late)
    services_release.set_release_date(world.depositor, made.pk, None)
    made.refresh_from_db()
    assert (made.state, made.release_on) == ("in-review", None), "nothing opens before acceptance"


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1440)])
def test_enter_alone_accepts_nothing(
    lasting_world: World,
    live_server: Any,
    chromium: Browser,  # noqa: F811
    language: str,
    width: int,
) -> None:
    made = review(lasting_world, draft(lasting_world, study(1)))
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    session = client_of(lasting_world.curator).cookies["sessionid"].value
    for name, value in (("django_language", language), ("sessionid", session)):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page, asked = context.new_page(), []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto(f"{live_server.url}/desk/{made.code}/")
    button = page.locator("form[action$='do/accept'] button")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_visible()
    assert len(asked) == 1 and ("즉시" in asked[0] if language == "ko" else "as soon as" in asked[0])
    made.refresh_from_db()
    assert made.state == "in-review"
    assert page.evaluate(OVERFLOW) <= 0 and Axe().run(page).response["violations"] == []
    context.close()


def test_what_is_accepted_says_so_on_its_page(world: World) -> None:
    made = with_day(world, None)
    accept(world, made)
    made.refresh_from_db()
    page = shown(world.manager, f"/submissions/{made.code}/")
    assert made.state == "released" and "비공개로 되돌릴" not in page
