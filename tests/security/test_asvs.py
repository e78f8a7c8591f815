"""The kept table of OWASP ASVS 5.0, levels 1 and 2: every requirement has an answer, every named test is there."""

from __future__ import annotations

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "security" / "asvs.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
PAGE = (ROOT / "docs" / "security" / "README.md").read_text(encoding="utf-8")
ANSWERS = {"met", "not applicable", "not met"}
# Number of requirements of each chapter at levels 1 and 2 together, from the published table of version 5.0.0.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}


def test_every_requirement_is_answered_once() -> None:
    ids = [row["requirement"] for row in ROWS]
    assert len(ids) == len(set(ids)) == 253
    assert [sum(row["level"] == level for row in ROWS) for level in ("1", "2")] == [70, 183]
    for chapter, count in CHAPTERS.items():
        assert sum(name.startswith(f"{chapter}.") for name in ids) == count, chapter


def test_answers_say_how() -> None:
    for row in ROWS:
        assert row["answer"] in ANSWERS and row["how"].strip(), row
        assert row["answer"] != "not met" or len(row["how"]) > 15, row


def test_some_were_tried_by_hand() -> None:
    """Drawn at random and tried on a running station; the column says how, and what was found."""
    assert sum(bool(row["tried"]) for row in ROWS) >= 30


def test_named_tests_exist_and_bear_most_of_it() -> None:
    for row in ROWS:
        assert not row["test"] or (ROOT / row["test"]).is_file(), row
    met = [row for row in ROWS if row["answer"] == "met"]
    assert sum(bool(row["test"]) for row in met) >= 0.9 * len(met)


def test_the_page_says_what_the_table_leans_on() -> None:
    for words in ("Attempts", "Sessions", "station.toml", "Ways in", "Ways out", "Keys", "Logs", "Words", "7 days"):
        assert words in PAGE, words
    counted = {answer: sum(row["answer"] == answer for row in ROWS) for answer in ANSWERS}
    assert f"{counted['met']} met, {counted['not applicable']} not applicable, {counted['not met']} not met" in PAGE
