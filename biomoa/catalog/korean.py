"""Korean particles: which of two follows a word depends on how the word ends, known only when a sentence is filled in.

Sentences are written with both (``{name}이(가)``); ``settled`` leaves the one that fits what was filled in.
"""

from __future__ import annotations

import re

# After a closed syllable, after an open one; a closing ㄹ counts as open before 로.
PAIRS = {
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "을(를)": ("을", "를"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
RIEUL = 8
CLOSED_DIGITS, RIEUL_DIGITS = "013678", "178"  # 영 일 삼 육 칠 팔
CLOSED_LETTERS, RIEUL_LETTERS = "lmnr", "lr"  # 엘 엠 엔 아르(알)
_MARKS = ("(가)", "(는)", "(를)", "(과)", "(으)")
_PAIR = re.compile(r"(?P<end>\w)(?P<quotes>[’”'\")»\]]*) ?(?P<pair>이\(가\)|은\(는\)|을\(를\)|와\(과\)|\(으\)로)")


def settled(sentence: str) -> str:
    """The sentence with one particle of each pair. A word of another script keeps both."""
    has_pair = any(mark in sentence for mark in _MARKS)  # far quicker than the pattern, which begins with any letter
    return _PAIR.sub(_chosen, sentence) if has_pair else sentence


def _chosen(found: re.Match[str]) -> str:
    pair = found["pair"]
    closed, rieul = _ending(found["end"].lower())
    if closed is None:
        return found[0]
    is_closed = closed and not (rieul and pair == "(으)로")
    return f"{found['end']}{found['quotes']}{PAIRS[pair][0 if is_closed else 1]}"


def _ending(letter: str) -> tuple[bool | None, bool]:
    """Whether it ends closed (None: not known), and whether with ㄹ."""
    if "가" <= letter <= "힣":
        final = (ord(letter) - ord("가")) % 28
        return final > 0, final == RIEUL
    if letter.isdigit():
        return letter in CLOSED_DIGITS, letter in RIEUL_DIGITS
    if "a" <= letter <= "z":
        return letter in CLOSED_LETTERS, letter in RIEUL_LETTERS
    return None, False
