"""A vocabulary made ready for look-up: exact value, other spelling, nearest term."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from biomoa.catalog.model import Term

_NOT_WORD = re.compile(r"[\W_]+")
_NEAR = 0.6  # likeness from which a term is proposed: one slip in a word of five letters
_LONGEST = 100  # letters of a value that are compared


class TermIndex:
    """Terms by value; ``find`` also by synonym, label or other case; ``nearest`` by likeness of letters."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self.values = frozenset(term.value for term in self.terms)

    def __contains__(self, value: object) -> bool:
        return value in self.values

    def find(self, value: str) -> str | None:
        """The term that the text surely means, ignoring case, spaces and punctuation."""
        return value if value in self.values else self._spellings.get(_key(value))

    def nearest(self, value: str, *, likeness_least: float = _NEAR) -> str | None:
        """The most similar term (Dice coefficient of letter pairs), if it is similar enough to be a misspelling."""
        wanted = _key(value)
        if len({term for key, term in self._spellings.items() if wanted in key}) > 1:
            return None  # a part of several terms: which of them is meant would be a guess
        pairs = _bigrams(wanted[:_LONGEST])
        best, near = 0.0, ""
        is_tied = False
        for key in self._candidates(pairs):
            known = self._bigrams[key]
            likeness = 2 * len(pairs & known) / (len(pairs) + len(known))
            if likeness == best and near and self._spellings[key] != self._spellings[near]:
                is_tied = True
            elif likeness > best or (likeness == best and key < near):
                best, near, is_tied = likeness, key, is_tied and likeness == best
        return self._spellings[near] if best >= likeness_least and not is_tied else None

    def _candidates(self, pairs: set[str]) -> Iterator[str]:
        """Terms that share some of the rarest pairs: a like term cannot miss more than a few."""
        having, least = self._having, 2 if len(pairs) > 5 else 1
        masks = sorted((having[pair] for pair in pairs if pair in having), key=int.bit_count)
        once = twice = 0
        for mask in masks[: max(3, len(pairs) * 2 // 3)]:
            twice |= once & mask
            once |= mask
        left = twice if least == 2 else once
        while left:
            yield self._keys[(left & -left).bit_length() - 1]
            left &= left - 1

    def shown(self, limit: int = 8) -> str:
        """The first terms, for a sentence."""
        values = [term.value for term in self.terms[:limit]]
        return ", ".join(values) + (" …" if len(self.terms) > limit else "")

    @cached_property
    def _spellings(self) -> dict[str, str]:
        table: dict[str, str] = {}
        for term in self.terms:
            for name in (term.value, *term.synonyms, *_labels(term)):
                table.setdefault(_key(name), term.value)
        table.update({_key(term.value): term.value for term in self.terms})
        table.pop("", None)
        return table

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(self._spellings)

    @cached_property
    def _having(self) -> dict[str, int]:
        """Letter pair -> the terms that have it, a bit for each of ``_keys``."""
        table: dict[str, int] = defaultdict(int)
        for place, key in enumerate(self._keys):
            for pair in self._bigrams[key]:
                table[pair] |= 1 << place
        return dict(table)

    @cached_property
    def _bigrams(self) -> dict[str, set[str]]:
        return {key: _bigrams(key) for key in self._spellings}


def _labels(term: Term) -> tuple[str, ...]:
    return () if term.label is None else (term.label.ko, term.label.en)


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text.casefold())


def _bigrams(key: str) -> set[str]:
    padded = f"^{key}$"
    return {padded[i : i + 2] for i in range(len(padded) - 1)}
