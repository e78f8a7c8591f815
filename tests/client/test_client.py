"""The client against a real server, over good and bad lines: nothing is lost, nothing is made twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter

from biomoa.client import (
    Client,
    ClientError,
    Conflict,
    Invalid,
    NotFound,
    NotSignedIn,
    Unreachable,
    answers,
    client,
    transport,
    upload,
)  # fmt: skip
from biomoa.files.models import StoredFile, Upload
from biomoa.records import services_curation
from biomoa.records.models import Submission
from tests.client.proxy import Line
from tests.records.world import World, project, sample, study

pytestmark = pytest.mark.django_db(transaction=True)
MIB = 1024**2


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "CHUNK_BYTES", 64 * 1024)


def test_sheets_and_files_in_one_call(station: Client, sheets: list[Path], reads: Callable[..., Path]) -> None:
    steps: list[upload.Step] = []
    receipt = station.submit(sheets=sheets, files=[reads(300_000)], progress=steps.append)
    assert (receipt.state, receipt.error_count) == ("submitted", 0), receipt.problems
    assert {line.alias for line in receipt.accessions} == {"study-1", "S1", "E1", "R1"}
    sent = [step.sent_bytes for step in steps]
    assert sent == sorted(sent) and sent[-1] == steps[-1].size_bytes
    assert StoredFile.objects.count() == 1


def test_the_same_call_again_makes_nothing_twice(
    station: Client, sheets: list[Path], reads: Callable[..., Path]
) -> None:
    first = station.submit(sheets=sheets, files=[reads(1000)])
    second = station.submit(sheets=sheets, files=[reads(1000)])
    # Warnings may differ: the inspection of the file ends in between.
    told = [(one.submission, one.state, one.accessions) for one in (first, second)]
    assert told[0] == told[1]
    assert (Submission.objects.count(), StoredFile.objects.count()) == (1, 1)


def test_a_line_that_breaks_again_and_again(
    far: Client, line: Line, sheets: list[Path], reads: Callable[..., Path]
) -> None:
    """Every connection is cut after 200 kB: each attempt brings it a little further."""
    line.cut_after = 200_000
    receipt = far.submit(sheets=sheets, files=[reads(1 * MIB)])
    assert receipt.state == "submitted", receipt.problems
    assert line.cuts >= 4
    assert (Submission.objects.count(), StoredFile.objects.count()) == (1, 1)
    assert not Upload.objects.filter(file=None).exists()
    assert StoredFile.objects.get().object_id == upload.sha256_of(reads(1 * MIB))


def test_an_answer_that_is_lost(live_server: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request arrives, and every first answer is lost on the way back."""
    lost: set[tuple[str, str]] = set()
    real = httpx.Client.request

    def request(self: httpx.Client, method: str, url: Any, **more: Any) -> httpx.Response:
        answer = real(self, method, url, **more)
        if (method, str(url)) not in lost:
            lost.add((method, str(url)))
            raise httpx.ReadError("connection reset")
        return answer

    monkeypatch.setattr(httpx.Client, "request", request)
    with Client(live_server.url, token) as far:
        receipt = far.submit({"bioproject": [project()], "biosample": [sample("S1")]})
    assert receipt.state == "submitted"
    assert len(lost) >= 3 and Submission.objects.count() == 1


def test_what_was_begun_goes_on(station: Client, line: Line, token: str, reads: Callable[..., Path]) -> None:
    """A client that gave up half-way; another one, that knows nothing of it, sends only the rest."""
    path, code = reads(1 * MIB), station.create(idempotency_key="x").submission
    line.cut_after = 400_000
    line.cuts_left = 10**6
    with Client(line.url, token, attempts=1) as first, pytest.raises(Unreachable):
        first.upload([path], code)
    begun = Upload.objects.get()
    assert 0 < begun.offset_bytes < path.stat().st_size
    line.cut_after, line.sent_bytes = None, 0
    with Client(line.url, token) as second:
        [file] = second.upload([path], code)
    assert file.sha256 == upload.sha256_of(path)
    assert line.sent_bytes < path.stat().st_size - begun.offset_bytes + 50_000


def test_a_file_that_changed_in_between_is_found_out(
    station: Client, line: Line, token: str, reads: Callable[..., Path]
) -> None:
    path, code = reads(1 * MIB), station.create(idempotency_key="x").submission
    line.cut_after = 400_000
    with Client(line.url, token, attempts=1) as first, pytest.raises(Unreachable):
        first.upload([path], code)
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(content)
    with pytest.raises(upload.UploadBroken, match=path.name):
        station.upload([path], code)
    [file] = station.upload([path], code)
    assert file.sha256 == upload.sha256_of(path)


def test_what_is_there_is_not_sent_again(station: Client, reads: Callable[..., Path], monkeypatch: Any) -> None:
    path, code = reads(1000), station.create(idempotency_key="x").submission
    station.upload([path], code)
    monkeypatch.setattr(upload.Shelf, "_patch", lambda *_: pytest.fail("sent again"))
    [file] = station.upload([path], code)
    assert (file.version, file.size_bytes) == (1, path.stat().st_size)


