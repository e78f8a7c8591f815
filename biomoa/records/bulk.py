"""Many rows in one go: executemany on SQLite, COPY on PostgreSQL. Ten times what ``bulk_create`` does."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

import msgspec
from django.db import DatabaseError, connection
from django.db.models import F, Model

from biomoa.records.models import Tally

T = TypeVar("T")
CHUNK = 5_000  # records whose versions are in memory at once


def json_text(value: Any) -> str:
    """What a JSONField column takes from raw SQL, on both databases."""
    return msgspec.json.encode(value).decode()


def moment(value: datetime | None) -> Any:
    """What a DateTimeField column takes."""
    return connection.ops.adapt_datetimefield_value(value)


def day(value: date | None) -> Any:
    """What a DateField column takes."""
    return None if value is None else connection.ops.adapt_datefield_value(value)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


def allot_ids(model: type[Model], count: int) -> Sequence[int]:
    """Primary keys for rows to insert, in order. Inside a transaction only: on SQLite its write lock keeps them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts rows given as database values in the order of ``columns`` (column names, as ``record_id``)."""
    quote = connection.ops.quote_name
    target = f"{quote(model._meta.db_table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What goes on inside COPY is not wrapped by Django: a broken line must be an OperationalError as elsewhere.
            with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", list(rows))


def update(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Sets ``columns`` of rows by primary key; each row is the new values followed by the key."""
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE id = %s", list(rows))


def delete(model: type[Model], **columns: int | str) -> None:
    """The rows with these values; of a model to which no other row refers."""
    quote = connection.ops.quote_name
    condition = " AND ".join(f"{quote(column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quote(model._meta.db_table)} WHERE {condition}", list(columns.values()))


def store(instance: Model, *names: str) -> None:
    """``save(update_fields=names)`` in one statement and no more. Raises DatabaseError when the row is gone."""
    fields = tuple(instance._meta.get_field(name) for name in names)
    values = [field.get_db_prep_save(field.pre_save(instance, False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(type(instance), fields), [*values, instance.pk])
        if not cursor.rowcount:
            raise DatabaseError(f"the row of {instance._meta.label} {instance.pk} is gone")


@functools.cache
def _statement(model: type[Model], fields: tuple[Any, ...]) -> str:
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    return f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE id = %s"


def move_tallies(changes: Mapping[tuple[int, str, str], int]) -> None:
    """Adds to the counts of records, by (center, form, state); in the transaction of the change."""
    for (center, form, state), difference in sorted(changes.items()):
        if not difference:
            continue
        place: dict[str, Any] = {"center_id": center, "form": form, "state": state}
        Tally.objects.get_or_create(**place)
        Tally.objects.filter(**place).update(records=F("records") + difference)
