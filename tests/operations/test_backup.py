"""A backup gives back the station it was made of: while it works, killed anywhere, sealed, damaged."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.operations.chest import FolderChest
from biomoa.operations.rules import GENERATION, generation_name, generations_to_drop
from biomoa.operations.sealing import new_key_text
from biomoa.operations.vault import Vault

from .conftest import Operated

BACKUP_STEPS = ("backup:database-copied", "backup:object", "backup:parts-written", "backup:manifest-written")
PRUNE_STEPS = ("backup:generation-dropped", "backup:object-dropped")
RESTORE_STEPS = ("restore:claimed", "restore:home-written", "restore:object", "restore:database-unpacked",
                 "restore:database-placed", "restore:followers-moved", "restore:station-named")  # fmt: skip

# A process that keeps adding files to a draft, and says the digest of each when it is acknowledged.
WRITER = """
import hashlib, io, itertools, sys
from biomoa.cli.station import start_django
from biomoa.settings.station import home_folder, load_home
start_django(load_home(home_folder()))
from biomoa.files.services import new_shelf, receive
from biomoa.people.models import Organisation
from biomoa.people.rules import system
group = Organisation.objects.filter(kind="group").first()
shelf = new_shelf(group.pk, group.pk)
for number in itertools.count():
    content = f"file {number} ".encode() * 2000
    receive(system("test"), shelf, f"f{number}.txt", io.BytesIO(content))
    print(hashlib.sha256(content).hexdigest(), flush=True)
