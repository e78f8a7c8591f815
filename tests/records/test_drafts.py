"""Drafts: writing, checking, correcting, handing in; two people at once; retries."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.people.models import User
from biomoa.people.rules import NOBODY
from biomoa.records import queries, services, services_curation, sheets
from biomoa.records.models import Row, RowProblem, Submission
from biomoa.records.refusals import Conflict, NotFound, PermissionDenied, Refusal
from tests.records.world import World, draft, experiment, lay_file, project, reads, review, run, sample, study


def test_a_new_draft_belongs_to_the_group_and_is_told(world: World) -> None:
    made = services.create_submission(world.depositor, world.group.pk, title=" 된장 ")
    assert (made.state, made.title, made.owner, made.center) == ("draft", "된장", world.group, world.center)
    assert Entry.objects.get(subject=made.code).event == "submission:created"
    assert queries.get_submission(world.manager, made.code) == made


def test_rows_that_are_called_the_same_are_all_kept_and_told_and_sent_again_take_the_same_places(world: World) -> None:
    made = draft(world, {"bioproject": [project()], "biosample": [sample("S1")]})
    sheet = [sample("S1", sex="female"), sample("S1", sex="male"), sample("S2")]
    for _ in range(2):
        services.save_rows(world.depositor, made.pk, "biosample", sheet, mode="merge-by-alias")
        page = queries.rows(made.pk, "biosample")
        assert [(row.alias, row.values["sex"]) for row in page.rows] == [
            ("S1", "female"),
            ("S1", "male"),
            ("S2", "female"),
        ]
    assert services.check(made.pk).error_count
    assert RowProblem.objects.filter(submission=made, code__contains="duplicate").exists()


def test_the_same_key_makes_one_submission(world: World) -> None:
    first = services.create_submission(world.depositor, world.group.pk, client_key="k-1")
    again = services.create_submission(world.manager, world.group.pk, client_key="k-1")
    other = services.create_submission(world.stranger, world.other.pk, client_key="k-1")
    assert first == again != other
    assert Submission.objects.count() == 2


def test_nobody_else_may_create_or_see(world: World) -> None:
    for actor in (world.stranger, world.curator, NOBODY):
        with pytest.raises(PermissionDenied):
            services.create_submission(actor, world.group.pk)
    made = draft(world, study())
    for actor in (world.stranger, world.curator, NOBODY):
        with pytest.raises(NotFound):
            queries.get_submission(actor, made.code)
        with pytest.raises(NotFound):
            services.save_rows(actor, made.pk, "biosample", [])
        with pytest.raises(NotFound):
            services.submit(actor, made.pk)


def test_rows_are_replaced_appended_and_merged(world: World) -> None:
    made = draft(world, {"biosample": [sample("S1"), sample("S2")]})
    services.save_rows(world.depositor, made.pk, "biosample", [sample("S3")], mode="append")
    merged = [sample("S2", sex="male"), sample("S4"), {**sample("S1"), "title": " 간 "}]
    saved = services.save_rows(world.depositor, made.pk, "biosample", merged, mode="merge-by-alias")
    page = queries.rows(made.pk, "biosample")
    assert [(row.position, row.alias) for row in page.rows] == [(1, "S1"), (2, "S2"), (3, "S3"), (4, "S4")]
    assert (page.rows[0].values["title"], page.rows[1].values["sex"], page.total) == ("간", "male", 4)
    assert saved.row_counts == {"biosample": 4}
    replaced = services.save_rows(world.depositor, made.pk, "biosample", [sample("S9")])
    assert replaced.row_counts == {"biosample": 1} and replaced.revision == saved.revision + 1


def test_a_row_is_saved_checked_and_deleted_and_the_others_keep_their_place(world: World) -> None:
    made = draft(world, study(3))
    after, row, problems = services.save_row(
        world.depositor, made.pk, "biosample", 2, {**sample("study-1-S2"), "strain": "bad strain"}
    )
    assert [(each.code, each.row, each.field) for each in problems] == [("pattern-mismatch", 2, "strain")]
    assert (after.error_count, row.position) == (1, 2)
    after = services.delete_row(world.depositor, made.pk, "biosample", 2)
    assert after.row_counts["biosample"] == 2
    assert [each.position for each in queries.rows(made.pk, "biosample").rows] == [1, 3]
    assert not RowProblem.objects.filter(position=2).exists()
    _, new, _ = services.save_row(world.depositor, made.pk, "biosample", None, sample("S9", sex="?"))
    assert new.position == 4
    services.check(made.pk)
    assert {row.position for row in queries.rows(made.pk, "biosample", only_problems=True).rows} == {4}
    with pytest.raises(NotFound):
        services.save_row(world.depositor, made.pk, "biosample", 2, sample("S2"))
    with pytest.raises(NotFound):
        services.delete_row(world.depositor, made.pk, "biosample", 2)


def test_two_people_on_one_draft(world: World) -> None:
    made = draft(world, study())
    services.save_rows(world.manager, made.pk, "biosample", [sample("S1")], expected_revision=made.revision)
    with pytest.raises(Conflict) as told:
        services.save_rows(world.depositor, made.pk, "biosample", [], expected_revision=made.revision)
    assert told.value.current_revision == made.revision + 1
    for stale in (
        lambda: services.save_row(world.depositor, made.pk, "biosample", 1, {}, made.revision),
        lambda: services.delete_row(world.depositor, made.pk, "biosample", 1, made.revision),
        lambda: services.set_details(world.depositor, made.pk, title="x", expected_revision=made.revision),
        lambda: services.apply_suggestions(world.depositor, made.pk, "all", made.revision),
    ):
        with pytest.raises(Conflict):
            stale()
    assert [row.alias for row in queries.rows(made.pk, "biosample").rows] == ["S1"]


def test_two_people_on_two_rows_of_one_draft(world: World) -> None:
    """Who says what the row held when it was shown is in nobody's way but of who changed the same row."""
    made = draft(world, study(3))
    shown = {row.position: row.seen for row in queries.rows(made.pk, "biosample").rows}
    services.save_row(world.manager, made.pk, "biosample", 1, sample("S1"), made.revision, shown[1])
    services.save_row(world.depositor, made.pk, "biosample", 2, sample("S2"), made.revision, shown[2])
    services.save_row(world.depositor, made.pk, "biosample", None, sample("S4"), made.revision, "")
    for stale in (shown[1], "", None):
        with pytest.raises(Conflict):
            services.save_row(world.depositor, made.pk, "biosample", 1, sample("S9"), made.revision, stale)
    assert [row.alias for row in queries.rows(made.pk, "biosample").rows] == ["S1", "S2", "study-1-S3", "S4"]


