"""Missing values: the INSDC terms that may stand in place of a value, and what people write instead."""

from __future__ import annotations

import difflib
import re
from functools import cached_property

from biomoa.forms.findings import Finding
from biomoa.forms.model import Field
from biomoa.forms.terms import TermIndex

_NOT_APPLICABLE = "n/a|na|n.a.|n.a|not appl|notapplicable|해당없음|해당 없음|해당사항 없음|비해당"
_NOT_COLLECTED = (
    "unknown|unk|not determined|nd|n.d.|not known|not measured|not recorded|미상|알수없음|알 수 없음|모름|불명|미측정"
)
_NOT_PROVIDED = "none|null|nil|nan|-|--|---|.|..|?|#n/a|missing|not available|없음|자료없음|자료 없음|미제공|미기재|무"
_NEAR = 0.88  # likeness from which a value that is wrong otherwise is taken for a misspelt term
_FEWEST = 8  # letters of such a value
_JOINTS = re.compile(r"[\s_:./-]+")
_MEANINGS = {
    word: meaning
    for words, meaning in (
        (_NOT_APPLICABLE, "not applicable"),
        (_NOT_COLLECTED, "missing: not collected"),
        (_NOT_PROVIDED, "missing: not provided"),
    )
    for word in words.split("|")
}
# In free text these say something ("treatment: none"); elsewhere they stand for no value.
_WORDS_OF_TEXT = frozenset(["none", "unknown", "없음", "미상", "무", "missing", "nil", "nd", "na"])
# Of these nobody but the author can tell whether there is nothing ("treatment: none") or nothing is known.
_SAY_NONE = frozenset(["none", "nil", "없음", "무"])


class MissingTerms:
    """The catalogue's vocabulary of missing-value terms."""

    def __init__(self, terms: TermIndex) -> None:
        self.terms = terms
        self.spellings = {word: term for word, term in _MEANINGS.items() if term in terms}
        for term in terms.terms:
            words = (term.value, *term.synonyms, *((term.label.ko, term.label.en) if term.label else ()))
            self.spellings |= {word.casefold(): term.value for word in words}
        for word, meant in list(self.spellings.items()):  # "not_applicable", "NOT-COLLECTED", "missing:not provided"
            if " " in word and word.isascii():
                for joint in ("_", "-", "", " "):
                    self.spellings.setdefault(_JOINTS.sub(joint, word), meant)
                self.spellings.setdefault(word.replace(": ", ":"), meant)

    def __contains__(self, value: object) -> bool:
        return value in self.terms

    def check(self, value: str, field: Field) -> list[Finding] | None:
        """Findings when the value stands for no value; None when it is a value."""
        if value in self.terms:
            return [] if field.missing else [Finding("missing-term-not-allowed", {}, self._empty(field))]
        meaning = self.spellings.get(value.casefold())
        if meaning is None or (field.type in ("text", "paragraph") and self._is_said(value, field)):
            return None
        if field.type in ("text", "paragraph") and not field.pattern and value.casefold() in _SAY_NONE:
            return [Finding("none-or-missing")]
        return [Finding("missing-term-spelling", {}, meaning if field.missing else self._empty(field))]

    def misspelt(self, value: str, field: Field) -> list[Finding]:
        """Of a value that is wrong for its field: the term that it was meant to be ("not collcted")."""
        wanted = _plain(value)
        if len(wanted) < _FEWEST or not (wanted.isascii() and wanted.isalpha()) or not field.missing:
            return []
        near = difflib.get_close_matches(wanted, self._plain, 1, _NEAR)
        return [Finding("missing-term-spelling", {}, self._plain[near[0]])] if near else []

    @cached_property
    def _plain(self) -> dict[str, str]:
        """The terms without what stands between their words: "not_applicable", "NOT-COLLECTED"."""
        return {_plain(word): term for word, term in self.spellings.items() if " " in word and word.isascii()}

    @staticmethod
    def _is_said(value: str, field: Field) -> bool:
        return not field.missing and value.casefold() in _WORDS_OF_TEXT

    @staticmethod
    def _empty(field: Field) -> str | None:
        return None if field.requirement == "mandatory" else ""


def _plain(value: str) -> str:
    return _JOINTS.sub("", value.casefold())
