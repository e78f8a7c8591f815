"""How a few records stand at this moment, for a list that was made before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import connection

from biomoa.ledger.prepared import Prepared, any_of
from biomoa.records.models import Record


class Now(msgspec.Struct, frozen=True):
    state: str
    changed_at: datetime
    title: str
    title_ko: str


_NOW = Prepared(
    lambda *names: Record.objects.filter(any_of("accession", names)).values_list(
        "accession", "state", "changed_at", "title", "title_ko"
    )
)


def records_now(accessions: Sequence[str]) -> dict[str, Now]:
    """By accession; what is not there is left out."""
    rows = _NOW.rows(*accessions) if accessions else []
    return {accession: Now(*said) for accession, *said in rows}


# SQLite keeps the order of a CROSS JOIN: few entries are new, and of each one record is asked. Its answer becomes
# another only when a record changes, or with the number: so it may be asked for a page that is kept (site/shown.py).
DEPARTED = """
    SELECT DISTINCT records_record.accession FROM ledger_entry CROSS JOIN records_record
    WHERE ledger_entry.seq > %s AND ledger_entry.event IN ('record:withdrawn', 'record:suppressed')
    AND records_record.accession = ledger_entry.subject AND records_record.state <> 'released'
"""


def departed_since(seq: int) -> frozenset[str]:
    """The records that were taken out of the public by an entry of the ledger after ``seq``, and still are."""
    with connection.cursor() as cursor:
        cursor.execute(DEPARTED, [seq])
        return frozenset(accession for (accession,) in cursor.fetchall())
