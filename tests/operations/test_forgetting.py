"""Content that was removed to protect a person leaves every generation of the backup with its next run."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from biomoa.operations.chest import FolderChest
from biomoa.operations.vault import Vault

from .conftest import Operated
from .test_backup import add_files

REMOVE = """
import sys
from biomoa.cli.station import start_django
from biomoa.settings.station import home_folder, load_home
start_django(load_home(home_folder()))
from biomoa.files import quarantine
from biomoa.files.models import Quarantine, StoredFile
from biomoa.people.rules import Actor
for file in StoredFile.objects.filter(object_id=sys.argv[1]).select_related("shelf"):
    Quarantine.objects.create(file=file)
    owner = file.shelf.owner_id
    quarantine.settle(Actor(1, "user:1", roles={owner: frozenset({"manager"})}), file.pk, "remove")
"""


def _remove(station: Operated, sha256: str) -> None:
    call = [sys.executable, "-c", REMOVE, sha256]
    subprocess.run(call, env=station.environment, check=True, capture_output=True, timeout=120)


def _holds(folder: Path, datum: bytes) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and datum in path.read_bytes()]


@pytest.mark.parametrize("generation", ["newest", "oldest"])
def test_removed_content_is_in_no_generation(station: Operated, place: Path, generation: str) -> None:
    content = "환자 880101-4234567 의 파일"
    add_files(station, content)
    station.ask("backup", str(place))
    assert _holds(place, content.encode())
    _remove(station, hashlib.sha256(content.encode()).hexdigest())
    assert _holds(station.folder, content.encode()) == []
    made = station.ask("backup", str(place))
    assert made["forgotten"] == 1
    assert _holds(place, content.encode()) == []
    assert station.ask("backup", str(place))["forgotten"] == 0
    names = Vault(FolderChest(place), None).generations()
    wanted = names[-1] if generation == "newest" else names[-3]
    other = Operated(station.folder.parent / "again")
    expected = 0 if generation == "newest" else 1  # it tells of the object that it cannot bring, and is a station
    other.ask("restore", str(place), "--generation", wanted, expected=expected)
    assert (other.folder / "station.toml").is_file()
    assert _holds(other.folder, content.encode()) == []


@pytest.mark.parametrize("key", [None, bytes(32)], ids=["clear", "sealed"])
def test_a_vault_forgets_once_and_remembers_that(tmp_path: Path, key: bytes | None) -> None:
    vault = Vault(FolderChest(tmp_path), key)
    gone, kept = (hashlib.sha256(word).hexdigest() for word in (b"gone", b"kept"))
    for sha256, content in ((gone, b"gone"), (kept, b"kept")):
        vault.write(vault.object_name(sha256), [content])
    assert (vault.forget([gone]), vault.forget([gone])) == (1, 0)
    assert vault.removed() == {gone} and b"".join(vault.read_object(kept)) == b"kept"
    with pytest.raises(FileNotFoundError):
        b"".join(vault.read_object(gone))
    assert _holds(tmp_path, b"gone") == []
