from __future__ import annotations

import base64
import hashlib
import io
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse

from biomoa.files import missed, queries, services
from biomoa.files.models import MissedObject, StoredFile
from biomoa.files.storage import FolderStore, store
from biomoa.people.rules import PUBLIC, may

from .conftest import World

DATA = os.urandom(3_000_000)


@pytest.fixture
def file(world: World) -> StoredFile:
    return services.receive(world.member, world.shelf, '시료 1 "R1".fastq', io.BytesIO(DATA))


@pytest.fixture
def reader(client: Any, world: World) -> Any:
    client.force_login(world.users["member"])
    return client


def _address(file: StoredFile) -> str:
    return queries.address_of(file)


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_whole_file_with_its_digests(reader: Any, file: StoredFile) -> None:
    answer = reader.get(_address(file))
    assert answer.status_code == 200
    assert _body(answer) == DATA
    sha256 = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    md5 = base64.b64encode(hashlib.md5(DATA).digest()).decode()
    expected = {
        "Content-Length": str(len(DATA)),
        "Content-Type": "application/octet-stream",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.object_id}"',
        "Content-MD5": md5,
        "Repr-Digest": f"sha-256=:{sha256}:, md5=:{md5}:",
        "Digest": f"SHA-256={sha256},MD5={md5}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name)}",
    }
    assert {name: answer[name] for name in expected} == expected
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("header", "start", "stop"), [("bytes=0-9", 0, 10), ("bytes=-7", -7, None), ("bytes=5-", 5, None)]
)
def test_ranges(reader: Any, file: StoredFile, header: str, start: int, stop: int | None) -> None:
    answer = reader.get(_address(file), headers={"Range": header})
    assert answer.status_code == 206
    assert _body(answer) == DATA[start:stop]
    assert answer["Content-Range"].endswith(f"/{len(DATA)}")
    assert int(answer["Content-Length"]) == len(DATA[start:stop])
    assert "Content-MD5" not in answer


def test_a_range_beyond_the_end_is_416(reader: Any, file: StoredFile) -> None:
    answer = reader.get(_address(file), headers={"Range": f"bytes={len(DATA)}-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(DATA)}")


def test_conditions(reader: Any, file: StoredFile) -> None:
    etag = f'"{file.object_id}"'
    assert reader.get(_address(file), headers={"If-None-Match": etag}).status_code == 304
    assert reader.get(_address(file), headers={"If-Match": '"other"'}).status_code == 412
    changed = reader.get(_address(file), headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (changed.status_code, len(_body(changed))) == (200, len(DATA))
    assert reader.get(_address(file), headers={"Range": "bytes=0-9", "If-Range": etag}).status_code == 206


def test_head_has_no_body(reader: Any, file: StoredFile) -> None:
    answer = reader.head(_address(file))
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(DATA)))
    assert _body(answer) == b""


@pytest.fixture
def site_urls(settings: Any) -> None:
    """A page has the station's frame, which needs the addresses of all rooms."""
    settings.ROOT_URLCONF = "biomoa.site.urls"


def _cut(file: StoredFile) -> None:
    kept = store()
    assert isinstance(kept, FolderStore)
    path = kept.path(file.object_id)
    path.unlink()
    path.write_bytes(DATA[:100])


@pytest.mark.usefixtures("site_urls")
@pytest.mark.parametrize("harm", [lambda file: store().remove(file.object_id), _cut], ids=["gone", "cut"])
@pytest.mark.parametrize(("method", "header"), [("get", ""), ("head", ""), ("get", "bytes=0-9")])
def test_what_is_not_in_the_store_is_told_before_the_answer_begins(
    reader: Any, file: StoredFile, caplog: pytest.LogCaptureFixture, harm: Any, method: str, header: str
) -> None:
    harm(file)
    answer = getattr(reader, method)(_address(file), headers={"Range": header} if header else {})
    assert (answer.status_code, answer.streaming) == (503, False)
    assert answer["Retry-After"]
    assert "Content-Disposition" not in answer
    (line,) = [each for each in caplog.records if each.name == missed.__name__]
    assert (line.levelname, line.facts["sha256"], line.facts["file"]) == ("ERROR", file.object_id, file.pk)
    assert missed.count_missed() == 1


