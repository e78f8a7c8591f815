import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.files import rules

NAMES = st.text(alphabet=st.characters(codec=None), max_size=300) | st.text(
    alphabet="a가한./\\ .\u202e\u200f\x00conCON1:", max_size=12
)


@given(NAMES)
def test_the_proposed_name_is_always_accepted(name: str) -> None:
    for problem in rules.check_name(name):
        assert problem.suggestion is not None
        assert rules.check_name(problem.suggestion) == []
        assert problem.message.ko
        assert problem.message.en


@given(NAMES)
def test_an_accepted_name_is_safe(name: str) -> None:
    if not rules.check_name(name):
        stored = rules.normal_name(name)
        assert "/" not in stored
        assert "\\" not in stored
        assert stored not in {"", ".", ".."}
        assert len(stored.encode()) <= 255
        assert stored.isprintable() or any(c.isspace() for c in stored)
        assert rules.name_key(stored) == rules.name_key(rules.name_key(stored))


@pytest.mark.parametrize(
    ("name", "code", "safe"),
    [
        ("", "file-name-empty", "file"),
        ("../../etc/passwd", "file-name-path", "passwd"),
        ("C:\\data\\r1.fastq.gz", "file-name-path", "r1.fastq.gz"),
        ("a\x00b.fq", "file-name-control", "ab.fq"),
        ("r1\u200b.fq", "file-name-control", "r1.fq"),
        ("gz.qtsaf\u202e.exe", "file-name-direction", "gz.qtsaf.exe"),
        ("a" * 300 + ".fastq", "file-name-long", "a" * 249 + ".fastq"),
        ("가" * 100 + ".fq", "file-name-long", "가" * 84 + ".fq"),
        ("..", "file-name-reserved", "file"),
        ("NUL.txt", "file-name-reserved", "file-NUL.txt"),
        (" r1.fq ", "file-name-edges", "r1.fq"),
        ("r1.fq.", "file-name-edges", "r1.fq"),
    ],
)
def test_each_bad_name_is_named_and_mended(name: str, code: str, safe: str) -> None:
    problems = rules.check_name(name)
    assert code in {problem.code for problem in problems}
    assert problems[0].suggestion == safe


@pytest.mark.parametrize("name", ["S1_R1.fastq.gz", "시료 1.bam", "a;b&c'd.fq", "console.log", "κ.txt"])
def test_good_names(name: str) -> None:
    assert rules.check_name(name) == []


def test_hangul_of_macos_is_the_same_name() -> None:
    assert rules.normal_name("\u1112\u1161\u11ab.fq") == "한.fq"
    assert rules.name_key("S1.FQ") == rules.name_key("s1.fq")


@given(st.dictionaries(st.from_regex(r"[!-+\--~]{1,10}", fullmatch=True), st.text(max_size=20), max_size=5))
def test_metadata_comes_back(values: dict[str, str]) -> None:
    values = {key: value for key, value in values.items() if value.encode(errors="ignore").decode() == value}
    header = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())
    assert rules.parse_metadata(header) == values


@pytest.mark.parametrize("header", ["a !!", ", a", "a YQ==,a YQ==", "é YQ==", "a " + "A" * 9000, "a /w=="])
def test_bad_metadata(header: str) -> None:
    with pytest.raises(rules.HeaderError):
        rules.parse_metadata(header)


def test_checksum_header() -> None:
    digest = bytes(range(20))
    assert rules.parse_checksum("sha1 " + base64.b64encode(digest).decode()).digest == digest
    for bad in ("sha1", "crc32 AAAA", "sha1 AAAA", "md5 !", ""):
        with pytest.raises(rules.HeaderError):
            rules.parse_checksum(bad)


@given(st.text(max_size=20))
def test_lengths_are_digits_or_refused(value: str) -> None:
    if value.isascii() and value.isdigit() and len(value) <= 18:
        assert rules.parse_length(value, "Upload-Length") == int(value)
    else:
        with pytest.raises(rules.HeaderError):
            rules.parse_length(value, "Upload-Length")


@pytest.mark.parametrize(
    ("header", "size", "span"),
    [
        ("bytes=0-4", 10, (0, 5)),
        ("bytes=5-", 10, (5, 10)),
        ("bytes=-3", 10, (7, 10)),
        ("bytes=-30", 10, (0, 10)),
        ("bytes=9-100", 10, (9, 10)),
        ("bytes=10-", 10, "unsatisfiable"),
        ("bytes=-0", 10, "unsatisfiable"),
        ("bytes=-5", 0, "unsatisfiable"),
        ("bytes=5-2", 10, None),
        ("bytes=0-1,3-4", 10, None),
        ("bytes=-", 10, None),
        ("items=0-1", 10, None),
    ],
)
def test_ranges(header: str, size: int, span: object) -> None:
    found = rules.parse_range(header, size)
    assert ((found.start, found.stop) if isinstance(found, rules.Span) else found) == span


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 40))
def test_a_span_lies_inside(first: int, last: int, size: int) -> None:
    found = rules.parse_range(f"bytes={first}-{last}", size)
    if isinstance(found, rules.Span):
        assert 0 <= found.start < found.stop <= size


@pytest.mark.parametrize(("place", "korean"), [
    ("line 12", "12번째 줄"), ("byte 400", "400번째 바이트"), ("read 3", "read 3"), ("line x", "line x"), ("", ""),
])  # fmt: skip
def test_where_a_finding_is_in_both_languages(place: str, korean: str) -> None:
    assert (rules.place_said(place, "ko"), rules.place_said(place, "en")) == (korean, place)