def test_an_unknown_form_is_refused_and_an_unknown_field_is_kept_and_told(world: World) -> None:
    made = draft(world, study())
    with pytest.raises(Refusal) as told:
        services.save_rows(world.depositor, made.pk, "soil", [{}])
    assert told.value.problems[0].code == "unknown-form"
    services.save_rows(world.depositor, made.pk, "biosample", [sample("S1", colour="blue")])
    services.check(made.pk)
    assert queries.rows(made.pk, "biosample").rows[0].values["colour"] == "blue"
    assert "unknown-field" in {view.problem.code for view in queries.problems(made.pk)[0]}


def test_suggestions_are_taken_over_unless_the_value_has_changed(world: World) -> None:
    made = draft(world, {**study(), "biosample": [sample("S1", sex="Female"), sample("S2", sex="Male")]})
    assert queries.correctable(made.pk).count() == 2
    services.save_row(world.depositor, made.pk, "biosample", 2, sample("S2", sex="male"))
    assert services.apply_suggestions(world.depositor, made.pk, "all") == 1
    assert [row.values["sex"] for row in queries.rows(made.pk, "biosample").rows] == ["female", "male"]
    assert services.check(made.pk).is_good


def test_a_correction_that_is_not_chosen_is_left_with_its_like(world: World, client: Client) -> None:
    rows = [sample("S1", sex="Female"), sample("S2", sex="Female"), sample("S3", sex="Male")]
    made = draft(world, {**study(), "biosample": rows})
    proposed = queries.corrections(made.pk)
    assert [(each.value, each.suggestion, each.rows) for each in proposed] == [
        ("Female", "female", 2),
        ("Male", "male", 1),
    ]
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    page = client.get(f"/submissions/{made.code}/review/").content.decode()
    assert page.count('name="take"') == 2
    chosen = {"shown": [each.first for each in proposed], "take": [proposed[1].first], "revision": made.revision}
    client.post(f"/submissions/{made.code}/corrections", chosen)
    assert [row.values["sex"] for row in queries.rows(made.pk, "biosample").rows] == ["Female", "Female", "male"]


