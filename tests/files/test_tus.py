"""Every MUST of tus 1.0.0 for what this server offers, from outside, over HTTP."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tusclient.client import TusClient

from biomoa.files import uploads
from biomoa.files.models import Shelf, StoredFile, Upload
from biomoa.files.storage import store
from biomoa.ledger.models import Entry

from .conftest import Tus, World, pairs

DATA = os.urandom(300_000)


def _stored(file: StoredFile) -> bytes:
    return b"".join(store().iter_blocks(file.object_id))


def _codes(response: httpx.Response) -> list[str]:
    assert response.headers["Content-Type"].startswith("application/problem+json")
    for problem in response.json()["problems"]:
        assert problem["message"]["ko"]
        assert problem["message"]["en"]
    return [problem["code"] for problem in response.json()["problems"]]


# -- core ------------------------------------------------------------------------------------------------------------


def test_options_tell_version_extensions_and_limits_without_signing_in(tus: Tus) -> None:
    answer = httpx.options(tus.address)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    extensions = "creation,creation-with-upload,checksum,termination,expiration"
    assert answer.headers["Tus-Extension"] == extensions
    assert int(answer.headers["Tus-Max-Size"]) > 10**12
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"]


def test_options_ignore_the_version_of_the_request(tus: Tus) -> None:
    assert httpx.options(tus.address, headers={"Tus-Resumable": "0.2.2"}).status_code == 204


@pytest.mark.parametrize("version", ["0.2.2", "", "2.0.0"])
def test_another_version_is_refused_and_nothing_happens(tus: Tus, version: str) -> None:
    answer = tus.create("a.fq", 5, Tus_Resumable=version)
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert _codes(answer) == ["protocol-version"]
    assert not Upload.objects.exists()


def test_every_answer_carries_the_version(tus: Tus) -> None:
    url = tus.create("a.fq", 5).headers["Location"]
    answers = [tus.http.head(url), tus.patch(url, 3, b"x"), tus.http.head(tus.address + "x"), httpx.get(tus.address)]
    assert {answer.headers["Tus-Resumable"] for answer in answers} == {"1.0.0"}


def test_head_tells_offset_length_metadata_and_is_not_cached(tus: Tus) -> None:
    created = tus.create("a.fq", 5, meta=pairs(filetype="text/plain"))
    url = created.headers["Location"]
    head = tus.http.head(url)
    assert head.status_code == 200
    assert head.headers["Upload-Offset"] == "0"
    assert head.headers["Upload-Length"] == "5"
    assert head.headers["Upload-Metadata"] == pairs(filename="a.fq", filetype="text/plain")
    assert head.headers["Cache-Control"] == "no-store"
    tus.patch(url, 0, b"abcde")
    assert tus.offset(url) == 5


def test_head_of_nothing_has_no_offset(tus: Tus) -> None:
    head = tus.http.head(tus.address + "nothing")
    assert head.status_code == 404
    assert "Upload-Offset" not in head.headers


def test_patch_appends_and_tells_the_new_offset(tus: Tus) -> None:
    url = tus.create("a.fq", 5).headers["Location"]
    first = tus.patch(url, 0, b"abc")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "3")
    assert (uploads.part_path(Upload.objects.get())).read_bytes() == b"abc"
    assert tus.patch(url, 3, b"de").headers["Upload-Offset"] == "5"
    assert _stored(StoredFile.objects.get()) == b"abcde"


def test_bytes_beyond_a_whole_file_are_refused(tus: Tus) -> None:
    url = tus.create("a.fq", 3).headers["Location"]
    assert tus.patch(url, 0, b"abc").status_code == 204
    assert tus.patch(url, 3, b"").status_code == 204
    answer = tus.patch(url, 3, b"de")
    assert (answer.status_code, _codes(answer)) == (413, ["upload-too-long"])
    assert answer.headers["Upload-Offset"] == "3"
    assert _stored(StoredFile.objects.get()) == b"abc"


def test_patch_at_a_wrong_offset_changes_nothing(tus: Tus) -> None:
    url = tus.create("a.fq", 9).headers["Location"]
    tus.patch(url, 0, b"abc")
    for offset in (0, 2, 4):
        answer = tus.patch(url, offset, b"zz")
        assert answer.status_code == 409
        assert answer.headers["Upload-Offset"] == "3"
        assert _codes(answer) == ["wrong-offset"]
    assert tus.offset(url) == 3


def test_patch_needs_its_media_type_and_a_number(tus: Tus) -> None:
    url = tus.create("a.fq", 9).headers["Location"]
    assert tus.patch(url, 0, b"abc", Content_Type="application/octet-stream").status_code == 415
    for offset in ("-1", "x", "", "1.0"):
        answer = tus.http.patch(
            url, content=b"a", headers={"Upload-Offset": offset, "Content-Type": "application/offset+octet-stream"}
        )
        assert _codes(answer) == ["bad-header"]
    assert tus.offset(url) == 0


def test_patch_of_nothing_is_not_found(tus: Tus) -> None:
    assert tus.patch(tus.address + "nothing", 0, b"a").status_code == 404


def test_method_override_wins(tus: Tus) -> None:
    url = tus.create("a.fq", 3).headers["Location"]
    override = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    answer = tus.http.post(url, content=b"abc", headers=override | {"Content-Type": "application/offset+octet-stream"})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "3")


def test_method_override_never_makes_a_safe_request_unsafe(tus: Tus) -> None:
    url = tus.create("a.fq", 3).headers["Location"]
    assert tus.http.get(url, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 405
    assert tus.offset(url) == 0


# -- creation --------------------------------------------------------------------------------------------------------


def test_creation_answers_201_with_the_address(tus: Tus) -> None:
    answer = tus.create("a.fq", 5)
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith(tus.address)
    assert answer.headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("length", ["-5", "ten", "1e3", None])
def test_creation_needs_a_length(tus: Tus, length: str | None) -> None:
    headers = {"Upload-Metadata": pairs(filename="a.fq")} | ({"Upload-Length": length} if length else {})
    answer = tus.http.post(tus.address, headers=headers)
    assert answer.status_code == 400
    assert _codes(answer) == ["bad-header"]


def test_too_large_is_413(tus: Tus) -> None:
    answer = tus.create("a.fq", 10**17)
    assert answer.status_code == 413
    assert _codes(answer) == ["file-too-large"]


def test_bad_metadata_is_refused(tus: Tus) -> None:
    for meta in ("filename !!!", "filename YQ==,filename YQ=="):
        answer = tus.http.post(tus.address, headers={"Upload-Length": "1", "Upload-Metadata": meta})
        assert answer.status_code == 400


@pytest.mark.parametrize("name", ["../a.fq", "gz.qf\u202e.fq", "a\x07.fq", "a" * 256, "con.fq", ""])
def test_bad_names_are_refused_with_a_proposal(tus: Tus, name: str) -> None:
    answer = tus.create(name, 5)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["suggestion"]
    assert answer.json()["problems"][0]["code"].startswith("file-name-")


def test_metadata_with_an_identifier_is_not_kept(tus: Tus) -> None:
    """What is said besides the name is never used, and would be given back with every answer."""
    answer = tus.create("a.fq", 5, meta=pairs(note="홍길동 900101-1234567"))
    assert _codes(answer) == ["bad-header"] and "900101" not in answer.text
    assert not Upload.objects.exists()


def test_an_empty_file_arrives_at_once(tus: Tus) -> None:
    answer = tus.create("empty.txt", 0)
    assert answer.status_code == 201
    assert StoredFile.objects.get().object.size_bytes == 0


def test_creation_with_upload(tus: Tus) -> None:
    answer = tus.create("a.fq", 5, body=b"abc")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "3")
    whole = tus.create("b.fq", 5, body=b"abcde")
    assert (whole.status_code, whole.headers["Upload-Offset"]) == (201, "5")
    assert StoredFile.objects.get().name == "b.fq"


def test_creation_with_upload_tells_the_address_when_its_first_part_is_damaged(tus: Tus) -> None:
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    answer = tus.create("a.fq", 5, body=b"abc", Upload_Checksum=wrong)
    assert answer.status_code == 460
    assert tus.offset(answer.headers["Location"]) == 0


# -- checksum --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_checksums_of_parts(tus: Tus, algorithm: str) -> None:
    url = tus.create("a.fq", 6).headers["Location"]
    good = base64.b64encode(hashlib.new(algorithm, b"abc").digest()).decode()
    answer = tus.patch(url, 0, b"abX", Upload_Checksum=f"{algorithm} {good}")
    assert answer.status_code == 460
    assert _codes(answer) == ["part-checksum-mismatch"]
    assert tus.offset(url) == 0
    assert tus.patch(url, 0, b"abc", Upload_Checksum=f"{algorithm} {good}").status_code == 204
    assert tus.patch(url, 3, b"def").status_code == 204
    assert _stored(StoredFile.objects.get()) == b"abcdef"


def test_an_unknown_algorithm_is_400(tus: Tus) -> None:
    url = tus.create("a.fq", 3).headers["Location"]
    assert tus.patch(url, 0, b"abc", Upload_Checksum="crc32 AAAAAA==").status_code == 400
    assert tus.offset(url) == 0


def test_a_wrong_file_checksum_names_file_expected_and_found_and_offers_again(tus: Tus) -> None:
    expected = hashlib.md5(DATA).hexdigest()
    url = tus.create("a.fq", len(DATA), meta=pairs(md5=expected)).headers["Location"]
    wrong = DATA[:-1] + bytes([DATA[-1] ^ 1])
    answer = tus.patch(url, 0, wrong)
    assert answer.status_code == 460
    message = answer.json()["problems"][0]["message"]
    for text in message.values():
        assert "a.fq" in text
        assert expected in text
        assert hashlib.md5(wrong).hexdigest() in text
    assert not StoredFile.objects.exists()
    assert tus.offset(url) == 0
    assert tus.patch(url, 0, DATA).status_code == 204
    assert _stored(StoredFile.objects.get()) == DATA


def test_a_file_checksum_that_is_none_is_told_before_any_byte(tus: Tus) -> None:
    assert _codes(tus.create("a.fq", 5, meta=pairs(md5="xyz"))) == ["bad-header"]


# -- termination and expiration --------------------------------------------------------------------------------------


def test_termination_frees_the_upload(tus: Tus) -> None:
    url = tus.create("a.fq", 6, body=b"abc").headers["Location"]
    part = uploads.part_path(Upload.objects.get())
    assert part.read_bytes() == b"abc"
    assert tus.http.delete(url).status_code == 204
    assert tus.http.head(url).status_code in (404, 410)
    assert tus.patch(url, 3, b"def").status_code in (404, 410)
    assert not part.exists()


def test_expiration_is_told_and_kept(tus: Tus) -> None:
    created = tus.create("a.fq", 6)
    url = created.headers["Location"]
    assert created.headers["Upload-Expires"].endswith("GMT")
    assert tus.patch(url, 0, b"abc").headers["Upload-Expires"].endswith("GMT")
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tus.http.head(url).status_code == 410
    assert tus.patch(url, 3, b"def").status_code == 410
    assert uploads.expire_uploads() == 1
    assert not Upload.objects.exists()


# -- who may ---------------------------------------------------------------------------------------------------------


def test_who_may_upload(tus: Tus, live_world: World, live_server: Any) -> None:
    def status(token: str) -> int:
        client = Tus(live_server.url, live_world, token)
        return client.create("a.fq", 5).status_code

    assert [status(name) for name in ("member", "curator", "stranger", "expired", "reader")] == [
        201,
        404,
        404,
        401,
        403,
    ]
    nobody = httpx.post(tus.address, headers={"Tus-Resumable": "1.0.0", "Upload-Length": "1"})
    assert nobody.status_code == 401
    assert _codes(nobody) == ["sign-in-needed"]


def test_a_session_must_show_its_token(live_world: World, client: Any) -> None:
    guarded = type(client)(enforce_csrf_checks=True)
    guarded.force_login(live_world.users["member"])
    address = f"/files/tus/{live_world.shelf.pk}/"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Metadata": pairs(filename="a.fq")}
    assert guarded.post(address, headers=headers).status_code == 403
    guarded.cookies["csrftoken"] = "a" * 32
    assert guarded.post(address, headers=headers | {"X-CSRFToken": "a" * 32}).status_code == 201


def test_a_shelf_that_is_not_editable_is_409_and_keeps_what_came(tus: Tus) -> None:
    url = tus.create("a.fq", 6, body=b"abc").headers["Location"]
    Shelf.objects.update(state="submitted")
    answer = tus.patch(url, 3, b"def")
    assert answer.status_code == 409
    assert _codes(answer) == ["shelf-not-editable"]
    Shelf.objects.update(state="returned")
    assert tus.offset(url) == 3
    assert tus.patch(url, 3, b"def").status_code == 204


# -- lengths, space, interruptions -----------------------------------------------------------------------------------


def test_more_than_declared_is_413_and_nothing_changes(tus: Tus) -> None:
    url = tus.create("a.fq", 5).headers["Location"]
    tus.patch(url, 0, b"abc")
    answer = tus.patch(url, 3, b"defg")
    assert answer.status_code == 413
    assert _codes(answer) == ["upload-too-long"]
    assert tus.offset(url) == 3


def test_a_repeated_last_patch_is_answered_as_the_first(tus: Tus) -> None:
    url = tus.create("a.fq", 5).headers["Location"]
    tus.patch(url, 0, b"abcde")
    again = tus.patch(url, 5, b"")
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, "5")
    late = tus.patch(url, 0, b"abcde")
    assert (late.status_code, late.headers["Upload-Offset"]) == (409, "5")
    assert StoredFile.objects.count() == 1
    assert Entry.objects.filter(event="file:arrived").count() == 1


def test_a_full_disk_is_507_and_keeps_what_came(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tus.create("a.fq", 6, body=b"abc").headers["Location"]
    usage = type("Usage", (), {"free": 1})
    with monkeypatch.context() as patch:
        patch.setattr("biomoa.files.disk.shutil.disk_usage", lambda _: usage)
        for answer in (tus.create("b.fq", 6), tus.patch(url, 3, b"def")):
            assert answer.status_code == 507
            assert _codes(answer) == ["storage-full"]
            assert int(answer.headers["Retry-After"]) > 0
    assert tus.patch(url, tus.offset(url), b"def").status_code == 204


def _send_cut(url: str, token: str, offset: int, body: bytes, declared: int) -> None:
    """A PATCH whose connection ends before its body does."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        head = (
            f"PATCH {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nTus-Resumable: 1.0.0\r\n"
            f"Authorization: {token}\r\nUpload-Offset: {offset}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nContent-Length: {declared}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass


