"""Can requests be served now? One word a part; reasons are for the log and the doctor."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from biomoa.files.storage import store
from biomoa.records.library import library

logger = logging.getLogger(__name__)
_seen: list[str] = []


def parts() -> dict[str, bool]:
    """Part -> whether it is ready."""
    looks: dict[str, Callable[[], bool]] = {
        "database": _has_database,
        "tables": _has_tables,
        "catalogue": _has_catalogue,
        "scratch": _has_scratch,
        "storage": _has_storage,
    }
    return {name: _is_ready(name, look) for name, look in looks.items()}


def _is_ready(name: str, look: Callable[[], bool]) -> bool:
    try:
        return look()
    except Exception:  # whatever is wrong, the answer is: not ready
        logger.warning("not ready: %s", name, exc_info=True)
        return False


def _has_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _has_tables() -> bool:
    # Tables never go back under a running process: once seen, they are not looked at again.
    if not _seen:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _seen.append("tables")
    return True


def _has_catalogue() -> bool:
    return bool(library().forms)


def _has_scratch() -> bool:
    return os.access(settings.BIOMOA_HOME.scratch, os.W_OK)


def _has_storage() -> bool:
    store().check()
    return True
