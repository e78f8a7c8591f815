"""Files as people send them: whatever the file, frames and clear problems, never an exception."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biomoa.catalog.model import Text
from biomoa.forms import package
from biomoa.forms.checking import FileCheck, check_file, corrected
from biomoa.forms.library import Library
from biomoa.forms.sheets import read_sheets

HEADER = ["alias", "project", "package", "taxon_id", "organism", "collection_date", "geo_loc_name", "sex"]
GOOD = ["S-001", "study-1", "human", "9606", "Homo sapiens", "2024-03-05", "South Korea: Seoul", "female"]
SECOND = ["S-002", *GOOD[1:]]
Book = xlsxwriter.Workbook


def codes(check: FileCheck, *severities: str) -> list[str]:
    return [each.code for each in check.problems if each.severity in (severities or ("error", "warning", "info"))]


@pytest.fixture
def check(library: Library) -> Callable[..., FileCheck]:
    return lambda path, form="sample": check_file(library, path, form=form)


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook of one sheet; ``change`` may do to it what it likes."""

    def write(
        rows: list[list[object]], change: Callable[[Book, object], None] | None = None, name: str = "sample"
    ) -> Path:
        path = tmp_path / "book.xlsx"
        found = xlsxwriter.Workbook(str(path))
        sheet = found.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if change:
            change(found, sheet)
        found.close()
        return path

    return write


