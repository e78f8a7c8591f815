"""What is done with the answer of an inspection; the inspection itself is tested in its own room."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any  # noqa: F401

import pytest
from django_tasks_db.models import DBTaskResult

from biomoa.catalog.model import Text
from biomoa.files import inspection, queries, services, storage, tasks
from biomoa.files.models import InspectionResult, StoredFile
from biomoa.jobs import queue
from biomoa.ledger.models import Entry
from biomoa.operations.checkup import check_inspections
from biomoa.qc.model import QC_VERSION, Finding, Inspection

from .conftest import World

FINDING = Finding(
    "fastq-truncated", "error", Text(ko="파일이 중간에 끊겼습니다.", en="The file is cut off."), at="record 4"
)


class _Inspector:
    """Stands for the sandbox: remembers what it was given."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes]] = []

    def __call__(self, path: Path, *, name: str, memory_bytes: int) -> Inspection:
        assert memory_bytes > 0
        self.seen.append((name, path.read_bytes()))
        sums = {"md5": "", "sha256": ""}
        return Inspection(str(path), "fastq", "fail", (FINDING,), {"reads": 4}, sums, 3, 0.1)


@pytest.fixture
def inspector(monkeypatch: pytest.MonkeyPatch) -> _Inspector:
    stand_in = _Inspector()
    monkeypatch.setitem(sys.modules, "biomoa.qc.runner", SimpleNamespace(inspect_safely=stand_in))
    return stand_in


@pytest.fixture
def file(world: World) -> StoredFile:
    return services.receive(world.member, world.shelf, "a.fq", io.BytesIO(b"abc"))


def _run_queue() -> None:
    while task := queue.claim("w"):
        assert queue.run(task, "w")


def test_an_arrived_file_is_inspected_once_with_its_event(
    world: World, file: StoredFile, inspector: _Inspector
) -> None:
    _run_queue()
    assert inspector.seen == [("a.fq", b"abc")]
    result = InspectionResult.objects.get()
    assert (result.verdict, result.format, result.metrics) == ("fail", "fastq", {"reads": 4})
    assert result.findings[0]["code"] == "fastq-truncated"
    assert result.findings[0]["message"]["ko"].startswith("파일")
    entry = Entry.objects.get(event="file:inspected")
    assert entry.subject == file.object_id
    assert json.loads(entry.data)["codes"] == ["fastq-truncated"]
    assert not inspection.inspect(file.object_id)
    assert len(inspector.seen) == 1
    (listed,) = queries.files_of_shelf(world.shelf.pk)
    assert queries.summary(listed)["verdict"] == "fail"


def test_the_same_content_elsewhere_needs_no_second_inspection(
    world: World, file: StoredFile, inspector: _Inspector
) -> None:
    _run_queue()
    services.receive(world.member, world.shelf, "b.fq", io.BytesIO(b"abc"))
    _run_queue()
    assert len(inspector.seen) == 1
    assert len(queries.latest_inspections([file.object_id])) == 1


def test_an_archive_is_inspected_again_for_a_new_version(world: World, file: StoredFile, inspector: _Inspector) -> None:  # noqa: ARG001
    assert tasks.inspect_again() == 0, "what was never inspected waits in the queue anyway"
    _run_queue()
    InspectionResult.objects.update(qc_version="2020.1")
    (told,) = check_inspections(tasks.outdated().count(), QC_VERSION)
    assert "--inspect-again" in told.repair.ko and QC_VERSION in told.message.en
    assert tasks.inspect_again() == 1
    _run_queue()
    assert tasks.inspect_again() == 0 and not list(check_inspections(tasks.outdated().count(), QC_VERSION))
    assert set(InspectionResult.objects.values_list("qc_version", flat=True)) == {"2020.1", QC_VERSION}


def test_lost_bytes_are_a_failed_job_not_a_finding(world: World, file: StoredFile, inspector: _Inspector) -> None:  # noqa: ARG001
    storage.store().remove(file.object_id)
    assert not queue.run(queue.claim("w"), "w")
    assert not InspectionResult.objects.exists()
    assert "FileNotFoundError" in DBTaskResult.objects.get().exception_class_path
    assert inspector.seen == []


@pytest.mark.s3
def test_objects_of_a_bucket_are_fetched_and_the_copy_removed(
    world: World, file: StoredFile, inspector: _Inspector, bucket: storage.BucketStore, tmp_path: Path,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    bucket.put(path, file.object_id)
    path.unlink()
    monkeypatch.setattr(inspection, "store", lambda: bucket)
    assert inspection.inspect(file.object_id)
    assert inspector.seen == [("a.fq", b"abc")]
    assert list(tmp_path.glob("fetched-*")) == []


def test_the_real_inspection_answers(world: World) -> None:
    reads = b"".join(b"@r%d\nACGTACGT\n+\nIIIIIIII\n" % n for n in range(50))
    file = services.receive(world.member, world.shelf, "reads.fastq", io.BytesIO(reads))
    assert inspection.inspect(file.object_id)
    result = InspectionResult.objects.get()
    assert result.qc_version == QC_VERSION
    assert result.verdict in {"pass", "warn"}
