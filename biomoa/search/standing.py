"""Does a record stand as the index has it? The index follows a moment behind, and much longer without a worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from biomoa.records.queries_now import Now, records_now
from biomoa.search.documents import Shown

PUBLIC = "released"
ONE, MORE = 1, 20  # records that are asked: the first nearly always stands
_SHOWN = msgspec.json.Decoder(Shown)  # made here, before there are threads


def stands(changed: str, now: Now | None) -> bool:
    """Is the record public still, and unchanged since ``changed`` (empty: not known)?"""
    return now is None or (now.state == PUBLIC and changed in ("", now.changed_at.isoformat()))


def any_stands(searcher: Any, query: Any) -> bool:
    """Does one of the first records that are found stand as it was written?"""
    for limit in (ONE, MORE):
        hits = searcher.search(query, limit, count=False).hits
        shown = [_SHOWN.decode(searcher.doc(address)["shown"][0]) for _, address in hits]
        if one_stands([(each.accession, each.changed) for each in shown]):
            return True
        if len(hits) < limit:
            break
    return False


def one_stands(told: Sequence[tuple[str, str]]) -> bool:
    """Of accessions, each with when it had changed last: does one stand so?"""
    now = records_now([accession for accession, _ in told])
    return any(stands(changed, now.get(accession)) for accession, changed in told)
