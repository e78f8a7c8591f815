"""A vocabulary made ready for look-up: exact value, other spelling, nearest term."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from biomoa.catalog.model import Term

_NOT_WORD = re.compile(r"[\W_]+")
_NEAR = 0.6  # likeness from which a term is proposed: one slip in a word of five letters
_FEWEST_BEFORE = 2  # letters before a word that make another one of it
_ROUNDING = 1e-9
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
        if wanted in self._all_keys and len({term for key, term in self._spellings.items() if wanted in key}) > 1:
            return None  # a part of several terms: which of them is meant would be a guess
        pairs = _bigrams(wanted[:_LONGEST])
        best, near = 0.0, ""
        is_tied = False
        # A likeness of two sets is greatest when one holds the other: fewer shared pairs cannot reach the least.
        for key in self._sharing(pairs, math.ceil(len(pairs) * likeness_least / (2 - likeness_least) - _ROUNDING)):
            known = self._bigrams[key]
            likeness = 2 * len(pairs & known) / (len(pairs) + len(known))
            if likeness == best and near and self._spellings[key] != self._spellings[near]:
                is_tied = True
            elif likeness > best or (likeness == best and key < near):
                best, near, is_tied = likeness, key, is_tied and likeness == best
        if best < likeness_least or is_tied or _begins_otherwise(wanted, near):
            return None
        return self._spellings[near]

    def _sharing(self, pairs: Iterable[str], least: int) -> Iterator[str]:
        """The keys that have at least so many of the pairs, counted for all of them at once.

        ``digits[n]`` holds the n-th binary digit of every key's count, a bit for each of ``_keys``.
        """
        digits: list[int] = []
        for pair in pairs:
            carry = self._having.get(pair, 0)
            for place, digit in enumerate(digits):
                digits[place], carry = digit ^ carry, digit & carry
            if carry:
                digits.append(carry)
        yield from self._at(_not_below(digits, least, everywhere=(1 << len(self._keys)) - 1))

    def _at(self, mask: int) -> Iterator[str]:
        while mask:
            yield self._keys[(mask & -mask).bit_length() - 1]
            mask &= mask - 1

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
    def _all_keys(self) -> str:
        return "\n".join(self._keys)

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


def _begins_otherwise(wanted: str, near: str) -> bool:
    """Whether one is the other behind some letters: "unpaired" is no slip for "paired", nor RNA-Seq for scRNA-Seq."""
    short, long = sorted((wanted, near), key=len)
    return len(long) - len(short) >= _FEWEST_BEFORE and long.endswith(short)


def _not_below(digits: Sequence[int], least: int, *, everywhere: int) -> int:
    """Where the number whose binary digits these are is not below ``least``."""
    if least >> len(digits):
        return 0
    above, equal = 0, everywhere
    for place in reversed(range(len(digits))):
        if least >> place & 1:
            equal &= digits[place]
        else:
            above |= equal & digits[place]
            equal &= ~digits[place]
    return above | equal


def _labels(term: Term) -> tuple[str, ...]:
    return () if term.label is None else (term.label.ko, term.label.en)


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text.casefold())


def _bigrams(key: str) -> set[str]:
    padded = f"^{key}$"
    return {padded[i : i + 2] for i in range(len(padded) - 1)}
