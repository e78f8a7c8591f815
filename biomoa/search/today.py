"""What the search tells now. The index follows a moment behind the records, and much longer while no worker runs."""

from __future__ import annotations

from typing import Any

import msgspec

from biomoa.records.library import library
from biomoa.records.queries_now import Now, departed_since, records_now
from biomoa.records.rules_titles import titled
from biomoa.search.answers import Hit, Mark, Results
from biomoa.search.services import followed, look_up
from biomoa.search.standing import PUBLIC, one_stands, stands


def search(query: str = "", *, language: str = "ko", **asked: Any) -> Results:
    """As ``services.search``; what was taken back since is neither told nor counted, what changed only by its title."""
    asked["gone"] = _gone()
    answer = look_up(query, language=language, **asked)
    now = records_now([hit.accession for hit in answer.results.results])
    hits = [
        told
        for hit, changed in zip(answer.results.results, answer.changed, strict=True)
        if (told := _told(hit, changed, now.get(hit.accession), language))
    ]
    better = answer.results.did_you_mean
    if better and not _is_found(better, language=language, **{**asked, "page": 1}):
        better = ""
    return msgspec.structs.replace(answer.results, results=hits, did_you_mean=better)


def _gone() -> frozenset[str]:
    seq = followed()
    return frozenset() if seq is None else departed_since(seq)


def _is_found(query: str, **asked: Any) -> bool:
    """Is it in a record that stands as the index has it? Else its words may be of what was taken back."""
    answer = look_up(query, **asked)
    return one_stands([(hit.accession, at) for hit, at in zip(answer.results.results, answer.changed, strict=True)])


def _told(hit: Hit, changed: str, now: Now | None, language: str) -> Hit | None:
    if stands(changed, now):
        return hit
    if now is None or now.state != PUBLIC:
        return None
    title = titled(library().forms.get(hit.form), now.title, now.title_ko, language)
    return msgspec.structs.replace(
        hit, title=title.text, title_language=title.language, title_marks=[Mark(title.text, False)], summary="",
        organism="", summary_marks=[],
    )  # fmt: skip
