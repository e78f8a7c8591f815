"""The whole job through the API, and what programs rely on: receipts, keys, dry runs, ETags, pages, description."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from biomoa.ledger.models import Entry
from biomoa.people.models import User
from biomoa.people.rules import Actor
from biomoa.people.services import create_group, make_account
from biomoa.records.models import Record, Submission
from tests.api.conftest import Caller
from tests.records.world import World, accepted, draft, lay_file, project, reads, review, sample, study

pytestmark = pytest.mark.django_db
FASTQ = b"@r1\nACGT\n+\nIIII\n"


def good(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_from_rows_to_an_open_record(owner: Caller, curator: Caller, nobody: Caller) -> None:
    receipt = good(owner("POST", "/submissions", {"rows": study(2), "title": "Gut"}), 201)
    assert (receipt["state"], receipt["error_count"]) == ("submitted", 0)
    assert {line["outcome"] for line in receipt["accessions"]} == {"pending"}
    code = receipt["submission"]
    assert [each["code"] for each in good(curator("GET", "/desk"))["submissions"]] == [code]
    assert good(curator("POST", f"/submissions/{code}/take"))["state"] == "in-review"
    receipt = good(curator("POST", f"/submissions/{code}/accept"))
    accessions = {line["alias"]: line["accession"] for line in receipt["accessions"]}
    assert all(accessions.values()) and len(accessions) == 3
    assert good(owner("GET", f"/submissions/{code}/receipt"))["accessions"] == receipt["accessions"]
    opened = good(owner("POST", f"/submissions/{code}/release"))
    if opened["state"] != "released":  # opened by the acceptance already
        assert opened["blockers"] == []
    record = good(nobody("GET", f"/records/{accessions['study-1-S1']}"))
    assert record["values"]["sample_name"] == "study-1-S1"
    assert record["up"][0]["accession"] == accessions["study-1"]


def test_a_curator_puts_a_colleague_in_charge(world: World, owner: Caller, curator: Caller) -> None:
    code = good(owner("POST", "/submissions", {"rows": study(1)}), 201)["submission"]
    known = good(curator("GET", f"/submissions/{code}/curators"))
    assert [each["name"] for each in known] == ["curator", "curator2"]
    told = good(curator("POST", f"/submissions/{code}/assign", {"user": known[1]["user"]}))
    assert (told["assigned_to"], told["state"]) == ("curator2", "submitted")
    refused = curator("POST", f"/submissions/{code}/assign", {"user": world.depositor.user_id})
    assert refused.json()["problems"][0]["code"] == "not-a-curator"
    assert good(curator("POST", f"/submissions/{code}/take"))["assigned_to"] == "curator"


def test_files_travel_with_their_rows(owner: Caller) -> None:
    receipt = good(owner("POST", "/submissions", {"rows": reads(), "submit": False}), 201)
    assert receipt["state"] == "draft"
    shelf = receipt["tus"].rstrip("/").rpartition("/")[2]
    path = f"/api/v1/shelves/{shelf}/files/study-1.fastq"
    stored = owner.client.put(path, FASTQ, "application/octet-stream", headers=owner.headers)
    file = good(stored, 201)
    assert (file["size_bytes"], file["version"]) == (len(FASTQ), 1)
    again = owner.client.put(path, FASTQ, "application/octet-stream", headers=owner.headers)
    assert good(again, 201)["id"] == file["id"], "the same content is nothing new"
    wrong = owner.client.put(
        path, b"other", "application/octet-stream", headers={**owner.headers, "content-md5": "0" * 32}
    )
    assert wrong.json()["problems"][0]["file"] == "study-1.fastq"
    assert [each["name"] for each in good(owner("GET", f"/shelves/{shelf}/files"))] == ["study-1.fastq"]
    assert good(owner("GET", f"/files/{file['id']}"))["sha256"] == file["sha256"]
    assert good(owner("POST", f"/submissions/{receipt['submission']}/check"))["error_count"] == 0


def test_the_same_key_creates_nothing_twice(owner: Caller) -> None:
    body, key = {"rows": study(2)}, {"idempotency-key": "run-17"}
    first = good(owner("POST", "/submissions", body, headers=key), 201)
    second = good(owner("POST", "/submissions", body, headers=key), 201)
    assert second == first
    assert Submission.objects.count() == 1
    good(owner("POST", "/submissions", body, headers={"idempotency-key": "run-18"}), 201)
    assert Submission.objects.count() == 2


def test_without_a_key_each_call_is_a_submission(owner: Caller) -> None:
    codes = {good(owner("POST", "/submissions", {"submit": False}), 201)["submission"] for _ in range(2)}
    assert len(codes) == 2


def test_a_dry_run_stores_nothing(owner: Caller) -> None:
    entries = Entry.objects.count()
    bad = {"rows": {"biosample": [sample("S1", "no-such-project", sex="unheard-of")]}}
    receipt = good(owner("POST", "/submissions?dry_run=true", bad))
    assert receipt["error_count"] >= 2 and receipt["submission"] == ""
    assert {problem["field"] for problem in receipt["problems"]} >= {"project", "sex"}
    assert (Submission.objects.count(), Entry.objects.count()) == (0, entries)


def test_errors_leave_a_draft_and_lose_nothing(owner: Caller) -> None:
    rows = {"bioproject": [project()], "biosample": [sample("S1", sex="unheard-of")]}
    receipt = good(owner("POST", "/submissions", {"rows": rows}), 201)
    assert receipt["state"] == "draft" and receipt["error_count"] == 1
    code = receipt["submission"]
    kept = good(owner("GET", f"/submissions/{code}/rows/biosample"))["rows"][0]
    assert kept["values"]["sex"] == "unheard-of"
    problem = kept["problems"][0]["problem"]
    assert (problem["row"], problem["field"]) == (1, "sex")
    stored = good(owner("GET", f"/submissions/{code}/problems?severity=error"))
    assert stored["total"] == 1
    saved = good(owner("PUT", f"/submissions/{code}/rows/biosample/1", {"values": sample("S1")}))
    assert saved["problems"] == []
    assert good(owner("POST", f"/submissions/{code}/submit"))["state"] == "submitted"
    assert good(owner("POST", f"/submissions/{code}/submit"))["state"] == "submitted", "asked again: the same"


def test_rows_are_replaced_added_read_and_deleted(world: World, owner: Caller) -> None:
    code = draft(world, study(1)).code
    path = f"/submissions/{code}/rows/biosample"
    good(owner("POST", path, {"rows": [sample("S2"), sample("S3")]}))
    page = good(owner("GET", f"{path}?page=2&size=2"))
    assert (page["total"], [row["alias"] for row in page["rows"]]) == (3, ["S3"])
    good(owner("DELETE", f"{path}/2"), 204)
    good(owner("PUT", path, {"rows": [sample("S9")]}))
    assert [row["alias"] for row in good(owner("GET", path))["rows"]] == ["S9"]
    added = good(owner("PUT", f"{path}/0", {"values": sample("S10")}))
    assert good(owner("GET", f"{path}/{added['position']}"))["alias"] == "S10"


def sheet(*rows: str, name: str = "biosample.tsv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join(["sample_name\tproject\tsex", *rows]).encode())


def test_a_sheet_comes_in(world: World, owner: Caller) -> None:
    code = draft(world, study(1)).code
    answer = owner.client.post(
        f"/api/v1/submissions/{code}/sheets", {"sheet": sheet("S7\tstudy-1\tfemale")}, headers=owner.headers
    )
    assert good(answer)["rows"] == {"biosample": 1}
    assert good(owner("GET", f"/submissions/{code}"))["row_counts"]["biosample"] == 2


def test_sheets_are_checked_together_and_not_kept(owner: Caller) -> None:
    projects = SimpleUploadedFile("bioproject.tsv", b"project_alias\tproject_type\ttitle\nstudy-1\tprimary\tT\n")
    sheets = {"sheets": [projects, sheet("S7\tstudy-1\tfemale", "S8\tstudy-2\tfemale")]}
    receipt = good(owner.client.post("/api/v1/check", sheets, headers=owner.headers))
    assert {problem["row"] for problem in receipt["problems"] if problem["field"] == "project"} == {2}
    assert not Submission.objects.exists()


def test_a_curator_corrects_returns_and_lets_stand(world: World, owner: Caller, curator: Caller) -> None:
    submission = draft(world, study(1))
    review(world, submission)
    path = f"/submissions/{submission.code}"
    correction = {"field": "sex", "value": "male", "reason": "x"}
    curated = good(curator("POST", f"{path}/rows/biosample/1/curated", correction))
    assert (curated["values"]["sex"], curated["merged"]["sex"]) == ("female", "male")
    assert curator("POST", f"{path}/return", {"reason": " "}).status_code == 422
    assert good(curator("POST", f"{path}/return", {"reason": "the sex is not known"}))["state"] == "returned"
    curator("POST", f"{path}/comments", {"text": "please look", "form": "biosample", "position": 1, "field": "sex"})
    thread = good(owner("GET", f"{path}/thread"))
    assert "please look" in [step["text"] for step in thread]


def test_after_acceptance_a_change_is_asked_for(world: World, owner: Caller, curator: Caller) -> None:
    accepted(world, study(1))
    accession = Record.objects.get(form="biosample").accession
    before = owner("GET", f"/records/{accession}")
    wanted = {"values": sample("study-1-S1", sex="male")}
    asked = good(owner("POST", f"/records/{accession}/revisions", wanted,
                       headers={"if-match": before.headers["ETag"]}), 201)  # fmt: skip
    good(owner("POST", f"/submissions/{asked['code']}/submit"))
    curator("POST", f"/submissions/{asked['code']}/take")
    receipt = good(curator("POST", f"/submissions/{asked['code']}/accept"))
    assert [(line["outcome"], line["version"]) for line in receipt["accessions"]] == [("revised", 2)]
    changes = good(owner("GET", f"/records/{accession}/changes"))
    assert [change["field"] for change in changes] == ["sex"]
    assert good(owner("GET", f"/records/{accession}?version=1"))["values"]["sex"] == "female"
    late = owner("POST", f"/records/{accession}/revisions", wanted, headers={"if-match": before.headers["ETag"]})
    assert late.status_code == 412


def test_a_record_read_twice_is_sent_once(world: World, owner: Caller) -> None:
    accepted(world, study(1))
    accession = Record.objects.get(form="biosample").accession
    first = owner("GET", f"/records/{accession}")
    tag = first.headers["ETag"]
    again = owner("GET", f"/records/{accession}", headers={"if-none-match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert "Authorization" in first.headers["Vary"]


def test_there_is_no_version_before_the_first(world: World, nobody: Caller) -> None:
    accepted(world, study(1))
    accession = Record.objects.get(form="biosample").accession
    for version, status in (("1", 200), ("0", 404), ("-1", 404), ("2", 404)):
        assert nobody("GET", f"/records/{accession}?version={version}").status_code == status
        assert nobody("GET", f"/records/{accession}/changes?version={version}").status_code == status
        assert nobody.client.get(f"/{accession}.{version}").status_code == status


def test_a_tombstone_has_a_reason_and_no_values(world: World, curator: Caller, nobody: Caller) -> None:
    accepted(world, study(1))
    accession = Record.objects.get(form="biosample").accession
    gone = good(curator("POST", f"/records/{accession}/withdraw", {"reason": "mixed up"}))
    assert gone["state"] == "withdrawn"
    seen = good(nobody("GET", f"/records/{accession}"))
    assert (seen["reason"], seen["values"], seen["is_tombstone"]) == ("mixed up", {}, True)


def test_lists_have_pages(world: World, owner: Caller) -> None:
    for number in range(3):
        draft(world, study(1, f"study-{number}"))
    page = good(owner("GET", "/submissions?page=2&size=2"))
    assert (page["total"], page["page"], page["size"], len(page["submissions"])) == (3, 2, 2, 1)
    assert good(owner("GET", "/submissions?state=released"))["total"] == 0


def test_a_list_does_not_ask_once_a_line(
    world: World, owner: Caller, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(6):
        draft(world, study(1, f"study-{number}"))
    with django_assert_max_num_queries(8):
        assert good(owner("GET", "/submissions"))["total"] == 6


def test_who_i_am(owner: Caller, nobody: Caller) -> None:
    me = good(owner("GET", "/me"))
    assert me["email"] == "depositor@example.org"
    assert me["scopes"] == ["curate", "deposit", "read"]
    assert [(group["code"], group["roles"]) for group in me["groups"]] == [("lab", ["depositor"])]
    assert good(nobody("GET", "/me"))["email"] is None


def test_a_person_in_two_groups_says_which(world: World, owner: Caller) -> None:
    user = User.objects.get(pk=world.depositor.user_id)
    second = create_group(Actor(user_id=user.pk, label=f"user:{user.pk}"), "둘째", "Second")
    made = good(owner("POST", "/submissions", {"group": second.code, "submit": False}), 201)
    assert good(owner("GET", f"/submissions/{made['submission']}"))["group"]["code"] == second.code
    assert owner("POST", "/submissions", {"group": "rival", "submit": False}).status_code == 404
    for named in ("group", "center"):
        assert f"no such {named}" in owner("POST", "/submissions", {named: "x"}).json()["detail"].replace("data ", "")


def test_a_token_from_the_session_only(world: World) -> None:
    from django.test import Client

    session = Client()
    session.force_login(User.objects.get(pk=world.depositor.user_id))
    made = good(session.post("/api/v1/tokens", {"name": "x", "scopes": ["read"], "days": 5}, "application/json"), 201)
    assert made["secret"].startswith("bmo_")
    listed = good(session.get("/api/v1/tokens"))
    assert made["secret"] not in str(listed)
    assert session.delete(f"/api/v1/tokens/{made['id']}").status_code == 204


def test_forms_rules_and_series_are_public(nobody: Caller) -> None:
    forms = good(nobody("GET", "/forms"))
    assert [form["form"] for form in forms][:2] == ["bioproject", "biosample"]
    whole = good(nobody("GET", "/forms/biosample"))
    assert len(whole["fields"]) == forms[1]["fields_count"]
    jsonschema_rs.validator_for(good(nobody("GET", "/forms/biosample/schema.json")))
    book = nobody("GET", "/forms/biosample/template.xlsx")
    assert b"".join(book.streaming_content)[:2] == b"PK"
    codes = [rule["code"] for rule in good(nobody("GET", "/rules"))]
    assert codes == sorted(set(codes)) and {"wrong-state", "last-manager"} <= set(codes)
    assert {"prefix", "digits"} <= set(good(nobody("GET", "/accession-series"))[0])


def test_a_record_in_the_words_of_a_standard(world: World, owner: Caller) -> None:
    accepted(world, study(1))
    accession = Record.objects.get(form="biosample").accession
    names = {standard["name"] for standard in good(owner("GET", "/standards"))}
    assert {"sra-xml", "jsonl"} <= names
    answer = owner("GET", f"/records/{accession}/exports/jsonl")
    assert answer.status_code == 200 and "study-1-S1" in answer.content.decode()
    assert owner("GET", f"/records/{accession}/exports/papyrus").status_code == 422


def test_uploads_to_go_on_with(world: World, owner: Caller) -> None:
    submission = draft(world, study(1))
    lay_file(submission, "old.fastq")
    tus = f"/files/tus/{submission.shelf_id}/"
    begun = owner.client.post(tus, headers={
        **owner.headers, "tus-resumable": "1.0.0", "upload-length": "10", "upload-metadata": "filename YS5mYXN0cQ==",
    })  # fmt: skip
    assert begun.status_code == 201, begun.content
    [upload] = good(owner("GET", f"/shelves/{submission.shelf_id}/uploads"))
    assert (upload["name"], upload["size_bytes"], upload["offset_bytes"]) == ("a.fastq", 10, 0)
    assert begun.headers["Location"].endswith(upload["url"])


def test_the_description_is_valid_and_says_how(nobody: Caller) -> None:
    document = good(nobody("GET", "/openapi.json"))
    assert document["openapi"].startswith("3.1")
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert all(operation["summary"] and operation["responses"] for operation in operations)
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert document["components"]["securitySchemes"]
    submission = document["components"]["schemas"]["SubmissionIn"]["properties"]
    assert submission["rows"]["examples"]
    refs = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert refs <= set(document["components"]["schemas"])


def test_the_page_of_the_description_needs_nothing_from_elsewhere(nobody: Caller) -> None:
    page = nobody("GET", "/docs")
    html = page.content.decode()
    assert page.status_code == 200 and "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "http://" not in html.replace("http://www.w3.org", "") and "https://" not in html
    assert "<style" not in html and " style=" not in html
    assert html.count("<script") == html.count('<script src="/static/') + html.count('<script type="application/json"')


def test_who_is_in_no_group_is_told_how_to_come_into_one(client: Client) -> None:
    client.force_login(make_account("alone@example.org", password="x", name_ko="", name_en="Alone"))
    answer = client.post("/api/v1/submissions", {"submit": False}, content_type="application/json")
    assert answer.status_code == 422
    (told,) = answer.json()["problems"]
    assert told["code"] == "no-group" and "그룹" in told["message"]["ko"] and told["message"]["en"]