def test_a_sheet_keeps_all_that_can_be_read(world: World, tmp_path: Path) -> None:
    sheet = tmp_path / "upload.tsv"
    sheet.write_text("sample_name\tproject\tsex\nS1\tstudy-1\tfemale\nS2\tstudy-1\tno such\n", encoding="utf-8")
    made = draft(world, {"bioproject": [project()]})
    result = services.import_sheet(world.depositor, made.pk, sheet, "samples.tsv")
    assert result.rows == {"biosample": 2}
    assert not services.check(made.pk).is_good
    assert [row.values["sex"] for row in queries.rows(made.pk, "biosample").rows] == ["female", "no such"]
    empty = tmp_path / "empty.tsv"
    empty.write_bytes(b"")
    with pytest.raises(Refusal) as told:
        services.import_sheet(world.depositor, made.pk, empty, "mine.tsv")
    assert told.value.problems[0].file == "mine.tsv"


def test_a_release_date_keeps_to_the_limit(world: World) -> None:
    made, today = draft(world, study()), timezone.localdate()
    services.set_details(world.depositor, made.pk, release_on=today + timedelta(days=3 * 365))
    for wrong in (today - timedelta(days=1), today + timedelta(days=3 * 366 + 1)):
        with pytest.raises(Refusal):
            services.set_details(world.depositor, made.pk, release_on=wrong)
    assert services.set_details(world.depositor, made.pk, release_on=None).release_on is None


def test_with_errors_it_stays_a_draft_and_the_receipt_tells(world: World) -> None:
    made = draft(world, {"biosample": [sample("S1", "nowhere")]})
    receipt = services.submit(world.depositor, made.pk)
    assert (receipt.state, receipt.error_count) == ("draft", 1)
    assert receipt.problems[0].code == "reference-unknown"
    with pytest.raises(Refusal) as told:
        services.submit(world.depositor, draft(world, {}).pk)
    assert told.value.problems[0].code == "nothing-to-submit"


def test_a_sheet_of_too_many_rows_is_told_and_none_of_its_rows_is_made(tmp_path: Path) -> None:
    sheet = tmp_path / "biosample.tsv"
    sheet.write_text("sample_name\tsex\n" + "".join(f"S{number}\tfemale\n" for number in range(5)), encoding="utf-8")
    tables, _, problems = sheets.read(sheet, "samples.tsv", most_rows=4)
    assert tables == {} and [each.code for each in problems] == ["too-many-rows"]
    said = problems[0].message
    assert said.ko.startswith("시료: 5행입니다.") and said.en.startswith("Sample: 5 rows;"), "by the label of the form"
    assert len(sheets.read(sheet, "samples.tsv", most_rows=5)[0]["biosample"]) == 5


def test_handing_in_twice_answers_the_same_receipt(world: World) -> None:
    made = draft(world, study())
    first = services.submit(world.depositor, made.pk)
    assert first == services.submit(world.manager, made.pk)
    assert {line.outcome for line in first.accessions} == {"pending"}
    assert Entry.objects.filter(event="submission:submitted").count() == 1
    with pytest.raises(Refusal):
        services.save_rows(world.depositor, made.pk, "biosample", [])


def test_whole_in_one_call_is_idempotent_and_a_dry_run_stores_nothing(world: World) -> None:
    args = (world.depositor, world.group.pk, study())
    dry = services.whole(*args, dry_run=True)
    assert (dry.submission, dry.error_count, Submission.objects.count()) == ("", 0, 0)
    bad = services.whole(world.depositor, world.group.pk, {"biosample": [sample("S1", "nowhere")]}, dry_run=True)
    assert bad.error_count == 1 and not Entry.objects.exists()
    first = services.whole(*args, client_key="one")
    assert first == services.whole(*args, client_key="one")
    assert Submission.objects.count() == 1 and first.state == "submitted"
    with pytest.raises(PermissionDenied):
        services.whole(world.stranger, world.group.pk, study(), dry_run=True)


def test_a_draft_is_deleted_by_its_group_and_a_handed_in_one_withdrawn_with_a_reason(world: World) -> None:
    gone, kept = draft(world, study()), draft(world, study())
    services.delete_draft(world.depositor, gone.pk)
    assert not Submission.objects.filter(pk=gone.pk).exists() and not Row.objects.filter(submission_id=gone.pk).exists()
    assert Entry.objects.filter(subject=gone.code, event="submission:deleted").exists()
    services.submit(world.depositor, kept.pk)
    with pytest.raises(Refusal):
        services.delete_draft(world.depositor, kept.pk)
    with pytest.raises(Refusal) as told:
        services.withdraw(world.depositor, kept.pk, " ")
    assert told.value.problems[0].code == "reason-needed"
    assert services.withdraw(world.depositor, kept.pk, "mixed up").state == "withdrawn"
    assert "mixed up" in [step.text for step in queries.thread(kept)]
    assert not list(verify())


