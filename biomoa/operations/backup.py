"""Backup of a working station: the database first, then every object it names; the manifest last.

Objects are kept once, by content, over all generations. Killed at any point, earlier generations stay whole, and the
next run goes on with the objects that are already there.
"""

from __future__ import annotations

import hashlib
import secrets
import tarfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from biomoa.files.models import RemovedObject, StoredFile, StoredObject
from biomoa.files.storage import ObjectStore, store
from biomoa.jobs.steps import step
from biomoa.operations import vault as vaults
from biomoa.operations.care import alone, check_may_operate, note
from biomoa.operations.chest import S3_PREFIX, ChestError, open_chest
from biomoa.operations.queries import name_files
from biomoa.operations.rules import CATALOGUE, Manifest, Part, generation_name, generations_to_drop, is_left_out
from biomoa.operations.snapshot import Snapshot, taken
from biomoa.operations.vault import OBJECTS, Vault, blocks_of
from biomoa.people.rules import Actor
from biomoa.settings.station import Home, default_catalogue

COPIERS = 4
NAMED = 100
ROUNDS = 3


class BackupReport(msgspec.Struct, frozen=True):
    """What a backup did. ``missing`` are objects that the station itself has lost: run ``biomoa scrub``.

    Also those that the backup has from before. ``lost_files`` says which files some of them are.
    """

    generation: str
    place: str
    is_sealed: bool
    objects: int
    object_bytes: int
    new_objects: int
    new_bytes: int
    database_bytes: int
    ledger_seq: int
    ledger_hash: str
    missing: tuple[str, ...]
    dropped: tuple[str, ...]
    milliseconds: int
    lost_files: dict[str, str] = {}
    forgotten: int = 0  # objects dropped from every generation, since they identified a person

    @property
    def is_good(self) -> bool:
        return not self.missing


class _Removed(Exception):
    """Objects were removed from station and database while the backup ran: the database is read again."""


def back_up(actor: Actor, place: str, key_file: Path | None = None, keep: int = 0) -> BackupReport:
    """Adds a generation to the backup at ``place`` and drops all but the newest ``keep`` (0: none).

    Raises ChestError, SealError, SnapshotError, Busy, OSError; then nothing was added.
    """
    check_may_operate(actor)
    _check_apart(place)
    started_at = timezone.now()
    with alone(), open_chest(place).holding():
        vault = vaults.open_or_begin(place, key_file)
        manifest, copied = _make_generation(vault)
        # A station that has lost objects may need every generation that is there.
        dropped = [] if manifest.missing else prune(vault, keep)
        forgotten = vault.forget(RemovedObject.objects.values_list("sha256", flat=True))
    report = BackupReport(
        generation=manifest.generation, place=place, is_sealed=vault.key is not None, objects=manifest.objects,
        object_bytes=manifest.object_bytes, new_objects=copied.objects, new_bytes=copied.size_bytes,
        database_bytes=copied.database_bytes, ledger_seq=manifest.ledger_seq, ledger_hash=manifest.ledger_hash,
        missing=manifest.missing, dropped=tuple(dropped),
        milliseconds=int((timezone.now() - started_at).total_seconds() * 1000),
        lost_files=name_files(StoredFile.objects.filter(object_id__among=manifest.missing[:NAMED])),
        forgotten=forgotten,
    )  # fmt: skip
    note(actor, "backup", started_at, report.is_good, _summary(report))
    return report


def _check_apart(place: str) -> None:
    """A backup within the home goes with the home. Raises ChestError."""
    home = settings.BIOMOA_HOME.folder.resolve()
    if not place.startswith(S3_PREFIX) and Path(place).resolve().is_relative_to(home):
        raise ChestError(f"{place} lies in the station's home and would be lost with it; name a folder on another disk")


def _summary(report: BackupReport) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(report)
    del told["lost_files"]
    return told | {"missing": len(report.missing), "dropped": len(report.dropped)}


def _make_generation(vault: Vault) -> tuple[Manifest, _Copied]:
    for _ in range(ROUNDS):
        with taken(settings.BIOMOA_HOME.scratch) as snapshot:
            try:
                return _save(vault, snapshot)
            except _Removed:
                continue
    raise OSError("files are being removed faster than they can be backed up; try again later")


def _save(vault: Vault, snapshot: Snapshot) -> tuple[Manifest, _Copied]:
    home: Home = settings.BIOMOA_HOME
    newest = max(vault.generations(), default="")
    generation = generation_name(timezone.now(), secrets.token_hex(4), newest)
    copied = _copy_objects(vault, snapshot.objects)
    parts = [
        vault.write_part(generation, "database.zst", blocks_of(snapshot.path)),
        vault.write_part(generation, "home.tar.zst", _home_archive(home)),
        vault.write_part(generation, "objects.zst", _object_lines(snapshot.objects)),
    ]
    step("backup:parts-written")
    manifest = _manifest(home, generation, snapshot, parts, tuple(copied.missing))
    vault.write_manifest(manifest)
    step("backup:manifest-written")
    return manifest, msgspec.structs.replace(copied, database_bytes=snapshot.path.stat().st_size)


def _manifest(
    home: Home, generation: str, snapshot: Snapshot, parts: Iterable[Part], missing: tuple[str, ...]
) -> Manifest:
    return Manifest(
        generation=generation,
        made_at=timezone.now().isoformat(),
        software=version("biomoa"),
        station=home.station.name_en,
        engine=snapshot.engine,
        parts=tuple(parts),
        objects=len(snapshot.objects),
        object_bytes=sum(size_bytes for _, size_bytes in snapshot.objects),
        tables=snapshot.facts.tables,
        ledger_seq=snapshot.facts.ledger_seq,
        ledger_hash=snapshot.facts.ledger_hash,
        catalogue=catalogue_digest(home.catalogue),
        missing=missing,
    )


