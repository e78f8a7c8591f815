"""From a backup to an equal station in an empty place. Killed at any point, the same command goes on.

Until the end there is no ``station.toml`` in the new home, so that nobody starts half a station.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from biomoa.files.storage import FolderStore, ObjectStore, make_store, sync_folder
from biomoa.jobs.steps import step
from biomoa.operations import postgresql
from biomoa.operations.rules import CATALOGUE, Manifest
from biomoa.operations.vault import Damaged, Vault, write_out
from biomoa.settings.station import STATION_FILE, Home, load_home

MARKER = "restoring"
ARCHIVE, STATION_LATER, DUMP = "restored-home.tar", "restored-station.toml", "restored-database"
COPIERS = 3
CATALOGUE_KEY = re.compile(r"^catalogue\s*=.*$", re.MULTILINE)


class RestoreError(Exception):
    """The place is not empty, or the backup is not whole; the message says which."""


class Restored(msgspec.Struct, frozen=True):
    """Files that lie in their new place; ``lost`` are objects that neither station nor backup had whole.

    ``dump`` is what the database is to be made from.
    """

    home: Home
    manifest: Manifest
    objects: int
    object_bytes: int
    lost: tuple[str, ...]
    dump: Path


class Progress(msgspec.Struct, frozen=True):
    """The marker file: which generation this home is being made from, and whether its database is in place."""

    generation: str
    has_database: bool = False


def put_back(vault: Vault, folder: Path, generation: str = "", station_file: Path | None = None) -> Restored:
    """Home and objects into ``folder``, every digest checked; ``reopening.reopen`` brings the database and the end.

    ``station_file`` replaces station.toml: another machine may have another database, bucket or address. Raises
    RestoreError, Damaged, SealError, SnapshotError.
    """
    manifest = _choose(vault, generation)
    _claim(folder, manifest)
    home = _restore_home(vault, manifest, folder, station_file)
    _refuse_full_database(home)
    lost, count, size_bytes = _restore_objects(vault, manifest, home)
    dump = folder / DUMP
    if not read_progress(folder).has_database:
        write_out(vault.read_part(manifest.generation, manifest.part("database.zst")), dump)
    step("restore:database-unpacked")
    return Restored(home, manifest, count, size_bytes, lost, dump)


def read_progress(folder: Path) -> Progress:
    return msgspec.json.decode((folder / MARKER).read_bytes(), type=Progress)


def write_progress(folder: Path, progress: Progress) -> None:
    """The marker has the old content or the new one."""
    fresh = folder / f"{MARKER}.new"
    write_out([msgspec.json.encode(progress)], fresh)
    fresh.replace(folder / MARKER)
    sync_folder(folder)


def name_station(folder: Path) -> None:
    """The last step: from now on the folder is a station."""
    (folder / STATION_LATER).replace(folder / STATION_FILE)
    sync_folder(folder)
    step("restore:station-named")
    (folder / DUMP).unlink(missing_ok=True)
    (folder / MARKER).unlink(missing_ok=True)
    sync_folder(folder)


def _choose(vault: Vault, generation: str) -> Manifest:
    whole = vault.generations()
    if not whole:
        raise RestoreError("there is no whole generation in this backup")
    if generation and generation not in whole:
        raise RestoreError(f"no generation {generation}; there are {', '.join(whole)}")
    return vault.manifest(generation or whole[-1])


def _claim(folder: Path, manifest: Manifest) -> None:
    """Only an empty folder, or one in which the restoring of this very generation was interrupted."""
    if (folder / MARKER).is_file():
        begun = read_progress(folder).generation
        if begun != manifest.generation:
            raise RestoreError(f"{folder} is being restored from {begun}; finish that, or remove the folder")
        return
    if folder.exists() and any(folder.iterdir()):
        raise RestoreError(f"{folder} is not empty; a restore overwrites nothing")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    write_progress(folder, Progress(manifest.generation))
    step("restore:claimed")


# -- home


def _restore_home(vault: Vault, manifest: Manifest, folder: Path, station_file: Path | None) -> Home:
    archive = folder / ARCHIVE
    write_out(vault.read_part(manifest.generation, manifest.part("home.tar.zst")), archive)
    (folder / STATION_FILE).unlink(missing_ok=True)
    with tarfile.open(archive) as tar:
        for entry in tar:
            _extract(tar, entry, folder)
    archive.unlink()
    if station_file:
        (folder / STATION_LATER).write_bytes(station_file.read_bytes())
    _point_to_catalogue(folder)
    step("restore:home-written")
    return _peek(folder)


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Plain files and folders below the home alone; the names are our own, but a backup may have been forged."""
    parts = Path(entry.name).parts
    if not parts or ".." in parts or entry.name.startswith("/"):
        raise RestoreError(f"the backup names a file outside the home: {entry.name[:100]!r}")
    target = folder.joinpath(*parts)
    if entry.isdir():
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(entry.mode & 0o777 | 0o700)
        return
    content = tar.extractfile(entry) if entry.isreg() else None
    if content is None:
        raise RestoreError(f"the backup holds something that is no file: {entry.name[:100]!r}")
    if entry.name == STATION_FILE:
        target = folder / STATION_LATER
    target.unlink(missing_ok=True)
    write_out(iter(lambda: content.read(1024**2), b""), target)
    target.chmod(entry.mode & 0o777)


