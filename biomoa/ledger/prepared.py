"""A query whose SQL Django writes once: later runs bring new values to the same statement.

What a request asks most (who is this, which row) is found by the database in microseconds; writing the statement takes
Django a hundred times that. Here for all rooms, as the lowest that knows tables.

    _TOKENS = Prepared(lambda digest: Token.objects.select_related("user").filter(digest=digest))
    token = _TOKENS.first("0f3a…")

Values are whole numbers, texts and UUIDs. Each stands in one place or more as it is, never in a list (a few of them by
``any_of``), and is never None; whatever changes the statement itself (an order, a list of names) is a query of its own.
Ordering, limits, locks and ``select_related`` are those of the query that is given.
"""

from __future__ import annotations

import functools
import operator
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
Value = int | str | UUID
NUMBER = 2_071_919_000  # no number that a query has of its own, and within a column of 32 bits


class Prepared(Generic[M]):
    """``build`` gives the query for values; it is called once for each kind of values and database."""

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._statements: dict[tuple[Any, ...], _Statement] = {}

    def __call__(self, *values: Value) -> list[M]:
        statement = self._statement(values)
        return statement.objects(statement.run(values))

    def first(self, *values: Value) -> M | None:
        """The first that is found; the query should ask for no more."""
        return next(iter(self(*values)), None)

    def rows(self, *values: Value) -> list[tuple[Any, ...]]:
        """As the query's ``values_list`` gives them."""
        statement = self._statement(values)
        return statement.converted(statement.run(values))

    def _statement(self, values: Sequence[Value]) -> _Statement:
        key = (connection.vendor, *map(type, values))
        found = self._statements.get(key)
        if found is None:
            with self._lock:
                stand_ins = [_stand_in(value, number) for number, value in enumerate(values)]
                found = self._statements[key] = _Statement(self._build(*stand_ins), stand_ins)
        return found


def any_of(column: str, values: Sequence[Value]) -> Q:
    """``column`` is one of a few values, each at a place of its own: for many, ``column__among`` (``among.py``)."""
    return functools.reduce(operator.or_, (Q((column, value)) for value in values))


def _stand_in(value: Value, number: int) -> Value:
    if isinstance(value, UUID):
        return UUID(int=NUMBER + number)
    return NUMBER + number if isinstance(value, int) else f"prepared value {number}"


def _as_stored(value: Value) -> Any:
    is_text = isinstance(value, UUID) and not connection.features.has_native_uuid_field
    return value.hex if is_text else value  # type: ignore[union-attr]


class _Statement:
    """What Django's compiler found out about a query, kept."""

    def __init__(self, query: QuerySet[Any], stand_ins: Sequence[Value]) -> None:
        compiler = query.query.get_compiler(query.db)
        self.sql, values = compiler.as_sql()
        self.locks = query.query.select_for_update and connection.features.has_select_for_update
        where = {_as_stored(stand_in): number for number, stand_in in enumerate(stand_ins)}
        self.places = [(value in where, where.get(value, value)) for value in values]
        if {place for is_value, place in self.places if is_value} != set(where.values()):
            raise ValueError("a value does not stand in the statement as it was given")
        self._db = query.db
        self._converters = compiler.get_converters([column for column, _, _ in compiler.select])
        info = compiler.klass_info
        if info is not None:
            chosen = info["select_fields"]
            self._model, self._start, self._end = info["model"], chosen[0], chosen[-1] + 1
            self._names = [column[0].target.attname for column in compiler.select[self._start : self._end]]
            self._related = get_related_populators(info, compiler.select, query.db)

    def run(self, values: Sequence[Value]) -> list[Any]:
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("a row is locked in a transaction")
        stored = [_as_stored(value) for value in values]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [stored[each] if is_value else each for is_value, each in self.places])
            rows: list[Any] = cursor.fetchall()
            return rows

    def converted(self, rows: list[Any]) -> list[tuple[Any, ...]]:
        if not self._converters:
            return rows
        changed = [list(row) for row in rows]
        for place, (converters, expression) in self._converters.items():
            for row in changed:
                for converter in converters:
                    row[place] = converter(row[place], expression, connection)
        return [tuple(row) for row in changed]

    def objects(self, rows: list[Any]) -> list[Any]:
        made = []
        for row in self.converted(rows):
            each = self._model.from_db(self._db, self._names, row[self._start : self._end])
            for related in self._related:
                related.populate(row, each)
            made.append(each)
        return made