@pytest.mark.usefixtures("site_urls")
@pytest.mark.parametrize(("language", "words"), [("ko", "보관소에 없거나"), ("en", "missing from the storage")])
def test_people_and_programs_read_that_a_file_is_missing(
    reader: Any, file: StoredFile, language: str, words: str
) -> None:
    store().remove(file.object_id)
    reader.cookies["django_language"] = language
    assert words in reader.get(_address(file)).content.decode()
    told = reader.get(_address(file), headers={"Accept": "application/json"})
    assert (told.status_code, told["Content-Type"]) == (503, "application/problem+json")
    assert told.json()["problems"][0]["code"] == "file-absent"


@pytest.mark.usefixtures("site_urls")
def test_a_file_that_came_back_is_missed_no_more(reader: Any, file: StoredFile, tmp_path: Path) -> None:
    store().remove(file.object_id)
    reader.get(_address(file))
    assert missed.count_missed() == 1
    path = tmp_path / "again"
    path.write_bytes(DATA)
    store().put(path, file.object_id)
    assert missed.count_missed() == 0
    missed.forget_missed([])
    assert not MissedObject.objects.exists()


def _statuses(world: World, client: Any, file: StoredFile) -> dict[str, int]:
    found = {}
    for name in ("nobody", "stranger", "curator", "member"):
        client.logout()
        if name != "nobody":
            client.force_login(world.users[name])
        found[name] = client.get(_address(file)).status_code
    return found


@pytest.mark.parametrize("state", ["draft", "submitted", "accepted", "released", "withdrawn"])
def test_hidden_files_are_not_there_for_others(world: World, client: Any, file: StoredFile, state: str) -> None:
    services.set_shelf_state(world.shelf, state)
    where = {"owner": world.shelf.owner_id, "center": world.shelf.center_id}
    closed = "accepted" if state in PUBLIC else state
    may_curator = may(world.curator, "download", "file", closed, **where)
    expected = {"nobody": 404, "stranger": 404, "curator": 200 if may_curator else 404, "member": 200}
    assert _statuses(world, client, file) == expected
    assert client.get(f"/files/{file.pk + 999}/x").status_code == 404
    assert client.get(f"/files/{file.pk}/other-name").status_code == 404


def test_published_files_are_there_for_all_until_closed(world: World, client: Any, file: StoredFile) -> None:
    services.set_shelf_state(world.shelf, "released")
    services.publish([file.pk], True)
    assert set(_statuses(world, client, file).values()) == {200}
    client.logout()
    assert client.get(_address(file))["Cache-Control"] == "public, no-cache"
    services.publish([file.pk], False)
    assert _statuses(world, client, file)["nobody"] == 404


def test_the_list_of_a_shelf_is_for_its_readers(world: World, client: Any, file: StoredFile) -> None:
    where = f"/files/shelves/{world.shelf.pk}/"
    assert client.get(where).status_code == 404
    client.force_login(world.users["member"])
    (row,) = client.get(where).json()["files"]
    assert (row["name"], row["md5"], row["verdict"]) == (file.name, hashlib.md5(DATA).hexdigest(), None)


def test_removing_by_the_button(world: World, reader: Any, file: StoredFile) -> None:  # noqa: ARG001
    answer = reader.post(f"/files/{file.pk}/remove", {"next": "https://evil.example/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not StoredFile.objects.exists()


def test_blocks_stay_small(file: StoredFile) -> None:
    assert max(len(block) for block in store().iter_blocks(file.object_id)) <= 1024**2


@pytest.mark.parametrize("name", ["r_1.fastq.gz", "시료 1(가).bam", "a+b&c=d;e@f~g!$',.txt", "50%.txt", "what?#1.fa"])
def test_the_address_is_the_one_of_the_routes(name: str) -> None:
    assert queries.path_of(12, name) == reverse("files:download", args=[12, name])
