"""The title of a record in the reader's language, where its form asks for it in two; the other one is told quietly."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from biomoa.forms.model import Form
from biomoa.people.models import User
from biomoa.people.rules import NOBODY
from biomoa.records import certificates, queries, services, services_curation, services_redaction, umbrellas
from biomoa.records.certificates_pdf import document_context
from biomoa.records.library import library
from biomoa.records.migrations import __name__ as migrations
from biomoa.records.models import Record, Submission
from biomoa.records.rules_titles import Titled, titled, titles_of
from biomoa.records.templatetags.records import title_in_line
from tests.records.world import World, accept, accepted, draft, project, sample

ENGLISH, KOREAN = "Microbes of soybean paste", "된장 미생물"


@pytest.fixture
def form() -> Form:
    return library().form("bioproject")


def bilingual(alias: str = "a", **more: str) -> dict[str, str]:
    return {**project(alias), "title": ENGLISH, "title_ko": KOREAN, **more}


@pytest.fixture
def public(world: World) -> World:
    accepted(world, {"bioproject": [bilingual()], "biosample": [sample("S1", "a")]})
    return world


def page(client: Client, path: str, language: str) -> str:
    answered = client.get(path, headers={"Accept-Language": language})
    assert answered.status_code == 200
    return answered.content.decode()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"title": "A", "title_ko": "가"}, ("A", "가")),
        ({"title": "A"}, ("A", "")),
        ({"title_ko": " 가 "}, ("가", "가")),
        ({"project_alias": "p"}, ("p", "")),
        ({"title": "A" * 501}, ("A" * 500, "")),
        ({}, ("", "")),
    ],
)
def test_the_titles_of_values(form: Form, values: dict[str, str], expected: tuple[str, str]) -> None:
    assert titles_of(form, values) == expected
    turned = msgspec.structs.replace(form, title=form.title[::-1])
    assert titles_of(turned, values) == expected, "the one not in Korean is the title, in whatever order they stand"


@pytest.mark.parametrize(
    ("titles", "reader", "expected"),
    [
        (("A", "가"), "ko", Titled("가", "", "A", "en")),
        (("A", "가"), "en", Titled("A", "", "가", "ko")),
        (("A", ""), "ko", Titled("A", "en")),
        (("A", ""), "en", Titled("A")),
        (("가", "가"), "ko", Titled("가")),
        (("가", "가"), "en", Titled("가", "ko")),
        (("", ""), "en", Titled("")),
    ],
)
def test_what_a_reader_is_shown(form: Form, titles: tuple[str, str], reader: str, expected: Titled) -> None:
    assert titled(form, *titles, reader) == expected


def test_where_the_form_has_one_title_its_language_is_not_guessed() -> None:
    assert titled(library().form("biosample"), "Leaf", "", "ko") == Titled("Leaf")
    assert titled(None, "Leaf", "", "ko") == Titled("Leaf")


@pytest.mark.usefixtures("public")
def test_a_korean_page_shows_the_korean_title_and_the_other_quietly(client: Client) -> None:
    said = page(client, "/KAP000001", "ko")
    assert f"<h1><bdi>{KOREAN}</bdi></h1>" in said and f"KAP000001 {KOREAN}" in said
    assert f'<p class="hint"><bdi lang="en">{ENGLISH}</bdi></p>' in said
    assert f"연구실 ({Record.objects.first().released_at.year}): {KOREAN}. 버전 1. " in said  # type: ignore[union-attr]
    assert f'<span lang="en">{ENGLISH}</span>' in said, "the field in which it was written"
    said = page(client, "/KAP000001", "en")
    assert f"<h1><bdi>{ENGLISH}</bdi></h1>" in said and f"KAP000001 {ENGLISH}" in said
    assert f'<p class="hint"><bdi lang="ko">{KOREAN}</bdi></p>' in said
    assert f": {ENGLISH}. Version 1. " in said and "Lab (" in said


@pytest.mark.usefixtures("public")
def test_links_show_the_title_in_the_language_of_the_page(client: Client) -> None:
    assert f"KAP000001</span> <bdi>{KOREAN}</bdi>" in page(client, "/KAS00000001", "ko")
    assert f"KAP000001</span> <bdi>{ENGLISH}</bdi>" in page(client, "/KAS00000001", "en")


def test_without_a_korean_title_the_page_says_which_language_it_shows(client: Client, world: World) -> None:
    accepted(world, {"bioproject": [project("a")]})
    assert '<h1><bdi lang="en">Study a</bdi></h1>' in page(client, "/KAP000001", "ko")
    assert "<h1><bdi>Study a</bdi></h1>" in page(client, "/KAP000001", "en")


def test_links_cost_no_query_each(client: Client, world: World) -> None:
    big = {"project_alias": "big", "project_type": "umbrella", "title": "Big"}
    accept(world, draft(world, {"bioproject": [big, *(bilingual(f"p{n}") for n in range(6))]}))
    counts = []
    for number in range(2, 8):
        umbrellas.link(world.depositor, "KAP000001", f"KAP{number:06d}")
        if number in (3, 7):
            with CaptureQueriesContext(connection) as asked:
                assert page(client, "/KAP000001", "ko").count(f"<bdi>{KOREAN}</bdi>") == number - 1
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_new_version_a_correction_and_blanking_carry_both_titles(public: World) -> None:
    def stored() -> tuple[str, str]:
        return Record.objects.values_list("title", "title_ko").get(accession="KAP000001")

    assert stored() == (ENGLISH, KOREAN)
    changed = services.propose_revision(public.depositor, "KAP000001", bilingual(title_ko="장류 미생물"))
    accept(public, changed)
    assert stored() == (ENGLISH, "장류 미생물")
    assert queries.get_record(NOBODY, "KAP000001", 1).title_ko == KOREAN, "an earlier version says what it said"
    services_curation.curate_record(public.curator, "KAP000001", "title_ko", "간장 미생물", "typing error")
    assert stored() == (ENGLISH, "간장 미생물")
    services_redaction.redact(public.curator, "KAP000001", "title_ko", "names a person")
    assert stored() == (ENGLISH, services_redaction.REDACTED)


@pytest.mark.usefixtures("public")
def test_a_tombstone_tells_neither(client: Client) -> None:
    Record.objects.filter(accession="KAP000001").update(state="withdrawn")
    for language in ("ko", "en"):
        answered = client.get("/KAP000001", headers={"Accept-Language": language}).content.decode()
        assert KOREAN not in answered and ENGLISH not in answered
    view = queries.get_record(NOBODY, "KAP000001")
    assert (view.title, view.title_ko, view.citation, view.citation_ko) == ("", "", "", "")


def test_a_certificate_has_both_and_the_page_of_it_speaks_to_its_reader(client: Client, public: World) -> None:
    made = certificates.certify_record(public.depositor, "KAP000001")
    assert (made.facts["title"], made.facts["title_ko"]) == (ENGLISH, KOREAN)
    assert f"<dd><bdi>{KOREAN}</bdi>" in page(client, f"/certificates/{made.code}", "ko")
    assert f"<dd><bdi>{ENGLISH}</bdi>" in page(client, f"/certificates/{made.code}", "en")
    assert document_context(made, "ko")["facts"]["title_ko"] == KOREAN
    assert "title_ko" not in certificates.certify_record(public.depositor, "KAS00000001").facts
    Record.objects.filter(accession="KAP000001").update(state="withdrawn")
    assert "title_ko" not in certificates.verify(made.code).facts


def test_the_umbrella_page_shows_members_by_the_title_of_the_reader(client: Client, world: World) -> None:
    big = {"project_alias": "big", "project_type": "umbrella", "title": "Big"}
    accept(world, draft(world, {"bioproject": [big, bilingual()]}))
    umbrellas.link(world.depositor, "KAP000001", "KAP000002")
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    assert f"<bdi>{KOREAN}</bdi>" in page(client, "/records/KAP000001/umbrella", "ko")


def test_a_station_that_was_there_before_gets_the_titles_of_its_projects(public: World) -> None:
    from importlib import import_module

    services_curation.curate_record(public.curator, "KAP000001", "title_ko", "장류 미생물", "typing error")
    Record.objects.update(title_ko="")
    step: Any = import_module(f"{migrations}.0005_korean_titles")
    step.fill(apps, None)
    assert list(Record.objects.order_by("accession").values_list("title_ko", flat=True)) == ["장류 미생물", ""]


def test_a_certificate_lists_its_records_by_the_title_of_the_reader(client: Client, world: World) -> None:
    made = accepted(world, {"bioproject": [bilingual()], "biosample": [sample("S1", "a")]})
    made.title = ""
    made.save(update_fields=["title"])
    paper = certificates.certify_submission(world.depositor, made.pk)
    assert (paper.facts["title"], paper.facts["title_ko"]) == (ENGLISH, KOREAN), "it has no title of its own"
    assert paper.facts["listed"] == [["KAP000001", 1, ENGLISH, KOREAN], ["KAS00000001", 1, "S1"]]
    assert certificates.verify(paper.code).verdict == "genuine"
    for language, title in (("ko", KOREAN), ("en", ENGLISH)):
        listed = page(client, f"/certificates/{paper.code}", language).partition("<details")[2]
        assert f"<bdi>{title}</bdi>" in listed and "<bdi>S1</bdi>" in listed
        with override(language):
            printed = render_to_string("records/certificate_pdf.html", document_context(paper, language))  # type: ignore[arg-type]
        facts, _, listed = printed.partition('class="listed"')
        assert f"<td><bdi>{title}</bdi></td>" in listed
        assert paper.code in facts, "the code by which it is checked stands on the first page, before a long list"


@pytest.mark.parametrize("working", [ENGLISH, KOREAN, "2차 제출"])
def test_a_certificate_of_a_submission_has_the_title_of_its_project_in_both(
    client: Client, world: World, working: str
) -> None:
    made = accepted(world, {"bioproject": [bilingual()], "biosample": [sample("S1", "a")]})
    Submission.objects.update(title=working)
    paper = certificates.certify_submission(world.depositor, made.pk)
    assert (paper.facts["title"], paper.facts["title_ko"]) == (ENGLISH, KOREAN)
    assert f"<dd><bdi>{KOREAN}</bdi>" in page(client, f"/certificates/{paper.code}", "ko")
    assert f"<dd><bdi>{ENGLISH}</bdi>" in page(client, f"/certificates/{paper.code}", "en")


def test_a_working_title_stays_where_no_project_speaks_for_the_submission(world: World) -> None:
    made = accepted(world, {"bioproject": [bilingual(), bilingual("b", title="Other", title_ko="다른")]})
    Submission.objects.update(title="둘 다")
    assert certificates.certify_submission(world.depositor, made.pk).facts["title"] == "둘 다", "there are two"
    Submission.objects.update(title="다른")
    assert certificates.certify_submission(world.depositor, made.pk).facts["title"] == "Other", "it is called like one"
    made = accepted(world, {"bioproject": [project("c")]})
    Submission.objects.filter(pk=made.pk).update(title="한 언어")
    assert certificates.certify_submission(world.depositor, made.pk).facts["title"] == "한 언어"


def test_a_line_of_a_certificate_of_before_is_told_as_it_was() -> None:
    with override("ko"):
        assert title_in_line(["KAP000001", 1, ENGLISH]) == f"<bdi>{ENGLISH}</bdi>"
