"""What a person typed, read as a question. Every text is a valid question; nothing here raises.

``폐암 lung`` all words; ``"single cell"`` a phrase; ``trans*`` a beginning; ``-mouse`` without.
"""

from __future__ import annotations

import re

import msgspec

from biomoa.search.analysis import runs

LONGEST_QUESTION = 500  # characters
MOST_CLAUSES = 24
PARTS = re.compile(r'(?P<minus>[-−])?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
PARTICLES = (
    "으로부터", "에서는", "에서", "에게", "으로", "부터", "까지", "처럼", "이나",
    "은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "만",
)  # fmt: skip


class Clause(msgspec.Struct, frozen=True):
    """Runs that must stand beside one another. ``is_prefix``: the last run is only a beginning."""

    runs: tuple[str, ...]
    text: str
    is_prefix: bool = False
    is_excluded: bool = False


class Question(msgspec.Struct, frozen=True):
    text: str = ""
    clauses: tuple[Clause, ...] = ()

    @property
    def wanted(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if not clause.is_excluded)


def read_question(text: str) -> Question:
    """The clauses of a question; signs without a letter or digit say nothing and are passed over."""
    asked = " ".join(text.replace("\x00", " ").replace("“", '"').replace("”", '"').split())[:LONGEST_QUESTION]
    clauses = [clause for part in PARTS.finditer(asked) if (clause := _clause(part)) is not None]
    return Question(asked, tuple(clauses[:MOST_CLAUSES]))


def _clause(part: re.Match[str]) -> Clause | None:
    said = part["phrase"] if part["phrase"] is not None else part["word"]
    found = tuple(runs(said))
    if not found:
        return None
    is_prefix = part["word"] is not None and said.endswith("*")
    return Clause(found, said, is_prefix, part["minus"] is not None)


def without_particle(word: str) -> str:
    """The noun that probably stands before a Korean particle, or the word as it is."""
    for particle in PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word[: -len(particle)]
    return word
