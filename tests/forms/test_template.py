"""Template workbooks: what is written comes back, also after another program saved it."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biomoa.forms.checking import check_file
from biomoa.forms.faces import web_fields
from biomoa.forms.library import Library
from biomoa.forms.sheets import read_sheets
from biomoa.forms.template import MAX_CELL, write_template

ROWS = [
    {"alias": "S-1", "title": "=1+1", "strain": "+82", "tags": "-x;@y", "isolate": " 앞 공백", "treatment": "줄\n바꿈"},
    {"alias": "S-2", "title": "0012", "strain": "1e5", "tags": "2024-03-05", "isolate": "TRUE", "treatment": "x_0041"},
    {
        "alias": "S-3",
        "title": "<a href='x'>&amp;",
        "strain": "Septin2",
        "tags": "1/2",
        "isolate": "%",
        "treatment": "'quoted",
    },
]


def rows_of(library: Library, path: Path, form: str = "sample") -> list[dict[str, str]]:
    (sheet,) = [each for each in read_sheets(library, path).sheets if each.form == form]
    assert sheet.revision == library.form(form).revision
    return [{name: value for name, value in row.items() if value} for row in sheet.frame.iter_rows(named=True)]


def saved_by_openpyxl(path: Path) -> Path:
    book = openpyxl.load_workbook(path)
    out = path.with_name("openpyxl.xlsx")
    book.save(out)
    return out


def saved_by_libreoffice(path: Path) -> Path:
    out = path.parent / "office"
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return out / path.name


def test_rows_come_back(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(library, ["project", "sample"], path, rows={"sample": ROWS})
    assert rows_of(library, path) == ROWS
    assert rows_of(library, saved_by_openpyxl(path)) == ROWS


def test_rows_come_back_from_libreoffice(library: Library, tmp_path: Path) -> None:
    assert shutil.which("soffice"), "LibreOffice is a test dependency (Debian: libreoffice-calc)"
    path = tmp_path / "t.xlsx"
    write_template(library, ["sample", "experiment"], path, rows={"sample": ROWS})
    assert rows_of(library, saved_by_libreoffice(path)) == ROWS


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(cells=st.lists(st.tuples(CELL, CELL), min_size=5, max_size=40))
def test_any_text_comes_back(library: Library, tmp_path: Path, cells: list[tuple[str, str]]) -> None:
    cells = [("_x0041_", "_x005F_"), *cells]  # what the format itself uses as escapes
    rows = [{"alias": f"S-{number}", "title": title, "strain": strain} for number, (title, strain) in enumerate(cells)]
    write_template(library, ["sample"], tmp_path / "t.xlsx", rows={"sample": pl.DataFrame(rows)})
    expected = [{name: value for name, value in row.items() if value} for row in rows]
    assert rows_of(library, tmp_path / "t.xlsx") == expected


def test_no_cell_is_a_formula(library: Library, tmp_path: Path) -> None:
    write_template(library, ["sample"], tmp_path / "t.xlsx", rows={"sample": ROWS})
    with zipfile.ZipFile(tmp_path / "t.xlsx") as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_an_overlong_cell_is_cut_and_told(library: Library, tmp_path: Path) -> None:
    rows = [{"alias": "S-1", "title": "x" * (MAX_CELL + 5)}]
    written = write_template(library, ["sample"], tmp_path / "t.xlsx", rows={"sample": rows})
    assert written.cut == (("sample", 1, "title"),)
    assert len(rows_of(library, tmp_path / "t.xlsx")[0]["title"]) == MAX_CELL


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_empty_template_has_no_rows(library: Library, tmp_path: Path, language: str) -> None:
    write_template(library, list(library.forms), tmp_path / "t.xlsx", language=language)  # type: ignore[arg-type]
    found = check_file(library, tmp_path / "t.xlsx")
    assert found.rows == 0
    assert {each.code for each in found.problems} == {"sheet-empty"}


def test_a_filled_sheet_among_empty_ones(library: Library, tmp_path: Path, sample: dict[str, str]) -> None:
    write_template(library, list(library.forms), tmp_path / "t.xlsx", rows={"sample": [sample]})
    found = check_file(library, tmp_path / "t.xlsx")
    assert (found.valid, found.rows, found.problems) == (True, 1, ())


def test_drop_downs_notes_and_frozen_header(library: Library, tmp_path: Path) -> None:
    write_template(library, ["experiment"], tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    sheet = book["experiment"]
    assert sheet.freeze_panes == "B3"
    header = {cell.value: cell for cell in sheet[2]}
    assert (
        "*layout" in header and "Layout" in header["*layout"].comment.text and "배열" in header["*layout"].comment.text
    )
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    platform = header["*platform"].column_letter
    dependent = rules[f"{header['*instrument'].column_letter}4"]
    assert dependent.formula1.startswith("INDIRECT(") and f"${platform}4" in dependent.formula1
    assert book["_terms"].sheet_state == "hidden"
    for key in ("ILLUMINA", "OXFORD_NANOPORE"):
        name = f"v_experiment_instrument_{key}"
        sheet_name, cells = next(book.defined_names[name].destinations)
        terms = {cell.value for row in book[sheet_name][cells] for cell in row}
        assert terms == {term.value for term in library.catalogue.vocabularies["instruments"].by[key]}
    assert book.custom_doc_props["biomoa-form:experiment"].value == "experiment@2026.1"


def test_packages_narrow_the_columns(library: Library, tmp_path: Path) -> None:
    write_template(library, ["sample"], tmp_path / "t.xlsx", packages=["microbe"])
    header = [cell.value.lstrip("*") for cell in openpyxl.load_workbook(tmp_path / "t.xlsx")["sample"][2]]
    assert header == [field.name for field in web_fields(library, "sample", "microbe")]
    assert "strain" in header and "sex" not in header


def test_the_example_of_a_package_is_one_of_that_package(library: Library, tmp_path: Path) -> None:
    """In a workbook of several forms too: those without packages stay whole, and unknown names narrow nothing."""
    write_template(library, ["project", "sample"], tmp_path / "t.xlsx", packages=["microbe"])
    book, form = openpyxl.load_workbook(tmp_path / "t.xlsx"), library.form("sample")
    assert form.packages is not None
    header = [cell.value.lstrip("*") for cell in book["sample"][2]]
    assert book["sample"][3][header.index(form.packages.selector)].value == "microbe"
    assert book["project"].max_column == len(library.form("project").fields)
    for unknown in ([""], ["none of these"]):
        write_template(library, ["sample"], tmp_path / "u.xlsx", packages=unknown)
        assert openpyxl.load_workbook(tmp_path / "u.xlsx")["sample"].max_column == len(form.fields)
