"""The pages of reviewer links and certificates over HTTP: headers, ranges, what is written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from biomoa.files.models import InspectionResult, StoredFile
from biomoa.people.models import User
from biomoa.people.rules import Actor
from biomoa.records import certificates, reviewing, services, services_release
from biomoa.records.models import ReviewOpening, Submission
from tests.records.test_release import in_days
from tests.records.world import World, accept, draft, project, reads

BYTES = b"@r\nACGTACGT\n+\nIIIIIIII\n"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def submission(world: World) -> Submission:
    """Accepted and closed, with a real file that came through the upload form."""
    made = draft(world, {**reads(), "bioproject": [project(contact="kim@example.org")]})
    sent = client_of(world.depositor).post(
        f"/files/shelves/{made.shelf_id}/form", {"file": SimpleUploadedFile("study-1.fastq", BYTES)}
    )
    assert sent.status_code == 302
    for file in StoredFile.objects.select_related("object"):
        InspectionResult.objects.create(
            object=file.object, qc_version="t", format="fastq", verdict="pass", seconds=0.1, metrics={"reads": 100}
        )
    services.set_details(world.depositor, made.pk, release_on=in_days(60))
    accept(world, made)
    made.refresh_from_db()
    return made


def new_address(world: World, submission: Submission, **more: Any) -> str:
    form = {"name": "Journal", "days": "30", "files": "all", "form": ["bioproject", "biosample", "ngs-run"], **more}
    page = client_of(world.depositor).post(f"/submissions/{submission.code}/reviewers/", form)
    assert page.status_code == 201 and "no-store" in page["Cache-Control"]
    found = re.search(r'value="http[^"]*(/review/[^"]+/)"', page.content.decode())
    assert found
    again = client_of(world.depositor).get(f"/submissions/{submission.code}/reviewers/").content.decode()
    assert found[1] not in again, "shown this once"
    return found[1]


def is_secret(page: Any) -> bool:
    return (
        page["Referrer-Policy"] == "no-referrer"
        and "noindex" in page["X-Robots-Tag"]
        and page["Cache-Control"] == "private, no-store"
    )


def test_a_reviewer_reads_and_downloads_without_an_account(world: World, submission: Submission) -> None:
    address, reader = new_address(world, submission), Client(REMOTE_ADDR="198.51.100.23")
    overview = reader.get(address)
    text = overview.content.decode()
    assert overview.status_code == 200 and is_secret(overview) and "KAP000001" in text and "noindex" in text
    assert "<form" not in text and "sessionid" not in overview.cookies and "csrftoken" not in overview.cookies
    record = reader.get(f"{address}KAP000001/")
    assert is_secret(record) and "kim@example.org" not in record.content.decode()
    assert "kim@" not in text and "depositor@example.org" not in text + record.content.decode()
    assert reader.get(f"{address}KAE00000001/").status_code == 404, "the experiments were not chosen"
    file = StoredFile.objects.get()
    path = f"{address}files/{file.pk}/{file.name}"
    whole = reader.get(path)
    assert b"".join(whole.streaming_content) == BYTES and is_secret(whole)  # type: ignore[attr-defined]
    assert whole["Content-Disposition"].startswith("attachment") and whole["X-Content-Type-Options"] == "nosniff"
    part = reader.get(path, headers={"range": "bytes=3-6"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 3-6/{len(BYTES)}")
    assert b"".join(part.streaming_content) == BYTES[3:7]  # type: ignore[attr-defined]
    assert reader.get(path, headers={"range": "bytes=900-"}).status_code == 416
    assert reader.get(f"{address}files/{file.pk}/other.fastq").status_code == 404
    assert reader.get(f"/files/{file.pk}/{file.name}").status_code == 404, "the usual door stays shut"
    assert reader.get("/KAP000001").status_code == 404 and reader.get(f"/inspections/{file.pk}/").status_code == 404
    kept = {(each.kind, each.what): each for each in ReviewOpening.objects.all()}
    assert {each.network for each in kept.values()} == {"198.51.100.0/24"}
    assert (kept["file", file.name].times, kept["file", file.name].size_bytes) == (3, len(BYTES) + 4)
    (link,) = reviewing.links_of(world.depositor, submission.pk)
    log = client_of(world.manager).get(f"/submissions/{submission.code}/reviewers/{link.id}/").content.decode()
    assert "198.51.100.0/24" in log and "198.51.100.23" not in log and file.name in log


def test_it_ends_by_itself_on_release(world: World, submission: Submission) -> None:
    address = new_address(world, submission)
    services_release.release(world.depositor, submission.pk)
    over = Client().get(address)
    assert over.status_code == 410 and is_secret(over) and 'href="/KAP000001"' in over.content.decode()
    file = StoredFile.objects.get()
    assert Client().get(f"{address}files/{file.pk}/{file.name}").status_code == 410
    assert Client().get(f"{address}KAP000001/").status_code == 410


def test_only_the_group_sees_and_revokes(world: World, submission: Submission) -> None:
    address = new_address(world, submission)
    (link,) = reviewing.links_of(world.depositor, submission.pk)
    page = f"/submissions/{submission.code}/reviewers/"
    for path in (page, f"{page}{link.id}/"):
        assert Client().get(path).status_code == 302
        assert client_of(world.stranger).get(path).status_code == 404
        assert client_of(world.curator).get(path).status_code == 403
    assert client_of(world.stranger).post(f"{page}{link.id}/revoke").status_code == 404
    assert client_of(world.depositor).get(f"{page}{link.id}/revoke").status_code == 405
    assert Client().get(address).status_code == 200
    assert client_of(world.depositor).post(f"{page}{link.id}/revoke").status_code == 302
    assert Client().get(address).status_code == 410
    assert Client().get(f"/review/{'A' * 43}/").status_code == 404
    assert Client().post(address).status_code == 405


def test_what_was_typed_is_kept_when_it_is_refused(world: World, submission: Submission) -> None:
    form = {"name": "Journal <b>", "days": "4000", "files": "none", "form": ["bioproject"], "accessions": "KAP999999"}
    page = client_of(world.depositor).post(f"/submissions/{submission.code}/reviewers/", form)
    text = page.content.decode()
    assert page.status_code == 422 and "Journal &lt;b&gt;" in text and "4000" in text and "KAP999999" in text


def test_a_certificate_is_verified_by_anyone_and_taken_by_the_group(world: World, submission: Submission) -> None:
    owner = client_of(world.depositor)
    answer = owner.post(f"/submissions/{submission.code}/certificate")
    assert answer.status_code == 302
    address = answer["Location"]
    page = Client().get(address, headers={"accept-language": "en"})
    text = page.content.decode()
    assert page.status_code == 200 and "noindex" in page["X-Robots-Tag"] and submission.code in text
    assert ".pdf" not in text and Client().get(f"{address}.pdf").status_code == 404
    for language in ("ko", "en"):
        pdf = owner.get(f"{address}.pdf?language={language}")
        assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    code = address.rsplit("/", 1)[1]
    assert Client().get("/certificates/", {"code": f" {code.lower().replace('-', '')} "})["Location"] == address
    assert Client().get("/certificates/00000-00000-00000-00000").status_code == 404
    assert Client().get("/certificates/", {"code": "<b>"}).status_code == 200
    assert Client().post(f"/submissions/{submission.code}/certificate").status_code == 302  # to sign in
    assert owner.post("/records/KAP000001/certificate", {"version": "1"}).status_code == 302
    assert len(certificates.certificates_of(world.depositor, submission_id=submission.pk)) == 1
    assert client_of(world.stranger).post("/records/KAP000001/certificate").status_code == 404
