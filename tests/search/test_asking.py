"""What the index finds is what a reader of all texts would find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.catalog.model import Text
from biomoa.search import asking, facets
from biomoa.search.analysis import terms
from biomoa.search.asking import Asked
from biomoa.search.documents import document_of
from biomoa.search.filters import Filter
from biomoa.search.question import read_question
from biomoa.search.spelling import propose
from biomoa.search.store import Reader, Store
from tests.search.conftest import source

HANGUL = st.sampled_from("가나다라폐암환자의에서유전체")
WORD = st.text(HANGUL, min_size=1, max_size=6)
SENTENCE = st.lists(st.one_of(WORD, st.sampled_from(["lung", "BRCA1", "TP53환자", "α", "(폐)암"])), max_size=6).map(
    " ".join
)


def titles(searcher: Any, text: str, sort: str = "relevance", language: str = "en", **chosen: Any) -> list[str]:
    """The accession numbers found."""
    import json

    found = asking.run(
        searcher, Asked(read_question(text), **chosen), sort=sort, language=language, offset=0, limit=100
    )
    assert found.total == len(found.shown)
    return [json.loads(each)["accession"] for each in found.shown]


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(SENTENCE, min_size=1, max_size=8), data=st.data())
def test_every_piece_of_korean_is_found_wherever_a_scan_finds_it(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: st.DataObject
) -> None:
    store = Store(tmp_path_factory.mktemp("index"), "x")
    store.write(1, (), [document_of(source(n, text)) for n, text in enumerate(texts)], head=1)
    searcher = Reader(store.folder).searcher()
    for piece in data.draw(st.lists(st.text(HANGUL, min_size=1, max_size=5), min_size=1, max_size=5)):
        expected = {f"KAP{n:06d}" for n, text in enumerate(texts) if piece in text}
        assert set(titles(searcher, piece)) == expected, piece


def test_words_phrases_beginnings_and_exclusions(fill: Callable[..., Any]) -> None:
    searcher = fill(
        source(1, "폐암 환자의 단일세포 전사체", "single cell RNA of lung"),
        source(2, "lung cell, single", "폐 조직"),
        source(3, "Transcriptome of mouse lung"),
    )
    assert set(titles(searcher, "lung")) == {"KAP000001", "KAP000002", "KAP000003"}
    assert titles(searcher, '"single cell"') == ["KAP000001"]
    assert titles(searcher, "single cell 폐암") == ["KAP000001"]
    assert titles(searcher, "transcr*") == ["KAP000003"]
    assert set(titles(searcher, "lung -mouse")) == {"KAP000001", "KAP000002"}
    assert titles(searcher, "-lung") == []
    assert titles(searcher, "전사체를") == []
    assert set(titles(searcher, "폐")) == {"KAP000001", "KAP000002"}
    assert titles(searcher, "kap000002") == ["KAP000002"]
    assert titles(searcher, '"전사체 single"') == [], "a phrase does not reach over two fields"


def test_orders(fill: Callable[..., Any]) -> None:
    searcher = fill(source(1, "나 lung"), source(2, "가 lung lung"), source(3, "다", "lung"))
    assert titles(searcher, "", "newest") == ["KAP000003", "KAP000002", "KAP000001"]
    assert titles(searcher, "", "relevance") == ["KAP000003", "KAP000002", "KAP000001"]
    assert titles(searcher, "lung", "title") == ["KAP000002", "KAP000001", "KAP000003"]
    assert titles(searcher, "lung", "accession") == ["KAP000001", "KAP000002", "KAP000003"]
    assert titles(searcher, "lung", "relevance")[-1] == "KAP000003", "a word in the title weighs more"


def test_titles_stand_in_the_order_of_those_that_the_reader_sees(fill: Callable[..., Any]) -> None:
    both = [
        msgspec.structs.replace(one, shown=msgspec.structs.replace(one.shown, title_ko=korean))
        for one, korean in ((source(1, "Beta"), "가"), (source(2, "Alpha"), "나"))
    ]
    searcher = fill(*both, source(3, "Gamma"))
    assert titles(searcher, "", "title", "en") == ["KAP000002", "KAP000001", "KAP000003"]
    assert titles(searcher, "", "title", "ko") == ["KAP000003", "KAP000001", "KAP000002"]


def test_filters_are_alternatives_inside_and_narrow_one_another(fill: Callable[..., Any]) -> None:
    searcher = fill(
        source(1, "하나", organism="Homo sapiens", layout="PAIRED"),
        source(2, "둘", organism="Mus musculus", layout="PAIRED"),
        source(3, "셋", organism="Oryza sativa", layout="SINGLE"),
        source(4, "넷", type_="biosample", organism="Homo sapiens"),
    )
    chosen = {"organism": ("Homo sapiens", "Mus musculus"), "layout": ("PAIRED",)}
    assert set(titles(searcher, "", filters=chosen)) == {"KAP000001", "KAP000002"}
    assert titles(searcher, "", types=("biosample",)) == ["KAP000004"]
    known = {name: Filter(name, Text(ko=name, en=name), ()) for name in ("organism", "layout")}
    counted = facets.count(searcher, Asked(read_question(""), filters=chosen), known, "ko")
    shown = {facet.name: {value.value: value.count for value in facet.values} for facet in counted}
    assert shown["organism"] == {"Homo sapiens": 1, "Mus musculus": 1}
    assert shown["layout"] == {"PAIRED": 2}
    assert shown["type"] == {"bioproject": 2}


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60))
def test_no_question_fails(one_searcher: Any, text: str) -> None:
    titles(one_searcher, text)


@pytest.mark.parametrize(
    "text",
    ['"', "-", "*", "a*b*", "폐*", 'AND OR NOT', "words:x", "[a TO b]", "(((", "\\", "'; DROP TABLE", "\x00", "-*",
     '""', "🧬" * 300, "a " * 500, "-a", ".*", "[^", "가" * 500, "_" * 50, '"암"', "TCR암", '"암 cell*"'],
)  # fmt: skip
def test_hostile_questions(text: str, one_searcher: Any) -> None:
    titles(one_searcher, text)


@pytest.fixture(scope="module")
def one_searcher(tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = Store(tmp_path_factory.mktemp("index"), "x")
    store.write(1, (), [document_of(source(1, "폐암 lung", "암"))], head=1)
    return Reader(store.folder).searcher()


def test_a_better_question_is_proposed(fill: Callable[..., Any]) -> None:
    searcher = fill(source(1, "폐암 진단 transcriptome"), source(2, "조직 lung"))
    assert propose(searcher, Asked(read_question("폐암의 진단에서"))) == "폐암 진단"
    assert propose(searcher, Asked(read_question("transkriptome"))) == "transcriptome"
    assert propose(searcher, Asked(read_question("zzzzqqq"))) == ""
    assert terms("폐암의")[0] == "폐암"
