"""From a question to the index's own query, and the page of answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import tantivy

from biomoa.search.analysis import is_cjk, normal, pairs, run_terms
from biomoa.search.question import Clause, Question
from biomoa.search.schema import TITLE_ORDER, make_schema
from biomoa.search.standing import any_stands

TITLE_BOOST = 3.0
ACCESSION_BOOST = 100.0
MUST, SHOULD, NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


class Asked(msgspec.Struct, frozen=True):
    """The question with the chosen types and filters; ``gone`` are the records that do not count."""

    question: Question
    types: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = {}
    gone: frozenset[str] = frozenset()


class Found(msgspec.Struct, frozen=True):
    total: int
    shown: list[bytes]


def run(searcher: Any, asked: Asked, *, sort: str, language: str, offset: int, limit: int) -> Found:
    """The page of results in the order asked for; titles in the order of those that a reader of the language sees."""
    by_words = bool(asked.question.wanted) and sort not in ORDERS
    query = query_of(asked, ranked=by_words)
    field, order = (None, tantivy.Order.Desc) if by_words else ORDERS.get(sort, ORDERS["newest"])
    if sort == "title":
        field = TITLE_ORDER.get(language, field)
    found = searcher.search(query, limit, offset=offset, order_by_field=field, order=order)
    return Found(found.count or 0, [searcher.doc(address)["shown"][0] for _, address in found.hits])


ORDERS: dict[str, tuple[str, Any]] = {
    "newest": ("released", tantivy.Order.Desc),
    "title": (TITLE_ORDER["en"], tantivy.Order.Asc),
    "accession": ("accession", tantivy.Order.Asc),
}


def query_of(asked: Asked, *, ranked: bool = False, without: str = "") -> Any:
    """The query; ``without`` leaves out one filter (or ``type``) so that its alternatives can be counted."""
    schema = make_schema()
    parts: list[tuple[Any, Any]] = []
    for clause in asked.question.clauses:
        parts.append((NOT if clause.is_excluded else MUST, clause_query(schema, "words", clause)))
        if ranked and not clause.is_excluded:
            parts.append((SHOULD, tantivy.Query.boost_query(clause_query(schema, "title", clause), TITLE_BOOST)))
    if ranked:
        named = tantivy.Query.term_query(schema, "accession", asked.question.text.upper())
        parts.append((SHOULD, tantivy.Query.boost_query(named, ACCESSION_BOOST)))
    parts += _narrowing(schema, asked, without)
    if asked.gone:
        parts.append((NOT, tantivy.Query.term_set_query(schema, "accession", sorted(asked.gone))))
    if not any(occur is MUST or occur == MUST for occur, _ in parts):
        parts.append((MUST, tantivy.Query.term_query(schema, "kind", "record")))
    return tantivy.Query.boolean_query(parts)


def _narrowing(schema: Any, asked: Asked, without: str) -> list[tuple[Any, Any]]:
    chosen = {f"filters.{name}": values for name, values in asked.filters.items() if name != without}
    if asked.types and without != "type":
        chosen["type"] = asked.types
    return [
        (MUST, tantivy.Query.const_score_query(tantivy.Query.term_set_query(schema, field, list(values)), 0.0))
        for field, values in chosen.items()
    ]


def clause_query(schema: Any, field: str, clause: Clause) -> Any:
    """A term, a phrase of terms, or, where the last term is open at its end, a pattern."""
    *before, last = clause.runs
    ahead = [term for run in before for term in run_terms(run)]
    if is_cjk(last) and len(last) > 1:
        return _phrase(schema, field, [*ahead, *pairs(last)])
    if is_cjk(last):
        return _pattern(schema, field, ahead, f"{re.escape(last)}.?")  # one syllable: it begins a pair or ends a run
    if clause.is_prefix:
        return _pattern(schema, field, ahead, f"{re.escape(last)}.*")
    return _phrase(schema, field, [*ahead, last])


def _phrase(schema: Any, field: str, terms: list[str]) -> Any:
    if len(terms) == 1:
        return tantivy.Query.term_query(schema, field, terms[0])
    return tantivy.Query.phrase_query(schema, field, list[str | tuple[int, str]](terms))


def _pattern(schema: Any, field: str, ahead: list[str], pattern: str) -> Any:
    if not ahead:
        return tantivy.Query.regex_query(schema, field, pattern)
    return tantivy.Query.regex_phrase_query(
        schema, field, list[str | tuple[int, str]]([*map(re.escape, ahead), pattern])
    )


def count_between(searcher: Any, moments: Sequence[int]) -> list[int]:
    """Records with ``released`` from each moment (seconds) to before the next."""
    ranges = [{"key": str(place), "from": start, "to": end} for place, (start, end) in enumerate(pairwise(moments))]
    query = tantivy.Query.term_query(make_schema(), "kind", "record")
    answer = searcher.aggregate(query, {"spans": {"range": {"field": "released", "ranges": ranges}}})
    counted = {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["spans"]["buckets"]}
    return [counted.get(each["key"], 0) for each in ranges]


def is_used(searcher: Any, term: str) -> bool:
    """Is a word of the lexicon in a record that is there and public? The index keeps those that left for a while."""
    return any_stands(searcher, tantivy.Query.term_query(make_schema(), "lexicon", term))


def normal_beginning(text: str) -> str:
    """The form in which the lexicon knows a beginning."""
    return " ".join(normal(text).split())
