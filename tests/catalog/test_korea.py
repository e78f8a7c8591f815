"""The Korean catalogue: whole, in both languages, and true to the outside standards it names."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree

from biomoa.catalog.load import load_catalogue
from biomoa.catalog.matrix import Matrix, read_matrix
from biomoa.catalog.model import Catalogue, Text, Vocabulary
from biomoa.forms.model import Field, Form

KOREA = Path(__file__).resolve().parents[2] / "catalogs" / "korea"
FORMS = ("bioproject", "biosample", "ngs-experiment", "ngs-run", "ngs-analysis")
XS = {"x": "http://www.w3.org/2001/XMLSchema"}
HANGUL = re.compile("[가-힣]")


@pytest.fixture(scope="module")
def korea() -> Catalogue:
    return load_catalogue(KOREA)


@pytest.fixture(scope="module")
def forms(korea: Catalogue) -> dict[str, Form]:
    return {name: msgspec.convert(document.data, Form) for name, document in korea.forms.items()}


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return read_matrix(KOREA / "forms" / "biosample-matrix.tsv")


def all_fields(forms: dict[str, Form]) -> Iterator[tuple[Form, Field]]:
    for form in forms.values():
        for field in form.fields:
            yield form, field


def values(vocabulary: Vocabulary) -> set[str]:
    return {term.value for terms in (vocabulary.terms, *vocabulary.by.values()) for term in terms}


def test_the_accession_series_are_those_of_the_station(korea: Catalogue, forms: dict[str, Form]) -> None:
    series = {name: (one.prefix, one.digits) for name, one in korea.accessions.items()}
    assert series == {
        "bioproject": ("KAP", 6),
        "biosample": ("KAS", 8),
        "ngs-experiment": ("KAE", 8),
        "ngs-run": ("KAR", 8),
        "ngs-analysis": ("KAZ", 8),
    }
    assert {form.record_type for form in forms.values()} == set(series)


def test_the_five_forms_are_there(forms: dict[str, Form]) -> None:
    assert set(forms) == set(FORMS)
    aliases = {name: form.alias for name, form in forms.items()}
    assert aliases == {
        "bioproject": "project_alias",
        "biosample": "sample_name",
        "ngs-experiment": "experiment_alias",
        "ngs-run": "run_alias",
        "ngs-analysis": "analysis_alias",
    }


def test_a_form_names_only_what_exists(korea: Catalogue, forms: dict[str, Form]) -> None:
    for form, field in all_fields(forms):
        where = (form.form, field.name)
        assert field.section in {section.name for section in form.sections}, where
        assert not field.vocabulary or field.vocabulary in korea.vocabularies, where
        selects = form.packages is not None and form.packages.selector == field.name
        assert (field.type == "term") == (bool(field.vocabulary) or selects), where
        assert (field.type == "reference") == bool(field.to), where
        assert not field.to or field.to in forms, where
        assert not field.depends_on or korea.vocabularies[field.vocabulary].by, where
    for form in forms.values():
        names = [field.name for field in form.fields]
        assert len(names) == len(set(names))
        assert {form.alias, *form.title, *form.parents} <= set(names)
        assert all(form.field(parent).type == "reference" for parent in form.parents)


def _texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, msgspec.Struct):
        for item in msgspec.structs.asdict(value).values():
            yield from _texts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


def test_every_text_is_in_both_languages(korea: Catalogue, forms: dict[str, Form]) -> None:
    for form, field in all_fields(forms):
        assert field.label.en.strip(), (form.form, field.name)
        assert HANGUL.search(field.label.ko) or field.name in ("ph",), (form.form, field.name)
    for text in (*_texts(list(forms.values())), *_texts(list(korea.vocabularies.values()))):
        assert text.ko.strip() and text.en.strip()
        assert not HANGUL.search(text.en), text
    for form in forms.values():
        for text in (form.description, *(field.help for field in form.fields if field.help)):
            assert text.ko.endswith((".", "다")) or "예:" in text.ko, text.ko


def test_labels_are_not_used_twice_in_a_form(forms: dict[str, Form]) -> None:
    for form in forms.values():
        for language in ("ko", "en"):
            labels = [field.label.in_(language) for field in form.fields]
            assert sorted(labels) == sorted(set(labels)), form.form


def test_examples_fit_their_field(korea: Catalogue, forms: dict[str, Form]) -> None:
    for form, field in all_fields(forms):
        for item in field.example.split(";") if field.multiple else [field.example]:
            if not item:
                continue
            where = (form.form, field.name, item)
            assert not field.pattern or re.fullmatch(field.pattern, item), where
            if field.vocabulary and not field.open_vocabulary:
                assert item in values(korea.vocabularies[field.vocabulary]), where
            if field.type in ("number", "integer"):
                assert field.minimum is None or float(item) >= field.minimum, where
                assert field.maximum is None or float(item) <= field.maximum, where


def test_mandatory_fields_and_patterns_explain_themselves(forms: dict[str, Form]) -> None:
    for form, field in all_fields(forms):
        assert field.requirement != "mandatory" or field.example or field.type == "paragraph", field.name
        assert bool(field.pattern) == bool(field.pattern_text), (form.form, field.name)
        assert not field.pattern or (field.pattern[0], field.pattern[-1]) == ("^", "$"), field.name


# The package x attribute matrix


def test_the_matrix_has_nine_standard_and_23_mims_packages(forms: dict[str, Form], matrix: Matrix) -> None:
    packages = forms["biosample"].packages
    assert packages is not None
    families = [package.family for package in packages.packages]
    assert (families.count("Standard"), families.count("MIMS")) == (9, 23)
    assert matrix.packages == tuple(package.name for package in packages.packages)
    assert set(matrix.cells) <= {field.name for field in forms["biosample"].fields}


def test_the_matrix_is_as_wide_as_the_standard_forms(matrix: Matrix) -> None:
    def used(prefix: bool) -> set[str]:
        names = [name for name in matrix.packages if name.startswith("MIMS: ") == prefix]
        return {field for field, row in matrix.cells.items() if any(row[name] != "-" for name in names)}

    assert len(used(prefix=False)) >= 68
    assert len(used(prefix=True)) >= 79


def test_every_group_has_at_least_two_fields_and_a_label(forms: dict[str, Form], matrix: Matrix) -> None:
    packages = forms["biosample"].packages
    assert packages is not None
    found = set()
    for package in matrix.packages:
        for group, fields in matrix.groups(package).items():
            assert len(fields) >= 2, (package, group)
            found.add(group)
    assert found == set(packages.group_labels)


def test_fields_that_a_package_demands_may_say_why_they_are_missing(forms: dict[str, Form], matrix: Matrix) -> None:
    for name, row in matrix.cells.items():
        if any(level == "M" for level in row.values()):
            assert forms["biosample"].field(name).missing, name


def test_firm_rules_of_the_standard_packages(matrix: Matrix) -> None:
    standard = [name for name in matrix.packages if not name.startswith("MIMS: ")]
    for name in ("biomaterial_provider", "collection_date", "geo_loc_name"):
        assert {matrix.cells[name][package] for package in standard} == {"M"}
    assert matrix.groups("Microbe") == {"organism": ("strain", "isolate"), "source": ("isolation_source", "host")}
    assert matrix.groups("Virus") == {"host": ("host", "lab_host")}
    assert set(matrix.groups("Plant")["age"]) == {"age", "dev_stage"}


# True to the outside standards


def _enumeration(schema: Path, name: str) -> list[str]:
    tree = etree.parse(str(schema))
    [found] = [node for node in tree.iterfind(".//x:simpleType[@name]", XS) if node.get("name") == name]
    return [node.get("value") for node in found.iterfind(".//x:enumeration", XS)]


def _attribute(schema: Path, name: str) -> set[str]:
    nodes = etree.parse(str(schema)).iterfind(f".//x:attribute[@name='{name}']", XS)
    return {value.get("value") for node in nodes for value in node.iterfind(".//x:enumeration", XS)}


@pytest.mark.parametrize(
    ("vocabulary", "kind"),
    [
        ("library-strategy", "typeLibraryStrategy"),
        ("library-source", "typeLibrarySource"),
        ("library-selection", "typeLibrarySelection"),
    ],
)
def test_library_terms_are_those_of_the_sra_schema(korea: Catalogue, oracles: Path, vocabulary: str, kind: str) -> None:
    schema = oracles / "insdc-sra-xsd" / "sra" / "schema" / "SRA.experiment.xsd"
    assert [term.value for term in korea.vocabularies[vocabulary].terms] == _enumeration(schema, kind)


def test_platforms_and_instruments_are_those_of_the_sra_schema(korea: Catalogue, oracles: Path) -> None:
    schema = oracles / "insdc-sra-xsd" / "sra" / "schema" / "SRA.common.xsd"
    tree = etree.parse(str(schema))
    expected = {}
    for model in tree.iterfind(".//x:element[@name='INSTRUMENT_MODEL']", XS):
        platform = next(above for above in model.iterancestors(f"{{{XS['x']}}}element"))
        expected[platform.get("name")] = set(_enumeration(schema, model.get("type").partition(":")[2]))
    instruments = korea.vocabularies["instruments"].by
    assert {name: {term.value for term in terms} for name, terms in instruments.items()} == expected
    assert values(korea.vocabularies["platforms"]) == set(expected)


@pytest.mark.parametrize(
    ("vocabulary", "schema", "attribute"),
    [
        ("read-file-types", "SRA.run.xsd", "filetype"),
        ("analysis-file-types", "SRA.analysis.xsd", "filetype"),
        ("study-types", "SRA.study.xsd", "existing_study_type"),
    ],
)
def test_other_terms_are_in_the_sra_schema(
    korea: Catalogue, oracles: Path, vocabulary: str, schema: str, attribute: str
) -> None:
    known = _attribute(oracles / "insdc-sra-xsd" / "sra" / "schema" / schema, attribute)
    assert values(korea.vocabularies[vocabulary]) <= known


def _ena_default(oracles: Path) -> list[str]:
    sample = json.loads((oracles / "ena-checklists" / "checklist-json" / "ERC000011.json").read_text())["sample"]
    [country] = [field for field in sample["fields"] if "country" in field["name"]]
    listed: list[str] = country["cv"]
    return listed


def _is_missing_term(value: str) -> bool:
    return value.startswith(("missing", "not ", "restricted access"))


def test_countries_and_missing_values_are_those_of_insdc(korea: Catalogue, oracles: Path) -> None:
    listed = _ena_default(oracles)
    assert values(korea.vocabularies["countries"]) == {value for value in listed if not _is_missing_term(value)}
    assert {value for value in listed if _is_missing_term(value)} <= values(korea.vocabularies["missing-values"])


def test_checklists_and_their_field_names_are_those_of_ena(forms: dict[str, Form], oracles: Path) -> None:
    folder = oracles / "ena-checklists" / "checklist-json"
    packages = forms["biosample"].packages
    assert packages is not None
    assert all((folder / f"{package.maps['ena']}.json").is_file() for package in packages.packages)
    known = {"ENA-CHECKLIST"}
    for path in folder.glob("ERC*.json"):
        known |= {field["name"] for field in json.loads(path.read_text())["sample"]["fields"]}
    for field in forms["biosample"].fields:
        assert field.maps.get("ena", "alias") in known, field.name


def test_mixs_names_are_slots_of_mixs(forms: dict[str, Form], oracles: Path) -> None:
    path = oracles / "mixs" / "contrib" / "mixs-schemasheets-concise-global-slots.tsv"
    with path.open(newline="", encoding="utf-8") as file:
        slots = {row["slot"] for row in csv.DictReader(file, delimiter="\t")}
    mapped = [field.maps["mixs"] for field in forms["biosample"].fields if "mixs" in field.maps]
    assert len(mapped) > 100
    assert set(mapped) <= slots


# Organisations and research projects


def test_organisations_are_the_ministries_and_data_centers(korea: Catalogue) -> None:
    kinds = [row.kind for row in korea.organisations]
    assert {row.code for row in korea.organisations if row.kind == "data-center"} == {"KOBIC", "CODA", "NABIC", "MAGIC"}
    assert kinds.count("ministry") >= 9
    assert kinds.count("institution") == 5


def test_research_projects_have_a_number_that_a_grant_may_name(korea: Catalogue, forms: dict[str, Form]) -> None:
    pattern = forms["bioproject"].field("grant_number").pattern
    assert len(korea.research_projects) == 181
    for row in korea.research_projects:
        assert re.fullmatch(pattern, row.number)