def test_what_came_before_a_cut_is_kept(tus: Tus) -> None:
    url = tus.create("a.fq", len(DATA)).headers["Location"]
    token = tus.http.headers["Authorization"]
    _send_cut(url, token, 0, DATA[:70_001], len(DATA))
    assert tus.offset(url) == 70_001
    assert tus.patch(url, 70_001, DATA[70_001:]).status_code == 204
    assert StoredFile.objects.get().object_id == hashlib.sha256(DATA).hexdigest()


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(cuts=st.lists(st.tuples(st.integers(1, 40_000), st.booleans()), max_size=8), seed=st.integers(0, 2**30))
def test_random_cuts_give_the_same_digest(tus: Tus, cuts: list[tuple[int, bool]], seed: int) -> None:
    data = seed.to_bytes(4, "big") * 30_000
    url = tus.create(f"cut-{seed}.fq", len(data)).headers["Location"]
    token = tus.http.headers["Authorization"]
    for length, is_cut in cuts:
        at = tus.offset(url)
        part = data[at : at + length]
        if is_cut:
            _send_cut(url, token, at, part, len(data) - at + (0 if part else 1))
        elif part:
            tus.patch(url, at, part)
    at = tus.offset(url)
    tus.patch(url, at, data[at:])
    upload = Upload.objects.get(pk=url.rsplit("/", 1)[-1])
    assert upload.file is not None
    assert upload.file.object_id == hashlib.sha256(data).hexdigest()
    assert upload.file.object.md5 == hashlib.md5(data).hexdigest()


