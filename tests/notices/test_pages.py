"""Pages and API: one's own notices, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from biomoa.notices import queries
from biomoa.notices.models import Notice, Preference
from biomoa.people.models import User
from biomoa.people.rules import NOBODY, Actor
from biomoa.people.services import create_token
from biomoa.records import services, services_curation
from tests.records.world import World, draft, review, study

pytestmark = pytest.mark.django_db
Heard = Callable[[Actor], list[str]]
JSON = {"accept": "application/json"}


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def mine(world: World, heard: Heard) -> list[Notice]:
    """Three notices of the depositor."""
    submission = draft(world, study(), title="<b>벼</b> 연구")
    review(world, submission)
    services_curation.return_(world.curator, submission.pk, "단위 & 품종")
    services.submit(world.manager, submission.pk)
    heard(world.depositor)
    return list(Notice.objects.filter(user_id=world.depositor.user_id).order_by("seq"))


def test_the_list_says_what_is_next_and_by_when(world: World, mine: list[Notice]) -> None:
    text = client_of(world.depositor).get("/notices/").content.decode()
    assert text.count("다음에 할 일</dt>") == text.count("언제까지</dt>") == len(mine) == 3
    assert "&lt;b&gt;벼&lt;/b&gt; 연구’" in text and "<b>벼</b>" not in text
    assert "단위 &amp; 품종" in text
    assert "읽지 않은 알림 3건" in text
    english = Client(headers={"accept-language": "en"})
    english.force_login(User.objects.get(pk=world.depositor.user_id))
    assert "was returned to you." in english.get("/notices/").content.decode()


def test_opening_leads_to_the_thing_and_is_reading(world: World, mine: list[Notice]) -> None:
    client = client_of(world.depositor)
    answer = client.get(f"/notices/{mine[1].pk}/")
    assert answer.headers["Location"] == f"/submissions/{mine[1].facts['code']}/"
    assert client.get(answer.headers["Location"]).status_code == 200
    first = Notice.objects.get(pk=mine[1].pk).read_at
    client.get(f"/notices/{mine[1].pk}/")
    assert first is not None and Notice.objects.get(pk=mine[1].pk).read_at == first
    assert "읽지 않은 알림 2건" in client.get("/notices/").content.decode()


def test_marking(world: World, mine: list[Notice]) -> None:
    client = client_of(world.depositor)
    answer = client.post("/notices/read", {"notice": mine[0].pk, "show": "unread"}, follow=True)
    assert answer.redirect_chain == [("/notices/?show=unread", 302)]
    assert answer.content.decode().count("언제까지</dt>") == 2
    assert "알림 2건을 읽음으로 표시했습니다." in client.post("/notices/read", follow=True).content.decode()
    assert queries.count_unread(world.depositor.user_id) == 0
    assert queries.count_unread(world.manager.user_id) > 0
    assert client.post("/notices/read", {"notice": "x"}).status_code == 404
    assert "읽지 않은 알림이 없습니다" in client.get("/notices/?show=unread").content.decode()


def test_others_notices_are_not_there(world: World, mine: list[Notice]) -> None:
    for actor in (world.manager, world.stranger, world.administrator):
        client = client_of(actor)
        assert client.get(f"/notices/{mine[1].pk}/").status_code == 404
        client.post("/notices/read", {"notice": mine[1].pk})
        body = {"ids": [each.pk for each in mine]}
        assert client.post("/api/v1/notices/read", body, "application/json").status_code in (200, 403)
    assert Notice.objects.filter(pk__in=[each.pk for each in mine], read_at=None).count() == 3
    assert queries.count_unread(NOBODY.user_id) == 0


def test_the_api(world: World, mine: list[Notice]) -> None:
    secret = create_token(world.depositor, "t", ["read", "deposit"], 9).secret
    client = Client(headers={"authorization": f"Bearer {secret}"})
    answer = client.get("/api/v1/notices?size=2", headers={"accept-language": "en"}).json()
    assert (answer["total"], answer["unread"], answer["page"], answer["size"]) == (3, 3, 1, 2)
    assert [each["id"] for each in answer["notices"]] == [mine[2].pk, mine[1].pk]
    returned = answer["notices"][1]
    assert returned["kind"] == "returned" and returned["must_act"] and not returned["is_read"]
    assert returned["quote"] == "단위 & 품종" and returned["by"].startswith("There is no deadline.")
    body = {"ids": [mine[1].pk, 999_999]}
    assert client.post("/api/v1/notices/read", body, "application/json").json() == {"marked": 1, "unread": 2}
    assert client.get("/api/v1/notices?unread=true").json()["total"] == 2
    assert client.post("/api/v1/notices/read", {}, "application/json").json() == {"marked": 2, "unread": 0}
    assert client.get("/api/v1/notices?size=0").status_code == 422
    assert Client().get("/api/v1/notices", headers=JSON).status_code == 401


def test_a_reading_token_changes_nothing(world: World, mine: list[Notice]) -> None:
    secret = create_token(world.depositor, "t", ["read"], 9).secret
    client = Client(headers={"authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/notices").json()["total"] == len(mine)
    assert client.post("/api/v1/notices/read", {}, "application/json").status_code == 403


def test_a_curating_token_marks_its_owners_notices_and_does_not_silence_them(
    world: World, mine: list[Notice], heard: Heard
) -> None:
    secret = create_token(world.curator, "t", ["curate"], 9).secret
    heard(world.curator)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    unread = client.get("/api/v1/notices").json()["unread"]
    answer = client.post("/api/v1/notices/read", {}, "application/json")
    assert (answer.status_code, answer.json()) == (200, {"marked": unread, "unread": 0}) and unread > 0
    assert queries.count_unread(world.depositor.user_id) == len(mine)


def test_the_choice_of_mails(world: World) -> None:
    client = client_of(world.depositor)
    assert "이메일은 depositor@example.org 주소로 보냅니다." in client.get("/notices/settings/").content.decode()
    answer = client.post("/notices/settings/", {"delivery": "daily"}, follow=True)
    assert "설정을 저장했습니다." in answer.content.decode()
    assert Preference.objects.get(user_id=world.depositor.user_id).delivery == "daily"
    assert client.post("/notices/settings/", {"delivery": "loud"}).status_code == 422
    assert client.post("/notices/settings/", {}).status_code == 422


def test_the_header_asks_the_database_once(
    world: World, mine: list[Notice], django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert queries.count_unread(world.depositor.user_id) == len(mine)
    assert "알림" not in Client().get("/help/").content.decode().split("</header>")[0]
