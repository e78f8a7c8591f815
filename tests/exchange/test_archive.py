"""The zip of documents of a standard."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from biomoa.exchange.services import as_archive


def test_the_same_documents_are_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = {"project.xml": b"<a/>" * 100, "sample.xml": "표본".encode()}
    first = as_archive(documents)
    later = time.localtime(time.time() + 86_400)
    monkeypatch.setattr(time, "localtime", lambda _seconds=None: later)
    assert as_archive(documents) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == documents
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.getinfo("project.xml").compress_size < 100