"""


def restored(station: Operated, place: Path, name: str = "restored", *more: str) -> tuple[Operated, dict[str, object]]:
    """A new home made from the backup, and what the command said."""
    other = Operated(station.folder.parent / name)
    answer = other.ask("restore", str(place), *more)
    return other, answer


def add_files(station: Operated, *contents: str) -> None:
    """New files in a draft of their own."""
    code = WRITER.replace("for number in itertools.count():", f"for number, text in enumerate({contents!r}):")
    code = code.replace('f"file {number} ".encode() * 2000', "text.encode()")
    subprocess.run([sys.executable, "-c", code], env=station.environment, check=True, capture_output=True, timeout=120)


def whole_generations(place: Path) -> list[str]:
    """Generations of which every part and every object can be read and has its digest."""
    vault = Vault(FolderChest(place), None)
    for generation in vault.generations():
        manifest = vault.manifest(generation)
        parts = [sum(map(len, vault.read_part(generation, part))) for part in manifest.parts]
        assert all(parts)
        named = list(vault.iter_objects(manifest))
        assert [sum(map(len, vault.read_object(sha256))) for sha256, _ in named] == [size for _, size in named]
    return vault.generations()


def test_a_backup_within_the_home_is_refused(station: Operated) -> None:
    code, _, errors = station.run("backup", str(station.folder / "backup"))
    assert (code, "would be lost with it" in errors) == (2, True)
    assert not (station.folder / "backup").exists()


def test_a_copy_that_is_not_there_repairs_nothing_and_says_so(station: Operated, tmp_path: Path) -> None:
    code, _, errors = station.run("scrub", "--repair-from", str(tmp_path / "nowhere"))
    assert (code, "no such backup or folder" in errors) == (2, True)


def test_a_restored_station_is_equal(station: Operated, place: Path) -> None:
    made = station.ask("backup", str(place))
    assert (made["objects"] > 5, made["new_objects"]) == (True, 0)
    other, answer = restored(station, place)
    assert answer["good"]
    assert not answer["problems"]
    # The backup itself is in the ledger of the old station only: it was noted after the copy.
    ours, theirs = station.rows(), other.rows()
    differing = {name for name in ours if ours[name] != theirs[name]}
    # The stamp of kept pages is another one, so that nothing drawn before the restore is shown after it.
    others = {"ledger_entry", "ledger_head", "ledger_position", "site_shown"}
    assert {"ledger_entry", "ledger_head"} <= differing <= others
    assert set(theirs["ledger_entry"]) < set(ours["ledger_entry"])
    for name in ("secret.key", "ledger.key", "station.toml"):
        assert (other.folder / name).read_bytes() == (station.folder / name).read_bytes()
    assert other.damaged_objects() == []
    assert other.found_by_search() == station.found_by_search() > 0
    assert other.ask("ledger", "verify")["entries"] == made["ledger_seq"]


def test_only_new_objects_are_copied_and_old_generations_go(station: Operated, place: Path) -> None:
    first = whole_generations(place)
    add_files(station, "something new")
    second = station.ask("backup", str(place))
    assert (second["new_objects"], second["new_bytes"]) == (1, len("something new"))
    third = station.ask("backup", str(place), "--keep", "2")
    assert third["dropped"] == first
    listed = station.ask("backup", "--list", str(place))
    assert [each["generation"] for each in listed] == [second["generation"], third["generation"]]
    assert whole_generations(place) == [second["generation"], third["generation"]]


@given(
    st.lists(st.tuples(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(0, 2**32 - 1)), min_size=2)
)
def test_generations_sort_as_they_were_made_whatever_the_clock_does(moments: list[tuple[datetime, int]]) -> None:
    names: list[str] = []
    for moment, token in [*moments, *moments[-1:]]:  # twice at the same moment, too
        newest = max(names, default="")
        names.append(generation_name(moment.replace(tzinfo=UTC), f"{token:08x}", newest))
    assert names == sorted(set(names)) and all(map(GENERATION.fullmatch, names))
    assert names[0].startswith(f"{moments[0][0]:%Y%m%dT%H%M%SZ}-")
    assert generations_to_drop(names, 1) == names[:-1]


def test_objects_that_no_generation_names_leave_the_backup(station: Operated, place: Path) -> None:
    before = sum(path.is_file() for path in (place / "objects").rglob("*"))
    with closing(sqlite3.connect(station.folder / "station.sqlite3")) as database:
        gone = database.execute("SELECT object_id FROM files_storedfile ORDER BY id DESC LIMIT 1").fetchone()[0]
        for table, column in (("files_upload", "file_id"), ("records_recordfile", "file_id")):
            database.execute(
                f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM files_storedfile WHERE object_id = ?)", [gone]
            )
        for table, column in (("files_inspectionresult", "object_id"), ("files_storedfile", "object_id"),
                              ("files_storedobject", "sha256")):  # fmt: skip
            database.execute(f"DELETE FROM {table} WHERE {column} = ?", [gone])
        database.commit()
    station.ask("backup", str(place), "--keep", "1")
    names = {path.name for path in (place / "objects").rglob("*") if path.is_file()}
    assert gone not in names
    assert len(names) == before - 1


def test_a_sealed_backup_tells_nothing_and_gives_all(station: Operated, tmp_path: Path) -> None:
    place, key = tmp_path / "sealed", tmp_path / "key"
    assert station.run("backup", "--new-key", str(key))[0] == 0
    station.ask("backup", str(place), "--encrypt-to", str(key))
    kept = [path for path in place.rglob("*") if path.is_file()]
    secret = (station.folder / "secret.key").read_bytes().strip()
    digests = {path.name for path in station.objects()}
    assert not digests & {path.name for path in kept}
    assert not any(secret in path.read_bytes() or b"ledger" in path.read_bytes() for path in kept)
    other, answer = restored(station, place, "restored", "--key", str(key))
    assert answer["good"]
    assert other.damaged_objects() == []
    assert station.ask("backup", str(place), "--encrypt-to", str(key))["new_objects"] == 0

    wrong = tmp_path / "wrong"
    wrong.write_text(new_key_text())
    for more in ([], ["--key", str(wrong)]):
        code, _, errors = Operated(tmp_path / "never").run("restore", str(place), *more)
        assert code == 2
        assert "key" in errors


def test_a_passphrase_seals_too(station: Operated, tmp_path: Path) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text("맞는 말 배터리 스테이플 열둘\n")
    station.ask("backup", str(tmp_path / "b"), "--encrypt-to", str(phrase))
    assert restored(station, tmp_path / "b", "restored", "--key", str(phrase))[1]["good"]
    phrase.write_text("short")
    assert station.run("backup", str(tmp_path / "b2"), "--encrypt-to", str(phrase))[0] == 2
    assert not list((tmp_path / "b2").rglob("*.json"))


@pytest.mark.parametrize("name", BACKUP_STEPS)
def test_a_backup_killed_anywhere_leaves_the_earlier_one_whole(station: Operated, place: Path, name: str) -> None:
    first = whole_generations(place)
    add_files(station, "new 1", "new 2", "new 3")
    assert station.run("backup", str(place), fault=f"{name}:1:kill")[0] == -9
    after = whole_generations(place)
    assert (after[:1], len(after)) == (first, 2 if name == "backup:manifest-written" else 1)
    again = station.ask("backup", str(place))
    assert whole_generations(place) == [*after, again["generation"]]
    assert again["objects"] == len(station.objects())
    assert not list(place.rglob("*.part"))


@pytest.mark.parametrize("name", PRUNE_STEPS)
def test_pruning_killed_anywhere_leaves_the_newest_whole(station: Operated, place: Path, name: str) -> None:
    stray = place / "objects" / "00" / "00" / ("0" * 64)
    stray.parent.mkdir(parents=True)
    stray.write_text("named by no generation")
    assert station.run("backup", str(place), "--keep", "1", fault=f"{name}:1:kill")[0] == -9
    assert len(whole_generations(place)) == 1
    again = station.ask("backup", str(place), "--keep", "1")
    assert whole_generations(place) == [again["generation"]]
    assert not stray.exists()


@pytest.mark.parametrize("name", RESTORE_STEPS)
def test_a_restore_killed_anywhere_goes_on(station: Operated, place: Path, tmp_path: Path, name: str) -> None:
    other = Operated(tmp_path / "new")
    assert other.run("restore", str(place), fault=f"{name}:1:kill")[0] == -9
    assert (other.folder / "station.toml").exists() == (name == "restore:station-named")
    assert other.ask("restore", str(place))["good"]
    assert other.damaged_objects() == []
    assert other.rows()["records_record"] == station.rows()["records_record"]
    assert other.found_by_search() == station.found_by_search()
    assert not (other.folder / "restoring").exists()


def test_a_backup_while_files_arrive_names_only_what_it_holds(station: Operated, tmp_path: Path) -> None:
    place = tmp_path / "busy"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER], env=station.environment, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    try:
        acknowledged = [[writer.stdout.readline().strip() for _ in range(20)]]
        for _ in range(2):
            station.ask("backup", str(place))
            acknowledged.append([writer.stdout.readline().strip() for _ in range(20)])
    finally:
        writer.kill()
        writer.wait()
    for number, made in enumerate(station.ask("backup", "--list", str(place))):
        other, answer = restored(station, place, f"r{number}", "--generation", made["generation"])
        assert answer["good"]
        assert other.damaged_objects() == []
        names = {path.name for path in other.objects()}
        # Everything acknowledged before the backup began is in it.
        assert {sha256 for part in acknowledged[: number + 1] for sha256 in part} <= names


def test_nothing_is_overwritten(station: Operated, place: Path, tmp_path: Path) -> None:
    before = station.rows()
    code, _, errors = station.run("restore", str(place))
    assert (code, "not empty" in errors) == (2, True)
    assert station.rows() == before
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_text("a cat")
    assert station.run("backup", str(tmp_path / "photos"))[0] == 2
    assert [path.name for path in (tmp_path / "photos").iterdir() if path.suffix != ".lock"] == ["cat.jpg"]


@pytest.mark.parametrize("part", ["database.zst", "home.tar.zst", "objects.zst", "manifest.json"])
def test_a_changed_generation_is_refused(place: Path, tmp_path: Path, part: str) -> None:
    path = place / "generations" / whole_generations(place)[0] / part
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    other = Operated(tmp_path / "new")
    code, _, errors = other.run("restore", str(place))
    assert code == 2, errors
    assert not (other.folder / "station.toml").exists()


def test_a_changed_object_is_refused_and_found_by_a_drill(station: Operated, place: Path, tmp_path: Path) -> None:
    assert station.ask("drill", str(place))["good"]
    victim = next(path for path in (place / "objects").rglob("*") if path.is_file() and path.stat().st_size > 10)
    content = bytearray(victim.read_bytes())
    content[5] ^= 4
    victim.write_bytes(content)
    answer = station.ask("drill", str(place), expected=1)
    assert victim.name in answer["problems"][0]
    assert not list(station.folder.glob("scratch/drill-*"))
    assert Operated(tmp_path / "new").run("restore", str(place))[0] == 2


def test_what_the_station_has_lost_is_said(station: Operated, tmp_path: Path) -> None:
    place = tmp_path / "fresh"
    lost, bent = [path for path in station.objects() if path.stat().st_size > 10][:2]
    lost.unlink()
    bent.chmod(0o644)
    bent.write_bytes(b"other bytes")
    answer = station.ask("backup", str(place), expected=1)
    assert sorted(answer["missing"]) == sorted([lost.name, bent.name])
    other = Operated(tmp_path / "new")
    assert len(other.ask("restore", str(place), expected=1)["problems"]) == 2


def test_what_was_lost_after_the_last_backup_is_said_and_nothing_is_dropped(station: Operated, place: Path) -> None:
    """The backup holds the objects, so nothing is new; the station has none of them."""
    first = whole_generations(place)
    add_files(station, "lost later")
    station.ask("backup", str(place))
    everything = station.objects()
    for lost in everything:
        lost.unlink()
    answer = station.ask("backup", str(place), "--keep", "1", expected=1)
    assert sorted(answer["missing"]) == sorted(lost.name for lost in everything)
    sha256 = hashlib.sha256(b"lost later").hexdigest()
    assert answer["lost_files"][sha256].startswith("f0.txt (")
    assert answer["dropped"] == []
    assert first[0] in whole_generations(place)
    code, told, _ = station.run("backup", str(place))
    assert (code, f"{len(everything)} objects are lost" in told) == (1, True)
    assert station.ask("scrub", "--repair-from", str(place))["repaired"]
    good = station.ask("backup", str(place), "--keep", "1")
    assert (good["missing"], whole_generations(place)) == ([], [good["generation"]])


def test_an_object_that_was_cut_at_the_station_is_said(station: Operated, place: Path) -> None:
    cut = next(path for path in station.objects() if path.stat().st_size > 10)
    cut.chmod(0o644)
    cut.write_bytes(cut.read_bytes()[:5])
    assert station.ask("backup", str(place), expected=1)["missing"] == [cut.name]


def test_a_catalogue_from_elsewhere_comes_along(station: Operated, tmp_path: Path) -> None:
    own = tmp_path / "own-catalogue"
    shutil.copytree(Path(__file__).resolve().parents[2] / "catalogs" / "korea", own)
    with (station.folder / "station.toml").open("a") as file:
        file.write(f'\ncatalogue = "{own}"\n')
    station.ask("backup", str(tmp_path / "fresh"))
    own.rename(tmp_path / "gone")
    other, answer = restored(station, tmp_path / "fresh")
    assert answer["good"]
    assert (other.folder / "catalogue" / "catalogue.yaml").is_file()
    assert 'catalogue = "catalogue"' in (other.folder / "station.toml").read_text()
    assert other.found_by_search() > 0
