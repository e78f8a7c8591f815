"""The offline NCBI taxonomy: look-up by id, name, synonym; suggestions; speed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biomoa.catalog import taxonomy
from biomoa.catalog.taxon_synonyms import SYNONYMS


def test_the_edition_is_that_of_the_package() -> None:
    assert taxonomy.EDITION == "2024-09"


def test_a_taxon_by_id() -> None:
    human = taxonomy.find_by_id(9606)
    assert human is not None
    assert (human.name, human.rank, human.common_names) == ("Homo sapiens", "species", ("human",))
    assert human.lineage[0] == "cellular organisms"
    assert human.lineage[-1] == "Homo"
    assert "Mammalia" in human.lineage


@pytest.mark.parametrize("tax_id", [-1, 0, 2**31, 10**30, 999_999_999])
def test_an_id_that_is_none(tax_id: int) -> None:
    assert taxonomy.find_by_id(tax_id) is None


@pytest.mark.parametrize(
    ("name", "tax_id"),
    [
        ("Homo sapiens", 9606),
        ("homo  sapiens ", 9606),
        ("HOMO SAPIENS", 9606),
        ("Ｈｏｍｏ sapiens", 9606),
        ("human", 9606),
        ("사람", 9606),
        ("E. coli", 562),
        ("escherichia coli o157:h7", 83334),
        ("Lactobacillus plantarum", 1590),
        ("SARS-CoV-2", 2697049),
        ("soil metagenome", 410658),
        ("unidentified", taxonomy.UNIDENTIFIED),
        ("Bacillus", 1386),
    ],
)
def test_a_taxon_by_name(name: str, tax_id: int) -> None:
    found = taxonomy.find_by_name(name)
    assert found is not None
    assert found.tax_id == tax_id


@pytest.mark.parametrize("name", ["", " ", "Homo sapien", "\u0000", "x" * 100_000])
def test_a_name_that_is_none(name: str) -> None:
    assert taxonomy.find_by_name(name) is None


def test_a_homonym_is_judged_by_its_id() -> None:
    assert taxonomy.has_name(1386, "Bacillus")
    assert taxonomy.has_name(55087, "bacillus")
    assert not taxonomy.has_name(9606, "Bacillus")


def test_metagenomes_are_known_as_mixtures() -> None:
    gut, human = taxonomy.find_by_id(408170), taxonomy.find_by_id(9606)
    assert gut is not None and gut.is_metagenome
    assert human is not None and not human.is_metagenome


def test_every_known_synonym_leads_to_a_taxon_of_the_edition() -> None:
    for name, tax_id in SYNONYMS.items():
        assert name == taxonomy.normalised(name).casefold()
        assert taxonomy.find_by_id(tax_id), (name, tax_id)
        assert taxonomy.find_by_name(name), name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Homo sapien", "Homo sapiens"),
        ("E. coli", "Escherichia coli"),
        ("Eschericha coli", "Escherichia coli"),
        ("S. cerevisiae", "Saccharomyces cerevisiae"),
        ("Omo sapiens", "Homo sapiens"),
        ("mus muscullus", "Mus musculus"),
        ("Musmusculus", "Mus musculus"),
        ("human gut metagnome", "human gut metagenome"),
        ("Arabidopsis thaliana L.", "Arabidopsis thaliana"),
    ],
)
def test_the_nearest_name_comes_first(typed: str, meant: str) -> None:
    assert taxonomy.suggest(typed)[0] == meant


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gets_an_answer(name: str) -> None:
    assert len(taxonomy.suggest(name, limit=3)) <= 3
    found = taxonomy.find_by_name(name)
    assert found is None or taxonomy.find_by_id(found.tax_id) == found
