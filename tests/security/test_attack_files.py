"""Attack and damage files of outside: refused or read safely, by command, by page and by upload; and told helpfully."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from biomoa.files.inspection import inspect
from biomoa.files.models import InspectionResult, StoredFile
from biomoa.people.models import User
from tests.records.world import draft, make_world, project
from tests.security.attackfiles import attack_files

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 1 << 30
DAMAGED_READS = re.compile(r"cut-|flip-|trail-|notgz-")
HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module")
def looked(oracles: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    scratch = tmp_path_factory.mktemp("attack")
    asked = subprocess.run(
        [sys.executable, "-m", "tests.security.attackfiles", str(oracles), str(scratch)],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr[-2000:]
    assert not list(scratch.iterdir()), "left behind"
    *rows, last = map(json.loads, asked.stdout.splitlines())
    assert len(rows) == len(attack_files(oracles)) >= 240
    return rows, last


def test_nothing_is_touched_outside(looked: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    assert looked[1]["touched"] == [], "0 bytes outside the scratch folder, 0 sockets"
    assert looked[1]["peak_bytes"] <= MOST_BYTES


def test_none_is_taken_for_good(looked: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    sound = {"paired.1.flip.fastq", "paired.1.lastbyte.fastq"}  # the flipped byte is another base or quality
    for row in looked[0]:
        name = Path(row["path"]).name
        assert not row["valid"], row
        assert row["verdict"] != "pass" or name in sound, row
        if "case-archives/invalid" in row["path"] and ".fastq" in name and DAMAGED_READS.match(name):
            assert row["verdict"] == "fail", row


def test_the_measure_sees_what_it_must(tmp_path: Path) -> None:
    code = (
        "import sys, socket; from pathlib import Path; from tests.security.attackfiles import Touched; "
        "t = Touched(Path(sys.argv[1]) / 'in'); sys.addaudithook(t); open(sys.argv[1] + '/out', 'w'); "
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('127.0.0.1', 9)); print(sorted(t.found))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "/out" in said and "socket.connect" in said


def test_each_is_told_in_both_languages(looked: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    for row in looked[0]:
        assert row["problems"] and all(row["places"]), row
        for code, ko, en in row["sentences"]:
            assert HANGUL.search(ko) and en.strip(), (code, ko, en)
            # The finding and the way out are sentences of their own.
            assert len(re.findall(r"[.!?](?:\s|$)", en)) >= 2, (code, en)
            assert not re.search(r"Traceback|0x[0-9a-f]{6}|File \"", en), (code, en)


@pytest.mark.django_db
def test_pages_answer_and_uploads_are_inspected(oracles: Path, client: Client) -> None:
    """As a sheet of a submission, and as an upload by tus with its inspection."""
    world = make_world()
    made = draft(world, {"bioproject": [project()]})
    client.force_login(User.objects.get(pk=world.depositor.user_id))
    files = [path for path in attack_files(oracles) if "case-damaged" not in str(path)]
    for number, path in enumerate(files):
        data = path.read_bytes()
        sheet = SimpleUploadedFile(path.name, data)
        answer = client.post(f"/submissions/{made.code}/sheet", {"sheet": sheet})
        assert answer.status_code in (302, 422), path
        if number % 20 == 0:
            page = client.get(f"/submissions/{made.code}/review/")
            assert page.status_code == 200 and b"<script>alert" not in page.content, path
        if data:
            upload(client, str(made.shelf_id), f"{number}-{path.name}", data)
    verdicts = {}
    for file in StoredFile.objects.filter(shelf_id=made.shelf_id).select_related("object"):
        inspect(file.object_id)
        verdicts[file.name] = InspectionResult.objects.get(object_id=file.object_id).verdict
        assert file.pk % 20 or client.get(f"/inspections/{file.pk}/").status_code == 200
    assert len(verdicts) >= len(files) - 1 and "pass" not in verdicts.values()


def upload(client: Client, shelf: str, name: str, data: bytes) -> None:
    import base64

    headers = {
        "tus-resumable": "1.0.0",
        "upload-length": str(len(data)),
        "upload-metadata": f"filename {base64.b64encode(name.encode()).decode()}",
    }
    made = client.post(f"/files/tus/{shelf}/", b"", content_type="application/octet-stream", headers=headers)
    assert made.status_code == 201, (name, made.status_code, made.content[:300])
    sent = client.patch(
        made["Location"], data, content_type="application/offset+octet-stream",
        headers={"tus-resumable": "1.0.0", "upload-offset": "0"},
    )  # fmt: skip
    assert sent.status_code == 204, (name, sent.status_code, sent.content[:300])
