"""A group that keeps too much is told before the first byte comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from biomoa.files import quota
from biomoa.files.formupload import MOST_OF_STRANGERS, HashingUploadHandler
from biomoa.files.models import StoredFile, Upload
from tests.files.conftest import World, make_world, pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:  # noqa: ARG001
    quota.forget()
    return make_world()


def begin(client: Client, world: World, size_bytes: int, name: str = "a.fastq") -> tuple[int, str]:
    headers = {"authorization": f"Bearer {world.tokens['member']}", "tus-resumable": "1.0.0",
               "upload-length": str(size_bytes), "upload-metadata": pairs(filename=name)}  # fmt: skip
    answer = client.post(f"/files/tus/{world.shelf.pk}/", headers=headers)
    code = answer.json()["problems"][0]["code"] if answer.status_code >= 400 else ""
    return answer.status_code, code


def test_bytes(client: Client, world: World, station: Callable[..., None]) -> None:
    station(group_bytes=1_000)
    assert begin(client, world, 600) == (201, "")
    assert begin(client, world, 500) == (413, "group-quota-bytes"), "what was let in before counts"
    assert begin(client, world, 400) == (201, "")
    assert Upload.objects.count() == 2


def test_uploads_under_way_count(client: Client, world: World, station: Callable[..., None]) -> None:
    station(group_bytes=1_000)
    assert begin(client, world, 900) == (201, "")
    quota.forget()  # as half a minute later, or in another process
    assert begin(client, world, 900) == (413, "group-quota-bytes")


def test_a_file_sent_whole_too(client: Client, world: World, station: Callable[..., None]) -> None:
    address = f"/api/v1/shelves/{world.shelf.pk}/files/a.fastq"
    headers = {"authorization": f"Bearer {world.tokens['member']}"}
    for limit in ("group_bytes", "file_size_bytes"):
        station(**{"group_bytes": 0, limit: 100})
        answer = client.put(address, b"x" * 200, content_type="application/octet-stream", headers=headers)
        assert answer.status_code == 413, answer.content
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("who", ["nobody", "stranger", "curator"])
def test_who_may_not_add_fills_no_disk(client: Client, world: World, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr(HashingUploadHandler, "new_file", lambda *_args, **_named: pytest.fail("bytes were taken"))
    if who != "nobody":
        client.force_login(world.users[who])
    sent = {"file": SimpleUploadedFile("a.fastq", b"x" * 200)}
    assert client.post(f"/files/shelves/{world.shelf.pk}/form", sent).status_code in (401, 403, 404)


@pytest.mark.parametrize("path", ["/display/", "/account/login/", "/i18n/setlang/", "/api/v1/check"])
def test_a_form_of_nobody_is_short(world: World, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Every address reads a form for its forgery token: a stranger's must not lie on the disk meanwhile."""
    del world
    monkeypatch.setattr(TemporaryUploadedFile, "__init__", lambda *_args, **_named: pytest.fail("bytes were taken"))
    sent = {"sheets": SimpleUploadedFile("a.csv", b"x" * (MOST_OF_STRANGERS + 1))}
    client = Client(enforce_csrf_checks=True)
    client.get("/account/login/")
    answer = client.post(path, sent)
    assert answer.status_code in (403, 413), answer.content


def test_files_and_uploads(client: Client, world: World, station: Callable[..., None]) -> None:
    station(group_files=2, uploads_at_once=3)
    assert [begin(client, world, 5)[1] for _ in range(3)] == ["", "", "group-quota-files"]
    station(group_files=0, uploads_at_once=2)
    assert begin(client, world, 5) == (429, "too-many-uploads")


def test_the_plain_form_too(client: Client, world: World, station: Callable[..., None]) -> None:
    station(group_bytes=100)
    client.force_login(world.users["member"])
    sent = {"file": SimpleUploadedFile("a.fastq", b"x" * 200)}
    answer = client.post(f"/files/shelves/{world.shelf.pk}/form", sent, headers={"accept-language": "en"})
    assert answer.status_code == 413 and "its limit is 100" in answer.content.decode()
    assert not StoredFile.objects.exists()