def test_a_new_content_is_a_new_version_and_an_empty_file_arrives(station: Client, tmp_path: Path) -> None:
    code = station.create(idempotency_key="x").submission
    path = tmp_path / "notes.txt"
    for version, content in enumerate((b"", b"first", b"other"), start=1):
        path.write_bytes(content)
        [file] = station.upload([path], code)
        assert (file.version, file.size_bytes) == (version, len(content))


def test_many_rows_go_in_parts(station: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ROWS_A_CALL", 10)
    receipt = station.submit(study(35))
    assert (receipt.state, len(receipt.accessions)) == ("submitted", 36)


def test_a_dry_run_and_a_check_store_nothing(station: Client, sheets: list[Path]) -> None:
    sheets[1].write_text("sample_name\tproject\tsex\nS1\tno-such\tunheard-of\n")
    receipt = station.submit(sheets=sheets, dry_run=True)
    assert {problem.field for problem in receipt.problems} >= {"project", "sex"}
    assert station.check({"biosample": [sample("S1", sex="unheard-of")]}).error_count >= 1
    assert not Submission.objects.exists()


def test_a_sheet_that_cannot_be_read_holds_the_rest_back(station: Client, sheets: list[Path]) -> None:
    """An unused sheet of a workbook is nothing; bytes that are no table are told, and nothing is handed in."""
    book = xlsxwriter.Workbook(sheets[0].with_name("study.xlsx"))
    for name, rows in {
        "bioproject": [["project_alias", "project_type", "title"], ["study-1", "primary", "Study one"]],
        "biosample": [["sample_name", "project", "sex"]],
    }.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    book.close()
    receipt = station.submit(sheets=[sheets[0].with_name("study.xlsx")])
    assert (receipt.state, receipt.error_count) == ("submitted", 0), "an unused sheet is no error"
    sheets[1].write_bytes(b"\xff\xfe\x00PK\x00 no table")
    with pytest.raises(Invalid):
        station.submit(sheets=sheets)


def test_waiting_for_the_curator(station: Client, lasting_world: World) -> None:
    receipt = station.submit(study(1))
    seen: list[str] = []

    def decide(found: answers.Submission) -> None:
        seen.append(found.state)
        number = int(found.code[3:])
        if found.state == "submitted":
            services_curation.take(lasting_world.curator, number)
        else:
            services_curation.accept(lasting_world.curator, number)

    done = station.wait(receipt.submission, every_seconds=0.01, tell=decide)
    assert seen == ["submitted", "in-review"]
    accession = {line.alias: line.accession for line in done.accessions}["study-1-S1"]
    record = station.record(accession)
    assert (record.accession, record.values["sex"]) == (accession, "female")
    assert b"study-1-S1" in station.export(accession, "jsonl")
    with pytest.raises(ClientError, match="still"):
        station.wait(receipt.submission, until=("never",), timeout_seconds=0, every_seconds=0)


def test_faults_have_kinds_and_problems(station: Client, live_server: Any) -> None:
    with pytest.raises(NotFound):
        station.record("KAS99999999")
    with Client(live_server.url, "bmo_wrong") as stranger, pytest.raises(NotSignedIn) as refused:
        stranger.create()
    assert [problem.code for problem in refused.value.problems] == ["token-invalid"]
    code = station.create().submission
    with pytest.raises(Invalid) as invalid:
        station.hand_in(code)
    assert [problem.code for problem in invalid.value.problems] == ["nothing-to-submit"]
    with pytest.raises(Conflict) as conflict:
        station.transport.send(
            "PUT", f"/api/v1/submissions/{code}/rows/bioproject", json={"rows": [project()], "revision": 99}
        )
    assert conflict.value.current_revision == 1


def test_a_station_that_is_away() -> None:
    with Client("http://127.0.0.1:9", attempts=2) as nowhere, pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
        nowhere.forms()


def test_a_pause_that_one_would_notice_is_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "FIRST_PAUSE_SECONDS", 0.4)
    with Client("http://127.0.0.1:9", attempts=4) as nowhere, pytest.raises(Unreachable):
        nowhere.forms()
    (told,) = [record.getMessage() for record in caplog.records if record.name.startswith("biomoa.client")]
    assert told.startswith("127.0.0.1 did not answer")
    assert told.endswith("asked again in 2 s")


def test_two_files_of_one_name_are_told_before_anything_is_sent(station: Client, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.fastq").touch()
    (tmp_path / "x.fastq").touch()
    with pytest.raises(ClientError, match=r"x\.fastq"):
        station.submit(study(1), files=[tmp_path / "x.fastq", tmp_path / "a" / "x.fastq"])
    assert not Submission.objects.exists()


def test_the_token_goes_nowhere_else(station: Client, monkeypatch: pytest.MonkeyPatch, reads: Any) -> None:
    """A station behind a proxy may give addresses of another host: the token stays with the one it was made for."""
    code = station.create(idempotency_key="x").submission
    real = httpx.Client.request

    def request(self: httpx.Client, method: str, url: Any, **more: Any) -> httpx.Response:
        answer = real(self, method, url, **more)
        if "Location" in answer.headers:
            answer.headers["Location"] = "http://evil.example" + httpx.URL(answer.headers["Location"]).path
        return answer

    monkeypatch.setattr(httpx.Client, "request", request)
    assert station.upload([reads(1000)], code)
