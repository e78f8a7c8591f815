"""A vocabulary made ready for look-up: exact value, other spelling, nearest term."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
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

    def nearest(self, value: str) -> str | None:
        """The most similar term (Dice coefficient of letter pairs), if it is similar enough to be a misspelling."""
        pairs = _bigrams(_key(value)[:_LONGEST])
        best, near = 0.0, ""
        for key in self._candidates(pairs):
            known = self._bigrams[key]
            likeness = 2 * len(pairs & known) / (len(pairs) + len(known))
            if likeness > best or (likeness == best and key < near):
                best, near = likeness, key
        return self._spellings[near] if best >= _NEAR else None

    def _candidates(self, pairs: set[str]) -> list[str]:
        """Terms that share some of the rarest pairs: a like term cannot miss more than a few."""
        postings = sorted((self._pairs[pair] for pair in pairs if pair in self._pairs), key=len)
        votes: Counter[str] = Counter()
        for posting in postings[: max(3, len(pairs) * 2 // 3)]:
            votes.update(posting)
        least = 2 if len(pairs) > 5 else 1
        return [key for key, shared in votes.items() if shared >= least]

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
    def _pairs(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._spellings:
            for pair in _bigrams(key):
                table[pair].append(key)
        return table

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
