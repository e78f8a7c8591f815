"""A field of a registered record that identifies a person: blank in every version, and nowhere else any more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.notices.followers import follower
from biomoa.people.models import User
from biomoa.people.rules import NOBODY, Actor
from biomoa.records import certificates, queries, rules, services, services_curation, services_release
from biomoa.records.models import Record, ReviewLink, Row, Submission, Version
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from biomoa.records.services_redaction import REDACTED, RESTRICTED, redact
from tests.records.test_quarantine import _places_of
from tests.records.world import World, accept, draft, review, sample, study

DATUM = "920304-4456789"  # of these tests alone, as in test_quarantine
TITLE = f"환자 {DATUM} 혈액"


def _client(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def _registered(world: World) -> str:
    """Public, in two versions: a curator let the finding pass, as it happens by mistake."""
    bundle = study(1)
    bundle["biosample"][0]["title"] = TITLE
    submission = draft(world, bundle)
    services.submit(world.depositor, submission.pk, exception_reason="a lot number")
    services_curation.take(world.curator, submission.pk)
    for each in submission.problems.filter(severity="error"):
        services_curation.override(world.curator, each.pk, "a lot number")
    submission.comments.create(text=f"is {TITLE} right?")  # as before texts were searched
    services_curation.accept(world.curator, submission.pk)
    accession = Record.objects.get(form="biosample").accession
    services_curation.curate_record(world.curator, accession, "sex", "male", "typing error")
    return accession


def test_nothing_is_left_of_it(world: World) -> None:
    accession = _registered(world)
    assert _places_of(DATUM)
    record = redact(world.curator, accession, "title", "names a person")
    assert [each.values["title"] for each in record.versions.order_by("number")] == [REDACTED] * 2
    assert record.title == REDACTED
    assert _places_of(DATUM) == []
    view = queries.get_record(NOBODY, accession)
    assert view.values["title"] == REDACTED and view.values["sex"] == "male"
    for version in (1, 2):
        assert queries.get_record(NOBODY, accession, version).values["title"] == REDACTED


def test_the_ledger_tells_what_was_done_and_the_digests_fit(world: World) -> None:
    accession = _registered(world)
    redact(world.curator, accession, "title", "names a person")
    told = json.loads(Entry.objects.get(event="record:redacted", subject=accession).data)
    assert told["field"] == "title" and told["reason"] == "names a person"
    for said in told["versions"]:
        version = Version.objects.get(record__accession=accession, number=said["number"])
        own = rules.digest(version.values, "biosample", version.form_revision, version.layer)
        assert version.digest == own == said["digest"]
    assert len(told["versions"]) == 2 and not list(verify())


def test_again_it_changes_nothing(world: World) -> None:
    accession = _registered(world)
    redact(world.curator, accession, "title", "names a person")
    redact(world.curator, accession, "title", "names a person")
    assert Entry.objects.filter(event="record:redacted").count() == 1


def test_a_correction_of_a_curator_goes_too_and_a_term_stays_a_term(world: World) -> None:
    accession = _registered(world)
    record = redact(world.curator, accession, "sex", "names a person")
    last = record.versions.get(number=2)
    assert (last.values["sex"], last.layer["sex"]["value"]) == (RESTRICTED, RESTRICTED)


def test_pages_exports_and_a_later_draft(world: World) -> None:
    accession = _registered(world)
    revision = services.propose_revision(world.depositor, accession, {"title": TITLE, "sex": "male"})
    assert Row.objects.get(submission=revision).values["title"] == TITLE
    redact(world.curator, accession, "title", "names a person")
    assert Row.objects.get(submission=revision).values["title"] == REDACTED
    for path in (f"/{accession}", f"/{accession}.1", f"/api/v1/records/{accession}"):
        answer = _client(world.curator).get(path)
        assert answer.status_code == 200 and DATUM.encode() not in answer.content, path
    standards = [each["name"] for each in Client().get("/api/v1/standards").json()]
    for name in standards:
        answer = Client().get(f"/api/v1/records/{accession}/exports/{name}")
        assert DATUM.encode() not in b"".join(answer.streaming_content if answer.streaming else [answer.content]), name


def test_a_certificate_of_it_says_that_it_is_no_longer_what_was_issued(world: World) -> None:
    accession = _registered(world)
    made = certificates.certify_record(world.curator, accession)
    assert DATUM in json.dumps(made.facts, ensure_ascii=False) and certificates.verify(made.code).verdict == "genuine"
    redact(world.curator, accession, "title", "names a person")
    assert _places_of(DATUM) == [] and certificates.verify(made.code).verdict == "altered"


@pytest.mark.parametrize("state", ["suppressed", "withdrawn"])
def test_what_was_taken_back_can_be_blanked_too(world: World, state: Any) -> None:
    accession = _registered(world)
    services_release.withdraw_record(world.curator, accession, "wrong", state)
    page = _client(world.curator).get(f"/{accession}")
    assert b"/do/redact" in page.content
    assert _client(world.curator).post(
        f"/records/{accession}/do/redact", {"field": "title", "reason": "a person"}
    ).status_code == 302  # fmt: skip
    assert _places_of(DATUM) == []


@pytest.mark.parametrize(
    ("field", "reason", "code"),
    [
        ("title", " ", "reason-needed"),
        ("title", f"says {DATUM}", "text-names-person"),
        ("project", "a person", "field-not-redactable"),
    ],
)
def test_what_is_refused(world: World, field: str, reason: str, code: str) -> None:
    accession = _registered(world)
    with pytest.raises(Refusal) as raised:
        redact(world.curator, accession, field, reason)
    assert [each.code for each in raised.value.problems] == [code]
    assert Version.objects.filter(record__accession=accession, values__title=TITLE).count() == 2


def test_another_name_where_the_groups_own_identifies_a_person(world: World) -> None:
    """In versions, rows, drafts, links, words and the search; what refers to it says its accession."""
    first = draft(world, study(1, "Kim-Minji-1992"))
    accept(world, first)
    project = Record.objects.get(form="bioproject")
    later = draft(world, {"biosample": [sample("later-S1", "Kim-Minji-1992")]})
    services_curation.comment(world.curator, first.pk, "Is Kim-Minji-1992 right?")
    sampled = Record.objects.get(form="biosample")
    redact(world.curator, sampled.accession, "sample_name", "names a person")
    redact(world.curator, project.accession, "project_alias", "names a person")
    redact(world.curator, project.accession, "project_alias", "names a person")
    redact(world.curator, project.accession, "title", "names a person")
    assert [place for place in _places_of("Kim-Minji-1992") if "ledger" not in place] == []
    for each in (project, sampled):
        each.refresh_from_db()
        assert each.alias == f"redacted-{each.accession}"
        assert queries.get_record(NOBODY, each.accession).alias == each.alias
    assert queries.get_record(NOBODY, sampled.accession).values["project"] == project.accession
    assert Row.objects.get(submission=later).values["project"] == project.accession
    assert services.check(later.pk).error_count == 0, "a draft that referred to it still does"
    for version in Version.objects.select_related("record"):
        said = rules.digest(version.values, version.record.form, version.form_revision, version.layer)
        assert said == version.digest
    told = [json.loads(data) for data in Entry.objects.filter(event="record:redacted").values_list("data", flat=True)]
    assert [each["field"] for each in told] == ["sample_name", "project_alias", "project", "title"]
    assert not list(verify())


def test_who_may(world: World) -> None:
    accession = _registered(world)
    for actor in (world.depositor, world.manager, world.stranger, world.auditor, NOBODY):
        with pytest.raises((PermissionDenied, NotFound)):
            redact(actor, accession, "title", "a person")
    closed = review(world, draft(world, study(1, "other")))
    assert isinstance(closed, Submission) and redact(world.administrator, accession, "title", "a person")


def test_a_record_beside_it_is_left_alone(world: World) -> None:
    accession = _registered(world)
    accept(world, draft(world, study(1, "study-9")))
    beside = Version.objects.exclude(record__accession=accession).values_list("digest", flat=True).order_by("pk")
    before = list(beside)
    redact(world.curator, accession, "title", "a person")
    assert list(beside) == before and settings.BIOMOA_HOME


def test_reasons_and_names_of_links_repeat_nothing_of_it(world: World) -> None:
    """Written as before texts were searched, and words that no search knows for a person's."""
    name = "Kim Minji of room 5"
    bundle = study(1)
    bundle["biosample"][0]["title"] = name
    submission = draft(world, bundle)
    accept(world, submission)
    record = Record.objects.get(form="biosample")
    services_curation.curate_record(world.curator, record.accession, "sex", "male", "typing error")
    link = ReviewLink.objects.create(
        submission=submission, name=f"for {name}", digest="0" * 64, expires_at=timezone.now()
    )
    Record.objects.filter(pk=record.pk).update(reason=f"{name} withdrew consent")
    latest = record.versions.get(number=2)
    Version.objects.filter(pk=latest.pk).update(layer={"sex": {**latest.layer["sex"], "reason": f"says {name}"}})
    services_curation.comment(world.curator, submission.pk, f"Is {name} right?")
    follower().apply(list(Entry.objects.order_by("seq")))
    redact(world.curator, record.accession, "title", "names a person")
    follower().apply(list(Entry.objects.order_by("-seq")[:1]))
    assert _places_of(name) == []
    link.refresh_from_db()
    assert link.name == f"for {REDACTED}"
