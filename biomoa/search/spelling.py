"""A better question when nothing was found: nouns without particles, the nearest word of the index."""

from __future__ import annotations

import difflib
from typing import Any

from biomoa.search.analysis import is_cjk
from biomoa.search.asking import Asked, clause_query, query_of
from biomoa.search.question import Clause, read_question, without_particle
from biomoa.search.schema import make_schema

NEAREST = 0.7  # of difflib's ratio
TERMS_READ = 20_000


def propose(searcher: Any, asked: Asked) -> str:
    """A question that finds something under the same filters; empty when there is none."""
    words = [_better(searcher, clause) for clause in asked.question.wanted]
    proposed = " ".join(word for word in words if word)
    if not proposed or proposed == asked.question.text:
        return ""
    found = searcher.search(query_of(Asked(read_question(proposed), asked.types, asked.filters)), 1)
    return proposed if found.count else ""


def _better(searcher: Any, clause: Clause) -> str:
    if _is_found(searcher, clause) or len(clause.runs) > 1:
        return clause.text if " " not in clause.text else f'"{clause.text}"'
    (word,) = clause.runs
    return without_particle(word) if is_cjk(word) else _nearest(searcher, word)


def _is_found(searcher: Any, clause: Clause) -> bool:
    return bool(searcher.search(clause_query(make_schema(), "words", clause), 1).count)


def _nearest(searcher: Any, word: str) -> str:
    for beginning in dict.fromkeys((word[:2], word[:1])):
        terms: dict[str, int] = dict(searcher.terms_with_prefix("words", beginning, limit=TERMS_READ))
        near = difflib.get_close_matches(word, [term for term in terms if abs(len(term) - len(word)) < 3], 5, NEAREST)
        if near:
            return max(near, key=lambda term: (difflib.SequenceMatcher(None, word, term).ratio(), terms[term]))
    return ""
