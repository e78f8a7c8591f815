"""Text becomes the same terms in documents and in questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.search.analysis import indexed, normal, runs, spans, terms
from biomoa.search.marking import marked, snippet
from biomoa.search.question import read_question, without_particle

ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("폐암", ["폐암", "암"]),
        ("폐암환자에서", ["폐암", "암환", "환자", "자에", "에서", "서"]),
        ("쥐", ["쥐"]),
        ("SARS-CoV-2", ["sars", "cov", "2"]),
        ("KAS00000012", ["kas00000012"]),
        ("ＢＲＣＡ１", ["brca1"]),
        ("TGF-β1", ["tgf", "beta1"]),
        ("Sjögren", ["sjogren"]),
        ("COVID19환자", ["covid19", "환자", "자"]),
        ("遺傳子", ["遺傳", "傳子", "子"]),
        ("a_b", ["a", "b"]),
        ("…—", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_decomposed_korean_is_the_same_word() -> None:
    assert terms("폐암") == terms("폐암")


def test_a_sequence_in_a_cell_is_cut() -> None:
    (term,) = terms("ACGT" * 100_000)
    assert len(term) == 200


@given(ANY_TEXT)
def test_normal_form_is_stable(text: str) -> None:
    assert normal(normal(text)) == normal(text) or runs(normal(text)) == runs(text)


@given(ANY_TEXT)
def test_what_is_indexed_splits_into_the_terms(text: str) -> None:
    assert indexed(text).split(" ") == (terms(text) or [""])


@given(ANY_TEXT, ANY_TEXT)
def test_marks_join_to_the_text(text: str, word: str) -> None:
    import unicodedata

    assert "".join(mark.text for mark in marked(text, [word])) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("폐암환자의 폐암", "폐암", ["폐암", "폐암"]),
        ("Lung lungs", "lung", ["Lung"]),
        ("anti-TGF-β1 antibody", "tgf-beta1", ["TGF-β1"]),
        ("single-cell RNA", "single cell", ["single-cell"]),
        ("naïve B", "naive", ["naïve"]),
    ],
)
def test_words_are_marked(text: str, word: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, [word])] == found


def test_a_beginning_is_marked() -> None:
    assert spans("transcriptome of mice", [], ["trans"]) == [(0, 5)]


def test_a_snippet_shows_the_word() -> None:
    text = "가나다 " * 200 + "희귀질환 " + "라마바 " * 200
    shown = snippet(text, ["희귀질환"])
    assert "희귀질환" in shown
    assert len(shown) < 200
    assert shown.startswith("… ") and shown.endswith(" …")


def test_questions() -> None:
    asked = read_question('폐암 "single cell" trans* -mouse -"two words" "open')
    assert [(c.text, c.is_prefix, c.is_excluded) for c in asked.clauses] == [
        ("폐암", False, False),
        ("single cell", False, False),
        ("trans*", True, False),
        ("mouse", False, True),
        ("two words", False, True),
        ("open", False, False),
    ]


@given(ANY_TEXT)
def test_every_text_is_a_question(text: str) -> None:
    assert all(clause.runs for clause in read_question(text).clauses)


@pytest.mark.parametrize(
    ("word", "noun"), [("폐암의", "폐암"), ("조직에서", "조직"), ("쥐는", "쥐는"), ("유전체", "유전체")]
)
def test_particles(word: str, noun: str) -> None:
    assert without_particle(word) == noun
