"""Finding records and suggesting words. Every text is a good question; only public records are in the index."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings

from biomoa.records.library import library
from biomoa.records.rules_titles import titled
from biomoa.search import asking, facets
from biomoa.search.analysis import spans
from biomoa.search.answers import Answered, Facet, Hit, Results
from biomoa.search.asking import Asked
from biomoa.search.documents import Shown
from biomoa.search.filters import filters_of
from biomoa.search.kept import Kept
from biomoa.search.marking import marked, snippet
from biomoa.search.question import Question, read_question
from biomoa.search.spelling import propose
from biomoa.search.store import Reader

__all__ = ["Facet", "Hit", "Results", "look_up", "search", "suggest"]

DEEPEST = 10_000  # results that can be paged through; beyond, a narrower question helps more than page 501
MOST_SUGGESTIONS = 8
TERMS_READ = 400
_KEPT = Kept()
_SHOWN = msgspec.json.Decoder(Shown)  # made here, before there are threads


def search(query: str = "", **asked: Any) -> Results:
    """``look_up`` as the index has it: what was taken back a moment ago may still be in it (``today.search``)."""
    return look_up(query, **asked).results


def look_up(
    query: str = "",
    *,
    types: Sequence[str] = (),
    filters: Mapping[str, Sequence[str]] | None = None,
    sort: str = "relevance",
    page: int = 1,
    size: int = 20,
    language: str = "ko",
    gone: frozenset[str] = frozenset(),
) -> Answered:
    """The public records that match, a page of them, with counts by filter.

    All words must occur; values of one filter are alternatives, filters narrow one another. ``sort`` is relevance
    (without words: newest), newest, title or accession; an unknown one counts as relevance. An empty query lists
    all. ``total`` is exact and does not depend on the page. Records that are ``gone`` are as if they were not there.
    """
    question = read_question(query)
    size = max(1, min(size, 100))
    page = max(1, min(page, DEEPEST // size))
    commit, searcher = _reader().look()
    if searcher is None:
        return Answered(Results(query=question.text, page=page, size=size))
    known = filters_of(library())
    kept = {k: tuple(v) for k, v in (filters or {}).items() if k in known and v}
    asked = Asked(question, _record_types(types), kept, gone)
    narrowed = (asked.types, tuple(sorted(kept.items())), gone)
    key = (str(_reader().folder), commit, query, narrowed, sort, page, size, language)
    answer = _KEPT.find(key) if commit else None
    if answer is None:
        answer = _answer(searcher, asked, sort, page, size, language)
        if commit:
            _KEPT.keep(key, answer)
    return answer


def _answer(searcher: Any, asked: Asked, sort: str, page: int, size: int, language: str) -> Answered:
    question = asked.question
    found = asking.run(searcher, asked, sort=sort, language=language, offset=(page - 1) * size, limit=size)
    shown = [_SHOWN.decode(each) for each in found.shown]
    results = Results(
        query=question.text,
        total=found.total,
        results=[_hit(each, question, language) for each in shown],
        facets=facets.count(searcher, asked, filters_of(library()), language),
        page=page,
        size=size,
        pages=max(1, -(-min(found.total, DEEPEST) // size)),
        did_you_mean="" if found.total or not question.wanted else propose(searcher, asked),
    )
    return Answered(results, tuple(each.changed for each in shown))


def followed() -> int | None:
    """The ledger entry up to which a question that is asked later knows the records; None while there is no index."""
    return _reader().position()


def suggest(prefix: str) -> list[str]:
    """Words and values that begin so, the most frequent first."""
    searcher = _reader().searcher()
    beginning = asking.normal_beginning(prefix)
    if searcher is None or not beginning:
        return []
    found = searcher.terms_with_prefix("lexicon", beginning, limit=TERMS_READ)
    spellings: dict[str, None] = {}
    for term, _ in sorted(found, key=lambda each: (-each[1], each[0])):
        if asking.is_used(searcher, term):
            spellings.setdefault(term.partition("\t")[2])
        if len(spellings) == MOST_SUGGESTIONS:
            break
    return list(spellings)


def released_between(moments: Sequence[datetime]) -> list[int]:
    """How many public records were released between each moment and the next."""
    searcher = _reader().searcher()
    if searcher is None:
        return [0] * (len(moments) - 1)
    return asking.count_between(searcher, [int(moment.timestamp()) for moment in moments])


def _reader() -> Reader:
    return _reader_of(settings.BIOMOA_HOME.index)


@functools.cache
def _reader_of(folder: Path) -> Reader:
    return Reader(folder)


def _record_types(asked: Sequence[str]) -> tuple[str, ...]:
    """Types may be given by the name of a form too; an unknown type finds nothing."""
    forms = library().forms
    return tuple(dict.fromkeys(forms[name].record_type if name in forms else name for name in asked if name))


def _hit(shown: Shown, question: Question, language: str) -> Hit:
    words = [clause.text for clause in question.wanted if not clause.is_prefix]
    beginnings = [clause.text.rstrip("*") for clause in question.wanted if clause.is_prefix]
    title = titled(library().forms.get(shown.form), shown.title, shown.title_ko, language)
    summary = _summary(shown.summary, title.other, words, beginnings)
    return Hit(
        accession=shown.accession,
        type=shown.type,
        form=shown.form,
        title=title.text,
        title_language=title.language,
        url=f"/{shown.accession}",
        summary=summary,
        organism=shown.organism,
        center=shown.center.in_(language),
        owner=shown.owner.in_(language),
        released_on=shown.released_at,
        title_marks=marked(title.text, words, beginnings),
        summary_marks=marked(summary, words, beginnings),
    )


def _summary(text: str, other_title: str, words: Sequence[str], beginnings: Sequence[str]) -> str:
    """Where a word was found; before it the title that is not shown, when the word stands in that one."""
    is_found = bool(other_title and spans(unicodedata.normalize("NFC", other_title), words, beginnings))
    said = [other_title] if is_found else []
    return " · ".join([*said, *filter(None, [snippet(text, words, beginnings)])])
