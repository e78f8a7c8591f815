"""A station that has outgrown SQLite: its database file into an empty PostgreSQL, row by row, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction

SAVED = "saved"
BATCH = 1_000
NOT_CARRIED = frozenset({"django_session", "people_cacheentry"})


def transfer(database_file: Path) -> None:
    """Fills the station's empty database from the file; both are brought to this version's tables first.

    Raises DatabaseError; then nothing is in it.
    """
    connections.settings[SAVED] = connections.settings["default"] | {
        "ENGINE": "django.db.backends.sqlite3", "NAME": str(database_file), "OPTIONS": {}, "CONN_MAX_AGE": 0,
        "HOST": "", "PORT": "", "USER": "", "PASSWORD": "",
    }  # fmt: skip
    try:
        # The empty one first: what runs after a migration looks into the default database whichever was migrated.
        call_command("migrate", interactive=False, verbosity=0)
        call_command("migrate", database=SAVED, interactive=False, verbosity=0)
        with transaction.atomic():
            _carry_all()
    finally:
        connections[SAVED].close()
        del connections[SAVED]
        del connections.settings[SAVED]


def _carry_all() -> None:
    there = set(connections[SAVED].introspection.table_names())
    models_of_all = apps.get_models(include_auto_created=True)
    carried = [model for model in models_of_all if _is_carried(model) and model._meta.db_table in there]
    # Foreign keys are checked at the end of the transaction only (DEFERRABLE INITIALLY DEFERRED), so no order matters.
    with connection.cursor() as cursor:
        for model in carried:
            cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")
        for model in carried:
            _carry(cursor, model)
        for statement in connection.ops.sequence_reset_sql(no_style(), carried):
            cursor.execute(statement)


def _is_carried(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and model._meta.db_table not in NOT_CARRIED


def _carry(cursor: Any, model: type[models.Model]) -> None:
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    columns = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({places})"
    for page in _pages(model, [field.attname for field in fields]):
        cursor.executemany(statement, [[f.get_db_prep_save(v, connection) for f, v in zip(fields, row, strict=True)]
                                       for row in page])  # fmt: skip


def _pages(model: type[models.Model], names: list[str]) -> Iterator[list[Any]]:
    page: list[Any] = []
    for row in model._base_manager.using(SAVED).order_by("pk").values_list(*names).iterator(BATCH):
        page.append(row)
        if len(page) == BATCH:
            yield page
            page = []
    if page:
        yield page


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
