"""Ways of writing that the first sets do not have: recall and false alarms of each kind, in texts, cells and lines."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import polars as pl
import pysam
import pytest

from biomoa.qc.persons import find, kind_in
from biomoa.qc.persons.lines import chosen, find_told, without_given_name
from biomoa.qc.persons.suspects import is_suspect, suspects
from biomoa.qc.runner import inspect

from .unseen_persons import CELLS, DECOYS, PERSONS, PLAIN_CELLS

COUNT = 1_000


@pytest.mark.parametrize("kind", PERSONS)
def test_recall(kind: str) -> None:
    rng = random.Random(f"unseen {kind}")
    texts = [PERSONS[kind](rng) for _ in range(COUNT)]
    assert [text for text in texts if not find(text)][COUNT // 100 :] == []


@pytest.mark.parametrize("kind", DECOYS)
def test_false_alarms(kind: str) -> None:
    rng = random.Random(f"alike {kind}")
    texts = [DECOYS[kind](rng) for _ in range(COUNT)]
    assert [text for text in texts if find(text)][COUNT // 50 :] == []


def test_cells_under_the_label_of_their_column() -> None:
    rng = random.Random("cells")
    cells, plain = [CELLS["cell"](rng) for _ in range(COUNT)], [PLAIN_CELLS["cell"](rng) for _ in range(COUNT)]
    assert [each for each in cells if not find(each[1], field=each[0])][COUNT // 100 :] == []
    assert [each for each in plain if find(each[1], field=each[0])][COUNT // 50 :] == []


@pytest.mark.parametrize("kind", PERSONS)
def test_the_choice_is_never_narrower_than_the_search(kind: str) -> None:
    rng = random.Random(f"choice {kind}")
    texts = [PERSONS[kind](rng) for _ in range(COUNT)]
    told = [text for text in texts if kind_in(text)]
    cells, lines = set(suspects(pl.Series(texts))), set(chosen(dict.fromkeys(texts)))
    is_of_lines = kind not in ("file-name", "number-parted-alone")  # a name of a file is no line; the other is a cell
    assert [text for text in told if text not in cells or not is_suspect(text)] == []
    assert [
        text
        for text in told
        if is_of_lines and any(find_told(without_given_name(text), of_sequences=True)) and text not in lines
    ] == []


WORDS = (
    "유방암 환자", "노인성 치매 환자", "고산병 환자", "정상아 대조군", "오미자 씨 추출물", "구기자_R1.fastq.gz", "채취일 20200214",  # noqa: E501
    "이름: 배추", "균주 이름: 유산균", "NC_000001.11:110712-1234567", "831001,1234567,12", "gene1,831001,1234567,3.5",
    "CO₂ 5% 10⁶ cells", "제2공장 3일령", "HP 0.012345678", "7839110,24,3285,011676,9775,061", "patient-derived xeno-graft",  # noqa: E501
    "ID=cds1;Parent=mRNA0012345", "125592.150814126\t171215.1256859\t570454.039407406",
    "기관 주소: 대전 유성구 없는로 125", "Donor: Escherichia coli K-12", "1 # 251127 # 8984728 # -1",
    "cells_at_37C.fastq.gz", "cut_at_block.bam", "growth_at_day3.vcf.gz", "minji_at_block.bam",
)  # fmt: skip


@pytest.mark.parametrize("text", WORDS)
def test_nobody(text: str) -> None:
    assert kind_in(text) is None


@pytest.mark.parametrize("text", ["환자ID A12345", "MRN A1234567", "MRN12345", "환자번호 123-4567"])
def test_record_numbers_of_other_lengths(text: str) -> None:
    assert kind_in(text) == "record-number"


def test_a_column_of_korean_text_takes_no_longer_than_one_of_english() -> None:
    """An edge of a word in Unicode made it three hundred times slower."""
    import time

    def seconds(text: str) -> float:
        column = pl.Series([f"{text} {number}" for number in range(20_000)])
        began = time.process_time()  # its own work: the processor is shared with whatever else runs
        suspects(column)
        return time.process_time() - began

    seconds("warm")
    english = min(seconds("liver tissue of a mouse, week") for _ in range(3))
    korean = min(seconds("간 조직, 제주도 해안에서 채취한 것") for _ in range(3))
    assert korean < 20 * english


def _header(name: str) -> dict[str, object]:
    return {
        "HD": {"VN": "1.6", "SO": "unsorted"},
        "RG": [{"ID": "a", "SM": name}],
        "SQ": [{"SN": "chr1", "LN": 100}],
        "CO": [f"환자 {name}"],
    }


@pytest.mark.parametrize("mode", ["w", "wb", "wc"])
def test_a_name_in_the_header_of_an_alignment(tmp_path: Path, mode: str) -> None:
    target = tmp_path / f"a.{ {'w': 'sam', 'wb': 'bam', 'wc': 'cram'}[mode] }"
    with pysam.AlignmentFile(str(target), mode, header=_header("김서연")):  # type: ignore[arg-type]
        pass
    found = inspect(target)
    assert "person-identifier" in {each.code for each in found.findings}
    assert "김서연" not in msgspec.json.encode(found).decode()
