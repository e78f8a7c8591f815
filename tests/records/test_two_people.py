"""Two people work on one thing: who comes second reads why nothing was saved, where to go on, and what was typed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from biomoa.people.models import User
from biomoa.records import services, services_curation
from biomoa.records.models import Row, RowProblem
from tests.records.world import World, draft, lay_file, reads, review, study

ENGLISH: dict[str, Any] = {"headers": {"accept-language": "en", "accept": "text/html"}}
AS_SCRIPT: dict[str, Any] = {"headers": {"accept-language": "en", "HX-Request": "true"}}
TYPED = {"sample_name": "study-1-S1", "project": "study-1", "title": "typed by the second"}


def enter(client: Client, actor: Any) -> Client:
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_of_one_row_only_what_differs_is_told_with_what_stands_there(client: Client, world: World) -> None:
    made = draft(world, study(1))
    address = f"/submissions/{made.code}/biosample/1/"
    seen = enter(client, world.manager).get(address).context["seen"]
    values = {**TYPED, "sex": "female"}
    services.save_row(world.depositor, made.pk, "biosample", 1, {**values, "title": "written by the first"})
    answer = client.post(address, {**values, "revision": str(made.revision), "seen": seen}, **ENGLISH)
    assert answer.status_code == 409
    (told,) = answer.context["typed"]
    assert (told.value, told.now) == ("typed by the second", "written by the first")
    page = answer.content.decode()
    assert f'href="{address}"' in page and "It says now:" in page and "data-conflict" in page
    assert "Working title" not in page, "the title of a sample has the label of its form"


def test_a_row_that_was_deleted_gives_back_what_was_typed(client: Client, world: World) -> None:
    made = draft(world, study(1))
    address = f"/submissions/{made.code}/biosample/1/"
    enter(client, world.manager)
    services.delete_row(world.depositor, made.pk, "biosample", 1)
    answer = client.post(address, TYPED, **ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 404 and "typed by the second" in page and "no longer there" in page
    assert f'href="/submissions/{made.code}/biosample/"' in page
    assert client.post(address, TYPED, **AS_SCRIPT).status_code == 404
    assert client.get(address, **ENGLISH).context.get("typed") is None, "who only looks finds nothing, as ever"


def test_a_draft_that_was_deleted_gives_back_what_was_typed(client: Client, world: World) -> None:
    made = draft(world, study(1))
    code = made.code
    services.delete_draft(world.depositor, made.pk)
    answer = enter(client, world.manager).post(f"/submissions/{code}/biosample/1/", TYPED, **ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 404 and "typed by the second" in page and 'href="/submissions/"' in page


def test_a_draft_that_was_submitted_meanwhile_is_told_and_leads_nowhere_by_itself(client: Client, world: World) -> None:
    made = draft(world, study(1))
    address = f"/submissions/{made.code}/biosample/1/"
    services.submit(world.depositor, made.pk)
    answer = enter(client, world.manager).post(address, TYPED, **AS_SCRIPT)
    assert answer.status_code == 409, "no other page in place of the form"
    page = client.post(address, TYPED, **ENGLISH).content.decode()
    assert "It was not saved" in page and "typed by the second" in page
    assert "is not possible while ‘submitted’" in page
    assert client.post(f"/submissions/{made.code}/biosample/new", TYPED, **ENGLISH).status_code == 409


def test_a_problem_that_was_checked_anew_gives_back_the_reason(client: Client, world: World) -> None:
    """Every check writes the problems anew; the number on an open page is then that of none."""
    made = draft(world, reads())
    lay_file(made, "study-1.fastq", verdict="fail")
    services.submit(world.depositor, made.pk, exception_reason="It is what it is.")
    services_curation.take(world.curator, made.pk)
    number = RowProblem.objects.get(submission=made, severity="error").pk
    services.check(made.pk)
    said = {"problem": str(number), "reason": "알려진 장비 문제"}
    answer = enter(client, world.curator).post(f"/desk/{made.code}/do/override", said, **ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 404 and "알려진 장비 문제" in page and f'href="/desk/{made.code}/"' in page


@pytest.mark.parametrize("verb", ["return", "override", "curate"])
def test_who_decides_second_gets_the_reason_back(client: Client, world: World, verb: str) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq", verdict="fail")
    services.submit(world.depositor, made.pk, exception_reason="It is what it is.")
    services_curation.take(world.curator, made.pk)
    problem, row = RowProblem.objects.filter(submission=made).first(), Row.objects.filter(submission=made).first()
    services_curation.return_(world.second_curator, made.pk, "The first was quicker.")
    assert problem and row
    said = {
        "problem": str(problem.pk),
        "row": str(row.pk),
        "field": "title",
        "value": "Better",
        "reason": "자세한 사유",
    }
    answer = enter(client, world.curator).post(f"/desk/{made.code}/do/{verb}", said, **ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 409 and "It was not saved" in page and "자세한 사유" in page
    assert "while ‘returned’" in page and f'href="/desk/{made.code}/"' in page
    assert ("Corrected value", "Better") in [(each.label, each.value) for each in answer.context["typed"]]


def test_a_message_can_name_a_field_of_every_form_of_the_submission(client: Client, world: World) -> None:
    made = review(world, draft(world, study(1)))
    page = enter(client, world.curator).get(f"/desk/{made.code}/?form=bioproject", **ENGLISH).content.decode()
    fields = page[page.index('id="m-field"') :]
    assert '<option value="sex"' in fields[: fields.index("</select>")]


def test_a_change_of_ones_own_in_another_window_is_not_told_as_one_of_somebody_else(
    client: Client, world: World
) -> None:
    made = draft(world, study(1))
    address = f"/submissions/{made.code}/biosample/1/"
    seen = enter(client, world.depositor).get(address).context["seen"]
    here = {"revision": str(made.revision), "seen": seen}
    client.post(address, {**TYPED, **here, "title": "typed in the first window"}, **ENGLISH)
    answer = client.post(address, {**TYPED, **here}, **ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 409 and "or in another window" in page and "Somebody else" not in page


def test_a_page_that_gives_back_what_was_typed_does_not_say_that_it_hides_it(client: Client, world: World) -> None:
    made = review(world, draft(world, study(1)))
    typed = {"text": "call 900101-1234568"}
    answer = enter(client, world.curator).post(f"/desk/{made.code}/do/comment", typed, **ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Nothing was saved" in page and typed["text"] in page
    assert "not shown" not in page


def test_a_refusal_without_words_is_told_on_the_page_it_came_from(client: Client, world: World) -> None:
    made = review(world, draft(world, study(1)))
    answer = enter(client, world.curator).post(f"/desk/{made.code}/do/return", {"reason": " "}, **ENGLISH)
    assert answer.status_code == 302 and answer.headers["Location"] == f"/desk/{made.code}/"


def test_a_corrected_value_without_a_reason_is_given_back(client: Client, world: World) -> None:
    made = review(world, draft(world, study(1)))
    row = Row.objects.filter(submission=made).first()
    assert row
    said = {"row": str(row.pk), "field": "title", "value": "Better", "reason": " "}
    answer = enter(client, world.curator).post(f"/desk/{made.code}/do/curate", said, **ENGLISH)
    assert answer.status_code == 409 and [each.value for each in answer.context["typed"]] == ["Better"]


def test_what_is_not_there_and_what_is_not_for_you_are_the_same_answer(client: Client, world: World) -> None:
    made = review(world, draft(world, study(1)))
    enter(client, world.stranger)
    pages = [
        client.post(f"/submissions/{code}/do/comment", {"text": "hello"}, **ENGLISH)
        for code in (made.code, "SUB09999999")
    ]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].context["way"] == pages[1].context["way"] == "/submissions/"
