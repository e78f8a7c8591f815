"""Pages are light: one style sheet, compressed HTML; files are never compressed on their way."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.core.files.base import ContentFile
from django.test import Client

from biomoa.site.weight import JOINED, SHEETS, StaticFiles


@pytest.mark.django_db
def test_a_page_is_compressed_for_who_takes_it(client: Client) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip" and len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content).startswith(plain.content[:200])


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/openapi.json", "/forms/template.xlsx?form=biosample"])
def test_what_is_no_page_keeps_its_bytes(client: Client, address: str) -> None:
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_the_sheets_are_joined_in_their_order(tmp_path: Path) -> None:
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    sources = [Path(str(find(name))).read_bytes() for name in SHEETS]
    for _ in range(2):  # collecting twice changes nothing
        for name, source in zip(SHEETS, sources, strict=True):
            (tmp_path / name).unlink(missing_ok=True)
            storage._save(name, ContentFile(source))
        list(storage.post_process({name: (storage, name) for name in SHEETS}))
        joined = tmp_path / storage.stored_name(JOINED)
        assert joined.read_bytes() == b"\n".join(sources)
    assert joined.name != Path(JOINED).name and not (tmp_path / JOINED).exists(), "only the copy with its digest"
