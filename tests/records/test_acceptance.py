"""Acceptance: numbers, versions, links, files; curation; revisions; umbrellas."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError

from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.people.models import Organisation, User
from biomoa.people.rules import Actor
from biomoa.records import queries, rules, services, services_curation, services_release
from biomoa.records.models import Link, Override, Record, RecordFile, RowProblem, Series, Submission, Tally, Version
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.world import (
    World,
    accept,
    accepted,
    draft,
    experiment,
    lay_file,
    make_actor,
    numbers,
    project,
    reads,
    review,
    run,
    sample,
    study,
)


def test_numbers_are_given_in_order_parents_first_and_told_in_the_ledger(world: World) -> None:
    receipt = accept(world, draft(world, study(3)))
    assert numbers(receipt) == {
        "study-1": "KAP000001", "study-1-S1": "KAS00000001", "study-1-S2": "KAS00000002", "study-1-S3": "KAS00000003",
    }  # fmt: skip
    assert {line.outcome for line in receipt.accessions} == {"created"}
    told = [each.subject for each in Entry.objects.filter(event="record:accepted").order_by("seq")]
    assert told == [line.accession for line in receipt.accessions]
    for entry in Entry.objects.filter(event="record:accepted"):
        assert Version.objects.get(record__accession=entry.subject).digest in entry.data
    assert not list(verify())


def test_links_project_and_files_follow_the_references(world: World) -> None:
    made = draft(world, reads())
    file = lay_file(made, "study-1.fastq")
    given = numbers(accept(world, made))
    links = {(each.child.accession, each.parent.accession, each.field) for each in Link.objects.all()}
    assert links == {
        (given["study-1-S1"], given["study-1"], "project"),
        (given["study-1-E1"], given["study-1-S1"], "sample"),
        (given["study-1-R1"], given["study-1-E1"], "experiment"),
    }
    assert {each.project and each.project.accession for each in Record.objects.all()} == {None, given["study-1"]}
    kept = RecordFile.objects.get()
    assert (kept.file, kept.version, kept.field, kept.record.alias) == (file, 1, "file_names", "study-1-R1")
    file.refresh_from_db()
    assert file.is_public and Record.objects.filter(state="released").count() == 4


def test_accepting_twice_answers_the_same_receipt_and_uses_no_number(world: World) -> None:
    made = draft(world, study(2))
    first = accept(world, made)
    assert first == services_curation.accept(world.second_curator, made.pk) == services.submit(world.depositor, made.pk)
    assert dict(Series.objects.values_list("record_type", "last")) == {"bioproject": 1, "biosample": 2}
    assert Version.objects.count() == 3


def test_an_alias_again_is_unchanged_or_the_next_version(world: World) -> None:
    accept(world, draft(world, study(2)))
    again = {"biosample": [sample("study-1-S1"), sample("study-1-S2", sex="male"), sample("new")]}
    receipt = accept(world, draft(world, again))
    assert [(line.alias, line.accession, line.version, line.outcome) for line in receipt.accessions] == [
        ("study-1-S1", "KAS00000001", 1, "unchanged"),
        ("study-1-S2", "KAS00000002", 2, "revised"),
        ("new", "KAS00000003", 1, "created"),
    ]
    first, second = (queries.get_record(world.depositor, "KAS00000002", number) for number in (1, 2))
    assert (first.values["sex"], second.values["sex"], second.current_version) == ("female", "male", 2)
    view = queries.get_record(world.stranger, "KAS00000002", 2)
    assert queries.changes_of(world.stranger, view) == [rules.FieldChange("sex", "female", "male")]
    with pytest.raises(NotFound):
        queries.get_record(world.depositor, "KAS00000002", 3)
    revised = Entry.objects.get(event="record:revised")
    assert '"fields":["sex"]' in revised.data
    assert receipt.state == "released"


def test_what_is_added_later_finds_its_project_by_alias_or_accession(world: World) -> None:
    accept(world, draft(world, study(1)))
    receipt = accept(world, draft(world, {"biosample": [sample("by-alias"), sample("by-number", "KAP000001")]}))
    made = Record.objects.filter(accession__in=[line.accession for line in receipt.accessions])
    assert {record.project.accession for record in made} == {"KAP000001"}


def test_what_another_group_keeps_closed_is_unknown(world: World) -> None:
    from datetime import timedelta

    from django.utils import timezone

    hidden = accepted(world, study(1), release_on=timezone.localdate() + timedelta(days=30))
    assert hidden.state == "accepted"
    bundle = {"biosample": [sample("mine", "KAP000001")]}
    refused = services.whole(world.stranger, world.other.pk, bundle)
    assert [each.code for each in refused.problems] == ["reference-unknown"]
    missing = services.whole(world.stranger, world.other.pk, {"biosample": [sample("mine", "KAP999999")]})
    texts = [
        each.problems[0].message.en.replace("KAP000001", "X").replace("KAP999999", "X") for each in (refused, missing)
    ]
    assert texts[0] == texts[1], "the answer must not tell that the hidden one exists"
    services_release.release(world.depositor, hidden.pk)
    assert services.whole(world.stranger, world.other.pk, bundle).state == "submitted"


def test_the_same_alias_in_another_group_is_another_record(world: World) -> None:
    accept(world, draft(world, study(1)))
    receipt = services.whole(world.stranger, world.other.pk, study(1))
    key = int(receipt.submission[3:])
    services_curation.take(world.curator, key)
    assert numbers(services_curation.accept(world.curator, key)) == {
        "study-1": "KAP000002",
        "study-1-S1": "KAS00000002",
    }


def test_a_replaced_file_makes_a_new_version_and_the_old_one_is_kept(world: World) -> None:
    made = draft(world, reads())
    old = lay_file(made, "study-1.fastq")
    accept(world, made)
    same = draft(world, {"ngs-run": [run("study-1-R1", "study-1-E1", "study-1.fastq")]})
    assert [line.outcome for line in accept(world, same).accessions] == ["unchanged"]
    again = draft(world, {"ngs-run": [run("study-1-R1", "study-1-E1", "study-1.fastq")]})
    new = lay_file(again, "study-1.fastq", b"@r\nC\n+\nI\n")
    assert [(line.outcome, line.version) for line in accept(world, again).accessions] == [("revised", 2)]
    kept = {each.version: each.file for each in RecordFile.objects.all()}
    assert kept == {1: old, 2: new}
    new.refresh_from_db()
    assert new.is_public, "the record is public, so its new file is"


def test_a_depositor_asks_for_a_change_by_editing(world: World) -> None:
    accept(world, draft(world, study(1)))
    asked = services.propose_revision(world.manager, "KAS00000001", {"project": "study-1", "sex": "male"})
    review(world, asked)
    (row,) = queries.rows(asked.pk, "biosample").rows
    assert row.accession == "KAS00000001" and row.changes == (rules.FieldChange("sex", "female", "male"),)
    services_curation.accept(world.curator, asked.pk)
    assert queries.get_record(world.stranger, "KAS00000001").values["sex"] == "male"
    with pytest.raises(PermissionDenied):
        services.propose_revision(world.stranger, "KAS00000001", {})


def test_a_curators_correction_is_a_layer_that_stays(world: World) -> None:
    made = review(world, draft(world, study(1)))
    row = queries.rows(made.pk, "biosample").rows[0]
    with pytest.raises(PermissionDenied):
        services_curation.curate_field(world.depositor, row.id, "sex", "male", "typo")
    with pytest.raises(Refusal):
        services_curation.curate_field(world.curator, row.id, "sample_name", "x", "typo")
    services_curation.curate_field(world.curator, row.id, "sex", "male", "논문과 다릅니다")
    services_curation.accept(world.curator, made.pk)
    seen = queries.get_record(world.depositor, "KAS00000001")
    assert (seen.values["sex"], seen.depositor_values["sex"]) == ("male", "female")
    assert seen.layer["sex"]["reason"] == "논문과 다릅니다"
    accept(world, draft(world, {"biosample": [sample("study-1-S1", title="간")]}))
    seen = queries.get_record(world.depositor, "KAS00000001")
    assert (seen.version, seen.values["sex"], seen.values["title"]) == (2, "male", "간")
    services_curation.curate_record(world.curator, "KAS00000001", "title", "간 조직", "표준어")
    seen = queries.get_record(world.stranger, "KAS00000001")
    assert (seen.version, seen.values["title"], seen.title) == (3, "간 조직", "간 조직")
    assert Entry.objects.filter(event="record:curated").count() == 1
    with pytest.raises(PermissionDenied):
        services_curation.curate_record(world.depositor, "KAS00000001", "title", "x", "y")
    with pytest.raises(Refusal):
        services_curation.curate_record(world.curator, "KAS00000001", "title", "x", "")


def test_an_override_holds_until_the_value_changes(world: World) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq", verdict="fail")
    assert services.submit(world.depositor, made.pk).state == "draft"
    receipt = services.submit(world.depositor, made.pk, exception_reason="장비 점검 중이었습니다")
    assert (receipt.state, receipt.error_count) == ("submitted", 1)
    assert "장비 점검 중이었습니다" in [step.text for step in queries.thread(made)]
    services_curation.take(world.curator, made.pk)
    problem = RowProblem.objects.get(code="file-inspection-failed")
    with pytest.raises(PermissionDenied):
        services_curation.override(world.depositor, problem.pk, "known")
    with pytest.raises(Refusal):
        services_curation.accept(world.curator, made.pk)
    problem = RowProblem.objects.get(code="file-inspection-failed")
    services_curation.override(world.curator, problem.pk, "알려진 장비 문제")
    assert services_curation.accept(world.curator, made.pk).state == "released"
    assert Override.objects.get().reason == "알려진 장비 문제"


def test_what_cannot_be_overridden_and_what_is_not_there(world: World) -> None:
    made = draft(world, {"biosample": [sample("S1", "nowhere")]})
    assert services.submit(world.depositor, made.pk, exception_reason="please").state == "draft"
    Submission.objects.filter(pk=made.pk).update(state="in-review")  # a rule that became stricter meanwhile
    problem = RowProblem.objects.get(code="reference-unknown")
    with pytest.raises(Refusal) as told:
        services_curation.override(world.curator, problem.pk, "no")
    assert told.value.problems[0].code == "not-overridable"
    with pytest.raises(NotFound):
        services_curation.override(world.curator, 10**9, "no")
    with pytest.raises(Refusal) as told:
        services_curation.accept(world.curator, made.pk)
    assert told.value.problems[0].code == "errors-left-in-review"
    assert "ask the curator" not in told.value.problems[0].message.en, "a curator reads it"


def test_a_file_without_a_verdict_does_not_enter(world: World) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq", verdict=None)
    review(world, made)
    with pytest.raises(Refusal) as told:
        services_curation.accept(world.curator, made.pk)
    assert [each.code for each in told.value.problems] == ["file-inspection-unfinished"]
    lay_file(made, "study-1.fastq", verdict="pass")
    assert services_curation.accept(world.curator, made.pk).state == "released"


def test_taking_and_handing_over(world: World) -> None:
    made = review(world, draft(world, study()))
    assert made.assigned_to_id == world.curator.user_id
    given = services_curation.assign(world.curator, made.pk, number_of(world.second_curator))
    assert (given.assigned_to_id, given.state) == (world.second_curator.user_id, "in-review")
    services_curation.assign(world.administrator, made.pk, number_of(world.second_curator))
    (told,) = Entry.objects.filter(event="submission:assigned")
    assert json.loads(told.data) == {
        "revision": made.revision, "to": world.second_curator.label, "from": world.curator.label,
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        services_curation.take(world.depositor, made.pk)
    assert queries.desk(world.second_curator, assigned="me").total == 1
    assert queries.desk(world.curator, assigned="me").total == 0
    assert "submission:assigned" in [step.kind for step in queries.thread(made)]


def test_only_a_curator_of_the_center_is_put_in_charge(world: World) -> None:
    made = draft(world, study())
    services.submit(world.depositor, made.pk)
    elsewhere = Organisation.objects.create(code="NABIC", kind="data-center", name_ko="나빅", name_en="NABIC")
    strangers = [make_actor("far", elsewhere, "curator"), make_actor("head", world.center, "manager")]
    gone = make_actor("gone", world.center, "curator")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    for person in (world.depositor, world.administrator, gone, *strangers):
        with pytest.raises(Refusal) as told:
            services_curation.assign(world.curator, made.pk, number_of(person))
        assert [each.code for each in told.value.problems] == ["not-a-curator"]
    for person in (world.depositor, world.manager):
        with pytest.raises(PermissionDenied):
            services_curation.assign(person, made.pk, number_of(world.curator))
    for person in strangers:
        with pytest.raises(NotFound):
            services_curation.assign(person, made.pk, number_of(world.curator))
    given = services_curation.assign(world.curator, made.pk, number_of(world.second_curator))
    assert (given.assigned_to_id, given.state) == (world.second_curator.user_id, "submitted"), (
        "the review has not begun"
    )
    known = [user.pk for user in queries.curators_for(world.curator, given)]
    assert known == [world.curator.user_id, world.second_curator.user_id]
    with pytest.raises(PermissionDenied):
        queries.curators_for(world.depositor, given)


def number_of(person: Actor) -> int:
    assert person.user_id is not None
    return person.user_id


def test_both_sides_read_the_same_thread(world: World) -> None:
    made = review(world, draft(world, study()))
    services_curation.comment(world.curator, made.pk, "성별을 확인해 주세요", "biosample", 1, "sex")
    services_curation.comment(world.depositor, made.pk, "확인했습니다")
    with pytest.raises(Refusal):
        services_curation.comment(world.depositor, made.pk, "  ")
    kinds = [step.kind for step in queries.thread(made)]
    assert kinds == ["submission:created", "submission:submitted", "submission:taken", "comment", "comment"]
    assert queries.thread(made)[3].field == "sex"


def test_an_umbrella_ties_projects_and_nothing_else(world: World) -> None:
    umbrella = {"project_alias": "big", "project_type": "umbrella", "title": "Big", "members": "study-2"}
    bundle = {
        "bioproject": [project("study-1", umbrella="big"), umbrella, project("study-2")],
        "biosample": [sample("S1", "study-1")],
    }
    given = numbers(accept(world, draft(world, bundle)))
    assert (given["big"], given["study-1"], given["study-2"]) == ("KAP000001", "KAP000002", "KAP000003")
    up = {each.child.alias: each.parent.alias for each in Link.objects.filter(parent__form="bioproject")}
    assert up == {"study-1": "big", "study-2": "big", "S1": "study-1"}
    wrong = services.whole(world.depositor, world.group.pk, {"biosample": [sample("S2", "big")]})
    assert [each.code for each in wrong.problems] == ["umbrella-has-data"]
    wrong = services.whole(world.depositor, world.group.pk, {"bioproject": [project("study-3", umbrella="study-1")]})
    assert [each.code for each in wrong.problems] == ["umbrella-expected"]
    second = {"bioproject": [{**umbrella, "project_alias": "big2", "members": "study-1"}]}
    wrong = services.whole(world.depositor, world.group.pk, second)
    assert [each.code for each in wrong.problems] == ["umbrella-many"]
    foreign = {"bioproject": [{**umbrella, "project_alias": "theirs", "members": "KAP000003"}]}
    wrong = services.whole(world.stranger, world.other.pk, foreign)
    assert [each.code for each in wrong.problems] == ["umbrella-foreign-member"]


def test_the_tallies_are_what_counting_gives(world: World) -> None:
    accept(world, draft(world, study(3)))
    services_release.withdraw_record(world.curator, "KAS00000002", "consent withdrawn")
    counted: dict[tuple[str, str], int] = {}
    for form, state in Record.objects.values_list("form", "state"):
        counted[form, state] = counted.get((form, state), 0) + 1
    kept = {(each.form, each.state): each.records for each in Tally.objects.all() if each.records}
    assert kept == counted
    assert queries.counts().public == {"bioproject": 1, "biosample": 2}


def test_the_database_itself_refuses_a_number_twice(world: World) -> None:
    accept(world, draft(world, study(1)))
    record = Record.objects.get(accession="KAS00000001")
    record.pk, record.alias = None, "other"
    with pytest.raises(IntegrityError):
        record.save(force_insert=True)


def test_experiments_follow_their_sample_when_it_moves(world: World) -> None:
    bundle = {
        "bioproject": [project("p1"), project("p2")],
        "biosample": [sample("S1", "p1")],
        "ngs-experiment": [experiment("E1", "S1")],
    }
    accept(world, draft(world, bundle))
    accept(world, draft(world, {"biosample": [sample("S1", "p2")]}))
    moved = Record.objects.get(alias="S1")
    assert moved.project and moved.project.alias == "p2"
    assert Link.objects.get(child=moved).parent.alias == "p2"
    below = Record.objects.get(alias="E1")
    assert below.project and below.project.alias == "p2"
