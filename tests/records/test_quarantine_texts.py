"""What people write beside the data: no word of it that identifies a person reaches the ledger, a thread or a page."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from biomoa.files.rules import check_name, check_quarantine
from biomoa.ledger.models import Entry, Proposal
from biomoa.people import services_ledger
from biomoa.people.models import User
from biomoa.people.rules import Invalid, system
from biomoa.qc.persons import find, kind_in
from biomoa.records import (
    freetexts,
    reviewing,
    services,
    services_curation,
    services_human,
    services_quarantine,
    services_release,
    umbrellas,
)
from biomoa.records.models import Comment, Record, RowProblem, Submission, UmbrellaRequest
from biomoa.records.refusals import Refusal
from tests.records.test_quarantine import _places_of
from tests.records.world import World, accept, accepted, draft, project, review, study

DATUM = "930405-4567890"  # of these tests alone, as in test_quarantine
BIG = {"project_alias": "big", "project_type": "umbrella", "title": "Big"}
TEXTS = ("reason", "text", "title", "name", "message", "exception_reason", "answer")
ELSEWHERE = {
    "services_quarantine.settle": "files.rules.check_quarantine, tested in test_quarantine.py",
    "services.import_sheet": "the name of a file, of which nothing is kept",
}


def _problem_of(world: World) -> int:
    bundle = study()
    bundle["biosample"][0]["sex"] = "not a sex"
    submission = draft(world, bundle)
    services.check(submission.pk)
    Submission.objects.filter(pk=submission.pk).update(state="in-review")
    return RowProblem.objects.filter(submission=submission, severity="error").values_list("pk", flat=True)[0]


def _in_review(world: World) -> Submission:
    return review(world, draft(world, study()))


def _accession(world: World) -> str:
    submission = accepted(world, study())
    return Record.objects.filter(submission=submission, form="biosample").values_list("accession", flat=True)[0]


def _two_groups(world: World) -> None:
    accept(world, draft(world, {"bioproject": [BIG]}))
    receipt = services.whole(world.stranger, world.other.pk, {"bioproject": [project("theirs")]})
    services_curation.take(world.curator, int(receipt.submission[3:]))
    services_curation.accept(world.curator, int(receipt.submission[3:]))


def _ask(world: World, text: str) -> object:
    _two_groups(world)
    return umbrellas.link(world.depositor, "KAP000001", "KAP000002", text)


def _answer(world: World, text: str) -> object:
    _two_groups(world)
    umbrellas.link(world.depositor, "KAP000001", "KAP000002")
    return umbrellas.answer(world.stranger, UmbrellaRequest.objects.get().pk, agrees=False, text=text)


def _unlink(world: World, text: str) -> object:
    accept(world, draft(world, {"bioproject": [BIG, project("a")]}))
    umbrellas.link(world.depositor, "KAP000001", "KAP000002")
    return umbrellas.unlink(world.depositor, "KAP000001", "KAP000002", text)


def _closed(world: World) -> Submission:
    return accepted(world, study(), release_on=_far())


def _far() -> date:
    from tests.records.test_release import in_days

    return in_days(100)


def _asked(world: World) -> int:
    submission = draft(world, study())
    services_human.answer(world.depositor, submission.pk, {"personal": "yes", "consent": "no"})
    return int(submission.pk)


Call = Callable[[World, str], object]
SERVICES: Mapping[str, tuple[str, Call]] = {
    "services.create_submission": ("title", lambda w, t: services.create_submission(w.depositor, w.group.pk, title=t)),
    "services.whole": ("title", lambda w, t: services.whole(w.depositor, w.group.pk, study(), title=t)),
    "services.set_details": ("title", lambda w, t: services.set_details(w.depositor, draft(w, study()).pk, title=t)),
    "services.submit": ("reason", lambda w, t: services.submit(w.depositor, draft(w, study()).pk, exception_reason=t)),
    "services.withdraw": ("reason", lambda w, t: services.withdraw(w.depositor, _in_review(w).pk, t)),
    "services_curation.return_": ("reason", lambda w, t: services_curation.return_(w.curator, _in_review(w).pk, t)),
    "services_curation.override": ("reason", lambda w, t: services_curation.override(w.curator, _problem_of(w), t)),
    "services_curation.curate_field": (
        "reason",
        lambda w, t: services_curation.curate_field(
            w.curator, _in_review(w).rows.filter(form="biosample")[0].pk, "sex", "male", t
        ),
    ),
    "services_curation.curate_record": (
        "reason",
        lambda w, t: services_curation.curate_record(w.curator, _accession(w), "sex", "male", t),
    ),
    "services_curation.comment": ("text", lambda w, t: services_curation.comment(w.curator, _in_review(w).pk, t)),
    "services_release.extend_embargo": (
        "reason",
        lambda w, t: services_release.extend_embargo(w.depositor, _closed(w).pk, _far(), t),
    ),
    "services_release.withdraw_record": (
        "reason",
        lambda w, t: services_release.withdraw_record(w.curator, _accession(w), t, "suppressed"),
    ),
    "umbrellas.link": ("message", _ask),
    "umbrellas.answer": ("answer", _answer),
    "umbrellas.unlink": ("reason", _unlink),
    "services_human.answer": (
        "text",
        lambda w, t: services_human.answer(w.depositor, draft(w, study()).pk, {"personal": "no"}, text=t),
    ),
    "services_human.decide": ("reason", lambda w, t: services_human.decide(w.curator, _asked(w), "here", t)),
    "reviewing.make_link": (
        "name",
        lambda w, t: reviewing.make_link(w.depositor, _closed(w).pk, name=t),
    ),
}
ROOMS = (services, services_curation, services_release, services_human, services_quarantine, umbrellas, reviewing)


def test_every_service_that_takes_a_text_is_tried_here() -> None:
    taking = {
        f"{room.__name__.rpartition('.')[2]}.{name}"
        for room in ROOMS
        for name, one in vars(room).items()
        if inspect.isfunction(one) and one.__module__ == room.__name__ and not name.startswith("_")
        and set(TEXTS) & inspect.signature(one).parameters.keys()
    }  # fmt: skip
    assert taking == SERVICES.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_a_number_of_a_person_is_refused_before_it_is_written(world: World, name: str) -> None:
    field, call = SERVICES[name]
    with pytest.raises(Refusal) as raised:
        call(world, f"환자 {DATUM} 재동의 필요")
    assert [(each.code, each.field, each.value) for each in raised.value.problems] == [
        ("text-names-person", field, None)
    ]
    said = raised.value.problems[0].message
    assert freetexts.LABELS[field].ko in said.ko and freetexts.LABELS[field].en in said.en and "주민등록번호" in said.ko
    assert DATUM[:6] not in repr(raised.value.problems) and DATUM[7:] not in repr(raised.value.problems)
    assert _places_of(DATUM) == []


@pytest.mark.parametrize("name", SERVICES)
def test_an_ordinary_text_passes(world: World, name: str) -> None:
    SERVICES[name][1](world, "The layout of KAP000001 was wrong; see PRJNA257197 of 2024-05-17, lot 88012345")


@pytest.mark.parametrize(
    "text",
    [
        "010-0000-1234로 연락 바랍니다", "보호자 성명: 홍길동", "환자번호 12345678", "gildong@example.org",
        "여권번호 M12345678", "880101－4234567", "8 8 0 1 0 1 4 2 3 4 5 6 7", "880101-4******",
    ],
)  # fmt: skip
def test_other_kinds_and_ways_of_writing(text: str) -> None:
    assert kind_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "파일 이름과 행이 맞지 않습니다. 2쪽을 확인해 주세요.", "IRB 승인 번호 2024-0123-001",
        "SRR1234567, SAMN12345678", "보호자 동의서 누락", "The sheet says MD5 d41d8cd98f00b204e9800998ecf8427e", "",
        "환자 대조군 연구 (3차)",
    ],
)  # fmt: skip
def test_what_reviewers_write_every_day_passes(text: str) -> None:
    assert kind_in(text) is None


UNSURE = ("8801014234568", "880101-4******")
IN_THE_ROWS_ONLY = ("12가3456", "서울특별시 종로구 세종로 1")  # likenesses of other kinds, that a text may hold


def _refused_by(text: str) -> set[str]:
    """The doors to what is kept for good that refuse the text."""
    refused = {"file name"} if any(each.code == "file-name-person" for each in check_name(f"{text}.txt")) else set()
    refused |= {"quarantine"} if check_quarantine("declare", "held", text) else set()
    try:
        freetexts.check(reason=text)
    except Refusal:
        refused.add("records")
    try:
        services_ledger.propose_change(system("test"), "head-hours", "12", text)
    except Invalid as invalid:
        refused |= {"ledger"} if invalid.problems[0].code == "proposal-names-person" else set()
    return refused


@pytest.mark.django_db
@pytest.mark.parametrize("text", [*UNSURE, *IN_THE_ROWS_ONLY, DATUM, "layout was wrong"])
def test_every_door_to_what_is_kept_for_good_has_one_rule(text: str) -> None:
    doors = {"file name", "quarantine", "records", "ledger"}
    assert _refused_by(text) == (doors if text in (*UNSURE, DATUM) else set())
    assert all(each.confidence == "low" for each in find(text)) or text == DATUM
    assert not Proposal.objects.exists()


def test_a_curator_cannot_lay_a_number_over_a_field(world: World) -> None:
    accession = _accession(world)
    with pytest.raises(Refusal) as raised:
        services_curation.curate_record(world.curator, accession, "sex", DATUM, "typing error")
    assert [each.field for each in raised.value.problems] == ["value"] and _places_of(DATUM) == []


def test_a_column_that_no_form_knows_is_told_and_stored_nowhere(world: World, tmp_path: Path) -> None:
    submission = draft(world, {"bioproject": [project()]})
    sheet = tmp_path / "biosample.tsv"
    sheet.write_text(f"sample_name\tproject\tsex\tmemo\nS1\tstudy-1\tfemale\t환자 {DATUM}\n", "utf-8")
    result = services.import_sheet(world.depositor, submission.pk, sheet, "biosample.tsv")
    told = [each for each in result.problems if each.code == "person-identifier-beside"]
    assert len(told) == 1 and "주민등록번호" in told[0].message.ko and DATUM not in repr(result)
    assert submission.rows.filter(form="biosample").count() == 1 and _places_of(DATUM) == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_and_the_api_say_which_text_and_not_what(world: World, language: str) -> None:
    submission = _in_review(world)
    client = Client()
    client.force_login(User.objects.get(pk=world.curator.user_id))
    answer = client.post(
        f"/api/v1/submissions/{submission.code}/comments", json.dumps({"text": f"call {DATUM}"}),
        content_type="application/json", headers={"accept-language": language},
    )  # fmt: skip
    assert answer.status_code == 422 and b"text-names-person" in answer.content and DATUM.encode() not in answer.content
    assert not Comment.objects.exists() and not Entry.objects.filter(event="comment:written").exists()


@pytest.mark.parametrize(
    ("place", "code"),
    [({"field": "성명 900101-1234567"}, "text-names-person"), ({"form": "900101-1234567"}, "text-names-person"),
     ({"form": "no-such-form"}, "unknown-form"), ({"position": 77}, "row-missing"), ({"position": -1}, "row-missing"),
     ({"form": "biosample", "position": 10**30}, "row-missing"), ({"field": "x" * 101}, "unknown-field"),
     ({"position": 1}, "row-missing"), ({"field": "title"}, "unknown-field"),
     ({"form": "biosample", "position": 1, "field": "project_alias"}, "unknown-field")],
)  # fmt: skip
def test_the_place_of_a_comment_is_a_place(world: World, place: dict[str, Any], code: str) -> None:
    """It goes into the ledger with the comment, for good."""
    submission, entries = _in_review(world), Entry.objects.count()
    with pytest.raises(Refusal) as refused:
        services_curation.comment(world.curator, submission.pk, "why?", **place)
    assert [each.code for each in refused.value.problems] == [code]
    assert "900101" not in str(refused.value)
    assert Entry.objects.count() == entries and not submission.comments.filter(text="why?").exists()


def test_a_text_without_end_is_refused_and_not_repeated(world: World) -> None:
    made = draft(world, study())
    with pytest.raises(Refusal) as told:
        services_curation.comment(world.depositor, made.pk, "가" * (freetexts.MOST_CHARACTERS + 1))
    (found,) = told.value.problems
    assert (found.code, found.field) == ("text-too-long", "text")
    assert "10,001자" in found.message.ko and len(found.message.en) < 300
    assert not Comment.objects.exists()
    services_curation.comment(world.depositor, made.pk, "가" * freetexts.MOST_CHARACTERS)
