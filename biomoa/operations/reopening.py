"""The second half of a restore, with Django started on the new home: database, proof, followers, the station's name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from biomoa.files.models import StoredObject
from biomoa.files.storage import store, sync_folder
from biomoa.jobs.steps import step
from biomoa.ledger.followers import all_followers, follow
from biomoa.ledger.models import Head
from biomoa.ledger.services import verify
from biomoa.operations import postgresql
from biomoa.operations.care import check_may_operate, note
from biomoa.operations.postgresql import SnapshotError
from biomoa.operations.restore import Progress, Restored, name_station, read_progress, write_progress
from biomoa.operations.rules import Manifest
from biomoa.operations.snapshot import Facts, facts_of, facts_of_sqlite
from biomoa.operations.transfer import transfer
from biomoa.people.rules import Actor

DIFFERENCES_SHOWN = 20


class RestoreReport(msgspec.Struct, frozen=True):
    """What came back, and every proof: ``problems`` is empty for a station equal to the saved one."""

    generation: str
    made_at: str
    home: str
    objects: int
    object_bytes: int
    rows: int
    ledger_seq: int
    ledger_hash: str
    followers: dict[str, int]
    problems: tuple[str, ...]
    milliseconds: int

    @property
    def is_good(self) -> bool:
        return not self.problems


def reopen(actor: Actor, restored: Restored, started_at: datetime) -> RestoreReport:
    """Puts the database in place, compares everything with the manifest, catches the followers up.

    The station is named in any case: a ledger that does not verify, or lost objects, are the operator's to judge, and
    the report says so. Raises SnapshotError when the database cannot be put back.
    """
    check_may_operate(actor)
    manifest, folder = restored.manifest, restored.home.folder
    problems: list[str] = []
    if not read_progress(folder).has_database:
        problems += _bring_database(restored)
        write_progress(folder, Progress(manifest.generation, has_database=True))
    step("restore:database-placed")
    call_command("migrate", interactive=False, verbosity=0)
    problems += [*_check_ledger(manifest), *_check_objects(restored)]
    reached = _catch_up()
    step("restore:followers-moved")
    head = Head.objects.get(id=1)
    report = RestoreReport(
        generation=manifest.generation, made_at=manifest.made_at, home=str(folder), objects=restored.objects,
        object_bytes=restored.object_bytes, rows=sum(manifest.tables.values()), ledger_seq=head.seq,
        ledger_hash=head.hash, followers=reached, problems=tuple(problems), milliseconds=_since(started_at),
    )  # fmt: skip
    note(actor, "restore", started_at, report.is_good, msgspec.to_builtins(report))
    name_station(folder)
    return report


def _catch_up() -> dict[str, int]:
    reached = {}
    for follower in all_followers():
        follow(follower)
        reached[follower.name] = follower.position()
    return reached


def _since(started_at: datetime) -> int:
    return int((timezone.now() - started_at).total_seconds() * 1000)


def _bring_database(restored: Restored) -> list[str]:
    manifest = restored.manifest
    if manifest.engine == "sqlite":
        found = facts_of_sqlite(restored.dump)
        if connection.vendor == "sqlite":
            _place(restored.dump, Path(connection.settings_dict["NAME"]))
        else:
            transfer(restored.dump)
        return compare(manifest, found)
    if connection.vendor == "sqlite":
        raise SnapshotError("a PostgreSQL backup goes into a PostgreSQL database")
    parameters = postgresql.parameters_of_django(connection.settings_dict)
    postgresql.load(parameters, restored.dump)
    with postgresql.connect(parameters) as session:
        return compare(manifest, facts_of(session))


def _place(dump: Path, target: Path) -> None:
    for leftover in target.parent.glob(f"{target.name}*"):
        leftover.unlink()
    dump.replace(target)
    sync_folder(target.parent)


def compare(manifest: Manifest, found: Facts) -> list[str]:
    """Every count that differs, in words."""
    names = sorted(manifest.tables.keys() | found.tables.keys())
    problems = [
        f"table {name}: {found.tables.get(name)} rows, the backup says {manifest.tables.get(name)}"
        for name in names
        if found.tables.get(name) != manifest.tables.get(name)
    ]
    if (found.ledger_seq, found.ledger_hash) != (manifest.ledger_seq, manifest.ledger_hash):
        problems.append(f"the ledger ends at {found.ledger_seq}, the backup says {manifest.ledger_seq}")
    return problems[:DIFFERENCES_SHOWN]


def _check_ledger(manifest: Manifest) -> list[str]:
    breaks = [f"ledger entry {each.seq}: {each.fault}: {each.detail}" for each in verify()]
    head = Head.objects.get(id=1)
    if (head.seq, head.hash) != (manifest.ledger_seq, manifest.ledger_hash):
        breaks.append(f"the ledger ends at {head.seq} {head.hash[:12]}, not at {manifest.ledger_seq}")
    return breaks[:DIFFERENCES_SHOWN]


def _check_objects(restored: Restored) -> list[str]:
    """Every row of the database has its object; the bytes were checked as they came."""
    problems = [f"object {sha256} was already lost when the backup was made" for sha256 in restored.lost]
    there, lost = set(store().iter_addresses()), set(restored.lost)
    named = StoredObject.objects.values_list("sha256", flat=True).iterator()
    problems += [f"object {sha256} is named but not there" for sha256 in named if sha256 not in there | lost]
    return problems[:DIFFERENCES_SHOWN]
