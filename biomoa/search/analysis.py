"""How text becomes terms, for documents and questions alike.

Korean is cut into overlapping pairs of syllables, so that a word is found inside compounds and before particles
without a dictionary; other scripts keep whole words. A run of Korean, Han or Kana also gives its last character
alone: with the pairs, every single syllable (폐, 암, 쥐) can be found too. ``terms`` is written to the index joined
by blanks; neighbouring terms have neighbouring positions, so a longer word is a phrase of pairs.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
RUNS = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
IS_CJK = re.compile(rf"[{CJK}]")
PLAIN = re.compile(r"[\x00-\x7f가-힣]*\Z")
LONGEST_TERM = 200  # characters; a longer run (a sequence) is known by its beginning
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
TO_LATIN = str.maketrans(GREEK)


def normal(text: str) -> str:
    """One form of every spelling: compatibility forms and accents resolved, no case, Greek letters by name."""
    if PLAIN.match(text):
        return text.lower()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return unicodedata.normalize("NFKC", bare).casefold().translate(TO_LATIN)


def runs(text: str) -> list[str]:
    """The runs of one script in normal text: words, numbers, accessions, and unbroken Korean."""
    return [run[:LONGEST_TERM] for run in RUNS.findall(normal(text))]


def is_cjk(run: str) -> bool:
    return IS_CJK.match(run) is not None


def pairs(run: str) -> list[str]:
    """The overlapping pairs of a run of two and more characters."""
    return [run[place : place + 2] for place in range(len(run) - 1)]


def run_terms(run: str) -> list[str]:
    """The terms that a run has in the index."""
    if not is_cjk(run):
        return [run]
    return [*pairs(run), run[-1]]


def terms(text: str) -> list[str]:
    """The terms of a text in their order."""
    return [term for run in RUNS.findall(normal(text)) for term in run_terms(run[:LONGEST_TERM])]


def indexed(text: str) -> str:
    """What is handed to the index, whose tokenizer splits at blanks."""
    return " ".join(map(_indexed_run, RUNS.findall(normal(text))))


@functools.lru_cache(maxsize=100_000)  # words repeat: half of the time to index a text was cutting the same ones anew
def _indexed_run(run: str) -> str:
    return " ".join(run_terms(run[:LONGEST_TERM]))


def folded(text: str) -> tuple[str, list[int]]:
    """Normal text, and for each of its characters the place it comes from in ``text`` (which is NFC)."""
    if PLAIN.match(text):
        return text.lower(), list(range(len(text)))
    signs: list[str] = []
    origins: list[int] = []
    for place, sign in enumerate(text):
        for each in normal(sign):
            signs.append(each)
            origins.append(place)
    return "".join(signs), origins


def spans(text: str, words: Iterable[str], prefixes: Iterable[str] = ()) -> list[tuple[int, int]]:
    """Where the words (and words with these beginnings) stand in ``text``: merged, in order, end exclusive.

    The runs of the text are compared one by one: a pattern for the words of each question would cost more to compile
    than all else on a page of results.
    """
    sought = [
        (parts, whole) for whole, given in ((True, words), (False, prefixes)) for parts in map(runs, given) if parts
    ]
    if not sought:
        return []
    signs, origins = folded(text)
    laid = [(hit.group(), hit.start()) for hit in RUNS.finditer(signs)]
    found = [place for parts, whole in sought for place in _places(laid, parts, whole)]
    return list(_merged([(origins[start], origins[end - 1] + 1) for start, end in found]))


def _places(laid: Sequence[tuple[str, int]], parts: Sequence[str], whole: bool) -> Iterator[tuple[int, int]]:
    """Where runs that follow one another are the parts of a word; Korean, Han and Kana need no border."""
    if len(parts) == 1:
        yield from (place for run, at in laid for place in _within(run, at, parts[0], whole))
        return
    first, last = parts[0], parts[-1]
    for number in range(len(laid) - len(parts) + 1):
        (run, at), (end, end_at) = laid[number], laid[number + len(parts) - 1]
        begins = run.endswith(first) if is_cjk(first) else run == first
        ends = end.startswith(last) if is_cjk(last) or not whole else end == last
        if begins and ends and all(laid[number + k][0] == parts[k] for k in range(1, len(parts) - 1)):
            yield at + len(run) - len(first), end_at + len(last)


def _within(run: str, at: int, word: str, whole: bool) -> Iterator[tuple[int, int]]:
    if not is_cjk(word):
        if run == word if whole else run.startswith(word):
            yield at, at + len(word)
        return
    place = run.find(word)
    while place >= 0:
        yield at + place, at + place + len(word)
        place = run.find(word, place + len(word))


def _merged(found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for start, end in sorted(found):
        if last is None:
            last = (start, end)
        elif start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            yield last
            last = (start, end)
    if last is not None:
        yield last
