"""Counts by filter. The values of a filter with choices are counted as if it had none: they are alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from biomoa.search.answers import Facet, FacetValue
from biomoa.search.asking import Asked, query_of
from biomoa.search.filters import Filter

MOST_VALUES = 30
TYPE = "type"


def count(searcher: Any, asked: Asked, known: Mapping[str, Filter], language: str) -> list[Facet]:
    """The type first, then the filters in the order of the forms; filters without a value are left out."""
    chosen = {**asked.filters, **({TYPE: asked.types} if asked.types else {})}
    fields = {TYPE: "type"} | {name: f"filters.{name}" for name in known}
    free = {name: field for name, field in fields.items() if name not in chosen}
    counts = _counts(searcher, query_of(asked), free)
    for name in chosen:
        counts |= _counts(searcher, query_of(asked, without=name), {name: fields[name]})
    return [
        _facet(name, known.get(name), counts[name], chosen.get(name, ()), language)
        for name in fields
        if counts[name] or chosen.get(name)
    ]


def _counts(searcher: Any, query: Any, fields: Mapping[str, str]) -> dict[str, dict[str, int]]:
    asked = {name: {"terms": {"field": field, "size": MOST_VALUES}} for name, field in fields.items()}
    answer = searcher.aggregate(query, asked) if asked else {}
    return {name: {str(b["key"]): int(b["doc_count"]) for b in answer[name]["buckets"]} for name in fields}


def _facet(name: str, known: Filter | None, counts: Mapping[str, int], chosen: tuple[str, ...], language: str) -> Facet:
    every = dict.fromkeys(chosen, 0) | dict(counts)
    terms = known.terms if known else {}
    values = [
        FacetValue(value, terms[value].in_(language) if value in terms else value, number, value in chosen)
        for value, number in sorted(every.items(), key=lambda each: (-each[1], each[0]))
    ]
    return Facet(name, known.label.in_(language) if known else TYPE, values)
