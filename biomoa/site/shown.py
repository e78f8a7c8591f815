"""A stamp that is another one after every change of what a page of records shows, moved by the database itself.

Triggers write it in the transaction of the change, whoever makes the change: a stamp that was read before a page was
drawn and is still there says that the page is still right. What only enters a draft moves nothing.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from django.db import DatabaseError, connection, connections

from biomoa.ledger.among import VALUES
from biomoa.records.queries_now import DEPARTED
from biomoa.site.models import Shown

ALL = ("INSERT", "UPDATE", "DELETE")
# A file that has just arrived is on no page yet: the row that puts it there comes into records_recordfile.
SHOWN = {
    "records_record": ALL,
    "records_version": ALL,
    "records_link": ALL,
    "records_recordfile": ALL,
    "files_storedfile": ("UPDATE", "DELETE"),
    "files_storedobject": ("UPDATE", "DELETE"),
    "files_quarantine": ALL,
    "files_inspectionresult": ALL,
    "people_organisation": ALL,
}
STAMP = Shown._meta.db_table
FRESH = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}
MOVE = "INSERT INTO {table} (id, stamp) VALUES (1, {fresh}) ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp"
NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+\"?(\w+)", re.IGNORECASE)


def stamp() -> str | None:
    """The stamp as of now, to be read before what it stands for; None when pages cannot be kept by it."""
    if connection.in_atomic_block:  # what is not committed is nobody's page yet
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT stamp FROM {STAMP} WHERE id = 1")
            found = cursor.fetchone()
    except DatabaseError:
        return None
    return found[0] if found else None


@functools.lru_cache(1_000)
def is_covered(sql: str) -> bool:
    """Does the statement only read what the stamp stands for?"""
    return sql == DEPARTED or (
        sql.lstrip().upper().startswith("SELECT")
        and all(name in SHOWN or name == VALUES for name in NAMED.findall(sql))
    )


def watch(using: str = "default", **_: Any) -> None:
    """After every migration, which on SQLite may have made a table anew and dropped its triggers."""
    base = connections[using]
    if not {STAMP, *SHOWN}.issubset(base.introspection.table_names()):
        return  # an older state of the tables, on the way to this one
    with base.cursor() as cursor:
        for statement in POSTGRESQL if base.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)
        cursor.execute(_move(base.vendor))


def _move(vendor: str) -> str:
    return MOVE.format(table=STAMP, fresh=FRESH[vendor])


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS shown_{table}_{event.lower()} AFTER {event} ON {table} "
        f"BEGIN {_move('sqlite')}; END"
        for table, events in SHOWN.items()
        for event in events
    ]


# When a transaction ends, and once in it: a row that every transaction locks while it works would let two of them
# wait for each other for ever.
POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION shown_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_setting('biomoa.shown', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
            PERFORM set_config('biomoa.shown', pg_current_xact_id()::text, true);
            {_move("postgresql")};
        END IF;
        RETURN NULL;
    END $$""",
    *(
        f"""DO $$ BEGIN IF NOT EXISTS
            (SELECT FROM pg_trigger WHERE tgname = 'shown_moves' AND tgrelid = '{table}'::regclass)
        THEN CREATE CONSTRAINT TRIGGER shown_moves AFTER {" OR ".join(events)} ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shown_moves(); END IF; END $$"""
        for table, events in SHOWN.items()
    ),
]
