"""A particle fits the word before it."""

from __future__ import annotations

import pytest

from biomoa.catalog.korean import settled


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("파일이(가) 없습니다.", "파일이 없습니다."),
        ("자료이(가) 없습니다.", "자료가 없습니다."),
        ("‘인삼’은(는) 작물입니다.", "‘인삼’은 작물입니다."),
        ("KAP000001을(를) 엽니다.", "KAP000001을 엽니다."),
        ("KAP000002을(를) 엽니다.", "KAP000002를 엽니다."),
        ("rice_R1.fastq이(가) 없습니다.", "rice_R1.fastq가 없습니다."),
        ("a.html을(를) 읽습니다.", "a.html을 읽습니다."),
        ("서울(으)로 보냅니다.", "서울로 보냅니다."),
        ("부산(으)로 보냅니다.", "부산으로 보냅니다."),
        ("문자 U+0007 이(가) 들어 있습니다.", "문자 U+0007이 들어 있습니다."),
        ("벼와(과) 밀", "벼와 밀"),
        ("밀와(과) 벼", "밀과 벼"),
        ("‘日本’이(가) 있습니다.", "‘日本’이(가) 있습니다."),
        ("괄호(가)로 씁니다.", "괄호(가)로 씁니다."),
    ],
)
def test_settled(written: str, read: str) -> None:
    assert settled(written) == read
