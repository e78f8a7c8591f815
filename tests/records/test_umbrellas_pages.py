"""The pages of umbrella projects over HTTP."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from biomoa.people.rules import NOBODY
from biomoa.records import queries, umbrellas
from tests.records.test_reviewing_pages import client_of
from tests.records.test_umbrellas import BIG, made, theirs
from tests.records.world import World, project


def test_linking_asking_and_answering_by_buttons(world: World) -> None:
    made(world, {"bioproject": [BIG, project("a"), project("b")]})
    theirs(world, {"bioproject": [project("theirs")]})
    owner, other = client_of(world.depositor), client_of(world.stranger)
    page = "/records/KAP000001/umbrella"
    assert owner.get(page).status_code == 200 and other.get(page).status_code == 403
    assert owner.post(f"{page}/link", {"other": "KAP000002"})["Location"] == page
    assert owner.post(f"{page}/link", {"other": "KAP000004", "message": "<b>함께</b>"})["Location"] == page
    assert b"KAP000004" in owner.get(page).content
    asked = other.get("/umbrellas/").content.decode()
    assert "KAP000004" in asked and "&lt;b&gt;" in asked
    request = umbrellas.requests_to(world.stranger)[0].pk
    assert owner.post(f"/umbrellas/requests/{request}/agree").status_code == 403
    assert (
        other.post(f"/umbrellas/requests/{request}/agree", {"next": "https://evil.example"})["Location"]
        == "/umbrellas/"
    )
    assert [each.accession for each in queries.get_record(NOBODY, "KAP000001").down[0].first] == [
        "KAP000002",
        "KAP000004",
    ]
    said = {"umbrella": "KAP000001", "project": "KAP000002", "reason": "moved"}
    assert owner.post("/records/KAP000002/umbrella/unlink", said).status_code == 302
    assert queries.get_record(NOBODY, "KAP000002").up == ()
    refused = owner.post(f"{page}/link", {"other": "KAP000001", "next": page})
    assert refused["Location"] == page


def test_a_new_umbrella_begins_with_its_kind_chosen(world: World) -> None:
    owner = client_of(world.depositor)
    answer = owner.post("/umbrellas/new", {"owner": str(world.group.pk), "title": "Big one"})
    assert answer.status_code == 302 and "project_type=umbrella" in answer["Location"]
    assert b"Big one" in owner.get(answer["Location"]).content
    for title, field in (("Big one", "title"), ("큰 과제 2", "title_ko")):
        begun = owner.post("/umbrellas/new", {"owner": str(world.group.pk), "title": title})
        assert parse_qs(urlsplit(begun["Location"]).query)[field] == [title]
    assert owner.post("/umbrellas/new", {"owner": str(world.other.pk), "title": "x"}).status_code == 403
    assert owner.post("/umbrellas/new", {"owner": "x", "title": "x"}).status_code == 404
