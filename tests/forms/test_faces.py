"""One form, many faces: all of them name the same fields, requirements and terms. For every form of the catalogues."""

from __future__ import annotations

import random
from pathlib import Path

import jsonschema_rs
import openpyxl
import pytest

from biomoa.catalog.load import load_catalogue
from biomoa.forms.faces import help_table, level_of, search_filters, term_values, web_fields
from biomoa.forms.jsonschema import schema_of
from biomoa.forms.library import Library, load_library
from biomoa.forms.template import write_template

from .conftest import KOREA, OWN

LIBRARIES = {folder.name: load_library(load_catalogue(folder)) for folder in (OWN, KOREA)}
FORMS = [(name, form) for name, library in LIBRARIES.items() for form in library.forms]
PACKAGES = [
    (name, form, package.name)
    for name, form in FORMS
    for package in (LIBRARIES[name].form(form).packages or type("None", (), {"packages": ()})).packages
]
# What a schema can say of a value or a record; taxonomy, calendar, references and files it cannot.
SAID_BY_SCHEMA = {"value-missing", "group-missing", "boolean-form", "integer-form", "number-form", "url-form", "email-form", "doi-form", "pubmed-form", "md5-form", "file-name-form"}  # fmt: skip # noqa: E501


@pytest.fixture(params=FORMS, ids=lambda each: f"{each[0]}-{each[1]}")
def face(request: pytest.FixtureRequest) -> tuple[Library, str]:
    name, form = request.param
    return LIBRARIES[name], form


def test_all_faces_name_the_same_fields(face: tuple[Library, str], tmp_path: Path) -> None:
    library, form = face
    names = [field.name for field in library.form(form).fields]
    assert [field.name for field in web_fields(library, form)] == names
    assert [row.name for row in help_table(library, form)] == names
    assert list(schema_of(library, form)["properties"]) == names
    assert list(library.compiled(form).names) == names
    write_template(library, [form], tmp_path / "t.xlsx")
    header = [cell.value for cell in openpyxl.load_workbook(tmp_path / "t.xlsx")[form][2]]
    assert sorted(cell.lstrip("*") for cell in header) == sorted(names)
    mandatory = {cell[1:] for cell in header if cell.startswith("*")}
    assert mandatory == {field.name for field in web_fields(library, form) if field.level == "mandatory"}
    filters = {field.name for field in library.form(form).fields if field.search and field.search.filter}
    assert {each.name for each in search_filters(library, form)} == filters


def test_all_faces_want_the_same(face: tuple[Library, str]) -> None:
    library, form = face
    told = {problem.field for problem in library.check_record(form, {}) if problem.code == "value-missing"}
    always = {field.name for field in library.form(form).fields if level_of(library, form, field.name) == "mandatory"}
    conditional = always & set(library.matrix(form))
    assert told == always - conditional  # without a package its fields cannot be wanted yet
    assert set(schema_of(library, form).get("required", ())) == always
    assert {row.name for row in help_table(library, form) if row.requirement == "mandatory"} == always


@pytest.mark.parametrize(("name", "form", "package"), PACKAGES, ids=lambda each: str(each))
def test_all_faces_want_the_same_in_each_package(name: str, form: str, package: str) -> None:
    library = LIBRARIES[name]
    selector = library.form(form).packages.selector  # type: ignore[union-attr]
    found = library.check_record(form, {selector: package})
    told = {problem.field for problem in found if problem.code == "value-missing"} | {selector}
    fields = web_fields(library, form, package)
    mandatory = {field.name for field in fields if field.level == "mandatory"}
    assert told == mandatory
    groups = {problem.message.en for problem in found if problem.code == "group-missing"}
    assert len(groups) == len({field.group.en for field in fields if field.group})
    schema = jsonschema_rs.Draft202012Validator(schema_of(library, form))
    wanted = {error.message for error in schema.iter_errors({selector: package})}
    assert {name for name in mandatory - {selector} if f'"{name}" is a required property' in wanted} == mandatory - {
        selector
    }
    assert set(schema_of(library, form, package=package)["properties"]) == {field.name for field in fields}


def test_all_faces_know_the_same_terms(face: tuple[Library, str]) -> None:
    library, form = face
    for field in library.form(form).fields:
        if field.type != "term":
            continue
        terms = set(term_values(library, form, field.name))
        assert library.compiled(form).cells[field.name].terms.values == terms  # type: ignore[union-attr]
        web = next(each for each in web_fields(library, form) if each.name == field.name)
        assert {choice.value for choice in web.options} == terms
        assert set(next(row for row in help_table(library, form) if row.name == field.name).terms) == terms
        allowed = schema_of(library, form)["properties"][field.name].get("enum")
        if allowed is not None:
            assert terms <= set(allowed) <= terms | {""} | set(library.missing.terms.values)
        for one in search_filters(library, form):
            if one.name == field.name and not field.open_vocabulary:
                assert set(one.terms) == terms


POOL = ["", "x", "9606", "not applicable", "missing: not collected", "yes", "no", "1.5", "-3", "2024-03-05", "2024.3.5", "a;b", "http://a.kr", "a@b.kr", "10.5808/gi.22073", "0" * 32, "37.56 N 126.99 E", "South Korea: Seoul", "a_R1.fastq.gz"]  # fmt: skip # noqa: E501


def test_schema_and_validator_agree(face: tuple[Library, str]) -> None:
    """What the schema refuses, the validator refuses; what the validator refuses of what a schema can say, it too."""
    library, form = face
    validator = jsonschema_rs.Draft202012Validator(schema_of(library, form))
    seed = random.Random(form)
    fields = library.form(form).fields
    packages = library.form(form).packages
    names = [package.name for package in packages.packages] if packages else []
    for _ in range(150):
        record = {}
        for field in fields:
            terms = term_values(library, form, field.name) if field.type == "term" else ()
            pool = [field.example, field.example, *([seed.choice(terms)] if terms else []), seed.choice(POOL)]
            if seed.random() < 0.9:
                record[field.name] = seed.choice(pool)
        if packages and seed.random() < 0.9:
            record[packages.selector] = seed.choice(names)
        errors = [each for each in library.check_record(form, record) if each.severity == "error"]
        refused = [error.message for error in validator.iter_errors(record)]
        if refused:
            assert errors, (record, refused[:3])
        if {each.code for each in errors} & SAID_BY_SCHEMA:
            assert refused, [(each.code, each.field, each.value) for each in errors if each.code in SAID_BY_SCHEMA]


def test_an_example_record_passes_its_schema(library: Library, sample: dict[str, str]) -> None:
    assert jsonschema_rs.Draft202012Validator(schema_of(library, "sample")).is_valid(sample)


def test_a_schema_is_one(face: tuple[Library, str]) -> None:
    library, form = face
    jsonschema_rs.meta.validate(schema_of(library, form))
