"""What the search answers."""

from __future__ import annotations

import msgspec


class Mark(msgspec.Struct, frozen=True):
    """A piece of text; ``is_found`` when it is what was searched for."""

    text: str
    is_found: bool


class Hit(msgspec.Struct, frozen=True):
    """A record in a list. ``title_marks`` and ``summary_marks`` are the same texts cut where words were found."""

    accession: str
    type: str
    form: str
    title: str
    url: str
    summary: str = ""
    organism: str = ""
    center: str = ""
    owner: str = ""
    released_on: str = ""
    title_marks: list[Mark] = []
    summary_marks: list[Mark] = []
    title_language: str = ""  # where it is known to be another than the reader's


class FacetValue(msgspec.Struct, frozen=True):
    value: str
    label: str
    count: int
    is_chosen: bool = False


class Facet(msgspec.Struct, frozen=True):
    """A filter with the number of records of each value, counted without its own choices."""

    name: str
    label: str
    values: list[FacetValue]


class Results(msgspec.Struct, frozen=True):
    """A page of what was found; ``total`` counts all of it."""

    query: str = ""
    total: int = 0
    results: list[Hit] = []
    facets: list[Facet] = []
    page: int = 1
    size: int = 20
    pages: int = 1
    did_you_mean: str = ""


class Answered(msgspec.Struct, frozen=True):
    """``results`` as the index has them, and for each hit when its record had last changed; empty: not known."""

    results: Results
    changed: tuple[str, ...] = ()