def test_a_returned_submission_goes_round_again(world: World) -> None:
    made = review(world, draft(world, study()))
    with pytest.raises(Refusal):
        services_curation.return_(world.curator, made.pk, "")
    services_curation.return_(world.curator, made.pk, "성별을 확인해 주세요")
    services.save_row(world.depositor, made.pk, "biosample", 1, sample("study-1-S1", sex="male"))
    services.submit(world.depositor, made.pk)
    made.refresh_from_db()
    kinds = [step.kind for step in queries.thread(made)]
    assert kinds.index("submission:returned") < len(kinds) - 1 - kinds[::-1].index("submission:submitted")
    assert made.decided_at is None and made.state == "submitted"


def test_files_are_checked_against_rows(world: World) -> None:
    made = draft(world, {**reads(), "ngs-run": [
        {"run_alias": "R1", "experiment": "study-1-E1", "file_names": "A.fastq.gz", "md5": "0" * 32},
    ]})  # fmt: skip
    assert codes(made) == {"file-missing"}
    lay_file(made, "a.fastq")
    lay_file(made, "extra.fastq", b"other")
    services.check(made.pk)
    assert codes(made) == {"file-missing", "file-not-named"}
    (match,) = queries.file_matches(made)
    assert (match.named, match.file, match.by) == ("A.fastq.gz", "a.fastq", "compression")
    services.match_files(world.depositor, made.pk, [(match.form, match.position, match.named, match.file)])
    services.check(made.pk)
    assert codes(made) == {"file-md5-differs", "file-not-named"}
    told = next(view.problem for view in queries.problems(made.pk)[0] if view.problem.code == "file-md5-differs")
    assert (told.field, told.file) == ("md5", "a.fastq"), "at the digest: the name is right"
    assert "0" * 32 in told.message.en and len(told.message.en.split("has ")[1][:32]) == 32


def test_a_file_is_proposed_by_its_md5(world: World) -> None:
    made = draft(world, reads())
    file = lay_file(made, "renamed-by-hand.fastq")
    row = {"run_alias": "R1", "experiment": "study-1-E1", "file_names": "x.fastq", "md5": file.object.md5}
    services.save_rows(world.depositor, made.pk, "ngs-run", [row])
    assert [(match.file, match.by) for match in queries.file_matches(made)] == [("renamed-by-hand.fastq", "md5")]
    services.check(made.pk)
    assert services.apply_suggestions(world.depositor, made.pk, "all") == 1
    assert services.check(made.pk).is_good


@pytest.mark.parametrize(
    ("verdict", "metrics", "expected"),
    [
        ("pass", {}, set()),
        (None, {}, {"file-inspection-pending"}),
        ("fail", {}, {"file-inspection-failed"}),
        ("warn", {}, {"file-inspection-warned"}),
        ("pass", {"reads": 5}, {"file-near-threshold"}),
        ("pass", {"reads": 1}, {"file-below-threshold"}),
    ],
)
def test_inspections_and_thresholds(
    world: World, verdict: str | None, metrics: dict[str, int], expected: set[str]
) -> None:
    made = draft(world, reads())
    lay_file(made, "study-1.fastq", verdict=verdict, **metrics)
    services.check(made.pk)
    assert codes(made) == expected


def codes(submission: Submission) -> set[str]:
    return set(RowProblem.objects.filter(submission=submission).values_list("code", flat=True))


def test_two_files_of_a_row_must_belong_together(world: World) -> None:
    made = draft(world, {**reads(), "ngs-experiment": [experiment("study-1-E1", "study-1-S1", "PAIRED")]})
    services.save_rows(world.depositor, made.pk, "ngs-run", [run("R", "study-1-E1", "a_R1.fastq", "a_R2.fastq")])
    first = {"name_digest": "n", "content_digest": "c1", "reads": 100, "mate": 1}
    lay_file(made, "a_R1.fastq", b"1", **first)
    lay_file(made, "a_R2.fastq", b"2", **{**first, "content_digest": "c2", "mate": 2})
    services.check(made.pk)
    assert codes(made) == set()
    lay_file(made, "a_R2.fastq", b"3", **{**first, "content_digest": "c3", "mate": 2, "reads": 99})
    services.check(made.pk)
    assert codes(made) == {"file-pair-differs"}


def test_who_may_not_fill_a_draft_leaves_no_empty_one(world: World) -> None:
    with pytest.raises(PermissionDenied):
        services.whole(world.administrator, world.group.pk, study(1), client_key="once")
    assert not Submission.objects.exists()
