"""The organism fits the package: a mixture is a metagenome, a sample of a person is of Homo sapiens."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from biomoa.catalog import taxonomy
from biomoa.catalog.load import load_catalogue
from biomoa.catalog.model import BrokenCatalogue
from biomoa.forms.library import Library, load_library
from biomoa.forms.model import PackageTaxa

from .conftest import OWN

FITS = [
    ("Human", "Homo sapiens"),
    ("Human", "unidentified"),
    ("Model organism or animal", "Mus musculus"),
    ("Model organism or animal", "Saccharomyces cerevisiae"),
    ("Invertebrate", "Drosophila melanogaster"),
    ("Plant", "Oryza sativa"),
    ("Plant", "Lentinula edodes"),
    ("Plant", "Saccharina japonica"),
    ("Microbe", "Escherichia coli"),
    ("Microbe", "Chlorella vulgaris"),
    ("Virus", "Severe acute respiratory syndrome coronavirus 2"),
    ("Pathogen: clinical or host-associated", "Candida albicans"),
    ("MIMS: soil", "soil metagenome"),
    ("MIMS: human-gut", "human gut metagenome"),
    ("Metagenome or environmental", "wastewater metagenome"),
]
DOES_NOT = [
    ("Human", "Mus musculus"),
    ("Human", "human gut metagenome"),
    ("Model organism or animal", "Homo sapiens"),
    ("Invertebrate", "Danio rerio"),
    ("Plant", "Bos taurus"),
    ("Plant", "Bacillus subtilis"),
    ("Microbe", "Oryza sativa"),
    ("Virus", "Escherichia coli"),
    ("MIMS: human-gut", "Homo sapiens"),
    ("MIMS: soil", "Bacillus subtilis"),
    ("Metagenome or environmental", "Homo sapiens"),
]
ROWS = [(*row, False) for row in FITS] + [(*row, True) for row in DOES_NOT]


def test_a_table(korea: Library) -> None:
    packages, organisms, _ = zip(*ROWS, strict=True)
    assert set(packages) <= {one.name for one in korea.form("biosample").packages.packages}  # type: ignore[union-attr]
    found = korea.check_bundle({"biosample": pl.DataFrame({"package": packages, "organism": organisms})})
    told = {(each.row, each.field, each.severity) for each in found if each.code == "package-taxon"}
    assert told == {(at, "organism", "warning") for at, row in enumerate(ROWS, 1) if row[2]}


@pytest.mark.parametrize(("package", "organism", "is_told"), ROWS)
def test_a_record(korea: Library, package: str, organism: str, is_told: bool) -> None:
    found = korea.check_record("biosample", {"package": package, "organism": organism})
    assert any(each.code == "package-taxon" for each in found) == is_told


def test_the_sentence_says_what_is_expected(korea: Library) -> None:
    found = korea.check_record("biosample", {"package": "MIMS: human-gut", "organism": "Homo sapiens"})
    (told,) = [each.message for each in found if each.code == "package-taxon"]
    assert "메타게놈 이름(예: soil metagenome)입니다." in told.ko and "MIMS 사람 장" in told.ko
    assert "is a metagenome, as soil metagenome." in told.en


def test_the_taxonomy_has_every_name_of_the_rules(korea: Library) -> None:
    rules = [rule for form in korea.forms.values() for rule in form.rules if isinstance(rule, PackageTaxa)]
    names = {name for rule in rules for name in (*rule.within, *rule.without)}
    assert names and all((taxon := taxonomy.find_by_name(name)) and taxon.name == name for name in names)


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("packages: [mouse]", "no package `mouse`"),
        ("family: Standard", "no package of the family `Standard`"),
        ("within: [Bacteria]", "no package is named"),
    ],
)
def test_a_rule_that_names_no_package_is_refused(tmp_path: Path, named: str, reason: str) -> None:
    shutil.copytree(OWN, tmp_path / "catalogue")
    path = tmp_path / "catalogue" / "forms" / "sample.yaml"
    rule = f"  - {{kind: package-taxa, organism: organism, {named}, expected: {{ko: 세균, en: bacteria}}}}\n"
    path.write_text(path.read_text().replace("rules:\n", f"rules:\n{rule}", 1))
    with pytest.raises(BrokenCatalogue) as error:
        load_library(load_catalogue(tmp_path / "catalogue"))
    assert reason in str(error.value)