def _wait_until_held(upload: Upload) -> None:
    """Until a request has the lock of the upload."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with uploads._lock_path(upload).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        time.sleep(0.05)
    pytest.fail("the first request never came")


def test_two_requests_on_one_upload_never_interleave(tus: Tus) -> None:
    url = tus.create("a.fq", 200_000).headers["Location"]
    is_answered = threading.Event()

    def slow() -> Any:
        yield b"a" * 50_000
        assert is_answered.wait(60)
        yield b"a" * 50_000

    first = threading.Thread(target=lambda: tus.patch(url, 0, slow(), Content_Length="100000"))
    first.start()
    _wait_until_held(Upload.objects.get())
    second = httpx.patch(
        url, content=b"b" * 100_000, timeout=60,
        headers=dict(tus.http.headers) | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    )  # fmt: skip
    is_answered.set()
    first.join()
    assert second.status_code == 423
    assert int(second.headers["Retry-After"]) > 0
    tus.patch(url, 100_000, b"c" * 100_000)
    assert _stored(StoredFile.objects.get()) == b"a" * 100_000 + b"c" * 100_000


def test_checkpoints_in_one_long_request(tus: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CHECKPOINT_BYTES", 1024**2)
    seen: list[int] = []
    monkeypatch.setattr(uploads, "step", lambda name: seen.append(1) if name == "upload:checkpoint" else None)
    data = os.urandom(5 * 1024**2 + 17)
    url = tus.create("a.fq", len(data)).headers["Location"]
    assert tus.patch(url, 0, data).status_code == 204
    assert len(seen) >= 5
    assert StoredFile.objects.get().object_id == hashlib.sha256(data).hexdigest()


def test_a_disk_that_lost_bytes_asks_for_them_again(tus: Tus) -> None:
    url = tus.create("a.fq", len(DATA)).headers["Location"]
    tus.patch(url, 0, DATA[:200_000])
    os.truncate(uploads.part_path(Upload.objects.get()), 150_000)
    assert tus.patch(url, 200_000, DATA[200_000:]).headers["Upload-Offset"] == "150000"
    assert tus.patch(url, 150_000, DATA[150_000:]).status_code == 204
    assert StoredFile.objects.get().object_id == hashlib.sha256(DATA).hexdigest()


# -- an outside client -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [None, 70_000])
def test_tuspy_uploads_and_resumes(tus: Tus, tmp_path: Path, chunk: int | None) -> None:
    path = tmp_path / "reads.fastq"
    path.write_bytes(DATA)
    client = TusClient(tus.address, headers={"Authorization": tus.http.headers["Authorization"]})
    options = {"chunk_size": chunk} if chunk else {}
    uploader = client.uploader(str(path), metadata={"filename": "reads.fastq"}, upload_checksum=True, **options)
    if chunk:
        uploader.upload_chunk()
        uploader = client.uploader(str(path), url=uploader.url, metadata={"filename": "reads.fastq"}, chunk_size=chunk)
        assert uploader.offset == chunk
    uploader.upload()
    assert _stored(StoredFile.objects.get()) == DATA
