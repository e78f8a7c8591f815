"""Sheets of GEO: samples, libraries and files in one row, with sections above and below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from biomoa.forms.checking import FileCheck, check_file
from biomoa.forms.library import Library
from tests.forms.test_sheets import text_file

Rows = Sequence[Sequence[str | None]]
STUDY: Rows = [
    ["# High-throughput sequencing metadata template"],
    [],
    ["STUDY"],
    ["*title", "Livers"],
    ["*contributor", "Gildong, Hong"],
    [],
]
HEADER = ["*library name", "*title", "*library strategy", "*organism", "**tissue", "characteristics: age", "*molecule"]
HEADER += ["*single or paired-end", "*instrument model", "*processed data file", "*raw file", "raw file"]
ROWS: Rows = [
    ["L1", "Liver 1", "RNA-Seq", "Mus musculus", "liver", "8 weeks", "polyA RNA", "paired-end",
     "Illumina NovaSeq 6000", "counts.txt", "L1_R1.fastq.gz", "L1_R2.fastq.gz"],
    ["L2", "Liver 2", "RNA-Seq", "Mus musculus", "liver", "8 weeks", "polyA RNA", "paired-end",
     "Illumina NovaSeq 6000", "counts.txt", "L2_R1.fastq.gz", "L2_R2.fastq.gz"],
]  # fmt: skip
BELOW: Rows = [
    [],
    ["PROTOCOLS"],
    ["growth protocol", "Kept."],
    ["*extract protocol", "TRIzol."],
    ["*library construction protocol", "TruSeq."],
    [],
    ["PAIRED-END EXPERIMENTS"],
    ["*file name 1", "*file name 2"],
    ["L1_R1.fastq.gz", "L1_R2.fastq.gz"],
]
SUMS: Rows = [["RAW FILES"], ["file name", "file checksum"]] + [
    [f"{name}_{mate}.fastq.gz", f"{name[1]}{mate[1]}" * 16] for name in ("L1", "L2") for mate in ("R1", "R2")
]


def _book(path: Path, **sheets: Rows) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def _whole(samples: Rows = ROWS) -> list[Sequence[str | None]]:
    return [*STUDY, ["SAMPLES"], ["# one row each"], HEADER, *samples, *BELOW]


@pytest.fixture
def checked(korea: Library, tmp_path: Path) -> FileCheck:
    return check_file(korea, _book(tmp_path / "geo.xlsx", Metadata=_whole(), MD5=SUMS))


def test_a_row_is_a_sample_an_experiment_and_a_run(checked: FileCheck) -> None:
    samples, experiments, runs = checked.sheets
    assert [each.form for each in checked.sheets] == ["biosample", "ngs-experiment", "ngs-run"]
    assert {each.first_line for each in checked.sheets} == {10}
    assert samples.frame.select("sample_name", "tissue", "age").row(0) == ("L1", "liver", "8 weeks")
    assert experiments.frame["sample"].to_list() == experiments.frame["library_name"].to_list() == ["L1", "L2"]
    assert experiments.frame["library_construction_protocol"].to_list() == ["TRIzol. TruSeq."] * 2
    assert runs.frame["experiment"].to_list() == runs.frame["run_alias"].to_list() == ["L1", "L2"]
    assert runs.frame["files"][1] == "L2_R1.fastq.gz;L2_R2.fastq.gz"
    assert runs.frame["md5"][1] == f"{'21' * 16};{'22' * 16}"


def test_what_is_left_is_told(checked: FileCheck) -> None:
    told = [(each.code, each.message.en) for each in checked.problems]
    assert {each.value for each in checked.problems if each.code == "column-unknown"} == {
        "*molecule",
        "*processed data file",
    }
    (left,) = [text for code, text in told if code == "section-left"]
    assert "STUDY, PAIRED-END EXPERIMENTS, growth protocol" in left
    assert "sheet-of-geo" in dict(told) and "sheet-unknown" not in dict(told)
    assert len([text for _, text in told if "line 9" in text]) == 1


def test_a_problem_names_the_line_of_the_file(korea: Library, tmp_path: Path) -> None:
    wrong = [ROWS[0], [*ROWS[1][:2], "RNA-Sex", *ROWS[1][3:]]]
    found = check_file(korea, _book(tmp_path / "geo.xlsx", Metadata=_whole(wrong)))
    (told,) = [each for each in found.problems if each.field == "library_strategy"]
    assert (told.sheet, told.row) == ("Metadata (ngs-experiment)", 2)
    assert "md5" not in found.sheets[2].frame.columns


def test_totals_below_the_samples_are_no_samples(korea: Library, tmp_path: Path) -> None:
    found = check_file(
        korea, _book(tmp_path / "geo.xlsx", Metadata=_whole([*ROWS, ["Total", "2"], ["* stored at -80"]]))
    )
    assert [each.frame.height for each in found.sheets] == [2, 2, 2]
    (told,) = [each for each in found.problems if each.code == "rows-footer"]
    assert "lines 12, 13" in told.message.en
    assert "rows-empty" not in {each.code for each in found.problems}


def test_persons_below_the_samples_are_told(korea: Library, tmp_path: Path) -> None:
    rows = [*_whole(), ["환자 880101-4234567"]]
    found = check_file(korea, _book(tmp_path / "geo.xlsx", Metadata=rows))
    assert "person-identifier-beside" in {each.code for each in found.problems}


@pytest.mark.parametrize("rows", [[["SAMPLES"], *ROWS], [HEADER, *ROWS], [["SAMPLES"], ["library name", "title"]]])
def test_other_sheets_stay_as_they_are(korea: Library, tmp_path: Path, rows: Rows) -> None:
    found = check_file(korea, _book(tmp_path / "a.xlsx", Metadata=rows))
    assert "sheet-of-geo" not in {each.code for each in found.problems}


@pytest.mark.parametrize("header", ["characteristics: {}", "characteristics_ch1: {}", "Characteristics[{}]", "**{}"])
def test_characteristics_are_fields_of_a_sample(korea: Library, tmp_path: Path, header: str) -> None:
    names = ["sample_name", "organism", *map(header.format, ("tissue", "age", "sex", "favourite colour"))]
    path = text_file(tmp_path, "a.tsv", [names, ["S1", "Mus musculus", "liver", "8 weeks", "male", "blue"]])
    found = check_file(korea, path)
    (sheet,) = found.sheets
    assert sheet.frame.columns == ["sample_name", "organism", "tissue", "age", "sex"]
    assert [each.value for each in found.problems if each.code == "column-unknown"] == [names[-1]]