def text_file(folder: Path, name: str, rows: list[list[str]], separator: str = "\t", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("".join(separator.join(row) + "\n" for row in rows).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("name", "separator"), [("a.tsv", "\t"), ("a.csv", ","), ("a.csv", ";"), ("a.tsv", ","), ("a.txt", "|")]
)
def test_separators_are_found(check: Callable[..., FileCheck], tmp_path: Path, name: str, separator: str) -> None:
    found = check(text_file(tmp_path, name, [HEADER, GOOD, SECOND], separator))
    assert (codes(found), found.rows, found.valid) == ([], 2, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949", "utf-16-le"])
def test_encodings_are_found_and_told(check: Callable[..., FileCheck], tmp_path: Path, encoding: str) -> None:
    korean = ["시료 이름", "과제", "패키지", "분류 ID", "생물", "채취일", "채취 장소", "성별"]
    found = check(text_file(tmp_path, "a.csv", [korean, [*GOOD[:6], "South Korea: 서울", "female"]], ",", encoding))
    assert found.valid
    assert found.sheets[0].frame["geo_loc_name"][0] == "South Korea: 서울"
    assert codes(found) == (["file-encoding"] if encoding in ("cp949", "utf-16-le") else [])


def test_two_encodings_in_one_file_are_refused_with_the_line(check: Callable[..., FileCheck], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(",".join(HEADER).encode() + "\n한글,x\n".encode() + "한글,x\n".encode("cp949"))
    (problem,) = check(path).problems
    assert problem.code == "file-encoding-unknown" and "3" in problem.message.en and problem.file == "a.csv"


def test_jsonl(check: Callable[..., FileCheck], tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record = dict(zip(HEADER, GOOD, strict=True)) | {
        "taxon_id": 9606,
        "treated": False,
        "tags": ["a", "b"],
        "age": None,
    }
    path.write_text("{broken\n" + json.dumps(record) + "\n\n[1]\n" + json.dumps(record | {"alias": ""}) + "\n")
    found = check(path)
    assert found.sheets[0].frame.row(1, named=True)["tags"] == "a;b"
    assert found.sheets[0].first_line == 1  # the names of the fields stand in no line
    assert found.sheets[0].rows == 2
    assert [each.row for each in found.problems if each.code == "row-not-object"] == [1, 4]
    assert "rows-empty" not in {each.code for each in found.problems}, (
        "a broken line is told already, an empty one is none"
    )
    assert {each.row for each in found.problems if each.field == "alias"} == {5}, "the numbers are those of lines"


@pytest.mark.parametrize("indent", [None, 2])
def test_json_as_programs_write_it(check: Callable[..., FileCheck], tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "a.jsonl"
    record = dict(zip(HEADER, GOOD, strict=True))
    path.write_text(json.dumps([record, 3, record | {"alias": "S2"}], indent=indent))
    found = check(path)
    (told,) = [each for each in found.problems if each.code == "row-not-object"]
    assert (told.row, "숫자" in told.message.ko, found.sheets[0].rows) == (2, True, 2)
    assert found.sheets[0].part.line(2) == Text("2번째 값", "value 2")
    path.write_text(json.dumps(record, indent=indent))
    assert (codes(check(path)), check(path).sheets[0].rows) == ([], 1)


@pytest.mark.parametrize(
    ("text", "ko"),
    [
        ('[\n  {\n    "sample_name": "S1",\n    "a": x\n  }\n]', "4번째 줄 10번째 글자가"),
        ('[\n  {\n    "sample_name": "S1"\n  },\n', "중간에서 끊김"),
        ('{"sample_name": ' + "[" * 5000 + "]" * 5000 + "}", "너무 깊이"),
        ('{"sample_name": "가나", x}', "(23번째 글자가"),
    ],
)
def test_broken_json_is_told_once_where_it_breaks(
    check: Callable[..., FileCheck], tmp_path: Path, text: str, ko: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    (told,) = check(path).problems
    assert told.code == "row-not-object" and ko in told.message.ko and told.message.en.isascii()


def test_header_names_of_every_kind(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    header = [
        "*sample_name",
        "과제 (필수)",
        "Package",
        "tax_id",
        "scientific_name*",
        "Collection Date",
        "geo_loc_name [INSDC]",
        "성별(sex)",
    ]
    found = check(book([header, GOOD]))
    assert (codes(found), found.valid) == ([], True)


def test_instructions_above_the_header(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    rows = [["Please fill in the yellow columns"], ["# do not delete"], [], ["* HEADER", *HEADER[1:]], GOOD]
    rows[3][0] = "*alias"
    found = check(book(rows))
    assert (codes(found), found.rows, found.sheets[0].first_line) == (["header-moved"], 1, 5)


def test_sheets_renamed_and_reordered(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    found = xlsxwriter.Workbook(str(path))
    found.add_worksheet("읽어 보세요").write(0, 0, "fill the next sheets")
    runs = found.add_worksheet("My runs")
    runs.write_row(0, 0, ["md5", "file_names", "experiment", "alias"])
    runs.write_row(1, 0, ["0" * 32, "a.bam", "TSE00000001", "R-1"])
    samples = found.add_worksheet("Blood")
    samples.write_row(0, 0, list(reversed(HEADER)))
    samples.write_row(1, 0, list(reversed(GOOD)))
    found.close()
    check = check_file(library, path)
    assert [(sheet.name, sheet.form) for sheet in check.sheets] == [("My runs", "run"), ("Blood", "sample")]
    assert check.valid
    assert sorted(codes(check)) == ["sheet-renamed", "sheet-renamed", "sheet-unknown"]


def test_two_sheets_of_one_form_keep_their_rows(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    found = xlsxwriter.Workbook(str(path))
    for name, rows in (("first", [GOOD, SECOND]), ("second", [GOOD, ["S-003", *GOOD[1:7], "femal"]])):
        sheet = found.add_worksheet(name)
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)
    found.close()
    check = check_file(library, path, form="sample")
    assert [(each.sheet, each.row, each.code) for each in check.problems if each.severity == "error"] == [
        ("second", 1, "value-duplicate"),
        ("second", 2, "term-unknown"),
    ]


def test_a_row_of_another_sheet_of_the_form_is_named_with_its_sheet(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    found = xlsxwriter.Workbook(str(path))
    for name, rows in (("first", [GOOD, SECOND]), ("second", [["S-003", *GOOD[1:]], SECOND, ["S-003", *GOOD[1:]]])):
        sheet = found.add_worksheet(name)
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)
    found.close()
    told = [each for each in check_file(library, path, form="sample").problems if each.code == "value-duplicate"]
    assert [(each.sheet, each.row) for each in told] == [("second", 2), ("second", 3)]
    assert "row 2 of sheet ‘first’ (line 3)." in told[0].message.en
    assert "‘first’ 시트 2행(3번째 줄)에 이미" in told[0].message.ko
    assert "row 1 of sheet ‘second’ (line 2)." in told[1].message.en


def test_a_row_that_is_there_already_is_named_with_its_line(library: Library, tmp_path: Path) -> None:
    """The reader looks for it in the file, where a heading and a remark may stand above the rows."""
    path = tmp_path / "b.csv"
    lines = ["samples of the autumn", ",".join(HEADER), *(",".join(row) for row in (GOOD, GOOD))]
    path.write_text("\n".join(lines))
    told = [each for each in check_file(library, path, form="sample").problems if each.code == "value-duplicate"]
    assert [each.row for each in told] == [2] and "already in row 1 (line 3)." in told[0].message.en


@pytest.mark.parametrize(
    "explaining",
    [
        ["Sample name", "Project", "Package", "Taxon ID", "Organism", "Collection date", "Place", "Sex"],
        ["(Mandatory) the name", "required", "필수", "필수", "필수", "필수", "필수", "선택"],
    ],
)
def test_a_second_header_row_is_no_data(
    check: Callable[..., FileCheck], book: Callable[..., Path], explaining: list[str]
) -> None:
    found = check(book([HEADER, explaining, ["# units"], GOOD]))
    assert (codes(found), found.rows, found.valid) == (["rows-commented", "rows-explaining"], 1, True)
    assert found.sheets[0].first_line == 4


def test_a_row_of_data_is_never_taken_for_a_header(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    found = check(book([HEADER, ["sex", "required", "human", "9606", *GOOD[4:]], GOOD]))
    assert (codes(found), found.rows) == ([], 2)


def test_empty_rows_between_are_told_once_and_are_no_data(library: Library, tmp_path: Path) -> None:
    rows = [HEADER, GOOD, [""] * 8, [" "] * 8, ["S-002", *GOOD[1:7], "femal"], ["S-001", *GOOD[1:]]]
    found = check_file(library, text_file(tmp_path, "a.tsv", rows), form="sample")
    assert found.rows == 3
    assert [(each.code, each.row) for each in found.problems] == [
        ("rows-empty", None),
        ("term-unknown", 4),
        ("value-duplicate", 5),
    ]
    assert "(lines 3, 4)" in found.problems[0].message.en and "row 1" in found.problems[2].message.en
    assert corrected(found)["sample"]["alias"].to_list() == ["S-001", "S-002", "S-001"]
    assert corrected(found)["sample"]["sex"].to_list()[1] == "female"


def test_a_value_that_is_told_is_not_told_as_missing_too(
    check: Callable[..., FileCheck], book: Callable[..., Path]
) -> None:
    def change(_: Book, sheet: object) -> None:
        sheet.write_formula(2, 4, "=1/0", None, "#N/A")  # type: ignore[attr-defined]

    found = check(book([HEADER, ["S" * 2000, *GOOD[1:]], SECOND], change))
    assert codes(found, "error", "warning") == ["text-too-long", "cell-error"]


def test_columns_without_a_name_are_told(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    found = check(book([[*HEADER[:2], "", *HEADER[2:]], [*GOOD[:2], "lost", *GOOD[2:], "beyond"]]))
    assert (codes(found), found.valid) == (["column-nameless", "column-nameless"], True)
    assert "column C" in found.problems[0].message.en and "J열" in found.problems[1].message.ko


def test_a_misspelt_column_is_told_with_the_field(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    found = check(book([[*HEADER[:4], "orgnism", *HEADER[5:], "colour of the freezer"], [*GOOD, "red"]]))
    assert codes(found, "error", "warning") == ["column-misspelt", "column-unknown", "column-missing"]
    assert "‘organism’" in found.problems[0].message.en


def test_latitude_and_longitude_in_columns_of_their_own(korea: Library, tmp_path: Path) -> None:
    header = ["sample_name", "organism", "geographic location (country and/or sea)"]
    header += ["geographic location (latitude)", "geographic location (longitude)"]
    start = ["S", "Homo sapiens", "South Korea"]
    halves = [("37.5", "-127.25"), ("", ""), ("not collected", "not collected"), ("127.0", "37.5"), ("37.5", "")]
    found = check_file(korea, text_file(tmp_path, "a.tsv", [header, *([*start, *each] for each in halves)]))
    assert found.sheets[0].frame["lat_lon"].to_list() == [
        "37.5 N 127.25 W", "", "not collected", "127.0, 37.5", "37.5",
    ]  # fmt: skip
    told = [each.code for each in found.problems if each.field == "lat_lon" or each.code.startswith("column-")]
    assert [code for code in told if code != "column-missing"] == ["columns-joined", "lat-lon-swapped", "lat-lon-form"]


def test_a_column_of_another_form_is_told_as_such(korea: Library, tmp_path: Path) -> None:
    header = ["experiment_alias", "sample", "library_layout", "library_strategy", "platform", "filename"]
    rows = [header, ["X", "S", "PAIRED", "WGS", "ILLUMINA", "a.fastq.gz"]]
    found = check_file(korea, text_file(tmp_path, "a.tsv", rows)).problems
    told = [each for each in found if each.code.startswith("column-") and each.severity == "warning"]
    assert [(each.code, each.value) for each in told] == [("column-elsewhere", "filename")]
    assert "‘시퀀싱 런’ 양식" in told[0].message.ko
    assert "‘Sequencing run’" in told[0].message.en


SRA = ["library_ID", "biosample_accession", "library_strategy", "library_layout", "platform", "filetype"]
SRA += ["filename", "filename2", "filename3"]
SRA_ROW = ["L1", "KAS00000001", "RNA-Seq", "PAIRED", "ILLUMINA", "fastq", "a_R1.fastq.gz", "a_R2.fastq.gz", ""]


def test_experiment_and_files_in_one_row_are_read_as_both_forms(korea: Library, tmp_path: Path) -> None:
    second = ["L2", *SRA_ROW[1:6], "b.fastq.gz", "", ""]
    found = check_file(korea, text_file(tmp_path, "sra.tsv", [["# of the laboratory"], SRA, SRA_ROW, second]))
    experiments, runs = found.sheets
    assert (experiments.form, experiments.name, experiments.first_line) == ("ngs-experiment", "sra", 3)
    assert (runs.form, runs.name, runs.first_line) == ("ngs-run", "sra (ngs-run)", 3)
    assert experiments.frame["experiment_alias"].to_list() == ["L1", "L2"]
    assert runs.frame["run_alias"].to_list() == runs.frame["experiment"].to_list() == ["L1", "L2"]
    assert runs.frame["files"].to_list() == ["a_R1.fastq.gz;a_R2.fastq.gz", "b.fastq.gz"]
    codes_told = [each.code for each in found.problems]
    assert codes_told.count("sheet-divided") == codes_told.count("alias-taken") == 1
    assert "column-elsewhere" not in codes_told
    (alone,) = [each for each in found.problems if each.code == "file-layout"]
    assert (alone.sheet, alone.row, alone.field) == ("sra (ngs-run)", 2, "files")


def test_mates_in_columns_of_their_own_are_files_of_a_run(korea: Library, tmp_path: Path) -> None:
    header = ["library_name", "sample", "study", "library_layout", "library_strategy"]
    header += ["forward_file_name", "forward_file_md5", "reverse_file_name", "reverse_file_md5"]
    row = ["L1", "S1", "P1", "PAIRED", "WGS", "a_1.fastq.gz", "0" * 32, "a_2.fastq.gz", "1" * 32]
    experiments, runs = check_file(korea, text_file(tmp_path, "ena.tsv", [header, row])).sheets
    assert experiments.frame["project"].to_list() == ["P1"]
    assert runs.frame["files"].to_list() == ["a_1.fastq.gz;a_2.fastq.gz"]
    assert runs.frame["md5"].to_list() == [f"{'0' * 32};{'1' * 32}"]


@pytest.mark.parametrize(
    "files",
    [
        ["filename", "filename2", "md5", "md5_2"],
        ["파일명 1", "파일명 2", "MD5 1", "MD5 2"],
        ["파일명(R1)", "파일명(R2)", "md5sum (R1)", "md5sum (R2)"],
        ["forward_file_name", "reverse_file_name", "forward_file_md5", "reverse_file_md5"],
        ["File name 1*", "File name 2", "MD5 checksum 1*", "MD5 checksum 2"],
    ],
)
def test_files_of_a_run_in_several_columns_are_one_list(korea: Library, tmp_path: Path, files: list[str]) -> None:
    """Else the second mate would be left out with a warning, and the run be taken for a single one."""
    rows = [["run_alias", "experiment", "file_type", *files]]
    rows += [["R1", "X1", "fastq", "a_R1.fastq.gz", "a_R2.fastq.gz", "0" * 32, "1" * 32]]
    rows += [["R2", "X2", "fastq", "b.fastq.gz", "", "2" * 32, ""]]
    for form in (None, "ngs-run"):
        found = check_file(korea, text_file(tmp_path, "ngs-run.tsv", rows), form=form)
        (sheet,) = found.sheets
        assert sheet.frame["files"].to_list() == ["a_R1.fastq.gz;a_R2.fastq.gz", "b.fastq.gz"]
        assert sheet.frame["md5"].to_list() == [f"{'0' * 32};{'1' * 32}", "2" * 32]
        told = [each for each in found.problems if each.code.startswith("column")]
        assert [(each.code, each.field) for each in told] == [("columns-joined", "files"), ("columns-joined", "md5")]
        assert f"‘{files[0]}’, ‘{files[1]}’" in told[0].message.en


def test_one_column_of_files_stays_as_it_is(korea: Library, tmp_path: Path) -> None:
    rows = [
        ["run_alias", "experiment", "file_type", "filename", "colour 2"],
        ["R1", "X1", "fastq", "a.fastq.gz", "red"],
    ]
    found = check_file(korea, text_file(tmp_path, "ngs-run.tsv", rows))
    assert found.sheets[0].frame["files"].to_list() == ["a.fastq.gz"]
    assert codes(found, "info", "warning") == ["column-unknown"]


def test_rows_that_name_an_alias_twice_are_not_taken_apart(korea: Library, tmp_path: Path) -> None:
    found = check_file(korea, text_file(tmp_path, "sra.tsv", [SRA, SRA_ROW, SRA_ROW]))
    assert [sheet.form for sheet in found.sheets] == ["ngs-experiment"]
    assert "column-elsewhere" in {each.code for each in found.problems}


def test_one_form_that_is_asked_for_is_not_taken_apart(korea: Library, tmp_path: Path) -> None:
    found = check_file(korea, text_file(tmp_path, "sra.tsv", [SRA, SRA_ROW]), form="ngs-experiment")
    assert [sheet.form for sheet in found.sheets] == ["ngs-experiment"]


def test_columns_as_korean_laboratories_name_them(korea: Library, tmp_path: Path) -> None:
    rows = [
        ["시료명", "학명", "분류ID", "균주명", "채취일자", "채집 장소", "위도(°N)", "경도 [°E]", "수온(℃)"],
        ["S1", "Homo sapiens", "9606", "K", "2024", "South Korea", "37.5", "127", "4 ℃"],
    ]
    (sheet,) = check_file(korea, text_file(tmp_path, "a.tsv", rows)).sheets
    assert set(sheet.frame.columns) == {
        "sample_name", "organism", "taxonomy_id", "strain", "collection_date", "geo_loc_name", "lat_lon", "temp",
    }  # fmt: skip


def test_a_label_is_known_without_its_note_where_that_names_one_field(korea: Library, tmp_path: Path) -> None:
    rows = [["프로젝트 별칭", "과제고유번호", "과제명", "과제명(국문)"], ["P1", "1", "x", "간"]]
    (sheet,) = check_file(korea, text_file(tmp_path, "a.tsv", rows)).sheets
    assert sheet.frame.columns == ["project_alias", "grant_number", "title_ko"]


def test_files_that_are_not_told_apart_are_not_counted(korea: Library) -> None:
    experiment = {"experiment_alias": "X", "library_layout": "PAIRED"}
    run = {"run_alias": "R", "experiment": "X", "file_type": "fastq", "files": "a_R1.fastq.gz, a_R2.fastq.gz"}
    frames = {"ngs-experiment": pl.DataFrame([experiment]), "ngs-run": pl.DataFrame([run])}
    told = [each.code for each in korea.check_bundle(frames) if each.field == "files"]
    assert told == ["file-name-form"]


def test_a_column_that_refers_may_be_named_like_the_alias(korea: Library, tmp_path: Path) -> None:
    rows = [["sample_name", "library_ID", "library_strategy", "library_layout"], ["S1", "L1", "WGS", "PAIRED"]]
    (sheet,) = check_file(korea, text_file(tmp_path, "SRA_data.tsv", rows)).sheets
    assert (sheet.form, sheet.frame["sample"].to_list()) == ("ngs-experiment", ["S1"])


def test_formulas_are_told_and_never_run(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    def change(_: Book, sheet: object) -> None:
        sheet.write_formula(1, 7, '="fe"&"male"', None, "female")  # type: ignore[attr-defined]
        sheet.write_formula(2, 0, '=HYPERLINK("http://example.invalid/","x")', None, "x")  # type: ignore[attr-defined]
        sheet.write_formula(2, 5, "=1/0", None, "#DIV/0!")  # type: ignore[attr-defined]

    found = check(book([HEADER, GOOD, SECOND], change))
    told = {(each.row, each.field): each for each in found.problems if each.code.startswith("cell-")}
    assert told[1, "sex"].code == "cell-formula" and told[1, "sex"].suggestion == "female"
    assert "HYPERLINK" in told[2, "alias"].message.en
    assert told[2, "collection_date"].code == "cell-error" and told[2, "collection_date"].value == "#DIV/0!"
    assert found.sheets[0].frame["alias"].to_list() == ["S-001", "x"]


@pytest.mark.parametrize("packed_bytes", [1, 2, 3, 5, 64])
def test_a_formula_is_seen_wherever_the_file_is_cut_into_blocks(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, packed_bytes: int
) -> None:
    def change(_: Book, sheet: object) -> None:
        sheet.write_formula(1, 7, "=1", None, "female")  # type: ignore[attr-defined]

    monkeypatch.setattr(package, "_PACKED_BLOCK", packed_bytes)
    with package.open_package(book([HEADER, GOOD], change)) as opened:
        (name, part), *_ = package.sheet_parts(opened).items()
        scan = package.Scan(opened, part, name)
        list(scan.passing())
        assert [each.text for each in scan.found().formulas] == ["=1"]


def _remade(path: Path, change: Callable[[str], str]) -> Path:
    """The workbook with the texts of its parts changed."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            is_text = name.endswith((".xml", ".rels"))
            package.writestr(name, change(content.decode()) if is_text else content)
    return path


def _strict(text: str) -> str:
    """ISO/IEC 29500 strict, as Excel saves it on wish."""
    return text.replace(
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
    ).replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def _prefixed(text: str) -> str:
    if "<worksheet" not in text:
        return text
    return re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=")


@pytest.mark.parametrize("change", [_strict, _prefixed])
@pytest.mark.parametrize("packed_bytes", [3, 1 << 15])
def test_formulas_and_merges_are_seen_in_every_dialect(
    check: Callable[..., FileCheck],
    book: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[str], str],
    packed_bytes: int,
) -> None:
    def odd(_: Book, sheet: object) -> None:
        sheet.write_formula(1, 7, "=1", None, "female")  # type: ignore[attr-defined]
        sheet.merge_range(1, 1, 2, 1, "study-1")  # type: ignore[attr-defined]

    path = _remade(book([HEADER, GOOD, SECOND], odd), change)
    assert codes(check(path)) == ["cell-merged", "cell-formula"]
    monkeypatch.setattr(package, "_PACKED_BLOCK", packed_bytes)
    with package.open_package(path) as opened:
        (name, part), *_ = package.sheet_parts(opened).items()
        scan = package.Scan(opened, part, name)
        list(scan.passing())
        assert [each.text for each in scan.found().formulas] == ["=1"]


def test_damage_is_told_without_the_words_of_the_reader_in_korean(
    check: Callable[..., FileCheck], book: Callable[..., Path]
) -> None:
    path = _remade(book([HEADER, GOOD]), lambda text: text.replace("<workbook", "<work book"))
    (problem,) = check(path).problems
    assert problem.code == "file-not-workbook" and "손상된 부분: xl/workbook.xml" in problem.message.ko


def test_formulas_stand_at_their_place_when_the_table_starts_elsewhere(
    check: Callable[..., FileCheck], tmp_path: Path
) -> None:
    path = tmp_path / "b.xlsx"
    found = xlsxwriter.Workbook(str(path))
    sheet = found.add_worksheet("sample")
    for number, row in enumerate([HEADER, GOOD]):
        sheet.write_row(3 + number, 2, row)
    sheet.write_formula(4, 9, "=1", None, "female")
    found.close()
    check_ = check(path)
    assert [(each.row, each.field) for each in check_.problems if each.code == "cell-formula"] == [(1, "sex")]
    assert check_.sheets[0].first_line == 5


def test_merged_cells_are_filled_and_told(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    def change(_: Book, sheet: object) -> None:
        sheet.merge_range(1, 1, 2, 1, "study-1")  # type: ignore[attr-defined]

    found = check(book([HEADER, GOOD, SECOND], change))
    assert (codes(found), found.valid) == (["cell-merged"], True)
    assert found.sheets[0].frame["project"].to_list() == ["study-1", "study-1"]


def test_days_are_counted_from_1904_where_the_workbook_says_so(korea: Library, tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    book = xlsxwriter.Workbook(str(path), {"date_1904": True})
    sheet = book.add_worksheet("biosample")
    sheet.write_row(0, 0, ["sample_name", "organism", "collection_date"])
    sheet.write_row(1, 0, ["S1", "Homo sapiens", 43890])
    sheet.write_row(2, 0, ["S2", "Homo sapiens", "2024"])
    book.close()
    found = check_file(korea, path)
    assert found.sheets[0].frame["collection_date"].to_list() == ["2024-03-01", "2024"]
    (told,) = [each for each in found.problems if each.code == "date-1904"]
    assert (told.row, told.field) == (1, "collection_date") and "2024-03-01" in told.message.en
    assert not [each for each in found.problems if each.code == "date-form"]


def test_date_cells_and_serials(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    def change(found: Book, sheet: object) -> None:
        sheet.write_number(1, 5, 45356, found.add_format({"num_format": "yyyy. m. d."}))  # type: ignore[attr-defined]
        sheet.write_number(2, 5, 45356)  # type: ignore[attr-defined]

    found = check(book([HEADER, GOOD, SECOND], change))
    assert [(each.row, each.code, each.suggestion) for each in found.problems] == [(2, "date-form", "2024-03-05")]


def test_trailing_empty_rows_and_columns_do_not_count(
    check: Callable[..., FileCheck], book: Callable[..., Path]
) -> None:
    found = check(book([HEADER, GOOD, *[[" "] * 12] * 50, ["", "", "", "", "", "", "", "", "", "", " "]]))
    assert (found.rows, codes(found)) == (1, [])


def test_columns_unknown_twice_missing(check: Callable[..., FileCheck], tmp_path: Path) -> None:
    rows = [
        ["alias", "project", "package", "organism", "organism", "colour"],
        *(["S-1", "p", "human", "Homo sapiens", "x", "red"],) * 2,
    ]
    found = check(text_file(tmp_path, "a.tsv", rows))
    told = {each.code: each for each in found.problems}
    assert told["column-unknown"].value == "colour"
    assert told["column-duplicate"].field == "organism"
    missing = [each.field for each in found.problems if each.code == "column-missing"]
    assert missing == ["taxon_id", "collection_date", "geo_loc_name", "sex"]
    assert "value-missing" not in told


def test_ragged_rows_and_open_quotes(check: Callable[..., FileCheck], tmp_path: Path) -> None:
    found = check(text_file(tmp_path, "a.csv", [HEADER, [*GOOD, "extra"], SECOND], ","))
    assert [(each.code, each.row) for each in found.problems] == [("row-ragged", 1)]
    path = text_file(tmp_path, "b.csv", [HEADER, ['"S-001', *GOOD[1:]], SECOND], ",")
    assert "file-quote-open" in codes(check(path))


def test_an_older_revision_is_lifted(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    def change(found: Book, _: object) -> None:
        found.set_custom_property("biomoa-form:sample", "sample@2025.1")

    header = ["sample_name", "project", "taxon_id", "organism", "collection_date", "geo_loc_name", "gender", "old_code"]
    row = [GOOD[0], GOOD[1], *GOOD[3:7], "F", "x9"]
    found = check(book([header, row], change))
    assert (codes(found, "error", "warning"), found.valid) == ([], True)
    assert found.sheets[0].revision == "2025.1" and "revision-old" in codes(found)
    assert found.sheets[0].frame.row(0, named=True)["sex"] == "female"


def test_an_unknown_revision_is_told(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    found = check(book([HEADER, GOOD], lambda found, _: found.set_custom_property("biomoa-form:sample", "sample@1999")))
    assert codes(found) == ["revision-unknown"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"", "file-empty"),
        ("a.xlsx", b"name,x\n", "file-not-workbook"),
        ("a.xlsx", b"PK\x03\x04broken", "file-not-workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "file-password"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file-kind"),
        ("a.pdf", b"%PDF-1.4", "file-kind"),
        ("a.csv", b"%PDF-1.4", "file-kind"),
        ("a.tsv", gzip.compress(b"alias\tproject\n", mtime=0), "file-kind"),
        ("a.ods", b"PK\x03\x04mimetype", "file-kind"),
        ("a", b"alias,project\n", "file-kind"),
        ("a.csv", b"\n \n", "file-empty"),
        ("a.csv", b"\xff\xfe", "file-empty"),
        ("a.csv", b"colour,size\nred,1\n", "header-missing"),
        ("a.csv", b"alias,project,package\n", "sheet-empty"),
    ],
)
def test_files_that_are_no_sheets(
    check: Callable[..., FileCheck], tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found = check(path)
    assert code in codes(found, "error") and not found.valid
    assert all(each.message.ko and each.message.en for each in found.problems)


@pytest.mark.parametrize("data", [b"\x00\x01", b"alias\x00,project\n\x00a,b\n", b'alias,project\n"a,b\n', b"a\rb\rc"])
def test_strange_bytes_never_raise(check: Callable[..., FileCheck], tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert not check(path).valid


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
    suffix=st.sampled_from([".csv", ".tsv", ".jsonl"]),
)
def test_any_bytes_give_an_answer(library: Library, tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"any{suffix}"
    path.write_bytes(data)
    assert isinstance(check_file(library, path, form="sample"), FileCheck)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=8),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_csv_cells_come_back(library: Library, tmp_path: Path, cells: list[list[str]]) -> None:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in ["S", *row]] for row in cells]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(row) for row in [["alias", "title", "strain"], *quoted]) + "\n", newline="")
    frame = read_sheets(library, path, form="sample").sheets[0].frame
    assert [list(row) for row in frame.select("title", "strain").iter_rows()] == cells


ORACLE_CODES = {
    "bomb-intake157.xlsx": "file-hostile",
    "laugh-intake759.xlsx": "file-hostile",
    "xxe-intake944.xlsx": "file-hostile",
    "slip-intake349.xlsx": "file-hostile",
    "far-batch111.xlsx": "sheet-too-wide",
    "formula-form619.xlsx": "cell-formula",
    "cut-form901.xlsx": "file-not-workbook",
    "fake-strain620.xlsx": "file-not-workbook",
    "latin-form539.csv": "file-encoding-unknown",
    "mixed-strain478.csv": "file-encoding-unknown",
    "quote-batch91.csv": "file-quote-open",
    "duphead-intake363.csv": "column-duplicate",
    "dupid-strain638.tsv": "value-duplicate",
    "ws-intake294.tsv": "text-hidden-character",
    "intake561-cp949.csv": "file-encoding",
    "xss-intake990.xlsx": "column-missing",
}


def test_outside_files_are_all_answered(library: Library, oracles: Path) -> None:
    folder = oracles / "case-spreadsheet"
    files = [path for path in sorted(folder.rglob("*")) if path.parent != folder and path.is_file()]
    assert len(files) == 33
    for path in files:
        found = check_file(library, path, form="sample")
        assert found.problems, path.name
        if path.name in ORACLE_CODES:
            assert ORACLE_CODES[path.name] in codes(found), (path.name, codes(found))


def test_sheets_of_other_archives_find_their_form(korea: Library, oracles: Path) -> None:
    """DDBJ's own empty sheets: header row with ``*sample_name``, package in the first column."""
    files = sorted((oracles / "ddbj" / "sheet-headers" / "1.4.0" / "bs" / "tsv").glob("*.tsv"))
    assert files
    for path in files:
        (sheet,) = read_sheets(korea, path).sheets
        assert sheet.form == "biosample", path.name


def test_the_corrected_sheet_is_right(library: Library, tmp_path: Path) -> None:
    bad = ["S-002", "study-1", "Human", "9606", "homo sapiens ", "2024.3.5", "Korea;Seoul", "여성"]
    found = check_file(library, text_file(tmp_path, "a.tsv", [HEADER, GOOD, bad]), form="sample")
    assert not found.valid
    frame = corrected(found)["sample"]
    assert frame.row(1) == ("S-002", *GOOD[1:])
    assert [each for each in library.check_table("sample", frame) if each.severity == "error"] == []


def test_a_wide_sheet_does_not_lose_rows(library: Library, tmp_path: Path) -> None:
    rows = [[f"S-{number}", *GOOD[1:]] for number in range(3000)]
    found = check_file(library, text_file(tmp_path, "a.csv", [HEADER, *rows], ","), form="sample")
    assert found.valid and found.rows == 3000
    assert isinstance(found.sheets[0].frame, pl.DataFrame)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"PK\x03\x04broken"),
        ("a", b"x"),
        ("a.hwp", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ],
)
def test_the_reason_is_told_in_both_languages(
    check: Callable[..., FileCheck], tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (problem,) = check(path).problems
    said = problem.message.ko.partition("(")[2].partition(")")[0]
    assert said == path.suffix if name == "a.hwp" else any("가" <= letter <= "힣" for letter in said)


def test_a_value_above_the_header_is_put_into_every_row(check: Callable[..., FileCheck], tmp_path: Path) -> None:
    """The sheets of the ENA say "FileType fastq" so; laboratories the name of the project."""
    rows = [["Organism", "Homo sapiens", "the same for all"], [], HEADER[:4] + HEADER[5:], GOOD[:4] + GOOD[5:]]
    found = check(text_file(tmp_path, "a.tsv", rows))
    assert found.sheets[0].frame["organism"].to_list() == ["Homo sapiens"]
    assert [each.field for each in found.problems if each.code == "value-above"] == ["organism"]
    assert codes(found, "error") == []


@pytest.mark.parametrize(
    "row",
    [
        ["", "", "", "", "", "YYYY-MM-DD", "text", ""],
        ["(text)", "(text)", "-", "(number)", "(text)", "(date)", "(text)", ""],
        ["단위", "", "", "숫자", "", "날짜", "문자", ""],
        ["字符", "字符", "", "数字", "字符", "日期", "字符", ""],
    ],
)
def test_a_row_of_units_under_the_header_is_no_data(
    check: Callable[..., FileCheck], tmp_path: Path, row: list[str]
) -> None:
    found = check(text_file(tmp_path, "a.tsv", [HEADER, row, GOOD]))
    assert found.sheets[0].frame.height == 1
    assert codes(found) == ["rows-explaining"]


@pytest.mark.parametrize("row", [["S", *GOOD[1:]], ["", *GOOD[1:]], ["m", "", "", "", "", "", "", "m"]])
def test_a_row_that_names_a_record_gives_no_units(
    check: Callable[..., FileCheck], tmp_path: Path, row: list[str]
) -> None:
    assert check(text_file(tmp_path, "a.tsv", [HEADER, row, GOOD])).sheets[0].frame.height == 2


def test_what_a_workbook_hides_is_read_and_told(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    def hide(_: Book, sheet: object) -> None:
        sheet.set_row(1, None, None, {"hidden": True})  # type: ignore[attr-defined]
        sheet.set_column(2, 2, None, None, {"hidden": True})  # type: ignore[attr-defined]

    found = check(book([HEADER, GOOD, SECOND], hide))
    assert found.sheets[0].frame.height == 2
    assert codes(found) == ["cells-hidden"]
    assert "rows and hidden columns" in next(each for each in found.problems).message.en


def test_a_hidden_sheet_is_told(check: Callable[..., FileCheck], book: Callable[..., Path]) -> None:
    def add(found: Book, _: object) -> None:
        more = found.add_worksheet("more")
        more.write_row(0, 0, HEADER)
        more.write_row(1, 0, SECOND)
        more.hide()

    told = check(book([HEADER, GOOD], add)).problems
    assert [(each.code, each.sheet) for each in told] == [("sheet-hidden", "more")]


JAPANESE = [*GOOD[:6], "South Korea: Seoul", "土壌から分離した細菌"]


@pytest.mark.parametrize(("encoding", "name"), [("euc_jp", "EUC-JP"), ("shift_jis", "Shift_JIS")])
def test_japanese_is_not_read_as_korean(
    check: Callable[..., FileCheck], tmp_path: Path, encoding: str, name: str
) -> None:
    found = check(text_file(tmp_path, "a.tsv", [HEADER, JAPANESE], encoding=encoding))
    assert f"as {name}." in next(each.message.en for each in found.problems if each.code == "file-encoding")
    assert found.sheets[0].frame["sex"].to_list() == [JAPANESE[-1]]


@pytest.mark.parametrize("text", ["at 37 ℃, 5 μl ± 1", "α-ketoglutarate, ㎕"])
def test_single_signs_of_korean_windows_are_read(check: Callable[..., FileCheck], tmp_path: Path, text: str) -> None:
    found = check(text_file(tmp_path, "a.tsv", [HEADER, [*GOOD[:7], text]], encoding="cp949"))
    assert "as CP949." in next(each.message.en for each in found.problems if each.code == "file-encoding")
    assert found.sheets[0].frame["sex"].to_list() == [text]


@pytest.mark.parametrize("text", ["at 37°C, 5 µL", "Müller in São Paulo", "25°–30°"])
def test_signs_of_europe_are_not_read_as_korean(check: Callable[..., FileCheck], tmp_path: Path, text: str) -> None:
    found = check(text_file(tmp_path, "a.tsv", [HEADER, [*GOOD[:7], text]], encoding="cp1252"))
    assert found.sheets == () and codes(found)[0].startswith("file-encoding-")


@pytest.mark.parametrize(("encoding", "text"), [("gbk", "从土壤样品中分离的细菌"), ("gbk", "牛奶样品乳酸菌")])
def test_chinese_is_refused_with_the_way_out(
    check: Callable[..., FileCheck], tmp_path: Path, encoding: str, text: str
) -> None:
    found = check(text_file(tmp_path, "a.tsv", [HEADER, [*GOOD[:7], text]], encoding=encoding))
    assert codes(found) == ["file-encoding-foreign"]


@pytest.mark.parametrize(
    "text", ["여성", "쌍떡잎", "서울대학교병원에서 채취한 혈액", "간 조직, 유방암 환자", "뇌", "췌장 꼬리"]
)
def test_korean_of_any_length_is_read(check: Callable[..., FileCheck], tmp_path: Path, text: str) -> None:
    found = check(text_file(tmp_path, "a.tsv", [HEADER, [*GOOD[:7], text]], encoding="cp949"))
    assert found.sheets[0].frame["sex"].to_list() == [text]