# -- objects


class _Copied(msgspec.Struct, frozen=True):
    objects: int
    size_bytes: int
    missing: list[str]
    database_bytes: int = 0


def _copy_objects(vault: Vault, wanted: list[tuple[str, int]]) -> _Copied:
    there = vault.chest.sizes(OBJECTS)
    source, failed = store(), threading.Event()
    lost = _find_lost(source, wanted)
    new = [(s, n) for s, n in wanted if s not in lost and there.get(vault.object_name(s)) != vault.object_size(n)]

    def copy(one: tuple[str, int]) -> bool:
        if failed.is_set():
            return False
        try:
            return _copy(vault, source, one[0])
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(COPIERS) as pool:
        done = list(pool.map(copy, new))
    missing = sorted(lost | {sha256 for (sha256, _), is_copied in zip(new, done, strict=True) if not is_copied})
    if missing and StoredObject.objects.filter(sha256__in=missing[:500]).count() < len(missing[:500]):
        raise _Removed
    size_bytes = sum(size for (_, size), is_copied in zip(new, done, strict=True) if is_copied)
    return _Copied(sum(done), size_bytes, missing)


def _find_lost(source: ObjectStore, wanted: list[tuple[str, int]]) -> set[str]:
    """What the station does not have in full length, also of what the backup has: by names and sizes alone."""
    kept = dict(source.iter_sizes())
    return {sha256 for sha256, size_bytes in wanted if kept.get(sha256) != size_bytes}


class _NotWhole(Exception):
    """The station's own object is damaged: such bytes enter no backup."""


def _copy(vault: Vault, source: ObjectStore, sha256: str) -> bool:
    try:
        vault.write(vault.object_name(sha256), _checked(source, sha256))
    except (_NotWhole, FileNotFoundError):
        return False
    step("backup:object")
    return True


def _checked(source: ObjectStore, sha256: str) -> Iterator[bytes]:
    seen = hashlib.sha256()
    for block in source.iter_blocks(sha256):
        seen.update(block)
        yield block
    if seen.hexdigest() != sha256:
        raise _NotWhole(sha256)


def _object_lines(objects: Iterable[tuple[str, int]]) -> Iterator[bytes]:
    for sha256, size_bytes in objects:
        yield f"{sha256} {size_bytes}\n".encode()


# -- home folder and catalogue


def _home_archive(home: Home) -> Iterator[bytes]:
    """station.toml, keys and whatever else lies in the home, as a tar; a catalogue from elsewhere as ``catalogue/``."""
    station = home.station
    entries = sorted(
        path for path in home.folder.iterdir()
        if not is_left_out(path.name, station.storage.folder, station.database.name)
    )  # fmt: skip
    for path in entries:
        yield from _tar_tree(path, path.name)
    if not _is_at_home(home) and home.catalogue != default_catalogue():
        yield from _tar_tree(home.catalogue, CATALOGUE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _is_at_home(home: Home) -> bool:
    return home.catalogue.is_relative_to(home.folder)


def _tar_tree(path: Path, name: str) -> Iterator[bytes]:
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        return
    if path.is_dir():
        if (path / vaults.DESCRIPTION).exists():
            return  # a backup does not hold itself
        yield _header(path, name + "/", tarfile.DIRTYPE, 0)
        for below in sorted(path.iterdir()):
            yield from _tar_tree(below, f"{name}/{below.name}")
        return
    # Read whole: a file of the home is small, and its length must be the one that its header says.
    content = path.read_bytes()
    yield _header(path, name, tarfile.REGTYPE, len(content))
    yield content + bytes(-len(content) % tarfile.BLOCKSIZE)


def _header(path: Path, name: str, kind: bytes, size_bytes: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.type, entry.size, entry.mode = kind, size_bytes, path.stat().st_mode & 0o777
    entry.mtime = int(path.stat().st_mtime)
    return entry.tobuf(tarfile.PAX_FORMAT)


def catalogue_digest(folder: Path) -> str:
    """One digest over names and contents of all files of a catalogue."""
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            seen.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            seen.update(path.read_bytes())
    return seen.hexdigest()


# -- retention


def prune(vault: Vault, keep: int) -> list[str]:
    """Drops old generations, half-made ones, and objects that no generation names any more; the dropped ones."""
    whole = vault.generations()
    dropped = generations_to_drop(whole, keep)
    if not dropped:
        return []
    for generation in dropped:
        vault.drop(generation)
        step("backup:generation-dropped")
    _drop_half_made(vault)
    _drop_unnamed_objects(vault)
    vault.chest.settle()
    return dropped


def _drop_half_made(vault: Vault) -> None:
    whole = set(vault.generations())
    for name in vault.chest.sizes(vaults.GENERATIONS):
        if name.split("/")[1] not in whole:
            vault.chest.remove(name)


def _drop_unnamed_objects(vault: Vault) -> None:
    named: set[str] = set()
    for generation in vault.generations():
        named.update(vault.object_name(sha256) for sha256, _ in vault.iter_objects(vault.manifest(generation)))
    for name in vault.chest.sizes(OBJECTS):
        if name not in named:
            vault.chest.remove(name)
            step("backup:object-dropped")
