"""Search: build and answers of 1,000,000 synthetic records, SQLite FTS5 (trigram) as peer, in one run.

    .venv/bin/python bench/search.py [--records 1000000] [--peer 100000]

The query words are heavy on purpose: 폐암 is in about 4 of 10 records. Recall is counted against a scan.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.testing")  # a home of its own, left empty
django.setup()

from biomoa.catalog.model import Text  # noqa: E402
from biomoa.search import asking, facets  # noqa: E402
from biomoa.search.asking import Asked  # noqa: E402
from biomoa.search.documents import Shown, Source, document_of  # noqa: E402
from biomoa.search.filters import Filter  # noqa: E402
from biomoa.search.question import read_question  # noqa: E402
from biomoa.search.store import Reader, Store  # noqa: E402

NOUNS = [
    "폐암", "위암", "간암", "유방암", "환자", "조직", "혈액", "유전체", "전사체", "단백체", "미생물", "군집", "발현",
    "분석", "변이", "세포", "면역", "치료", "진단", "벼", "콩", "토양", "해양", "공간전사체", "단일세포",
]  # fmt: skip
RARER = [first + second for first in "가나다라마바사아자차" for second in "강논달물별"]  # no word in every record
PARTICLES = ["", "", "의", "에서", "을", "는", "과"]
WORDS = [
    "lung",
    "cancer",
    "sample",
    "RNA",
    "sequencing",
    "of",
    "the",
    "tumor",
    "tissue",
    "expression",
    "profile",
    "mouse",
    "human",
    "gut",
    "microbiome",
]
KOREAN, ENGLISH = NOUNS + RARER, WORDS + [f"term{number}" for number in range(80)]
SPECIES = ["Homo sapiens", "Mus musculus", "Oryza sativa", "Escherichia coli"]
NAME = Text(ko="센터", en="Center")
KNOWN = {name: Filter(name, NAME, ()) for name in ("organism", "center", "released")}
ROUNDS = 15
QUESTIONS = {
    "rare gene": "GENE777", "Korean word": "폐암", "one syllable": "벼", "compound": "공간전사체",
    "English word": "lung", "two words": "폐암 lung", "beginning": "transcr*", "phrase": '"lung cancer"',
}  # fmt: skip


def texts(count: int) -> Iterator[str]:
    """Descriptions of about 60 words, two of three Korean; the same for every run."""
    draw = random.Random(20261123)
    for _ in range(count):
        words = [
            draw.choice(ENGLISH) if draw.random() < 0.33 else draw.choice(KOREAN) + draw.choice(PARTICLES)
            for _ in range(draw.randint(40, 80))
        ]
        if draw.random() < 0.1:
            words.append(draw.choice(["transcriptome", "transcription"]))
        yield " ".join([*words, f"GENE{draw.randint(1, 20_000)}"])


def sources(count: int) -> Iterator[Source]:
    draw = random.Random(1)
    for number, text in enumerate(texts(count)):
        accession, species = f"KAS{number:08d}", draw.choice(SPECIES)
        shown = Shown(accession, "biosample", "biosample", text[:60], text, species, NAME, NAME, "2026-11-23")
        chosen = {"organism": [species], "center": [f"C{number % 9}"], "released": [str(2015 + number % 11)]}
        yield Source(shown, (text[:60],), (text, accession, species), (), chosen, number)


def build(folder: Path, count: int) -> Any:
    started, worked = time.perf_counter(), time.process_time()
    Store(folder, "bench").write(1, (), map(document_of, sources(count)), head=1)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"build {count:,}: {seconds:.0f} s, {count / worked:,.0f} a CPU second with the making of the texts")
    print(f"index {size / 1e6:,.0f} MB, peak memory {peak:,.0f} MB")
    return Reader(folder).searcher()


def build_peer(count: int) -> sqlite3.Connection:
    peer = sqlite3.connect(":memory:")
    peer.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='trigram')")
    started = time.perf_counter()
    peer.executemany("INSERT INTO t VALUES (?)", ((text,) for text in texts(count)))
    seconds = time.perf_counter() - started
    print(f"peer FTS5 trigram, {count:,} records: {seconds:.0f} s, {count / seconds:,.0f}/s")
    return peer


def milliseconds(ask: Callable[[], Any]) -> str:
    ask()
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        ask()
        taken.append((time.process_time() - started) * 1000)
    return f"{statistics.median(taken):9.2f} /{sorted(taken)[-2]:9.2f}"


def measure(searcher: Any, peer: sqlite3.Connection) -> None:
    print(f"{'CPU ms, p50 / p95':24} {'records':>10}  {'BioMoa':^20}  {'FTS5 (fewer records)':^20}")
    for name, text in QUESTIONS.items():
        asked = Asked(read_question(text))
        total = asking.run(searcher, asked, sort="relevance", offset=0, limit=10, language="ko").total
        ours = milliseconds(
            lambda asked=asked: asking.run(searcher, asked, sort="relevance", offset=0, limit=10, language="ko")
        )
        theirs = milliseconds(lambda text=text: fts5(peer, text))
        print(f"{name:24} {total:10,}  {ours}  {theirs}  ({fts5(peer, text):,} found)")
    asked = Asked(read_question("폐암"))
    narrow = Asked(read_question("폐암"), filters={"organism": ("Homo sapiens",)})
    every = Asked(read_question(""))
    others: dict[str, Callable[[], Any]] = {
        "three facets": lambda: facets.count(searcher, asked, KNOWN, "ko"),
        "facets of all records": lambda: facets.count(searcher, every, KNOWN, "ko"),
        "filter, newest first": lambda: asking.run(searcher, narrow, sort="newest", offset=0, limit=10, language="ko"),
        "page 500": lambda: asking.run(searcher, asked, sort="newest", offset=9980, limit=20, language="ko"),
        "all records, newest first": lambda: asking.run(
            searcher, every, sort="newest", offset=0, limit=20, language="ko"
        ),
    }
    for name, ask in others.items():
        print(f"{name:35}  {milliseconds(ask)}")


def fts5(peer: sqlite3.Connection, text: str) -> int:
    terms = " ".join(f'"{word.strip(chr(34) + chr(42))}"' for word in text.split())
    rows = peer.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", (terms,)).fetchall()
    return len(rows) and peer.execute("SELECT count(*) FROM t WHERE t MATCH ?", (terms,)).fetchone()[0]


def check_recall(searcher: Any, count: int) -> None:
    """Every Korean piece is found in as many records as a scan finds."""
    pieces = ["폐암", "암", "전사체", "공간전사", "자에서", "유방암", "벼", "단일세포는"]
    scanned = dict.fromkeys(pieces, 0)
    for text in texts(count):
        for piece in pieces:
            scanned[piece] += piece in text
    for piece in pieces:
        found = asking.run(searcher, Asked(read_question(piece)), sort="newest", offset=0, limit=1, language="ko").total
        assert found == scanned[piece], (piece, found, scanned[piece])
    print(f"recall: {len(pieces)} pieces of Korean, equal to a scan of {count:,} texts")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--peer", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        searcher = build(Path(folder) / "index", options.records)
        measure(searcher, build_peer(options.peer))
        check_recall(searcher, options.records)


if __name__ == "__main__":
    main()
