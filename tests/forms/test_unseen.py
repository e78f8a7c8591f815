"""What sheets of people brought that nobody had thought of: values, columns, and a corrected file that keeps all."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import xlsxwriter

from biomoa.catalog.model import Term, Text
from biomoa.forms import dates, numbers, places, taxa
from biomoa.forms.checking import FileCheck, check_file, corrected
from biomoa.forms.library import Library
from biomoa.forms.model import Field
from biomoa.forms.template import write_template
from biomoa.forms.terms import TermIndex
from biomoa.forms.workbooks import read_here

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MOUSE = {
    "sample_name": "M1",
    "project": "P1",
    "package": "Model organism or animal",
    "title": "Liver",
    "taxonomy_id": "10090",
    "organism": "Mus musculus",
    "isolate": "a",
    "collection_date": "2024-03-05",
    "geo_loc_name": "South Korea: Daejeon",
    "tissue": "liver",
    "sex": "male",
    "age": "8 weeks",
    "biomaterial_provider": "KRIBB",
}


def _check(korea: Library, folder: Path, header: list[str], *rows: list[str]) -> FileCheck:
    path = folder / "a.tsv"
    path.write_text("".join("\t".join(row) + "\n" for row in (header, *rows)), encoding="utf-8")
    return check_file(korea, path, form="biosample")


def _mouse(korea: Library, folder: Path, **changed: str) -> FileCheck:
    return _check(korea, folder, list(MOUSE), list({**MOUSE, **changed}.values()))


def _told(found: FileCheck) -> list[tuple[str, str | None]]:
    return [(each.code, each.suggestion) for each in found.problems]


@pytest.mark.parametrize(
    ("value", "code", "suggestion"),
    [
        ("'24.3.5", "date-form", "2024-03-05"),
        ("`99.12.31", "date-form", "1999-12-31"),
        ("2024-03-05 오후 3:20", "date-form", "2024-03-05T15:20"),
        ("2024.03.05 14:30", "date-form", "2024-03-05T14:30"),
        ("2024-03-05 12:10 AM", "date-form", "2024-03-05T00:10"),
        ("2024.3.5 ~ 3.10", "date-form", "2024-03-05/2024-03-10"),
        ("2024.3.5~10", "date-form", "2024-03-05/2024-03-10"),
        ("2024.3.30~2.2", "date-form", None),
        ("31/02/2024", "date-impossible", None),
        ("2024년 2월 31일", "date-impossible", None),
        ("30-Feb-2024", "date-impossible", None),
        ("03/04/2024", "date-form", None),
        ("24.3.5", "date-form", None),
        ("3/5/2024 2:30 PM", "date-form", None),
    ],
)
def test_dates(value: str, code: str, suggestion: str | None) -> None:
    (finding,) = dates.check_date(value, allow_range=True)
    assert (finding.code, finding.suggestion) == (code, suggestion)


@pytest.mark.parametrize(
    ("value", "code", "suggestion"),
    [
        ("127.38 N 36.35 E", "lat-lon-range", None),
        ("136.35N, 27.38E", "lat-lon-range", None),
        ("36,35 N 127,38 E", "lat-lon-form", "36.35 N 127.38 E"),
        ("위도 36.35, 경도 127.38", "lat-lon-form", "36.35 N 127.38 E"),
        ("경도: 127.38 위도: 36.35", "lat-lon-form", "36.35 N 127.38 E"),
        ("lat -33.1 lon 151.2", "lat-lon-form", "33.1 S 151.2 E"),
        ("위도 36.35, 위도 127.38", "lat-lon-form", None),
        ("위도 136.35, 경도 27.38", "lat-lon-form", None),
    ],
)
def test_coordinates(value: str, code: str, suggestion: str | None) -> None:
    (finding,) = places.check_lat_lon(value)
    assert (finding.code, finding.suggestion) == (code, suggestion)


@pytest.mark.parametrize(
    ("value", "unit", "suggestion"),
    [
        ("영하 80도", "Cel", "-80"),
        ("섭씨 4도", "Cel", "4"),
        ("12 000", "m", "12000"),
        ("12 00", "m", None),
        ("영하 80", "m", None),
    ],
)
def test_numbers(value: str, unit: str, suggestion: str | None) -> None:
    field = Field(name="x", label=Text("x", "x"), type="number", unit=unit)
    (finding,) = numbers.check_number(value, field)
    assert finding.suggestion == suggestion


def test_units_are_said_as_people_write_them(korea: Library, tmp_path: Path) -> None:
    found = _check(korea, tmp_path, ["sample_name", "temp"], ["a", "warm"])
    (told,) = [each for each in found.problems if each.code == "number-form"]
    assert "있습니다(°C)." in told.message.ko and "number (°C)." in told.message.en


@pytest.mark.parametrize(
    ("age", "suggestion"),
    [
        ("8주", "8 weeks"),
        ("8주령", "8 weeks"),
        ("35세", "35 years"),
        ("3개월", "3 months"),
        ("1년", "1 year"),
        ("8wks", "8 weeks"),
        ("P56", None),
        ("8", None),
    ],
)
def test_ages_with_units_as_people_write_them(korea: Library, tmp_path: Path, age: str, suggestion: str | None) -> None:
    assert _told(_mouse(korea, tmp_path, age=age)) == [("pattern-mismatch", suggestion)]


@pytest.mark.parametrize(
    ("field", "value", "term"),
    [
        ("collection_date", "not collcted", "missing: not collected"),
        ("collection_date", "not_applicable", "not applicable"),
        ("geo_loc_name", "restricted acess", "missing: restricted access"),
        ("tissue", "NOT-APPLICABLE", "not applicable"),
    ],
)
def test_a_misspelt_missing_term(korea: Library, tmp_path: Path, field: str, value: str, term: str) -> None:
    ((code, suggestion),) = _told(_mouse(korea, tmp_path, **{field: value}))
    assert code == "missing-term-spelling" and suggestion is not None
    assert suggestion.endswith(term.removeprefix("missing: "))


def test_what_a_missing_term_leaves_open_is_told_at_once(korea: Library, tmp_path: Path) -> None:
    told = {each.code for each in _mouse(korea, tmp_path, age="N/A").problems}
    assert told == {"missing-term-spelling", "group-missing"}


def test_more_before_a_term_is_another_term() -> None:
    layouts = TermIndex([Term("PAIRED"), Term("SINGLE")])
    assert (layouts.nearest("unpaired"), layouts.nearest("PAIRD"), layouts.nearest("aired")) == (
        None,
        "PAIRED",
        "PAIRED",
    )
    techniques = TermIndex([Term("Bulk sequencing"), Term("Single-cell sequencing", None, ("scRNA-Seq",))])
    assert techniques.nearest("RNA-Seq") is None


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("Mus musculos", "Mus musculus"), ("Homo sapeins", "Homo sapiens"), ("S. aureus", "Staphylococcus aureus")],
)
def test_of_the_names_that_may_be_meant_the_most_alike(name: str, suggestion: str) -> None:
    (finding,) = taxa.check_organism(name)
    assert finding.suggestion == suggestion


def test_an_id_with_a_comma_of_thousands() -> None:
    assert [each.suggestion for each in taxa.check_taxon_id("10,090")] == ["10090"]
    assert [each.suggestion for each in taxa.check_taxon_id("10,09")] == [None]


def test_of_several_checksums_each_wrong_one_is_named(korea: Library, tmp_path: Path) -> None:
    path = tmp_path / "run.tsv"
    sums = f"{'A' * 32};{'2' * 31};{'3' * 32}"
    path.write_text(f"run_alias\tfiles\tmd5\nR\ta_1.bam;a_2.bam;a_3.bam\t{sums}\n")
    wrong = [each for each in check_file(korea, path, form="ngs-run").problems if each.code == "md5-form"]
    assert [each.message.ko.split("’")[0].split("‘")[1] for each in wrong] == ["A" * 32, "2" * 31]
    assert {each.value for each in wrong} == {sums}


def test_half_of_a_label_is_the_field(korea: Library, tmp_path: Path) -> None:
    header = [{"isolate": "분리주"}.get(name, name) for name in MOUSE]
    assert _told(_check(korea, tmp_path, header, list(MOUSE.values()))) == []
    found = _check(korea, tmp_path, [*MOUSE, "방법"], [*MOUSE.values(), "가위"])
    assert [each.code for each in found.problems] == ["column-unknown"]


def test_an_old_workbook_with_a_new_ending_is_not_told_to_be_what_it_says(korea: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(2000))
    (told,) = check_file(korea, path).problems
    assert told.code == "file-kind" and "(.xls)" in told.message.ko and "(.xls)" in told.message.en


def test_the_corrected_file_keeps_what_was_not_read(korea: Library, tmp_path: Path) -> None:
    header = [*MOUSE, "과제", "title", "title"]
    found = _check(
        korea, tmp_path, header, [*MOUSE.values(), "과제 1", "둘", "셋"], [*MOUSE.values(), "", "", "", "넘침"]
    )
    out = tmp_path / "fixed.xlsx"
    frames = corrected(found)
    write_template(korea, list(frames), out, rows=frames)
    again = check_file(korea, out)
    told = [each.code for each in again.problems]
    assert told == ["column-unknown", "column-unknown", "column-duplicate", "column-duplicate", "value-duplicate"]
    (sheet,) = again.sheets
    assert sheet.frame["title"].to_list() == ["Liver", "Liver"]
    kept = [cell for column in sheet.left for cell in column if cell]
    assert sorted(kept) == sorted(["과제 1", "둘", "셋", "넘침"])


def test_text_that_was_read_in_another_encoding_is_not_shortened(korea: Library, tmp_path: Path) -> None:
    broken = "서울대학교 생쥐 간".encode().decode("latin-1")
    (told,) = _mouse(korea, tmp_path, title=broken).problems
    assert (told.code, told.suggestion) == ("text-broken", "서울대학교 생쥐 간")
    assert "’으로 보입니다" in told.message.ko
    assert [code for code, _ in _told(_mouse(korea, tmp_path, title="a\x85b"))] == ["text-control-character"]


def test_apostrophes_of_a_spreadsheet_are_taken_off_whatever_the_type(korea: Library, tmp_path: Path) -> None:
    found = _check(korea, tmp_path, list(MOUSE), [f"'{value}" for value in MOUSE.values()])
    (mended,) = corrected(found)["biosample"].to_dicts()
    marked = {name for name, value in mended.items() if value.startswith("'")}
    assert marked == {"project", "title", "isolate", "tissue", "biomaterial_provider"}  # where it may be meant
    assert _mouse(korea, tmp_path, sex="'" * 900).problems


def test_host_and_its_id_are_one_taxon(korea: Library, tmp_path: Path) -> None:
    header, row = ["sample_name", "host", "host_taxid"], ["a", "Homo sapiens", "10090"]
    (told,) = [each for each in _check(korea, tmp_path, header, row).problems if each.code == "taxon-mismatch"]
    assert told.field == "host" and "10090은 ‘Mus musculus’" in told.message.ko
    for name, number in (("Homo sapiens", ""), ("", "9606"), ("Homo sapiens", "9606"), ("human", "9606")):
        codes = {code for code, _ in _told(_check(korea, tmp_path, header, ["a", name, number]))}
        assert not codes & {"taxon-mismatch", "value-derived"}


def test_many_columns_of_no_field_are_told_in_time(korea: Library, tmp_path: Path) -> None:
    others = [f"extra{number}" for number in range(2_000)]
    started = time.monotonic()
    found = _check(korea, tmp_path, [*MOUSE, *others], [*MOUSE.values(), *(["x"] * len(others))])
    assert [each.code for each in found.problems].count("column-unknown") == len(others)
    assert time.monotonic() - started < 6  # each was compared with all others: a quarter of a minute


def test_lines_that_are_no_objects_are_no_empty_file(korea: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('["A"]\n')
    assert [each.code for each in check_file(korea, path).problems] == ["row-not-object"]


def test_a_group_with_the_error_of_a_spreadsheet_is_told_once(korea: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("biosample")
    sheet.write_row(0, 0, list(MOUSE))
    sheet.write_row(1, 0, list(MOUSE.values()))
    sheet.write_formula(1, list(MOUSE).index("age"), "=VLOOKUP(1,A:B,2)", None, "#N/A")
    book.close()
    assert [each.code for each in check_file(korea, path).problems] == ["cell-error"]


@pytest.mark.parametrize(
    ("title", "ko"),
    [
        ("Mouse\u00a0liver", "U+00A0"),
        ("Mouse  liver", "겹친 공백"),
        (" Mouse", "앞이나 뒤"),
        ("A\u3000B", "너비가 다른 공백"),
    ],
)
def test_stray_spaces_are_said_as_nobody_sees_them(korea: Library, tmp_path: Path, title: str, ko: str) -> None:
    (told,) = _mouse(korea, tmp_path, title=title).problems
    assert told.code == "text-spaces" and f"({ko}" in told.message.ko.replace("줄 바꿈 없는 공백 ", "")


def test_a_sentence_stays_on_its_line_and_commands_no_terminal(korea: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('sample_name,temp,"\x1b[2Jnew\ncolumn"\na\u202e,"1\n2\x1b[2J",x\n', encoding="utf-8")
    found = check_file(korea, path, form="biosample")
    assert {"number-form", "column-unknown"} <= {each.code for each in found.problems}
    assert all(each.message.ko.isprintable() and each.message.en.isprintable() for each in found.problems)


@pytest.mark.parametrize("names", ["a.bam;a.bam", "a_R1.fastq.gz;a_R1.fastq.gz", "a.bam;b.bam;a.bam"])
def test_a_file_that_is_named_twice_in_a_cell(korea: Library, tmp_path: Path, names: str) -> None:
    path = tmp_path / "run.tsv"
    path.write_text(f"run_alias\texperiment\tfile_type\tfiles\nR\tE\tbam\t{names}\n")
    assert [each.code for each in check_file(korea, path, form="ngs-run").problems] == ["file-twice"]


def test_a_sheet_that_is_a_chart_is_passed_over_in_silence(
    korea: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("biosample")
    sheet.write_row(0, 0, list(MOUSE))
    sheet.write_row(1, 0, list(MOUSE.values()))
    book.add_chartsheet("chart")
    book.close()
    assert [sheet.name for sheet in read_here(path).sheets if sheet.grid.height] == ["biosample"]
    assert not caplog.records and _told(check_file(korea, path)) == []


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        ("서울특별시 강남구", "South Korea: Seoul, 강남구"),
        ("경기도 수원시 영통구", "South Korea: Gyeonggi-do, 수원시 영통구"),
        ("제주도", "South Korea: Jeju-do"),
        ("부산, 해운대", "South Korea: Busan, 해운대"),
        ("Busan", "South Korea: Busan"),
        ("Jeju", "South Korea: Jeju-do"),
        ("Busanville", None),
        ("동해", None),
    ],
)
def test_places_of_korea_without_their_country(
    korea: Library, tmp_path: Path, value: str, suggestion: str | None
) -> None:
    code = "place-form" if suggestion else "place-unknown"
    assert _told(_mouse(korea, tmp_path, geo_loc_name=value)) == [(code, suggestion)]
