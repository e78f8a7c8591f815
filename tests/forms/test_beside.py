"""Identifiers of persons beside the rows of a file: told, and neither repeated nor taken over."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import openpyxl
import polars as pl
import pytest
import xlsxwriter

from biomoa.forms import beside
from biomoa.forms.library import Library
from biomoa.forms.sheets import Sheets, read_sheets
from biomoa.forms.template import write_template
from tests.forms.test_sheets import GOOD, HEADER, SECOND, Book, text_file

DATUM = "880101-4234567"
Change = Callable[[Book, xlsxwriter.worksheet.Worksheet], None]


def _told(found: Sheets, datum: str = DATUM) -> list[str]:
    problems = [*found.problems, *(each for sheet in found.sheets for each in sheet.problems)]
    said = msgspec.json.encode(problems).decode() + repr([(each.name, each.frame.rows()) for each in found.sheets])
    assert datum not in said and datum[7:] not in said
    return [each.message.en for each in dict.fromkeys(problems) if each.code == "person-identifier-beside"]


def _book(path: Path, change: Change, name: str = "sample") -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(name)
    for number, row in enumerate([HEADER, GOOD, SECOND]):
        sheet.write_row(number, 0, row)
    change(book, sheet)
    book.close()
    return path


def _other_sheet(book: Book, *_: object) -> None:
    book.add_worksheet("notes").write_row(0, 0, ["free text", f"환자 {DATUM}"])


PLACES: dict[str, tuple[str, Change]] = {
    "comment": ("a comment", lambda _, s: s.write_comment("A2", f"환자 {DATUM}", {"author": "홍길동"})),
    "properties": ("the properties", lambda b, _: b.set_properties({"keywords": f"RRN {DATUM}"})),
    "custom property": ("the properties", lambda b, _: b.set_custom_property("donor", f"환자번호 {DATUM}")),
    "header": ("a page header", lambda _, s: s.set_header(f'&C&"Arial,Bold"{DATUM}&R&P')),
    "footer": ("a page header", lambda _, s: s.set_footer(f"&L{DATUM}")),
    "defined name": ("a defined name", lambda b, _: b.define_name("donors", f'="{DATUM}"')),
    "text box": ("a drawing", lambda _, s: s.insert_textbox("K3", f"환자 {DATUM}")),
    "unknown column": ("column I, which is not used", lambda _, s: s.write_column(0, 8, ["memo", "fine", DATUM])),
    "labelled column": ("column I, which is not used", lambda _, s: s.write_column(0, 8, ["환자번호", "", "12345678"])),
    "header of a column": ("column I, which is not used", lambda _, s: s.write(0, 8, f"주민 {DATUM}")),
    "far column": ("column AC, which is not used", lambda _, s: s.write(2, 28, f"환자 {DATUM}")),
    "another sheet": ("column B, which is not used", _other_sheet),
}


def test_a_column_of_many_kinds_is_told_the_same_each_time(library: Library, tmp_path: Path) -> None:
    kinds = [DATUM, "010-1234-5678", "a@example.org", "여권 M12345678"]
    rows = [[*GOOD, f"{number} {kinds[number % 4]}"] for number in range(40)]
    path = text_file(tmp_path, "sample.tsv", [[*HEADER, "memo"], *rows])
    told = [_told(read_sheets(library, path, form="sample")) for _ in range(8)]
    assert len(told[0]) == 1 and told == [told[0]] * 8


@pytest.mark.parametrize("place", PLACES)
def test_it_is_told_and_dropped(library: Library, tmp_path: Path, place: str) -> None:
    where, change = PLACES[place]
    found = read_sheets(library, _book(tmp_path / "book.xlsx", change), form="sample")
    told = _told(found)
    assert len(told) == 1 and told[0].startswith(where), told
    assert found.sheets[0].frame.height == 2


def test_the_name_of_a_sheet(library: Library, tmp_path: Path) -> None:
    found = read_sheets(library, _book(tmp_path / "book.xlsx", lambda *_: None, f"환자 {DATUM}"), form="sample")
    assert "the name of a sheet" in [each.split(":")[0] for each in _told(found)]  # the properties list it, too
    assert found.sheets[0].frame.height == 2


@pytest.mark.parametrize("lines", [[["환자", DATUM], HEADER], [HEADER, [f"#환자 {DATUM}"]]])
def test_lines_around_the_header(library: Library, tmp_path: Path, lines: list[list[str]]) -> None:
    path = text_file(tmp_path, "sample.tsv", [*lines, GOOD])
    assert len(_told(read_sheets(library, path, form="sample"))) == 1


def test_a_column_of_a_text_file(library: Library, tmp_path: Path) -> None:
    path = text_file(tmp_path, "sample.csv", [[*HEADER, "보호자"], [*GOOD, "010-0000-1234"]], ",")
    assert len(_told(read_sheets(library, path, form="sample"), "010-0000-1234")) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda b, _: b.set_properties({"author": "홍길동", "manager": "김철수", "title": "시료 목록"}),
        lambda _, s: s.write_comment("A2", "다시 확인", {"author": "홍길동"}),
        lambda _, s: s.set_header("&L시료 목록&R2026-11-23 &P / &N"),
        lambda _, s: s.write_column(0, 8, ["memo", "box 12", "lot 88012345"]),
        lambda b, _: b.define_name("area", "=sample!$A$1:$H$3"),
    ],
)
def test_the_name_of_an_author_and_ordinary_words_are_no_finding(
    library: Library, tmp_path: Path, change: Change
) -> None:
    assert _told(read_sheets(library, _book(tmp_path / "book.xlsx", change), form="sample")) == []


def test_our_own_templates_have_none(korea: Library, tmp_path: Path) -> None:
    for name in list(korea.forms)[:12]:
        path = tmp_path / f"{name}.xlsx"
        write_template(korea, [name], path)
        assert _told(read_sheets(korea, path)) == [], name


def test_a_damaged_part_is_passed_over(library: Library, tmp_path: Path) -> None:
    path = _book(tmp_path / "book.xlsx", lambda _, s: s.write_comment("A2", "fine"))
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.namelist():
            new.writestr(part, b"<comments><" if "comments" in part else old.read(part))
    assert read_sheets(library, broken, form="sample").sheets[0].frame.height == 2


def test_workbooks_of_other_programs(library: Library, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "sample"
    for row in (HEADER, GOOD):
        sheet.append(row)
    sheet["A2"].comment = openpyxl.comments.Comment(f"환자 {DATUM}", "홍길동")
    book.properties.lastModifiedBy = "gildong@example.org"
    book.save(tmp_path / "a.xlsx")
    told = _told(read_sheets(library, tmp_path / "a.xlsx", form="sample"))
    assert sorted(each.split(":")[0] for each in told) == ["a comment", "the properties of the document"]


def test_it_costs_little(library: Library, tmp_path: Path) -> None:
    frame = pl.DataFrame({name: [value] * 20_000 for name, value in zip(HEADER, GOOD, strict=True)})
    frame = frame.with_columns(pl.int_range(20_000).cast(pl.String).alias(f"extra{n}") for n in range(20))
    frame.write_csv(tmp_path / "sample.tsv", separator="\t")
    started = time.process_time()  # its own work: the processor is shared with whatever else runs
    assert _told(read_sheets(library, tmp_path / "sample.tsv", form="sample")) == []
    assert time.process_time() - started < 5


def _with_part(path: Path, part: str, text: str) -> Path:
    _book(path, lambda *_: None)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(part, text)
    return path


def _chart(book: Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=sample!$A$2:$A$2"})
    chart.set_title({"name": f"환자 {DATUM}"})
    sheet.insert_chart("M2", chart)


def _number_format(book: Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.write(4, 0, 5, book.add_format({"num_format": f'0" {DATUM}"'}))


MORE_PLACES: dict[str, tuple[str, Change]] = {
    "prompt": (
        "the hint or the list",
        lambda _, s: s.data_validation("A2", {"validate": "any", "input_title": "주민번호", "input_message": DATUM}),
    ),
    "list": (
        "the hint or the list",
        lambda _, s: s.data_validation("A2", {"validate": "list", "source": ["a", DATUM]}),
    ),
    "link": ("a hyperlink", lambda _, s: s.write_url("M2", f"mailto:h{DATUM}@example.org", string="S-1")),
    "hint of a link": ("the hint or the list", lambda _, s: s.write_url("M2", "http://a.kr", tip=DATUM, string="S-1")),
    "chart": ("a chart", _chart),
    "format": ("the format of a number", _number_format),
    "words for an image": ("a drawing", lambda _, s: s.insert_textbox("M2", "", {"description": f"환자 {DATUM}"})),
    "formula": ("a formula", lambda _, s: s.write_formula("A2", f'="x"&LEFT("{DATUM}",0)', None, "x")),
}
PARTS = {
    "author": ("xl/persons/person.xml", f'<list><person displayName="홍길동" userId="a{DATUM}@example.org"/></list>'),
    "pivot": ("xl/pivotCache/pivotCacheRecords1.xml", f'<records><r><s v="{DATUM}"/></r></records>'),
    "pivot, unsure": ("xl/pivotCache/pivotCacheRecords1.xml", '<records><r><n v="2103014123459"/></r></records>'),
    "pivot, labelled": (
        "xl/pivotCache/pivotCacheDefinition1.xml",
        '<d><cacheField name="환자번호"><sharedItems><s v="12345678"/></sharedItems></cacheField></d>',
    ),
    "another file": ("xl/externalLinks/externalLink1.xml", f"<link><cell><v>{DATUM}</v></cell></link>"),
    "name of another file": (
        "xl/externalLinks/_rels/externalLink1.xml.rels",
        f'<Relationships><Relationship Target="file:///C:/{DATUM}.xlsx" TargetMode="External"/></Relationships>',
    ),
    "custom part": ("customXml/item1.xml", f"<a><b>{DATUM}</b></a>"),
}


@pytest.mark.parametrize("place", MORE_PLACES)
def test_what_a_workbook_says_around_its_cells(library: Library, tmp_path: Path, place: str) -> None:
    where, change = MORE_PLACES[place]
    told = _told(read_sheets(library, _book(tmp_path / "book.xlsx", change), form="sample"))
    assert len(told) == 1 and told[0].startswith(where), told


@pytest.mark.parametrize("place", PARTS)
def test_parts_that_nobody_sees(library: Library, tmp_path: Path, place: str) -> None:
    path = _with_part(tmp_path / "book.xlsx", *PARTS[place])
    assert len(_told(read_sheets(library, path, form="sample"))) == 1


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("xl/persons/person.xml", '<l><person displayName="홍길동" id="{9001011A-2345-6789-0123-456789012345}"/></l>'),
        ("xl/pivotCache/pivotCacheRecords1.xml", '<r><n v="20230101"/><n v="0.0101234567"/><s v="간암"/></r>'),
        ("customXml/item1.xml", '<a id="9001011234567" ns="1-234-5678"><b>900101</b><c>1234567</c></a>'),
        ("xl/charts/chart1.xml", "<c><v>210301.1234567</v><v>43831</v></c>"),
        ("xl/drawings/drawing1.xml", '<a><b id="2103014123459" name="그림 3"/><off x="7315200" y="190500"/></a>'),
    ],
)
def test_what_programs_write_for_themselves_is_nobody(library: Library, tmp_path: Path, part: str, text: str) -> None:
    assert _told(read_sheets(library, _with_part(tmp_path / "book.xlsx", part, text), form="sample")) == []


def test_an_address_that_a_cell_holds_is_judged_there(library: Library, tmp_path: Path) -> None:
    """A spreadsheet program makes a link of every address that is typed, also where a form asks for one."""
    book = _book(
        tmp_path / "book.xlsx", lambda _, s: s.write_url("M2", "mailto:lab@example.org", string="lab@example.org")
    )
    told = _told(read_sheets(library, book, form="sample"))
    assert [each.split(":")[0] for each in told] == ["column M, which is not used"]


UNSURE = "2103014123459"  # a number issued since October 2020: no check digit, and no label


@pytest.mark.parametrize(
    "change",
    [
        lambda _, s: s.write_comment("A2", UNSURE),
        lambda b, _: b.set_properties({"keywords": UNSURE}),
        lambda _, s: s.set_header(f"&C{UNSURE}"),
        lambda _, s: s.insert_textbox("K3", UNSURE),
        lambda _, s: s.write_column(0, 8, ["memo", "fine", UNSURE]),
        lambda _, s: s.write_column(0, 8, [UNSURE, "fine"]),
        lambda b, _: b.add_worksheet("notes").write_column(0, 0, ["free text", UNSURE]),
    ],
)
def test_an_unsure_number_is_told_and_not_repeated(library: Library, tmp_path: Path, change: Change) -> None:
    assert len(_told(read_sheets(library, _book(tmp_path / "book.xlsx", change), form="sample"), UNSURE)) == 1


def test_a_key_of_jsonl_and_a_line_that_is_no_object(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "sample.jsonl"
    row = dict(zip(HEADER, GOOD, strict=True))
    path.write_text(json.dumps({**row, UNSURE: "1"}) + "\n" + f'"주민 {DATUM}"\n')
    told = _told(read_sheets(library, path, form="sample"))
    assert [each.split(":")[0] for each in told] == ["a line that could not be read", "column I, which is not used"]


@pytest.mark.parametrize(
    "name", [f"홍길동_{DATUM}.tsv", f"{UNSURE}.tsv", f"{DATUM}.xlsx", f"{DATUM}.jsonl", f"{DATUM}.pdf"]
)
def test_the_name_of_the_file(library: Library, tmp_path: Path, name: str) -> None:
    if name.endswith(".xlsx"):
        _book(tmp_path / name, lambda *_: None)
    else:
        text_file(tmp_path, name, [HEADER, GOOD])
    found = read_sheets(library, tmp_path / name, form="sample")
    assert "the name of the file" in [each.split(":")[0] for each in _told(found)]
    assert UNSURE not in msgspec.json.encode(found.problems).decode()


@pytest.mark.parametrize("begun", [b"<dataValidation >", b'<hyperlink r="a" ', b"<oddHeader>", b"<dataValidation "])
def test_what_begins_and_never_ends_costs_little(begun: bytes) -> None:
    started = time.process_time()
    assert beside.in_page(begun * ((1 << 18) // len(begun))) == []
    assert time.process_time() - started < 10
