"""A new row that is sent twice is one row: a second press without script, an answer that was lost."""

from __future__ import annotations

from typing import Any

from django.test import Client

from biomoa.people.models import User
from biomoa.records import services
from biomoa.records.models import Row
from tests.records.world import World, draft, study

TYPED = {"sample_name": "study-1-S9", "project": "study-1", "title": "first"}
AS_SCRIPT: dict[str, Any] = {"headers": {"HX-Request": "true"}}


def test_a_new_row_is_added_once_and_the_second_sending_changes_it(client: Client, world: World) -> None:
    made = draft(world, study(1))
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    address, own = f"/submissions/{made.code}/biosample/new", Row.objects.filter(submission=made, form="biosample")
    before, page = own.count(), client.get(address)
    assert page.context["once"] in page.content.decode()
    hidden = {"revision": str(made.revision), "seen": "", "once": page.context["once"]}
    first = client.post(address, TYPED | hidden, **AS_SCRIPT)
    again = client.post(address, TYPED | hidden | {"title": "second"}, **AS_SCRIPT)
    assert first["HX-Push-Url"] == again["HX-Push-Url"] and own.count() == before + 1
    assert own.latest("position").values["title"] == "second"
    client.post(address, TYPED | hidden | {"once": client.get(address).context["once"]})
    assert own.count() == before + 2, "another page adds another row"


def test_it_takes_nothing_away_from_who_changed_the_row_meanwhile(client: Client, world: World) -> None:
    made = draft(world, study(1))
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    address = f"/submissions/{made.code}/biosample/new"
    hidden = {"revision": str(made.revision), "seen": "", "once": client.get(address).context["once"]}
    client.post(address, TYPED | hidden)
    row = Row.objects.filter(submission=made, form="biosample").latest("position")
    services.save_row(world.manager, made.pk, "biosample", row.position, {**TYPED, "title": "theirs"})
    assert client.post(address, TYPED | hidden | {"title": "mine"}).status_code == 409
    row.refresh_from_db()
    assert row.values["title"] == "theirs"
    services.delete_row(world.manager, made.pk, "biosample", row.position)
    assert client.post(address, TYPED | hidden).status_code == 404
    assert not Row.objects.filter(submission=made, form="biosample", position=row.position).exists()
