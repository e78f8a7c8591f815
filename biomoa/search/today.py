"""What the search tells now. The index follows a moment behind the records, and much longer while no worker runs."""

from __future__ import annotations

from typing import Any

import msgspec

from biomoa.records.library import library
from biomoa.records.queries_now import Now, records_now
from biomoa.records.rules_titles import titled
from biomoa.search.answers import Hit, Mark, Results
from biomoa.search.services import look_up

PUBLIC = "released"


def search(query: str = "", *, language: str = "ko", **asked: Any) -> Results:
    """As ``services.search``; what was taken back since is not told again, of what changed only its title of today."""
    answer = look_up(query, language=language, **asked)
    now = records_now([hit.accession for hit in answer.results.results])
    hits = [
        told
        for hit, changed in zip(answer.results.results, answer.changed, strict=True)
        if (told := _told(hit, changed, now.get(hit.accession), language))
    ]
    return msgspec.structs.replace(answer.results, results=hits)


def _told(hit: Hit, changed: str, now: Now | None, language: str) -> Hit | None:
    if now is None or (now.state == PUBLIC and changed in ("", now.changed_at.isoformat())):
        return hit
    if now.state != PUBLIC:
        return None
    title = titled(library().forms.get(hit.form), now.title, now.title_ko, language)
    return msgspec.structs.replace(
        hit, title=title.text, title_language=title.language, title_marks=[Mark(title.text, False)], summary="",
        organism="", summary_marks=[],
    )  # fmt: skip
