"""Files that identify a person: held with the finding, seen by few, settled, and gone without a trace of the datum."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from biomoa.files import inspection, queries, services
from biomoa.files.models import InspectionResult, Quarantine, RemovedObject, StoredFile, StoredObject
from biomoa.files.problems import FileProblem
from biomoa.files.quarantine import empty_store
from biomoa.files.storage import store
from biomoa.ledger.models import Entry
from biomoa.people.models import User
from biomoa.people.rules import NOBODY, Actor
from biomoa.records import services as records
from biomoa.records import services_curation
from biomoa.records.models import RecordFile, RowProblem, Submission
from biomoa.records.refusals import Refusal
from biomoa.records.services_quarantine import settle
from tests.records.world import World, accept, draft, lay_file, reads, review, study

DATUM = "910203-4345678"  # of these tests alone: what others leave in the home is not looked for
READS = f"@{DATUM}\nACGT\n+\nIIII\n".encode() * 2


def _held(world: World, submission: Submission, name: str = "study-1.fastq", content: bytes = READS) -> StoredFile:
    """A file as it really comes: received, inspected, and therefore held."""
    file = services.receive(world.depositor, submission.shelf, name, io.BytesIO(content))
    inspection.inspect(file.object_id)
    return StoredFile.objects.select_related("quarantine", "shelf", "object").get(pk=file.pk)


def _codes(raised: pytest.ExceptionInfo[FileProblem]) -> list[str]:
    return [each.code for each in raised.value.problems]


def _client(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_a_finding_holds_the_file_and_says_nothing(world: World) -> None:
    file = _held(world, draft(world, reads()))
    assert file.quarantine.state == "held"
    assert Entry.objects.filter(event="file:quarantined", subject=f"FILE{file.pk}").count() == 1
    said = "".join(Entry.objects.values_list("data", flat=True)) + json.dumps(queries.summary(file), default=str)
    assert DATUM not in said and DATUM[7:] not in said


def test_only_the_group_and_the_curators_know_of_it_and_nobody_downloads(world: World) -> None:
    file = _held(world, draft(world, reads()))
    for actor in (world.depositor, world.manager, world.curator):
        assert queries.get_file(actor, file.pk).pk == file.pk
        assert [each.pk for each in queries.quarantined_for(actor)] == [file.pk]
    for actor in (world.stranger, world.administrator, world.auditor):
        with pytest.raises(FileProblem):
            queries.get_file(actor, file.pk)
        assert queries.quarantined_for(actor) == []
        assert queries.files_of_shelf(file.shelf_id, actor=actor) == []
    for actor in (world.depositor, world.manager, world.curator, world.administrator, world.stranger):
        with pytest.raises(FileProblem):
            queries.get_file(actor, file.pk, "download")
        assert _client(actor).get(f"/files/{file.pk}/{file.name}").status_code == 404


def test_a_submission_does_not_go_on_with_it_until_it_was_let_go(world: World) -> None:
    submission = draft(world, reads())
    file = _held(world, submission)
    receipt = records.submit(world.depositor, submission.pk)
    assert receipt.state == "draft" and "file-quarantined" in {each.code for each in receipt.problems}
    settle(world.depositor, file.pk, "declare", "a lot number of the sequencer")
    settle(world.curator, file.pk, "clear", "checked with the laboratory")
    receipt = records.submit(world.depositor, submission.pk)
    assert receipt.state == "submitted", receipt.problems
    assert queries.get_file(world.depositor, file.pk, "download").pk == file.pk


def test_what_is_held_after_the_check_is_not_accepted(world: World) -> None:
    submission = draft(world, reads())
    file = lay_file(submission, "study-1.fastq")
    review(world, submission)
    Quarantine.objects.create(file=file)
    with pytest.raises(Refusal):
        services_curation.accept(world.curator, submission.pk)


@pytest.mark.parametrize(
    ("who", "command", "reason", "code"),
    [
        ("depositor", "declare", " ", "quarantine-needs-reason"),
        ("depositor", "declare", f"it is {DATUM}", "reason-names-person"),
        ("depositor", "clear", "why", "not-allowed"),
        ("curator", "declare", "why", "not-allowed"),
        ("curator", "remove", "", "not-allowed"),
        ("stranger", "remove", "", "not-found"),
        ("administrator", "order", "why", "not-found"),
    ],
)
def test_who_may_not(world: World, who: str, command: str, reason: str, code: str) -> None:
    file = _held(world, draft(world, reads()))
    with pytest.raises(FileProblem) as raised:
        settle(getattr(world, who), file.pk, command, reason)
    assert _codes(raised) == [code]
    assert Quarantine.objects.get(file=file).state == "held"


def test_a_settled_quarantine_is_not_settled_again(world: World) -> None:
    file = _held(world, draft(world, reads()))
    settle(world.curator, file.pk, "clear", "no person")
    with pytest.raises(FileProblem) as raised:
        settle(world.depositor, file.pk, "remove")
    assert _codes(raised) == ["quarantine-decided"]


def _places_of(datum: str) -> list[str]:
    """Every file of the home, and every table, in which the bytes stand."""
    home: Path = settings.BIOMOA_HOME.folder
    wanted = datum.encode()
    found = [str(path) for path in home.rglob("*") if path.is_file() and wanted in path.read_bytes()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [table for row in cursor.fetchall() if wanted in repr(row).encode()]
    return found


def test_nothing_is_left_of_what_was_removed(world: World, django_capture_on_commit_callbacks: Any) -> None:
    file = _held(world, draft(world, reads()))
    assert _places_of(DATUM)
    with django_capture_on_commit_callbacks(execute=True):
        assert settle(world.depositor, file.pk, "remove") == 0
    assert _places_of(DATUM) == []
    assert not StoredFile.objects.exists() and not StoredObject.objects.exists()
    assert store().find_size(file.object_id) is None
    entry = Entry.objects.get(event="quarantine:removed")
    assert entry.subject == f"FILE{file.pk}" and json.loads(entry.data)["sha256"] == file.object_id
    with pytest.raises(FileProblem) as raised:
        _held(world, Submission.objects.get())
    assert _codes(raised) == ["content-removed"]


def test_bytes_that_a_crash_left_behind_go_with_the_next_stroke_of_the_clock(world: World) -> None:
    file = _held(world, draft(world, reads()))
    settle(world.curator, file.pk, "order", "a registration number")  # the transaction of the test never commits
    assert store().find_size(file.object_id) is not None
    assert (empty_store(), empty_store()) == (1, 0)
    assert store().find_size(file.object_id) is None


def test_the_same_content_elsewhere_is_held_too_and_keeps_the_bytes(world: World) -> None:
    first = _held(world, draft(world, reads()))
    second = _held(world, draft(world, study(alias="study-2")), "other.fastq")
    assert second.quarantine.state == "held"
    assert settle(world.depositor, first.pk, "remove") == 1
    assert StoredObject.objects.filter(pk=first.object_id).exists() and not RemovedObject.objects.exists()


def test_a_file_of_a_record_is_taken_from_it(world: World) -> None:
    submission = draft(world, reads())
    file = lay_file(submission, "study-1.fastq")
    accept(world, submission)
    Quarantine.objects.create(file=file)
    page = Client().get(f"/{RecordFile.objects.get(file=file).record.accession}")
    assert b"study-1.fastq</a>" not in page.content
    assert Client().get(f"/files/{file.pk}/study-1.fastq").status_code == 404
    settle(world.curator, file.pk, "order", "a registration number")
    assert not RecordFile.objects.filter(file_id=file.pk).exists()
    assert Entry.objects.filter(event="record:file-removed").count() == 1


def test_a_name_that_identifies_a_person_is_refused_and_not_repeated(world: World) -> None:
    submission = draft(world, reads())
    with pytest.raises(FileProblem) as raised:
        services.receive(world.depositor, submission.shelf, f"{DATUM}_R1.fastq", io.BytesIO(b"x"))
    assert _codes(raised) == ["file-name-person"]
    assert DATUM not in repr(raised.value.problems) and DATUM not in str(raised.value)


def test_rows_hold_no_datum_in_problems_ledger_or_answers(world: World) -> None:
    bundle = study()
    bundle["biosample"][0]["sex"] = DATUM  # type: ignore[index]
    bundle["biosample"][0]["환자번호"] = "12345678"  # type: ignore[index]
    submission = draft(world, bundle)
    receipt = records.submit(world.depositor, submission.pk)
    assert [each.field for each in receipt.problems if each.code == "person-identifier"] == ["sex", "환자번호"]
    stored = repr(list(RowProblem.objects.values_list())) + repr(list(Entry.objects.values_list("data", flat=True)))
    for said in (stored, repr(receipt)):
        assert DATUM not in said and "12345678" not in said
    page = _client(world.depositor).get(f"/submissions/{submission.code}/review/")
    assert page.status_code == 200 and DATUM.encode() not in page.content


UNSURE = "2103014123459"  # asked about: a number issued since October 2020 has no check digit


def test_what_is_only_asked_about_is_repeated_nowhere_too(world: World, tmp_path: Path) -> None:
    bundle = study()
    bundle["biosample"][0]["taxonomy_id"] = UNSURE  # type: ignore[index]
    submission = draft(world, bundle)
    file = _held(world, submission, "study-1.sam", f"@HD\tVN:1.6\n@RG\tID:a\tSM:{UNSURE}\tDT:{UNSURE}\n".encode())
    client, base = _client(world.depositor), f"/submissions/{submission.code}/"
    sheet = tmp_path / f"{UNSURE}.tsv"
    sheet.write_text(f"sample_name\t{UNSURE}\ttaxonomy_id\nS-1\t1\t562\n")
    with sheet.open("rb") as sent:
        upload = client.post(f"{base}sheet", {"sheet": sent}, follow=True)
    assert upload.status_code == 200
    receipt = records.submit(world.depositor, submission.pk)
    assert "person-identifier-unsure" in {each.code for each in receipt.problems}
    answers = [client.get(page) for page in (f"{base}review/", f"{base}files/", f"/api/v1{base}problems")]
    assert {each.status_code for each in answers} == {200}
    stored = repr(list(RowProblem.objects.values_list())) + repr(list(Entry.objects.values_list("data", flat=True)))
    told = repr(list(InspectionResult.objects.filter(object=file.object).values_list("findings", "metrics")))
    assert "person-identifier-unsure" in told
    for said in (stored, repr(receipt), told, *(each.content.decode() for each in (upload, *answers))):
        assert UNSURE not in said


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_and_the_api(world: World, language: str) -> None:
    file = _held(world, draft(world, reads()))
    client = _client(world.depositor)
    page = client.get("/quarantine/", headers={"accept-language": language})
    assert page.status_code == 200 and file.name.encode() in page.content and DATUM.encode() not in page.content
    assert ("번째 줄" if language == "ko" else "line ") in page.content.decode()
    assert [each["file"] for each in client.get("/api/v1/quarantine").json()] == [file.pk]
    assert client.post(f"/quarantine/{file.pk}/declare", {"reason": "lot"}).status_code == 302
    other = _client(world.stranger)
    assert other.post(f"/quarantine/{file.pk}/remove").status_code == 404
    assert other.get("/api/v1/quarantine").json() == []
    answer = _client(world.curator).post(
        f"/api/v1/quarantine/{file.pk}/clear", json.dumps({"reason": "no person"}), content_type="application/json"
    )
    assert answer.json() == {"other_files": 0}
    assert Quarantine.objects.get(file=file).state == "cleared"


def test_deleted_rows_are_overwritten_in_the_database_file(world: World) -> None:  # noqa: ARG001
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_a_curator_holds_what_the_search_let_pass(world: World, django_capture_on_commit_callbacks: Any) -> None:
    """A face or a name in Latin letters: closed to everybody at once, also where the same content lies elsewhere."""
    bundle = reads("by-hand")
    submission = draft(world, bundle)
    file = lay_file(submission, "by-hand.fastq", b"@Kim_Minji_tumor\nA\n+\nI\n")
    twin = lay_file(draft(world, study(1, "twin")), "twin.fastq", b"@Kim_Minji_tumor\nA\n+\nI\n")
    accept(world, submission)
    address = f"/files/{file.pk}/by-hand.fastq"
    assert Client().get(address).status_code == 200
    for actor in (world.depositor, world.stranger, world.auditor, world.administrator, NOBODY):
        with pytest.raises(FileProblem):
            settle(actor, file.pk, "hold", "a name")
    with pytest.raises(FileProblem):
        settle(world.curator, file.pk, "hold", " ")
    curator = _client(world.curator)
    record = RecordFile.objects.get(file=file).record
    assert b"/do/hold" in curator.get(f"/{record.accession}").content
    told = curator.post(f"/records/{record.accession}/do/hold", {"file": file.pk, "reason": "a name"}, follow=True)
    assert "격리했습니다" in told.content.decode()
    assert address.encode() not in Client().get(f"/{record.accession}").content
    assert Client().get(address).status_code == 404 and curator.get(address).status_code == 404
    assert set(Quarantine.objects.values_list("file_id", "state")) == {(file.pk, "held"), (twin.pk, "held")}
    assert "a name" in curator.get("/quarantine/").content.decode()
    with pytest.raises(FileProblem):
        settle(world.curator, file.pk, "hold", "again")
    with django_capture_on_commit_callbacks(execute=True):
        assert settle(world.curator, file.pk, "order", "a name") == 1
        assert settle(world.depositor, twin.pk, "remove") == 0
    assert store().find_size(file.object_id) is None and RemovedObject.objects.filter(pk=file.object_id).exists()


def test_what_was_held_by_hand_can_be_let_go(world: World) -> None:
    submission = draft(world, reads("let-go"))
    file = lay_file(submission, "let-go.fastq")
    accept(world, submission)
    settle(world.curator, file.pk, "hold", "a name")
    settle(world.depositor, file.pk, "declare", "the name of a strain")
    settle(world.curator, file.pk, "clear", "it is")
    assert Client().get(f"/files/{file.pk}/let-go.fastq").status_code == 200
