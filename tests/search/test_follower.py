"""The index follows the ledger: what is public is found, what is not is gone, a rebuild gives the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction

from biomoa.cli import search as command
from biomoa.files.models import Shelf
from biomoa.ledger.followers import follow, is_astray, lag, rebuild, set_back_at
from biomoa.ledger.models import Entry
from biomoa.ledger.services import record
from biomoa.people.models import Organisation
from biomoa.records.models import Record, Submission, Version
from biomoa.search import services
from biomoa.search.followers import follower
from tests.site.conftest import demonstration  # noqa: F401
from tests.site.station import add_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


@pytest.fixture
def submission(db: None) -> Submission:  # noqa: ARG001
    center, _ = Organisation.objects.get_or_create(
        code="KOBIC", defaults={"kind": "data-center", "name_ko": "국가생명연구자원정보센터", "name_en": "KOBIC"}
    )
    group = Organisation.objects.create(code="lab", kind="group", name_ko="연구실", name_en="Lab")
    shelf = Shelf.objects.create(owner=group, center=center)
    return Submission.objects.create(owner=group, center=center, shelf=shelf, state="released")


def tell(event: str, *accessions: str) -> None:
    with transaction.atomic():
        for accession in accessions:
            record("system:test", event, accession, {})
    follow(follower())


def project(submission: Submission, number: int, title: str, **more: Any) -> Record:
    values = {"project_alias": f"s-{number}", "title": title, "project_type": "primary", "contact": "secret@lab.kr"}
    return add_record(submission, "bioproject", f"KAP{number:06d}", f"s-{number}", title, values, **more)


def found(query: str = "") -> list[str]:
    return [hit.accession for hit in services.search(query, sort="accession").results]


def test_a_release_is_found_with_its_public_words_only(submission: Submission) -> None:
    project(submission, 1, "폐암 환자의 전사체")
    project(submission, 2, "숨은 과제", state="accepted")
    tell("record:released", "KAP000001")
    tell("record:accepted", "KAP000002")
    assert found() == ["KAP000001"]
    assert found("폐암") == ["KAP000001"]
    assert found("연구실") == ["KAP000001"]
    assert found("secret") == []
    assert services.search("KAP000001").results[0].title == "폐암 환자의 전사체"
    assert lag(follower()) == 0


def test_each_reader_finds_by_both_titles_and_sees_the_own(submission: Submission, client: Any) -> None:
    project(submission, 1, "Microbes of soybean paste")
    Record.objects.update(title_ko="된장 미생물")
    Version.objects.update(values={"title": "Microbes of soybean paste", "title_ko": "된장 미생물"})
    project(submission, 2, "Only in English")
    tell("record:released", "KAP000001", "KAP000002")
    for query in ("된장", "soybean"):
        korean, english = (services.search(query, language=language).results[0] for language in ("ko", "en"))
        assert (korean.title, korean.title_language) == ("된장 미생물", "")
        assert (english.title, english.title_language) == ("Microbes of soybean paste", "")
    assert services.search("된장", language="en").results[0].summary == "된장 미생물", "where the word was found"
    assert services.search("된장", language="ko").results[0].summary == ""
    assert services.search("only", language="ko").results[0].title_language == "en"
    assert services.suggest("된") == ["된장"]
    asked = client.get("/search/", {"q": "only"}, headers={"Accept-Language": "ko"}).content.decode()
    assert '<h2 lang="en">' in asked
    told = client.get("/api/v1/search?q=soybean", headers={"Accept-Language": "ko"}).json()
    assert told["results"][0]["title"] == "된장 미생물"


def test_withdrawal_suppression_and_revision(submission: Submission) -> None:
    for number in (1, 2, 3):
        project(submission, number, f"과제 {number}")
    tell("record:released", "KAP000001", "KAP000002", "KAP000003")
    Record.objects.filter(accession="KAP000001").update(state="withdrawn")
    Record.objects.filter(accession="KAP000002").update(state="suppressed")
    Record.objects.filter(accession="KAP000003").update(title="새 제목")
    Version.objects.filter(record__accession="KAP000003").update(values={"title": "새 제목"})
    tell("record:withdrawn", "KAP000001")
    tell("record:suppressed", "KAP000002")
    tell("record:revised", "KAP000003")
    assert found() == ["KAP000003"]
    assert found("새 제목") == ["KAP000003"]
    assert found('"과제 3"') == []


def test_a_rebuild_ends_where_following_ended(submission: Submission) -> None:
    for number in range(1, 40):
        project(submission, number, f"과제 {number} 미생물", days=number)
        tell("record:released", f"KAP{number:06d}")
    Record.objects.filter(accession__lt="KAP000010").update(state="withdrawn")
    tell("record:withdrawn", *(f"KAP{number:06d}" for number in range(1, 10)))
    before = services.search("미생물", sort="newest", size=100)
    assert rebuild(follower()) > 40
    after = services.search("미생물", sort="newest", size=100)
    assert before.total == 30
    assert after == before


def test_entries_given_twice_change_nothing(submission: Submission) -> None:
    project(submission, 1, "과제")
    tell("record:released", "KAP000001")
    before = services.search()
    follower().apply(list(Entry.objects.order_by("seq")))
    assert services.search() == before


@pytest.mark.parametrize("further", [1, 9])
def test_an_older_copy_of_the_database_has_the_index_made_anew(submission: Submission, further: int) -> None:
    """Also when its ledger has grown past the position of the index, which then looks as if it were only behind."""
    project(submission, 1, "과제 1")
    tell("record:released", "KAP000001")
    assert not is_astray(follower()) and set_back_at() is None
    with transaction.atomic():
        for number in (2, 3, 4):
            project(submission, number, f"과제 {number}")
            tell("record:released", f"KAP{number:06d}")
        transaction.set_rollback(True)
    assert len(found()) == 4
    for number in range(5, 5 + further):
        project(submission, number, f"과제 {number}")
        with transaction.atomic():
            record("system:test", "record:released", f"KAP{number:06d}", {})
    assert is_astray(follower())
    follow(follower())
    assert found() == ["KAP000001", *(f"KAP{number:06d}" for number in range(5, 5 + further))]
    assert not is_astray(follower()) and lag(follower()) == 0 and set_back_at() is not None
    entries = lag(follower()), Entry.objects.count()
    follow(follower())
    assert entries == (0, Entry.objects.count()), "it is said once"


def test_pages_and_facets(submission: Submission) -> None:
    for number in range(1, 26):
        project(submission, number, f"과제 {number}", days=number)
    tell("record:released", *(f"KAP{number:06d}" for number in range(1, 26)))
    first, last = services.search(size=10), services.search(size=10, page=3)
    assert (first.total, first.pages, len(first.results), len(last.results)) == (25, 3, 10, 5)
    assert {facet.name for facet in first.facets} >= {"type", "center", "released"}
    (center,) = next(facet.values for facet in first.facets if facet.name == "center")
    assert (center.value, center.count) == ("KOBIC", 25)
    assert services.search(filters={"center": ["NABIC"]}).total == 0
    assert services.search(filters={"no-such-filter": ["x"]}).total == 25
    assert services.search(types=["bioproject"]).total == 25
    assert services.search(types=["nothing"]).total == 0
    assert services.search(page=10**6, size=10**6).results == []


def test_suggestions(submission: Submission) -> None:
    project(submission, 1, "Transcriptome 전사체 지도")
    project(submission, 2, "Transcriptome again")
    tell("record:released", "KAP000001", "KAP000002")
    assert services.suggest("TRANS") == ["transcriptome"]
    assert services.suggest("전사") == ["전사체"]
    assert services.suggest("") == []


def test_without_an_index_nothing_is_found() -> None:
    assert services.search("폐암").total == 0
    assert services.suggest("a") == []


def test_the_page_speaks_json(submission: Submission, client: Any) -> None:
    project(submission, 1, "폐암 환자의 전사체")
    tell("record:released", "KAP000001")
    answer = client.get("/search/", {"q": "폐암"}, headers={"Accept": "application/json"})
    assert answer.json()["total"] == 1
    assert answer.json()["results"][0]["url"] == "/KAP000001"
    assert "Accept" in answer.headers["Vary"]
    hostile = {"q": "\x00(((", "page": "x", "size": "-1", "filter": ["a", "b:", ":c"], "sort": "?", "type": ["", "y"]}
    assert client.get("/search/", hostile).status_code == 200


def test_the_list_page_does_not_ask_the_database_for_each_record(
    submission: Submission, client: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 21):
        project(submission, number, f"과제 {number}")
    tell("record:released", *(f"KAP{number:06d}" for number in range(1, 21)))
    with django_assert_max_num_queries(2):
        assert client.get("/search/?q=과제").status_code == 200


def test_the_command_line(
    submission: Submission, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import argparse

    project(submission, 1, "폐암 환자의 전사체")
    tell("record:released", "KAP000001")
    monkeypatch.setattr(command, "start_django", lambda _home: None)
    monkeypatch.setattr(command, "load_home", lambda _folder: None)
    parser = argparse.ArgumentParser()
    command.add_commands(parser.add_subparsers(dest="command"))
    options = parser.parse_args(["search", "폐암", "--json", "--type", "bioproject"])
    assert options.run(options) == 0
    hit = {"accession": "KAP000001", "type": "bioproject", "title": "폐암 환자의 전사체", "url": "/KAP000001"}
    assert json.loads(capsys.readouterr().out) == {"total": 1, "results": [hit]}
    options = parser.parse_args(["search", "폐암", "--type", "project"])
    assert options.run(options) == 2
    assert "there are: bioproject" in capsys.readouterr().err
    options = parser.parse_args(["index", "rebuild", "--json"])
    assert options.run(options) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": 1}
