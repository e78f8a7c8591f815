"""Which of the old encodings is this? Bytes of each can be read as the others, and then say nothing.

Told by what the text says: of Korean, few syllables make up most of it; Japanese has kana. Single signs in a text that
is English else (37 ℃, 5 μl) are those of the Windows of the country.
"""

from __future__ import annotations

import itertools
import re

_JAPANESE = (("euc_jp", "EUC-JP"), ("cp932", "Shift_JIS"))
_KANA = range(0x3041, 0x30FB)
# The syllables that Korean texts and tables are made of; of all that CP949 has it is one in thirty.
_USUAL = frozenset(
    "이다의는에을를가은한고로하지사기자인시도대리수어정부서나제해스일원장동상과아여주전구라보비조생공연소성있들세지"
    "안치유용진신산무실물분과적간학경국미방물계개우모재현관년월위명양발선업문중차강내화오단트입마르반그으회체토"
    "번출석태남북울광천충청제료집종별액혈조직간폐암환항목균주식름목록채취지역나성별값번호샘플험결과설명날짜프젝학생"
)
# Words of another script: kana that is read as CP949 becomes letters of Greek, numbers of Rome and parts of syllables.
_WORDS = re.compile(r"[^\x00-\x7f]{3}|[\u3131-\u318e\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_PAIR = re.compile(rb"[\x80-\xff]{2}")  # of a letter of East Asia both bytes, nearly always
_LOOKED_AT = 100_000  # letters beyond ASCII by which a text is judged
_FEWEST = 4  # syllables by which a text can be judged
_LEAST_USUAL = 0.35  # of the syllables of a Korean text; by chance it would be one in ten
_LEAST_SYLLABLES = 0.7  # of the letters beyond ASCII of a Korean text


def decoded(data: bytes) -> tuple[str | None, str]:
    """The text and the name of its encoding; no text but a name when it is another than those that are read."""
    if not _PAIR.search(data):
        return None, ""  # signs of Europe, each alone (°, é): one byte can be many of them
    text = _read(data, "cp949")
    if text is not None and (_is_korean(text) or not _WORDS.search(text)):
        return text, "CP949"
    for encoding, name in _JAPANESE:
        other = _read(data, encoding)
        if other is not None and _is_japanese(other):
            return other, name
    if text is not None and any(map(_is_syllable, text)):
        return None, "GB18030? Big5? EUC-JP?"
    return None, ""


def _read(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_syllable(sign: str) -> bool:
    return "가" <= sign <= "힣"


def _letters(text: str) -> list[str]:
    return list(itertools.islice((sign for sign in text if not sign.isascii() and sign.isalpha()), _LOOKED_AT))


def _is_korean(text: str) -> bool:
    letters = _letters(text)
    syllables = list(filter(_is_syllable, letters))
    if not syllables or len(syllables) < _LEAST_SYLLABLES * len(letters):
        return False
    if len(syllables) < _FEWEST:
        return _is_everyday(syllables)
    return sum(sign in _USUAL for sign in syllables) >= _LEAST_USUAL * len(syllables)


def _is_everyday(syllables: list[str]) -> bool:
    """Of the 2,350 of KS X 1001; what Windows added is hardly ever written, and is what signs of Europe become."""
    try:
        "".join(syllables).encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return True


def _is_japanese(text: str) -> bool:
    letters = _letters(text)
    return bool(letters) and sum(ord(sign) in _KANA for sign in letters) >= 0.1 * len(letters)
