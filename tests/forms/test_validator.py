"""The validator: one rule for a table and a record, every problem, keys between sheets."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biomoa.forms.corrections import apply_suggestions, mended_record
from biomoa.forms.library import Library
from biomoa.forms.problems import Problem
from biomoa.forms.rules import RULE_TEXTS

# Rules about the table as a whole; a record alone cannot break them.
OF_TABLES = {"value-duplicate", "rows-duplicate", "file-twice", "checksum-twice", "value-recommended"}
NASTY = [
    "",
    " ",
    "N/A",
    "none",
    "missing: not collected",
    "없음",
    "-",
    "=1+1",
    "a\u00a0b",
    "１２",
    "yes",
    "예",
    "x\x00y",
    "\u202e",
    "human",
    "Human",
    "Human.1.0",
    "microbe",
    "사람",
    "9606",
    "10090",
    "0",
    "Homo sapiens",
    "homo sapiens",
    "Mus musculus",
    "Nonsense species",
    "2024-03-05",
    "2024-02-30",
    "2024.3.5",
    "2024-03/2024-01",
    "South Korea: Seoul",
    "한국 서울",
    "37.56 N 126.99 E",
    "126.99, 37.56",
    "female",
    "F",
    "femal",
    "34",
    "34 세",
    "-1",
    "1,200",
    "200",
    "1.50",
    "a;b;a",
    "a; b",
    ";",
    "SINGLE",
    "PAIRED",
    "ILLUMINA",
    "ONT",
    "MinION",
    "NextSeq 2000",
    "a_R1.fastq.gz;a_R2.fastq.gz",
    "a_R2.fastq.gz;a_R1.fastq.gz",
    "a.fastq.gz",
    "../a.fq",
    "0" * 32,
    "G" * 32,
    ";".join(["0" * 32, "1" * 32]),
    "http://a.kr",
    "www.a.kr",
    "a@b.kr",
    "10.5808/gi.22073",
    "doi:10.5808/gi.22073",
    "study-1",
    "S-001",
    "x" * 1001,
    "line\nbreak",
    "é",
    "\u1112\u1161\u11ab",
    "true",
    "45356",
    "제주도",
    "study 1",
    "2024-03-05 00:00:00",
    "2999-03-05",
    "2024/2999-12",
    "+5",
    "restricted",
]
VALUES = st.one_of(st.sampled_from(NASTY), st.sampled_from(NASTY), st.text(max_size=12))


def plain(problems: list[Problem]) -> list[dict[str, Any]]:
    return sorted(
        (msgspec.structs.asdict(each) for each in problems if each.code not in OF_TABLES), key=lambda each: str(each)
    )


@pytest.mark.parametrize("form", ["project", "sample", "experiment", "run"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_table_and_a_record_are_judged_alike(library: Library, form: str, data: st.DataObject) -> None:
    names = [field.name for field in library.form(form).fields]
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, VALUES)), min_size=1, max_size=6))
    found = library.check_table(form, pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)))
    for number, row in enumerate(rows, start=1):
        of_row = [msgspec.structs.replace(each, row=1) for each in found if each.row == number]
        assert plain(of_row) == plain(library.check_record(form, row))


@pytest.mark.parametrize("form", ["bioproject", "biosample", "ngs-experiment", "ngs-run", "ngs-analysis"])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 2**32))
def test_so_it_is_for_the_forms_of_korea(korea: Library, form: str, number: int) -> None:
    fields = korea.form(form).fields
    pool = [*NASTY, *(field.example for field in fields if field.example)]
    packages = korea.form(form).packages
    pool += [package.name for package in packages.packages] if packages else []
    seed = random.Random(number)
    rows = [
        {field.name: field.example if seed.random() < 0.5 else seed.choice(pool) for field in fields} for _ in range(20)
    ]
    found = korea.check_table(form, pl.DataFrame(rows, schema={field.name: pl.String for field in fields}))
    for number, row in enumerate(rows, start=1):
        of_row = [msgspec.structs.replace(each, row=1) for each in found if each.row == number]
        assert plain(of_row) == plain(korea.check_record(form, row))


def test_a_good_record_has_no_problem(library: Library, sample: dict[str, str]) -> None:
    assert library.check_record("sample", sample) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_accepted_correction_is_right(library: Library, data: st.DataObject) -> None:
    """Corrections lead somewhere: the same problem is not told again of the corrected cell."""
    names = [field.name for field in library.form("sample").fields]
    record = data.draw(st.fixed_dictionaries(dict.fromkeys(names, VALUES)))
    found = library.check_record("sample", record)
    last = {each.field: each for each in found if each.suggestion is not None}
    again = library.check_record("sample", mended_record(record, found))
    cells = {(each.field, each.code) for each in again}
    for field, problem in last.items():
        if problem.suggestion:
            assert (field, problem.code) not in cells


@pytest.mark.parametrize(
    ("change", "code", "field", "suggestion"),
    [
        ({"sex": ""}, "value-missing", "sex", None),
        ({"sex": "Female"}, "term-spelling", "sex", "female"),
        ({"sex": "여성"}, "term-spelling", "sex", "female"),
        ({"sex": "femal"}, "term-unknown", "sex", "female"),
        ({"sex": "N/A"}, "missing-term-spelling", "sex", "not applicable"),
        ({"taxon_id": "not applicable"}, "missing-term-not-allowed", "taxon_id", None),
        ({"taxon_id": "999999999"}, "taxon-unknown", "taxon_id", None),
        ({"organism": "Homo sapien"}, "organism-unknown", "organism", "Homo sapiens"),
        ({"organism": "human"}, "organism-synonym", "organism", "Homo sapiens"),
        ({"organism": "Mus musculus"}, "taxon-mismatch", "organism", None),
        ({"organism": ""}, "value-derived", "organism", "Homo sapiens"),
        ({"age": "200"}, "number-range", "age", None),
        ({"strain": "K-12"}, "field-not-used", "strain", None),
        ({"treated": "yes"}, "value-missing", "treatment", None),
        ({"treated": "no", "treatment": "heat"}, "field-not-used", "treatment", None),
        ({"package": "Human.1.0"}, "term-spelling", "package", "human"),
        ({"package": "microbe", "sex": "", "age": ""}, "group-missing", "strain", None),
        ({"title": "x" * 2000}, "text-too-long", "title", None),
        ({"title": "=cmd|' /C calc'!A0"}, "text-like-formula", "title", None),
        ({"medium": "agar"}, "term-unlisted", "medium", None),
    ],
)
def test_each_rule(
    library: Library, sample: dict[str, str], change: dict[str, str], code: str, field: str, suggestion: str | None
) -> None:
    found = {(each.code, each.field): each for each in library.check_record("sample", sample | change)}
    assert (code, field) in found, list(found)
    assert found[code, field].suggestion == suggestion
    assert found[code, field].severity == RULE_TEXTS[code].severity or code == "term-spelling"


@pytest.mark.parametrize("word", ["none", "None", "없음", "무", "nil"])
def test_none_in_free_text_is_asked_about_and_never_taken_for_a_missing_value(korea: Library, word: str) -> None:
    found = [each for each in korea.check_record("biosample", {"treatment": word}) if each.field == "treatment"]
    assert [(each.code, each.severity, each.suggestion) for each in found] == [("none-or-missing", "warning", None)]
    found = [each for each in korea.check_record("biosample", {"treatment": "미상"}) if each.field == "treatment"]
    assert [(each.code, each.suggestion) for each in found] == [("missing-term-spelling", "missing: not collected")]


def test_a_message_names_label_value_and_way_out(library: Library, sample: dict[str, str]) -> None:
    (problem,) = library.check_record("sample", sample | {"collection_date": "2024.3.5"})
    assert "채취일" in problem.message.ko and "2024.3.5" in problem.message.ko and "써 주세요" in problem.message.ko
    assert "Collection date" in problem.message.en and "2024.3.5" in problem.message.en


def test_a_cell_of_a_megabyte_is_told_in_short(library: Library, sample: dict[str, str]) -> None:
    (problem,) = library.check_record("sample", sample | {"title": "가" * (1 << 20)})
    assert problem.code == "text-too-long"
    assert len(problem.value or "") == 200


def test_every_problem_is_told(library: Library, sample: dict[str, str]) -> None:
    rows = 20_000
    frame = pl.DataFrame({name: [value] * rows for name, value in sample.items()})
    frame = frame.with_columns(pl.format("S-{}", pl.int_range(rows)).alias("alias"))
    frame = frame.with_columns(
        pl.when(pl.int_range(rows) % 7 == 0).then(pl.lit("femal")).otherwise("sex").alias("sex"),
        pl.when(pl.int_range(rows) % 11 == 0)
        .then(pl.format("{}.3.5", pl.int_range(rows)))
        .otherwise("collection_date")
        .alias("collection_date"),
    )
    found = library.check_table("sample", frame, sheet="s")
    assert sum(each.field == "sex" for each in found) == len(range(0, rows, 7))
    assert sum(each.field == "collection_date" for each in found) == len(range(0, rows, 11))
    assert found == sorted(found, key=lambda each: each.row or 0)


def test_one_wrong_row_of_a_hundred_thousand(library: Library, sample: dict[str, str]) -> None:
    rows = 100_000
    frame = pl.DataFrame({name: [value] * rows for name, value in sample.items()})
    frame = frame.with_columns(pl.format("S-{}", pl.int_range(rows)).alias("alias"))
    ages = ["34"] * rows
    ages[77_776] = "thirty"
    found = library.check_table("sample", frame.with_columns(pl.Series("age", ages)))
    assert [(each.row, each.field, each.code) for each in found] == [(77_777, "age", "number-form")]


def test_repeated_values_name_the_first_row(library: Library, sample: dict[str, str]) -> None:
    microbe = sample | {"package": "microbe", "sex": "", "age": "", "strain": "K-12"}
    found = library.check_table(
        "sample", pl.DataFrame([microbe, microbe | {"alias": "S-2"}, microbe | {"strain": "x"}]), rows=[5, 6, 9]
    )
    told = {(each.row, each.code): each.message.en for each in found if each.severity == "error"}
    assert set(told) == {(9, "value-duplicate")}
    assert "row 5" in told[9, "value-duplicate"]


def test_rows_unique_together(library: Library, sample: dict[str, str]) -> None:
    rows = [sample | {"alias": f"S-{number}", "strain": "a", "isolate": "b"} for number in range(3)]
    found = [each for each in library.check_table("sample", pl.DataFrame(rows)) if each.code == "rows-duplicate"]
    assert [each.row for each in found] == [2, 3]


EXPERIMENT = {
    "alias": "E-1",
    "sample": "S-001",
    "title": "t",
    "layout": "PAIRED",
    "platform": "ILLUMINA",
    "instrument": "NextSeq 2000",
}
RUN = {
    "alias": "R-1",
    "experiment": "E-1",
    "title": "t",
    "file_names": "a_R1.fastq.gz;a_R2.fastq.gz",
    "md5": f"{'0' * 32};{'1' * 32}",
}


def bundle(
    library: Library, sample: dict[str, str], run: dict[str, str], *more: dict[str, str], **known: Any
) -> list[Problem]:
    sheets = {
        "sample": pl.DataFrame([sample]), "experiment": pl.DataFrame([EXPERIMENT]), "run": pl.DataFrame([run, *more])
    }  # fmt: skip
    return [each for each in library.check_bundle(sheets, known=known) if each.severity == "error"]


def test_keys_between_sheets(library: Library, sample: dict[str, str]) -> None:
    assert bundle(library, sample, RUN) == []
    assert bundle(library, sample, RUN, project=["study-1"]) == []
    (problem,) = bundle(library, sample, RUN, project=["study-2"])
    assert (problem.sheet, problem.row, problem.field, problem.code) == ("sample", 1, "project", "reference-unknown")
    (problem,) = bundle(library, sample, RUN | {"experiment": "E-9"})
    assert (problem.sheet, problem.field, problem.code) == ("run", "experiment", "reference-unknown")
    (problem,) = bundle(library, sample, RUN | {"experiment": "e-1"})
    assert problem.suggestion == "E-1"


def test_accessions_beside_a_sheet(library: Library, sample: dict[str, str]) -> None:
    assert bundle(library, sample, RUN | {"experiment": "TSE00000007"}) == []
    found = bundle(library, sample, RUN | {"experiment": "TSE00000007"}, experiment={"TSE00000008"})
    assert [each.code for each in found] == ["reference-unknown"]


def test_layout_of_the_experiment(library: Library, sample: dict[str, str]) -> None:
    (problem,) = bundle(library, sample, RUN | {"file_names": "a.fastq.gz", "md5": "0" * 32})
    assert problem.code == "file-layout"
    known = {"TSE00000007": {"layout": "SINGLE"}}
    (problem,) = bundle(library, sample, RUN | {"experiment": "TSE00000007"}, experiment=known)
    assert problem.code == "file-layout"


def test_files_of_rows(library: Library, sample: dict[str, str]) -> None:
    other = RUN | {"alias": "R-2", "md5": f"{'2' * 32};{'3' * 32}"}
    assert [each.code for each in bundle(library, sample, RUN, other)] == ["file-twice"] * 2  # R1 and R2
    assert [each.code for each in bundle(library, sample, RUN | {"md5": "0" * 32})] == ["file-count"]
    (problem,) = bundle(library, sample, RUN | {"file_names": "a_R2.fastq.gz;a_R1.fastq.gz"})
    assert (problem.code, problem.suggestion) == ("file-pair", "a_R1.fastq.gz;a_R2.fastq.gz")
    problem, *_ = bundle(library, sample, RUN | {"file_names": "a_R1.fastq.gz, a_R2.fastq.gz"})
    assert (problem.code, problem.suggestion) == ("file-name-form", "a_R1.fastq.gz;a_R2.fastq.gz")


def test_a_curator_may_let_pass_what_is_overridable(library: Library, sample: dict[str, str]) -> None:
    frame = pl.DataFrame([sample | {"age": "200", "sex": "Female"}])
    overrides = {("number-range", 1, "age"), ("term-spelling", 1, "sex")}
    assert [each.code for each in library.check_table("sample", frame, overrides=overrides)] == ["term-spelling"]


def test_corrections_of_a_table(library: Library, sample: dict[str, str]) -> None:
    frame = pl.DataFrame(
        [sample, sample | {"alias": "S-2", "sex": " Female", "geo_loc_name": "Korea;Seoul", "age": "34 세"}]
    )
    mended = apply_suggestions(frame, library.check_table("sample", frame))
    assert library.check_table("sample", mended) == []
    assert mended.row(1, named=True)["geo_loc_name"] == "South Korea: Seoul"


def test_every_rule_is_written_in_two_languages() -> None:
    for code, rule in RULE_TEXTS.items():
        assert rule.code == code and rule.message is not None
        for text in (rule.meaning, rule.repair, rule.message):
            assert text.ko and text.en and text.ko != text.en
        assert any("가" <= letter <= "힣" for letter in rule.meaning.ko)
