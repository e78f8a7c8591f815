"""The charts of a report: readable words in both languages, units on every axis, and a sentence for who sees none."""

from __future__ import annotations

import pytest

from biomoa.qc.report import charts_of, draw
from biomoa.qc.runner import inspect

READS = "".join(f"@read{number}\nACGTNACGTA\n+\nIIIIIHHHH#\n" for number in range(12))


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    path = tmp_path_factory.mktemp("charts") / "reads.fastq"
    path.write_text(READS)
    return dict(inspect(path).metrics)


def test_every_chart_has_a_title_and_a_sentence_in_both_languages(metrics: dict[str, object]) -> None:
    charts = charts_of("fastq", metrics)
    assert len(charts) == 5
    for chart in charts:
        assert chart.title.ko != chart.title.en
        assert chart.said.ko.strip() and chart.said.en.strip()
    assert charts[-1].said.en == "All reads are 10 bp long."
    assert "10번째 염기에서 가장 낮습니다" in charts[0].said.ko


@pytest.mark.parametrize(
    ("language", "words"), [("ko", ("위치 (bp)", "Phred")), ("en", ("Position in read (bp)", "Phred"))]
)
def test_the_axes_speak_the_language_of_the_reader(
    metrics: dict[str, object], language: str, words: tuple[str, ...]
) -> None:
    drawn = draw(charts_of("fastq", metrics)[0], language)
    assert drawn.startswith("<svg")
    assert all(word in drawn for word in words)


def test_reads_of_one_length_stand_over_their_length(metrics: dict[str, object]) -> None:
    drawn = draw(charts_of("fastq", metrics)[-1], "en")
    assert "Reads" in drawn and ">10<" in drawn and ">10.2<" not in drawn
