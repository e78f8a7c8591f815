"""A curator puts a colleague in charge: on the page, with the keyboard, in both languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, expect

from biomoa.ledger.models import Entry
from biomoa.people.models import User
from biomoa.people.queries import actor_of
from biomoa.people.rules import system
from biomoa.people.services import appoint
from biomoa.records import services
from biomoa.records.models import Submission
from tests.records.test_reviewing_pages import client_of
from tests.records.test_trust_browser import OVERFLOW, chromium  # noqa: F401
from tests.records.world import World, accept, draft, make_actor, review, study

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the test
KOREAN: dict[str, Any] = {"headers": {"accept-language": "ko"}}


def handed_in(world: World) -> Submission:
    made = draft(world, study(1), title="Rice")
    services.submit(world.depositor, made.pk)
    return made


def assign(client: Client, made: Submission, user: object) -> Any:
    return client.post(f"/desk/{made.code}/do/assign", {"user": str(user)}, follow=True, **KOREAN)


def test_the_page_offers_colleagues_and_says_what_came_of_it(world: World) -> None:
    made, client = handed_in(world), client_of(world.curator)
    before = client.get(f"/desk/{made.code}/", **KOREAN)
    assert [user.email for user in before.context["colleagues"]] == ["curator@example.org", "curator2@example.org"]
    page = assign(client, made, world.second_curator.user_id).content.decode()
    assert "curator2 님을 담당 큐레이터로 지정하고 알림을 보냈습니다." in page and "담당 큐레이터: curator2" in page
    assert page.count("담당 큐레이터 지정") >= 2, "the history tells it, too"
    page = assign(client, made, world.curator.user_id).content.decode()
    assert "이 등록 건의 담당 큐레이터로 지정되었습니다." in page
    assert Entry.objects.filter(event="submission:assigned").count() == 2


def test_who_is_no_curator_of_the_center_is_refused_on_the_page(world: World) -> None:
    made, client = handed_in(world), client_of(world.curator)
    assert "이 데이터센터의 큐레이터가 아닙니다." in assign(client, made, world.depositor.user_id).content.decode()
    assert assign(client, made, "").status_code == assign(client, made, "x").status_code == 404
    assert assign(client_of(world.depositor), made, world.second_curator.user_id).status_code == 403
    assert not Entry.objects.filter(event="submission:assigned").exists()


def test_a_manager_of_the_center_assigns_as_its_curator_only(world: World) -> None:
    made, manager = handed_in(world), make_actor("head", world.center, "manager")
    refused = assign(client_of(manager), made, world.curator.user_id)
    assert refused.status_code == client_of(manager).get("/desk/").status_code == 403
    person = User.objects.get(pk=manager.user_id)
    appoint(system("operator"), world.center, person, "curator")
    assert actor_of(person).roles[world.center.pk] == {"manager", "curator"}, "one role is not taken for the other"
    assert assign(client_of(manager), made, world.curator.user_id).status_code == 200
    assert Submission.objects.get(pk=made.pk).assigned_to_id == world.curator.user_id


def test_what_is_decided_is_given_to_nobody(world: World) -> None:
    made = draft(world, study(1))
    accept(world, made)
    page = client_of(world.curator).get(f"/desk/{made.code}/", **KOREAN)
    assert page.context["colleagues"] == [] and 'id="assign-to"' not in page.content.decode()


def test_the_colleague_finds_it_as_own_on_the_desk(world: World) -> None:
    made = review(world, draft(world, study(1)))
    assign(client_of(world.curator), made, world.second_curator.user_id)
    desks = [client_of(who).get("/desk/?assigned=me", **KOREAN) for who in (world.second_curator, world.curator)]
    assert [f"/desk/{made.code}/" in desk.content.decode() for desk in desks] == [True, False]


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1440)])
def test_it_is_done_with_the_keyboard_alone(
    lasting_world: World,
    live_server: Any,
    chromium: Browser,  # noqa: F811
    language: str,
    width: int,
) -> None:
    made = handed_in(lasting_world)
    User.objects.filter(email="curator2@example.org").update(name_ko="한별", name_en="Hanbyeol")
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    session = client_of(lasting_world.curator).cookies["sessionid"].value
    for name, value in (("django_language", language), ("sessionid", session)):
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/desk/{made.code}/")
    page.locator("details:has(#assign-to) > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#assign-to")).to_be_focused()
    page.keyboard.press("End")
    shot(page, f"assign-{language}")
    assert page.evaluate(OVERFLOW) <= 0 and Axe().run(page).response["violations"] == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    told = "한별 님을 담당 큐레이터로 지정하고" if language == "ko" else "Hanbyeol is in charge now and is told of it."
    expect(page.locator(".messages")).to_contain_text(told)
    shot(page, f"assigned-{language}")
    context.close()


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("BIOMOA_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
