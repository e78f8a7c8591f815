"""A submission's rows in memory, column of positions beside the values: what the checks and the acceptance read."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec
from django.db import connection

from biomoa.records import rules
from biomoa.records.library import library
from biomoa.records.models import Row, Submission

Values = dict[str, str]


class Table(msgspec.Struct, frozen=True):
    """The rows of one form: ``rows[i]`` stands at ``positions[i]``; values with the curator's layer laid over."""

    positions: list[int]
    rows: list[Values]


class Bundle(msgspec.Struct, frozen=True):
    """All tables of a submission, or of rows that are in none (dry run: ``submission_id`` and ``shelf_id`` None)."""

    owner_id: int
    submission_id: int | None
    shelf_id: UUID | None
    tables: dict[str, Table]

    def aliases(self, form: str) -> frozenset[str]:
        """The aliases that this bundle itself defines for the form."""
        table = self.tables.get(form)
        key = library().form(form).alias
        return frozenset(row.get(key, "") for row in table.rows) - {""} if table else frozenset()


def load(submission: Submission) -> Bundle:
    """Reads the rows of all forms, parents first."""
    forms = {name: library().form(name) for name in submission.row_counts}
    tables = {name: load_table(submission, name) for name in rules.ordered_forms(forms)}
    return Bundle(submission.owner_id, submission.pk, submission.shelf_id, tables)


def load_table(submission: Submission, form: str) -> Table:
    positions, rows = [], []
    for position, values, layer in iter_rows(submission.pk, form, ("position", "values", "layer")):
        positions.append(position)
        rows.append(rules.merge(values, layer))
    return Table(positions, rows)


def iter_rows(submission_id: int, form: str, columns: tuple[str, ...]) -> list[tuple]:  # type: ignore[type-arg]
    """Tuples of the columns in the order of positions; JSON columns are decoded by msgspec, which is faster."""
    quote = connection.ops.quote_name
    chosen = ", ".join(
        f"{quote(name)}::text" if _is_json(name) and _is_postgresql() else quote(name) for name in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {chosen} FROM {quote(Row._meta.db_table)}"
            " WHERE submission_id = %s AND form = %s ORDER BY position",
            [submission_id, form],
        )
        decode = [msgspec.json.decode if _is_json(name) else None for name in columns]
        return [
            tuple(value if read is None else read(value) for value, read in zip(row, decode, strict=True))
            for row in cursor.fetchall()
        ]


def _is_json(column: str) -> bool:
    return column in ("values", "layer")


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def merged(values: Mapping[str, str], layer: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Without a layer, the words themselves and not a copy: most rows have none."""
    return rules.merge(values, layer) if layer else values