def _point_to_catalogue(folder: Path) -> None:
    """A catalogue that lay elsewhere on the old machine now lies in the home."""
    path = folder / STATION_LATER
    text = path.read_text(encoding="utf-8")
    if not (folder / CATALOGUE).is_dir():
        return
    line = f'catalogue = "{CATALOGUE}"'
    text = CATALOGUE_KEY.sub(line, text, count=1) if CATALOGUE_KEY.search(text) else f"{line}\n{text}"
    path.write_text(text, encoding="utf-8")


def _peek(folder: Path) -> Home:
    """The home as its station.toml will say; the folders that ``create_home`` makes are there."""
    trial = folder / ".trial"
    trial.mkdir(exist_ok=True)
    shutil.copyfile(folder / STATION_LATER, trial / STATION_FILE)
    station = load_home(trial).station
    shutil.rmtree(trial)
    for name in ("objects", "scratch", "inbox", "index", "mail", "log"):
        (folder / name).mkdir(exist_ok=True)
    return Home(folder, station)


# -- objects


def _restore_objects(vault: Vault, manifest: Manifest, home: Home) -> tuple[tuple[str, ...], int, int]:
    target = make_store(home, home.station.storage)
    wanted = list(vault.iter_objects(manifest))
    _refuse_foreign(target, {sha256 for sha256, _ in wanted})
    _mark(target)
    known_lost = set(manifest.missing) | vault.removed()

    def bring(one: tuple[str, int]) -> bool:
        sha256, size_bytes = one
        if _is_whole(target, sha256, size_bytes):
            return True
        try:
            _bring(vault, target, home, sha256)
        except FileNotFoundError as error:
            if sha256 in known_lost:
                return False
            raise Damaged(f"object {sha256} is not in the backup") from error
        step("restore:object")
        return True

    with ThreadPoolExecutor(COPIERS) as pool:
        done = list(pool.map(bring, wanted))
    lost = tuple(sha256 for (sha256, _), is_there in zip(wanted, done, strict=True) if not is_there)
    return lost, sum(done), sum(size for (_, size), is_there in zip(wanted, done, strict=True) if is_there)


def _refuse_foreign(target: ObjectStore, wanted: set[str]) -> None:
    for sha256 in target.iter_addresses():
        if sha256 not in wanted:
            raise RestoreError(f"the storage holds objects of another station ({sha256[:12]}...); name an empty one")


def _mark(target: ObjectStore) -> None:
    """The folder becomes the new station's, under an id of its own: the old disk is not taken for this one."""
    if isinstance(target, FolderStore):
        target.folder.mkdir(parents=True, exist_ok=True)
        target.mark(secrets.token_hex(16))


def _is_whole(target: ObjectStore, sha256: str, size_bytes: int) -> bool:
    """After an interrupted restore: what lies there is read again, never believed."""
    if target.find_size(sha256) != size_bytes:
        return False
    seen = hashlib.sha256()
    for block in target.iter_blocks(sha256):
        seen.update(block)
    return seen.hexdigest() == sha256


def _bring(vault: Vault, target: ObjectStore, home: Home, sha256: str) -> None:
    path = home.scratch / f"restored-{sha256}"
    try:
        write_out(vault.read_object(sha256), path)
        if target.find_size(sha256) is not None:
            target.remove(sha256)
        target.put(path, sha256)
    finally:
        path.unlink(missing_ok=True)


def _refuse_full_database(home: Home) -> None:
    database = home.station.database
    if database.engine != "postgresql" or read_progress(home.folder).has_database:
        return
    if tables := postgresql.find_tables(postgresql.parameters_of(database)):
        raise RestoreError(
            f"the database {database.name} is not empty ({tables[0]}, ...); a restore overwrites nothing"
        )
