"""A group that keeps too much is told before the first byte comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from biomoa.files import quota
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
