"""``filter(column__among=values)``: as ``in``, for thousands of values, which go to the database as one.

Django writes a place and prepares a value for each, which takes longer than the database needs to find the rows. Here
for all rooms, as the lowest that knows tables. The values are whole numbers or texts as the column stores them, all of
one kind; never None. How many there are does not matter.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import ForeignKey, Lookup
from django.db.models.fields import Field

VALUES = "json_each"  # what the values come from, where a table stands else (SQLite)


class Among(Lookup[Any]):
    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, frozenset(rhs))  # Django would look into a list, value by value

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        listed = msgspec.json.encode(sorted(self.rhs)).decode()
        return f"{column} IN (SELECT value FROM {VALUES}(%s))", (*values, listed)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*values, sorted(self.rhs))


def register() -> None:
    for kind in (Field, ForeignKey):
        kind.register_lookup(Among)
