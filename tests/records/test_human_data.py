"""Human data: no file before the questions are answered, by whatever door; answers are kept."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from biomoa.catalog.load import load_catalogue
from biomoa.catalog.model import BrokenCatalogue, Navigator
from biomoa.catalog.navigator import asked, combinations, decide, unanswered
from biomoa.files.inbox import receive_inbox
from biomoa.files.models import StoredFile, Upload
from biomoa.files.problems import FileProblem
from biomoa.files.services import receive, remove
from biomoa.ledger.models import Entry
from biomoa.people.models import User
from biomoa.people.rules import system
from biomoa.records import human, services, services_curation, services_human
from biomoa.records.models import HumanDataAnswer, Record, Submission
from biomoa.records.refusals import Conflict, NotFound, PermissionDenied, Refusal
from tests.records.world import Bundle, World, accepted, draft, experiment, lay_file, project, reads, run, sample, study

KOREA = Path(__file__).parents[2] / "catalogs" / "korea"
OPEN, BANK, ASK = {"personal": "no"}, {"personal": "yes", "consent": "yes"}, {"personal": "yes", "consent": "no"}
ANSWERS = {"material": "person", "personal": "no", "consent": "yes", "irb": "approved", "advice": "none"}


def of_people(alias: str = "study-1") -> Bundle:
    return {
        "bioproject": [project(alias)],
        "biosample": [sample(f"{alias}-S1", alias, title="Human Blood")],
        "ngs-experiment": [experiment(f"{alias}-E1", f"{alias}-S1")],
        "ngs-run": [run(f"{alias}-R1", f"{alias}-E1", f"{alias}.fastq")],
    }


def codes(refusal: Any) -> list[str]:
    return [one.code for one in refusal.value.problems]


def put(world: World, made: Submission) -> StoredFile:
    made.shelf.refresh_from_db()
    return receive(world.depositor, made.shelf, "study-1.fastq", io.BytesIO(b"@r\nA\n+\nI\n"))


def answer(world: World, made: Submission, answers: dict[str, str]) -> None:
    services_human.answer(world.depositor, made.pk, answers)
    made.refresh_from_db()


def enter(client: Client, actor: Any) -> Client:
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


# The questionnaire of the catalogue


@pytest.fixture(scope="module")
def korea() -> Navigator:
    return load_catalogue(KOREA).navigators["human-data"]


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "deposit-here"),
        ({"consent": "waived", "irb": "exempt"}, "deposit-here"),
        ({"personal": "yes"}, "human-bank"),
        ({"personal": "yes", "advice": "deposit-here"}, "human-bank"),
        ({"personal": "yes", "consent": "no"}, "no-consent"),
        ({"personal": "yes", "consent": "no", "advice": "deposit-here"}, "no-consent"),
        ({"personal": "yes", "consent": "waived"}, "ask-curator"),
        ({"personal": "unsure"}, "ask-curator"),
        ({"irb": "none"}, "ask-curator"),
        ({"irb": "none", "advice": "deposit-here"}, "deposit-here"),
        ({"advice": "human-bank"}, "human-bank"),
        ({"material": "cell-line", "irb": "none", "consent": "no"}, "deposit-here"),
        ({"material": "microbiome", "host-reads": "present"}, "host-reads"),
        ({"material": "microbiome", "host-reads": "removed"}, "deposit-here"),
    ],
)
def test_answers_lead_to_the_outcome_of_the_rules(korea: Navigator, changed: dict[str, str], outcome: str) -> None:
    found = decide(korea, {**ANSWERS, **changed})
    assert found is not None and found.outcome == outcome
    assert found.documents, "every outcome says which documents it needs"


def test_every_combination_of_answers_has_one_outcome_and_no_personal_data_comes_without_advice(
    korea: Navigator,
) -> None:
    count = 0
    for answers in combinations(korea):
        outcome = decide(korea, answers)
        assert outcome is not None, answers
        assert unanswered(korea, answers) == ()
        if outcome.kind == "open":
            assert answers["personal"] == "no" or answers["advice"] == "deposit-here", answers
        all_three = answers["personal"] == "yes" and answers["consent"] == "yes"
        assert not all_three or outcome.outcome == "human-bank", answers
        for name in answers:
            assert decide(korea, {key: value for key, value in answers.items() if key != name}) is None
        count += 1
    assert count > 100


def test_a_question_is_asked_only_of_whom_it_concerns(korea: Navigator) -> None:
    assert "host-reads" not in [each.question for each in asked(korea, {"material": "person"})]
    assert "host-reads" in [each.question for each in asked(korea, {"material": "microbiome"})]
    assert decide(korea, {**ANSWERS, "irb": "perhaps"}) is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("navigator: human-data", "navigator: other", "must be named like its file"),
        ("field: title", "field: colour", "has no field `colour`"),
        ("form: biosample", "form: nothing", "there is no form `nothing`"),
        ('{personal: ["no"]}', '{personal: ["perhaps"]}', "has no option `perhaps`"),
        ('{consent: ["yes"]}', '{wish: ["yes"]}', "no earlier question `wish`"),
        ("kind: ask", 'kind: ask\n    when: [{consent: ["no"], personal: ["no"]}]', "no outcome for the answers"),
        ("kind: open", "kind: maybe", "Invalid enum value 'maybe'"),
        ("question: consent", "question: personal", "asked twice"),
        ("  - outcome: bank", "  - outcome: here", "stands twice"),
        ('edition: "1"', 'edition: "1"\ncolour: red', "unknown key `colour`"),
        ('    when: [{consent: ["yes"]}]', '    when: [{personal: ["no"]}]', "no answers lead to outcome `bank`"),
    ],
)
def test_a_broken_navigator_is_refused_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(Path(__file__).parent / "catalogue", folder)
    path = folder / "navigators" / "human-data.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BrokenCatalogue) as broken:
        load_catalogue(folder)
    assert any(place == path and line >= 1 and reason in why for place, line, why in broken.value.faults), broken.value


# Services


def test_a_draft_that_is_not_about_people_is_never_asked(world: World) -> None:
    made = draft(world, reads())
    put(world, made)
    assert human.state_of(made) == "not-asked"
    assert services.submit(world.depositor, made.pk).submission == made.code


def test_a_human_sample_shuts_the_draft_until_the_answers_let_files_come(world: World) -> None:
    made = draft(world, of_people())
    with pytest.raises(FileProblem) as refused:
        put(world, made)
    assert refused.value.status == 422 and codes(refused) == ["human-data-unanswered"]
    assert f"/submissions/{made.code}/human-data/" in refused.value.problems[0].message.ko
    with pytest.raises(Refusal) as not_handed_in:
        services.submit(world.depositor, made.pk)
    assert codes(not_handed_in) == ["human-data-unanswered"]

    answer(world, made, BANK)
    with pytest.raises(FileProblem) as to_the_bank:
        put(world, made)
    assert codes(to_the_bank) == ["human-data-elsewhere"]
    assert "승인서" in to_the_bank.value.problems[0].message.ko and "IRB" in to_the_bank.value.problems[0].message.en
    answer(world, made, ASK)
    with pytest.raises(Refusal) as asks:
        services.submit(world.depositor, made.pk)
    assert codes(asks) == ["human-data-ask"]

    answer(world, made, OPEN)
    lay_file(made, "study-1.fastq")
    put(world, made)
    assert services.submit(world.depositor, made.pk).state == "submitted"


def test_every_answer_is_kept_and_in_the_ledger(world: World) -> None:
    made = draft(world, of_people())
    answer(world, made, BANK)
    answer(world, made, OPEN | {"consent": "yes"})
    kept = list(HumanDataAnswer.objects.order_by("pk").values_list("answers", "outcome", "edition", "by_id"))
    assert kept == [(BANK, "bank", "1", world.depositor.user_id), (OPEN, "here", "1", world.depositor.user_id)]
    told = list(Entry.objects.filter(event="human-data:answered").order_by("pk"))
    said = [json.loads(entry.data) for entry in told]
    assert [one["outcome"] for one in said] == ["bank", "here"]
    assert told[0].subject == made.code and said[0]["answers"] == BANK


def test_incomplete_or_foreign_answers_change_nothing(world: World) -> None:
    made = draft(world, of_people())
    with pytest.raises(Refusal) as incomplete:
        services_human.answer(world.depositor, made.pk, {"personal": "yes"})
    assert codes(incomplete) == ["human-data-incomplete"] and incomplete.value.problems[0].value == "consent"
    with pytest.raises(NotFound):
        services_human.answer(world.stranger, made.pk, OPEN)
    with pytest.raises(PermissionDenied):
        services_human.answer(world.auditor, made.pk, OPEN)
    with pytest.raises(Conflict):
        services_human.answer(world.depositor, made.pk, OPEN, expected_revision=made.revision + 1)
    assert not HumanDataAnswer.objects.exists() and not Entry.objects.filter(event="human-data:answered").exists()


def test_a_row_that_turns_human_shuts_the_shelf_and_its_files_can_still_be_taken_out(world: World) -> None:
    made = draft(world, reads())
    file = put(world, made)
    services.save_row(world.depositor, made.pk, "biosample", 1, sample("study-1-S1", title="human blood"))
    with pytest.raises(FileProblem):
        put(world, made)
    remove(world.depositor, file)
    assert not StoredFile.objects.exists()
    services.save_row(world.depositor, made.pk, "biosample", 1, sample("study-1-S1", title="rice"))
    put(world, made)


def test_taking_the_species_away_does_not_undo_an_answer(world: World) -> None:
    made = draft(world, of_people())
    answer(world, made, BANK)
    services.save_rows(world.depositor, made.pk, "biosample", [sample("study-1-S1", title="rice")])
    with pytest.raises(FileProblem):
        put(world, made)


def test_who_says_so_at_the_start_is_asked_before_any_row(world: World) -> None:
    made = services.create_submission(world.depositor, world.group.pk, says_human=True)
    with pytest.raises(FileProblem) as refused:
        put(world, made)
    assert codes(refused) == ["human-data-unanswered"]
    answer(world, made, OPEN)
    put(world, made)


def test_a_draft_can_be_deleted_while_it_is_shut(world: World) -> None:
    made = draft(world, reads())
    put(world, made)
    services.save_rows(world.depositor, made.pk, "biosample", [sample("study-1-S1", title="human blood")])
    services.delete_draft(world.depositor, made.pk)
    assert not Submission.objects.exists()


def test_a_dry_run_tells_what_will_be_asked(world: World) -> None:
    receipt = services.whole(world.depositor, world.group.pk, of_people(), dry_run=True)
    assert "human-data-ahead" in [one.code for one in receipt.problems]
    receipt = services.whole(world.depositor, world.group.pk, reads(), dry_run=True)
    assert "human-data-ahead" not in [one.code for one in receipt.problems]


def test_a_revision_of_a_record_keeps_the_answers_it_came_with(world: World) -> None:
    made = draft(world, {**study(1), "biosample": [sample("S1", title="human blood")]})
    answer(world, made, OPEN)
    services.submit(world.depositor, made.pk)
    services_curation.take(world.curator, made.pk)
    services_curation.accept(world.curator, made.pk)
    record = Record.objects.get(form="biosample")
    change = services.propose_revision(world.depositor, record.accession, sample("S1", title="human blood", age="4"))
    assert human.state_of(change) == "open"
    assert services.submit(world.depositor, change.pk).state == "submitted"


def test_a_revision_of_other_records_asks_nothing(world: World) -> None:
    accepted(world, study(1))
    record = Record.objects.get(form="biosample")
    change = services.propose_revision(world.depositor, record.accession, sample("study-1-S1", age="4"))
    assert human.state_of(change) == "not-asked" and not HumanDataAnswer.objects.exists()


# Every door


def _tus(client: Client, made: Submission) -> Any:
    return client.post(
        f"/files/tus/{made.shelf_id}/", b"", content_type="application/offset+octet-stream",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": "4", "Upload-Metadata": "filename YS5mYXN0cQ=="},
    )  # fmt: skip


def test_tus_creates_nothing_before_the_answers(client: Client, world: World) -> None:
    made = draft(world, of_people())
    answered = _tus(enter(client, world.depositor), made)
    assert answered.status_code == 422
    assert [one["code"] for one in answered.json()["problems"]] == ["human-data-unanswered"]
    assert not Upload.objects.exists()
    answer(world, made, OPEN)
    assert _tus(client, made).status_code == 201


def test_an_upload_under_way_stops_when_the_draft_turns_human(client: Client, world: World) -> None:
    made = draft(world, reads())
    address = _tus(enter(client, world.depositor), made)["Location"]
    services.save_rows(world.depositor, made.pk, "biosample", [sample("study-1-S1", title="human blood")])
    sent = client.patch(
        address, b"@r\nA", content_type="application/offset+octet-stream",
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
    )  # fmt: skip
    assert sent.status_code == 422 and not StoredFile.objects.exists()


def test_the_plain_form_says_why_and_leads_to_the_questions(client: Client, world: World) -> None:
    made = draft(world, of_people())
    file = SimpleUploadedFile("a.fastq", b"@r\nA\n+\nI\n")
    answered = enter(client, world.depositor).post(f"/files/shelves/{made.shelf_id}/form", {"file": file})
    assert answered.status_code == 422 and not StoredFile.objects.exists()
    assert f'href="/submissions/{made.code}/human-data/"' in answered.content.decode()


def test_the_api_takes_no_file_before_the_answers(client: Client, world: World) -> None:
    made = draft(world, of_people())
    address = f"/api/v1/shelves/{made.shelf_id}/files/a.fastq"
    content = b"@r\nA\n+\nI\n"
    first = enter(client, world.depositor).put(address, content, content_type="application/octet-stream")
    assert first.status_code == 422 and first.json()["problems"][0]["code"] == "human-data-unanswered"
    answer(world, made, OPEN)
    assert client.put(address, content, content_type="application/octet-stream").status_code == 201


def test_the_inbox_leaves_files_where_they_lie(world: World) -> None:
    made = draft(world, of_people())
    folder = settings.BIOMOA_HOME.inbox / made.code
    folder.mkdir(parents=True)
    (folder / "a.fastq").write_bytes(b"@r\nA\n+\nI\n")
    with pytest.raises(FileProblem) as refused:
        receive_inbox(system("inbox"), made.shelf, made.code)
    assert codes(refused) == ["human-data-unanswered"] and (folder / "a.fastq").exists()


# API and pages


def test_the_api_reads_and_writes_the_answers(client: Client, world: World) -> None:
    made = draft(world, of_people())
    address = f"/api/v1/submissions/{made.code}/human-data"
    asked_ = enter(client, world.depositor).get(address).json()
    assert asked_["state"] == "unanswered" and asked_["history"] == []
    assert [each["question"] for each in asked_["questions"]] == ["personal", "consent"]
    wrong = client.put(address, {"answers": {"personal": "yes"}}, content_type="application/json")
    assert wrong.status_code == 422 and wrong.json()["problems"][0]["code"] == "human-data-incomplete"
    told = client.put(address, {"answers": BANK}, content_type="application/json").json()
    assert (told["state"], told["outcome"]["outcome"]) == ("elsewhere", "bank")
    assert told["outcome"]["documents"] == [{"ko": "승인서", "en": "IRB approval"}]
    client.put(address, {"answers": OPEN}, content_type="application/json")
    told = client.get(address).json()
    assert told["state"] == "open" and [each["answers"] for each in told["history"]] == [OPEN, BANK]
    assert client.get(f"/api/v1/submissions/{made.code}").json()["human_data"] == "open"


def test_a_new_submission_about_people_begins_with_the_questions(client: Client, world: World) -> None:
    typed = {"title": "x", "owner": world.group.pk, "is_human": "yes"}
    answered = enter(client, world.depositor).post("/submissions/new", typed)
    made = Submission.objects.get()
    assert answered["Location"] == f"/submissions/{made.code}/human-data/" and made.says_human
    client.post("/submissions/new", {**typed, "is_human": "no"})
    assert not Submission.objects.latest("pk").says_human


def test_whether_data_comes_from_people_must_be_said(client: Client, world: World) -> None:
    typed = {"title": "x", "owner": world.group.pk}
    for language, said in (("en", "Choose “Yes” or “No”"), ("ko", "‘예’ 또는 ‘아니요’를 골라")):
        answered = enter(client, world.depositor).post("/submissions/new", typed, headers={"accept-language": language})
        page = answered.content.decode()
        assert answered.status_code == 422 and said in page and 'value="x"' in page
    assert not Submission.objects.exists()


def test_the_page_asks_further_questions_as_the_answers_need_them(client: Client, world: World) -> None:
    made = draft(world, of_people())
    address = f"/submissions/{made.code}/human-data/"
    assert 'name="consent"' not in enter(client, world.depositor).get(address).content.decode()
    more = client.post(address, {"personal": "yes"})
    assert more.status_code == 422 and 'name="consent"' in more.content.decode()
    done = client.post(address, BANK, follow=True).content.decode()
    assert "인체 은행에 등록합니다" in done and "승인서" in done
    files = client.get(f"/submissions/{made.code}/files/").content.decode()
    assert "data-drop" not in files and f'href="{address}"' in files
    assert client.post(address, OPEN, follow=True).status_code == 200
    assert "data-drop" in client.get(f"/submissions/{made.code}/files/").content.decode()


def test_the_curator_sees_the_answers_and_a_stranger_nothing(client: Client, world: World) -> None:
    made = draft(world, of_people())
    answer(world, made, OPEN)
    lay_file(made, "study-1.fastq")
    services.submit(world.depositor, made.pk)
    assert "개인정보가 있습니까?" in enter(client, world.curator).get(f"/desk/{made.code}/").content.decode()
    address = f"/submissions/{made.code}/human-data/"
    assert 'type="radio"' not in enter(client, world.depositor).get(address).content.decode()
    assert enter(client, world.stranger).get(address).status_code == 404
    assert client.post(address, OPEN).status_code == 404
