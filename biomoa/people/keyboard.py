"""Korean words as somebody types them without turning the keyboard to Korean: 안녕하세요 becomes dkssudgktpdy.

Lists of common passwords come from elsewhere and hold few of them; a person of this country tries them first.
"""

from __future__ import annotations

import re

FIRST_SYLLABLE, LAST_SYLLABLE = ord("가"), ord("힣")
FINALS, SYLLABLES_OF_INITIAL = 28, 588
# The keys of the standard layout (KS X 5002), in the order of Unicode.
INITIAL_KEYS = "r R s e E f a q Q t T d w W c z x v g"
VOWEL_KEYS = "k o i O j p u P h hk ho hl y n nj np nl b m ml l"
FINAL_KEYS = " r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"
WORDS = """
가나다 가나다라 가나다라마바사 안녕 안녕하세요 사랑 사랑해 사랑해요 사랑합니다 너를사랑해 비밀 비밀번호 암호
패스워드 대한민국 한국 우리나라 독도는우리땅 만세 서울 부산 대전 세종 관리자 운영자 연구실 연구원 연구소 교수님
선생님 박사 학교 대학교 엄마 아빠 우리엄마 우리아들 우리딸 가족 친구 행복 행복하자 행복하세요 감사 감사합니다
고맙습니다 반갑습니다 미안해 영원히 바보 천사 하늘 바다 나무 강아지 고양이 호랑이 김치 대박 화이팅 파이팅 컴퓨터
인터넷 자동차 홍길동 나는나 유전체 유전자 생명 데이터 바이오 개인정보 로그인 테스트 임시 임시비밀번호 축구 야구
월드컵 붉은악마 아리랑 태극기 무궁화
"""
ROWS = ("qwerty", "qwer", "asdf", "zxcv", "qaz", "wsx", "abc", "ㅂㅈㄷㄱ", "ㅁㄴㅇㄹ", "ㅋㅌㅊㅍ")
ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def typed(word: str) -> str:
    """The keys that are struck for a word in Hangul; other signs stay."""
    return "".join(map(_keys, word))


def _keys(sign: str) -> str:
    number = ord(sign) - FIRST_SYLLABLE
    if not 0 <= number <= LAST_SYLLABLE - FIRST_SYLLABLE:
        return sign
    initial, rest = divmod(number, SYLLABLES_OF_INITIAL)
    keys = (INITIAL_KEYS, initial), (VOWEL_KEYS, rest // FINALS), (FINAL_KEYS, rest % FINALS)
    return "".join(struck.split(" ")[place] for struck, place in keys)


PIECES = frozenset(piece.casefold() for word in WORDS.split() for piece in (word, typed(word))) | frozenset(ROWS)
LONGEST = max(map(len, PIECES))


def is_common(password: str) -> bool:
    """Nothing but such words, one after the other, with signs and figures around them."""
    core = ENDS.sub("", password.casefold())
    reached = {0}
    for end in range(1, len(core) + 1):
        if any(start in reached and core[start:end] in PIECES for start in range(max(0, end - LONGEST), end)):
            reached.add(end)
    return bool(core) and len(core) in reached
