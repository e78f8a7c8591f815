"""``biomoa doctor``: looks at everything that can be wrong, from the home folder up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from biomoa.catalog.model import BrokenCatalogue
from biomoa.catalog.services import read_catalogue
from biomoa.operations.advice import Finding, finding
from biomoa.operations.homecheck import examine_folder, may_write, of_sqlite
from biomoa.settings.station import Home

LONGEST_LEDGER = 200_000


def examine_home(home: Home) -> Iterator[Finding]:
    """What can be seen without Django."""
    yield from examine_folder(home)
    try:
        yield from _check_catalogue(home)
    except (BrokenCatalogue, OSError) as error:
        yield finding("catalogue-broken", "error", detail=" ".join(str(error).split())[:500])


def _check_catalogue(home: Home) -> Iterator[Finding]:
    yield finding("catalogue-good", "good", forms=len(read_catalogue(home.catalogue).forms))


def examine_station(home: Home) -> Iterator[Finding]:
    """What the database, the storage and the ledger say; needs Django."""
    trouble = list(_check_database())
    yield from trouble
    if any(each.severity == "error" for each in trouble):
        return
    for look in (_check_center, _check_standing, _check_storage, _check_ledger):
        yield from _guarded(look, home)


def _guarded(look: Callable[[Home], Iterator[Finding]], home: Home) -> Iterator[Finding]:
    """A look that fails with the database under it says so, and the others go on."""
    from django.db import DatabaseError

    try:
        yield from look(home)
    except DatabaseError as error:
        yield _refusal(error)


def _refusal(error: Exception) -> Finding:
    """A file is not a server: of SQLite its path is told."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return of_sqlite(Path(connection.settings_dict["NAME"]), error)
    return finding("database-away", "error", detail=_line(error))


def _check_database() -> Iterator[Finding]:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield _refusal(error)
        return
    if pending:
        yield finding("database-old", "error", count=len(pending))
    else:
        yield finding("database-good", "good")


def _check_center(home: Home) -> Iterator[Finding]:
    from biomoa.people.models import Organisation

    centers = list(Organisation.objects.filter(kind="data-center").order_by("code").values_list("code", flat=True))
    if home.station.center not in centers:
        yield finding("center-unknown", "error", center=home.station.center, centers=", ".join(centers))


def _check_standing(_: Home) -> Iterator[Finding]:
    from biomoa.files.tasks import outdated
    from biomoa.jobs.queries import clock_state, failed_tasks
    from biomoa.notices.queries import parked_mails
    from biomoa.operations.checkup import check, check_inspections, check_jobs, check_mails
    from biomoa.operations.queries import standing
    from biomoa.qc.model import QC_VERSION

    yield from check(standing())
    yield from check_jobs(failed_tasks(), clock_state())
    yield from check_mails(*parked_mails())
    yield from check_inspections(outdated().count(), QC_VERSION)


def _check_storage(_: Home) -> Iterator[Finding]:
    from biomoa.files.storage import FolderStore, StoreAway, store

    source = store()
    try:
        source.check()
        source.find_size("0" * 64)
        if isinstance(source, FolderStore) and not may_write(source.folder):
            yield finding("home-unwritable", "error", path=source.folder)
            return
    except StoreAway:
        return  # told with how the station stands
    except Exception as error:  # whatever the client of another service raises
        yield finding("storage-away", "error", detail=_line(error))
        return
    yield finding("storage-good", "good")


def _check_ledger(_: Home) -> Iterator[Finding]:
    from biomoa.ledger.models import Head
    from biomoa.ledger.services import verify

    entries = Head.objects.get(id=1).seq
    if entries > LONGEST_LEDGER:
        yield finding("ledger-long", "good", entries=entries)
        return
    first = next(verify(), None)
    if first:
        yield finding("ledger-broken", "error", seq=first.seq, detail=first.detail)
    else:
        yield finding("ledger-good", "good", entries=entries)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
