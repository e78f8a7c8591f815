"""Showing where the words were found."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from biomoa.search.analysis import spans
from biomoa.search.answers import Mark

SNIPPET_LENGTH = 180  # characters
LEAD = 50


def marked(text: str, words: Sequence[str], beginnings: Sequence[str] = ()) -> list[Mark]:
    """The text cut into pieces that were found and pieces that were not; joined they are the text (in NFC)."""
    whole = unicodedata.normalize("NFC", text)
    marks, place = [], 0
    for start, end in spans(whole, words, beginnings):
        if start > place:
            marks.append(Mark(whole[place:start], False))
        marks.append(Mark(whole[start:end], True))
        place = end
    return [*marks, Mark(whole[place:], False)] if place < len(whole) else marks


def snippet(text: str, words: Sequence[str], beginnings: Sequence[str] = ()) -> str:
    """The part of a long text around the first word found, with dots where something was cut."""
    whole = unicodedata.normalize("NFC", text)
    if len(whole) <= SNIPPET_LENGTH:
        return whole
    found = spans(whole, words, beginnings)
    start = max(0, found[0][0] - LEAD) if found else 0
    if start:
        start = whole.find(" ", start, start + LEAD // 2) + 1 or start
    end = start + SNIPPET_LENGTH
    return f"{'… ' if start else ''}{whole[start:end].strip()}{' …' if end < len(whole) else ''}"
