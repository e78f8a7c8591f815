"""Reads a catalogue folder. Every fault of every file is collected; a catalogue with one fault is refused whole.

catalogue.yaml          name, accession series, one sentence about the catalogue
vocabularies/*.yaml     one ``Vocabulary`` a file, named like the file
navigators/*.yaml       one ``Navigator`` a file: questions that lead to an outcome; the folder may be absent
forms/*.yaml            one form a file, kept raw: the room ``forms`` gives it meaning
organisations.csv       ``Organisation`` rows
research-projects.csv   ``ResearchProject`` rows
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from biomoa.catalog.convert import convert
from biomoa.catalog.documents import Fault, Place, read_document
from biomoa.catalog.model import AccessionSeries, BrokenCatalogue, Catalogue, Document, Term, Text, Vocabulary
from biomoa.catalog.navigators import read_navigators
from biomoa.catalog.tables import read_organisations, read_research_projects

CATALOGUE_KEYS = ("name", "accessions")


def load_catalogue(folder: Path) -> Catalogue:
    """The catalogue of the folder. Raises BrokenCatalogue with every fault found: file, line, reason."""
    faults: list[Fault] = []
    name, accessions = _read_head(folder / "catalogue.yaml", faults)
    forms = _read_forms(folder / "forms", faults)
    catalogue = Catalogue(
        folder=folder,
        name=name,
        vocabularies=_read_vocabularies(folder / "vocabularies", faults),
        accessions=accessions,
        forms=forms,
        organisations=read_organisations(folder / "organisations.csv", faults),
        research_projects=read_research_projects(folder / "research-projects.csv", faults),
        navigators=read_navigators(folder / "navigators", forms, faults),
    )
    if faults:
        raise BrokenCatalogue(sorted(faults, key=lambda fault: (str(fault[0]), fault[1])))
    return catalogue


def _read_head(path: Path, faults: list[Fault]) -> tuple[Text, dict[str, AccessionSeries]]:
    document = read_document(path, faults)
    if document is None:
        return Text("", ""), {}
    strange = [key for key in document.data if key not in CATALOGUE_KEYS]
    faults.extend((path, document.line_of((key,)), f"unknown key `{key}`") for key in strange)
    name = convert(document, ("name",), document.data.get("name"), Text, faults) or Text("", "")
    return name, _read_accessions(document, faults)


def _read_accessions(document: Document, faults: list[Fault]) -> dict[str, AccessionSeries]:
    series: dict[str, AccessionSeries] = {}
    prefixes: set[str] = set()
    for place, item in _items(document, ("accessions",), document.data.get("accessions"), faults):
        one = convert(document, place, item, AccessionSeries, faults)
        if one is None:
            continue
        fault = _fault_of_series(one, series, prefixes)
        if fault:
            faults.append((document.path, document.line_of(place), fault))
        series[one.record_type] = one
        prefixes.add(one.prefix)
    return series


def _fault_of_series(one: AccessionSeries, series: dict[str, AccessionSeries], prefixes: set[str]) -> str:
    if one.record_type in series:
        return f"record type `{one.record_type}` has two series"
    if one.prefix in prefixes:
        return f"prefix `{one.prefix}` is used twice"
    if not (one.prefix.isascii() and one.prefix.isalpha() and one.prefix.isupper()):
        return f"prefix `{one.prefix}` must be capital letters A-Z"
    return "" if 1 <= one.digits <= 18 else "digits must be from 1 to 18"


def _read_vocabularies(folder: Path, faults: list[Fault]) -> dict[str, Vocabulary]:
    vocabularies = {}
    for path in _yaml_files(folder, faults):
        document = read_document(path, faults)
        vocabulary = _read_vocabulary(document, faults) if document else None
        if vocabulary is not None:
            vocabularies[vocabulary.vocabulary] = vocabulary
    return vocabularies


def _read_vocabulary(document: Document, faults: list[Fault]) -> Vocabulary | None:
    """Each term is converted by itself, so that one bad term does not hide the next."""
    head = {**document.data, "terms": [], "by": {}}
    vocabulary = convert(document, (), head, Vocabulary, faults)
    terms = _read_terms(document, ("terms",), document.data.get("terms", []), faults)
    groups = document.data.get("by", {})
    if not isinstance(groups, dict):
        faults.append((document.path, document.line_of(("by",)), "expected a mapping at by"))
        groups = {}
    by = {key: _read_terms(document, ("by", key), group, faults) for key, group in groups.items()}
    if vocabulary is None:
        return None
    if vocabulary.vocabulary != document.path.stem:
        reason = f"the vocabulary must be named like its file: {document.path.stem}"
        faults.append((document.path, document.line_of(("vocabulary",)), reason))
    if not terms and not by:
        faults.append((document.path, 1, "a vocabulary needs terms"))
    return Vocabulary(vocabulary.vocabulary, vocabulary.label, vocabulary.source, terms, by)


def _read_terms(document: Document, place: Place, found: Any, faults: list[Fault]) -> tuple[Term, ...]:
    terms = []
    taken: dict[str, str] = {}
    for where, item in _items(document, place, found, faults):
        term = convert(document, where, item, Term, faults)
        if term is None:
            continue
        line = document.line_of(where)
        faults.extend((document.path, line, reason) for reason in _faults_of_term(term, taken))
        terms.append(term)
    return tuple(terms)


def _faults_of_term(term: Term, taken: dict[str, str]) -> Iterator[str]:
    """A value is written once; a synonym leads to one term only, whatever its case."""
    if not term.value or term.value != " ".join(term.value.split()) or ";" in term.value:
        yield f"term `{term.value}` must be filled, without outer or double spaces and without a semicolon"
    if taken.get(term.value.casefold()) == term.value:
        yield f"`{term.value}` repeats term `{term.value}`"
    for word in (term.value, *term.synonyms):
        owner = taken.setdefault(word.casefold(), term.value)
        if owner != term.value or (word != term.value and word.casefold() == term.value.casefold()):
            yield f"`{word}` of term `{term.value}` repeats term `{owner}`"
    if len({word.casefold() for word in term.synonyms}) < len(term.synonyms):
        yield f"term `{term.value}` repeats a synonym"


def _read_forms(folder: Path, faults: list[Fault]) -> dict[str, Document]:
    forms = {}
    for path in _yaml_files(folder, faults):
        document = read_document(path, faults)
        if document is None:
            continue
        if document.data.get("form") != path.stem:
            line = document.line_of(("form",))
            faults.append((path, line, f"the form must be named like its file: {path.stem}"))
        forms[path.stem] = document
    return forms


def _yaml_files(folder: Path, faults: list[Fault]) -> list[Path]:
    if not folder.is_dir():
        faults.append((folder, 1, "folder is missing"))
        return []
    return sorted(folder.glob("*.yaml"))


def _items(document: Document, place: Place, found: Any, faults: list[Fault]) -> Iterator[tuple[Place, Any]]:
    if not isinstance(found, list):
        where = ".".join(str(step) for step in place)
        faults.append((document.path, document.line_of(place), f"expected a list at {where}"))
        return
    for number, item in enumerate(found):
        yield (*place, number), item
