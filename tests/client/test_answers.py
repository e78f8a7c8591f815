"""What the client says of itself, held against the station; keys and pauses."""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from biomoa.client import answers, client, transport
from biomoa.records import answers as server_answers
from biomoa.site.api import make_api

PAIRS = [
    (answers.Problem, "Problem"), (answers.ReceiptLine, "ReceiptLine"), (answers.Receipt, "ReceiptOut"),
    (answers.Submission, "SubmissionOut"), (answers.File, "FileOut"), (answers.OpenUpload, "UploadOut"),
    (answers.Group, "GroupOut"), (answers.SheetResult, "ImportResult"),
    (answers.Change, "Change"), (answers.Changes, "Changes"),
]  # fmt: skip


@functools.cache
def described() -> Any:
    return make_api("answers").get_openapi_schema(path_prefix="")["components"]["schemas"]


@pytest.mark.parametrize(("struct", "name"), PAIRS)
def test_the_structs_are_what_the_station_describes(struct: Any, name: str) -> None:
    assert set(struct.__struct_fields__) == set(described()[name]["properties"])


def test_a_record_of_the_client_is_a_part_of_the_whole() -> None:
    assert set(answers.Record.__struct_fields__) <= set(server_answers.RecordView.__struct_fields__)
    assert answers.RecordFile.__struct_fields__ == server_answers.RecordFileView.__struct_fields__


def test_pauses_grow_and_end() -> None:
    waits = list(transport.pauses(12))
    assert len(waits) == 12 and waits[-1] == 0
    assert waits[:-1] == sorted(waits[:-1]) and max(waits) <= transport.LONGEST_PAUSE_SECONDS


def test_the_key_is_of_the_content(tmp_path: Path) -> None:
    first, second = tmp_path / "a.tsv", tmp_path / "b.tsv"
    first.write_text("x"), second.write_text("x")
    data = tmp_path / "d.fastq"
    data.write_text("AC")
    assert client.content_key({}, [first], [data]) == client.content_key({}, [second], [data])
    same_size = client.content_key({}, [first], [data])
    data.write_text("ACG")
    assert client.content_key({}, [first], [data]) != same_size
    assert client.content_key({"a": []}, [], []) != client.content_key({"b": []}, [], [])


def test_it_imports_nothing_else_of_the_house() -> None:
    program = (
        "import sys, biomoa.client; "
        "print([m for m in sys.modules if m.startswith(('biomoa.', 'django')) and not m.startswith('biomoa.client')])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "[]"
