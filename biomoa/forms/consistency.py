"""Raw form documents into forms, with every cross-check: a broken form is refused with file, line and reason."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl
from polars.exceptions import ComputeError

from biomoa.catalog.convert import convert
from biomoa.catalog.matrix import Matrix as MatrixFile
from biomoa.catalog.matrix import read_matrix
from biomoa.catalog.model import BrokenCatalogue, Catalogue, Document, Term
from biomoa.forms.cells import CellCheck, anchored
from biomoa.forms.compiled import package_terms
from biomoa.forms.missing import MissingTerms
from biomoa.forms.model import (
    Derived,
    Field,
    FilePairs,
    Form,
    NotUsedWhen,
    OneOf,
    Ordered,
    PackageTaxa,
    RequiredWhen,
    Revision,
    Rule,
    TaxonAgreement,
    UniqueTogether,
)
from biomoa.forms.rowrules import Matrix
from biomoa.forms.terms import TermIndex

Fault = tuple[Path, int, str]
Place = tuple[str | int, ...]
Faults = Iterator[tuple[Place, str]]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FORM_NAME = re.compile(r"[a-z][a-z0-9-]*")
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


def read_forms(
    catalogue: Catalogue, *, missing: str, countries: str
) -> tuple[dict[str, Form], dict[str, Matrix], list[Fault]]:
    """Forms and matrices by form name, and all faults. ``missing``, ``countries``: names of two vocabularies."""
    faults: list[Fault] = []
    forms: dict[str, Form] = {}
    matrices: dict[str, Matrix] = {}
    for name, document in catalogue.forms.items():
        form = convert(document, (), document.data, Form, faults)
        if form is not None:
            forms[name] = form
            matrices[name] = _read_matrix(form, document, faults)
    for name, form in forms.items():
        document = catalogue.forms[name]
        checker = _Checker(form, forms, catalogue, matrices[name], missing, countries)
        faults += [(document.path, document.line_of(place), reason) for place, reason in checker.faults()]
    return forms, {name: matrix for name, matrix in matrices.items() if matrix}, faults


def _read_matrix(form: Form, document: Document, faults: list[Fault]) -> Matrix:
    if form.packages is None:
        return {}
    path = document.path.parent / form.packages.matrix
    if not path.is_file():
        faults.append((document.path, document.line_of(("packages", "matrix")), f"no file `{form.packages.matrix}`"))
        return {}
    try:
        matrix = read_matrix(path)
    except BrokenCatalogue as error:
        faults += error.faults
        return {}
    faults += _faults_of_matrix(form, matrix)
    return matrix.cells


def _faults_of_matrix(form: Form, matrix: MatrixFile) -> Iterator[Fault]:
    assert form.packages is not None
    names = {field.name for field in form.fields}
    packages = {package.name for package in form.packages.packages}
    for field in matrix.cells:
        if field not in names:
            yield matrix.path, matrix.lines[field], f"field `{field}` is not in the form `{form.form}`"
    for package in packages - set(matrix.packages):
        yield matrix.path, 1, f"package `{package}` has no column"
    for package in set(matrix.packages) - packages:
        yield matrix.path, 1, f"column `{package}` is no package of the form `{form.form}`"


class _Checker:
    """The cross-checks of one form; each yields places inside the document with a reason."""

    def __init__(
        self, form: Form, forms: Mapping[str, Form], catalogue: Catalogue, matrix: Matrix, missing: str, countries: str
    ) -> None:
        self.form = form
        self.forms = forms
        self.catalogue = catalogue
        self.matrix = matrix
        self.missing = missing
        self.countries = countries
        self.names = {field.name for field in form.fields}
        self.sections = {section.name for section in form.sections} | {"general"}

    def faults(self) -> Faults:
        yield from self._head()
        seen: set[str] = set()
        for number, field in enumerate(self.form.fields):
            place: Place = ("fields", number)
            if field.name in seen:
                yield (*place, "name"), f"field `{field.name}` stands twice"
            seen.add(field.name)
            for key, reason in self._field(field):
                yield (*place, key), f"field `{field.name}`: {reason}"
        yield from self._packages()
        for number, rule in enumerate(self.form.rules):
            yield from ((("rules", number), reason) for reason in self._rule(rule))
        yield from self._history()

    def _head(self) -> Faults:
        form = self.form
        if not _FORM_NAME.fullmatch(form.form):
            yield ("form",), f"form name `{form.form}` must be lower-case letters, digits and hyphens"
        if form.record_type not in self.catalogue.accessions:
            yield ("record_type",), f"record type `{form.record_type}` has no accession series"
        named = {"alias": (form.alias,), "alias_from": (form.alias_from,) if form.alias_from else ()}
        for key, names in (*named.items(), ("title", form.title), ("parents", form.parents)):
            yield from (((key,), f"{key}: no field `{name}`") for name in names if name not in self.names)
        for name in form.parents:
            if name in self.names and form.field(name).type != "reference":
                yield ("parents",), f"parent `{name}` is not of type reference"

    def _field(self, field: Field) -> Iterator[tuple[str, str]]:
        if not _NAME.fullmatch(field.name):
            yield "name", "a name is lower-case letters, digits and underscores"
        if self.form.sections and field.section not in self.sections:
            yield "section", f"unknown section `{field.section}`"
        yield from self._vocabulary(field)
        if field.type == "reference" and field.to not in self.forms:
            yield "to", f"unknown form `{field.to}`"
        if field.type != "reference" and field.to:
            yield "to", "only a reference leads to a form"
        if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
            yield "minimum", "is greater than the maximum"
        if field.missing and self.missing not in self.catalogue.vocabularies:
            yield "missing", f"the catalogue has no vocabulary `{self.missing}`"
        if (field.past or field.range) and field.type != "date":
            yield ("past" if field.past else "range"), f"type {field.type} has none: it is of dates"
        if field.pattern and (reason := _pattern_fault(field.pattern)):
            yield "pattern", reason
        elif field.example and not _is_vocabulary_broken(field, self.catalogue):
            yield from self._example(field)

    def _vocabulary(self, field: Field) -> Iterator[tuple[str, str]]:
        found = self.catalogue.vocabularies.get(field.vocabulary)
        selects = self.form.packages is not None and self.form.packages.selector == field.name
        if field.type == "term" and not field.vocabulary and not selects:
            yield "type", "a term needs a vocabulary"
        if field.vocabulary and found is None:
            yield "vocabulary", f"unknown vocabulary `{field.vocabulary}`"
        if field.vocabulary and field.type not in ("term", "place"):
            yield "vocabulary", f"type {field.type} has no vocabulary"
        if found is not None and found.by and not field.depends_on:
            yield "vocabulary", f"vocabulary `{field.vocabulary}` depends on another field: say which (depends_on)"
        if field.depends_on:
            yield from self._dependence(field)

    def _dependence(self, field: Field) -> Iterator[tuple[str, str]]:
        found = self.catalogue.vocabularies.get(field.vocabulary)
        if field.depends_on not in self.names:
            yield "depends_on", f"no field `{field.depends_on}`"
            return
        if found is not None and not found.by:
            yield "depends_on", f"vocabulary `{field.vocabulary}` depends on nothing"
        other = self.catalogue.vocabularies.get(self.form.field(field.depends_on).vocabulary)
        if found is not None and other is not None:
            values = {term.value for term in other.terms}
            strange = sorted(set(found.by) - values)
            yield from (("depends_on", f"`{key}` is not a term of `{other.vocabulary}`") for key in strange)

    def _example(self, field: Field) -> Iterator[tuple[str, str]]:
        terms = self._terms(field)
        places = self.catalogue.vocabularies.get(self.countries)
        missing = self.catalogue.vocabularies.get(self.missing)
        check = CellCheck(
            field,
            terms=TermIndex(terms) if terms or field.type == "term" else None,
            missing=MissingTerms(TermIndex(missing.terms if missing else ())),
            countries=TermIndex(places.terms) if places else None,
        )
        for finding in check.exact(field.example).findings:
            if finding.code == "date-future":
                continue  # a clock that is behind breaks no catalogue
            yield "example", f"the example `{field.example}` breaks its own rule: {finding.code}"

    def _terms(self, field: Field) -> tuple[Term, ...]:
        if self.form.packages is not None and self.form.packages.selector == field.name:
            return package_terms(self.form.packages)
        found = self.catalogue.vocabularies.get(field.vocabulary)
        return (*found.terms, *(term for by in found.by.values() for term in by)) if found else ()

    def _packages(self) -> Faults:
        packages = self.form.packages
        if packages is None:
            return
        place: Place = ("packages", "selector")
        if packages.selector not in self.names:
            yield place, f"no field `{packages.selector}`"
            return
        if self.form.field(packages.selector).type != "term":
            yield place, f"the selector `{packages.selector}` is not of type term"
        names = [package.name for package in packages.packages]
        for number, name in enumerate(names):
            if names.index(name) != number:
                yield ("packages", "packages", number), f"package `{name}` stands twice"
        for name in self.matrix:
            if name == packages.selector:
                yield place, "the selector stands in its own matrix"

    def _rule(self, rule: Rule) -> Iterator[str]:
        for name in _fields_of(rule):
            if name not in self.names:
                yield f"no field `{name}`"
                return
        if isinstance(rule, RequiredWhen | NotUsedWhen):
            vocabulary = self.catalogue.vocabularies.get(self.form.field(rule.when.field).vocabulary)
            if vocabulary is not None:
                known = {term.value for term in vocabulary.terms}.union(
                    term.value for terms in vocabulary.by.values() for term in terms
                )
                yield from (
                    f"`{value}` is not a term of `{rule.when.field}`" for value in rule.when.is_ if value not in known
                )
        if isinstance(rule, PackageTaxa):
            yield from self._package_taxa(rule)
        if isinstance(rule, FilePairs) and rule.layout:
            yield from self._layout(rule.layout)

    def _package_taxa(self, rule: PackageTaxa) -> Iterator[str]:
        known = self.form.packages.packages if self.form.packages else ()
        names, families = {one.name for one in known}, {one.family for one in known}
        yield from (f"no package `{name}`" for name in rule.packages if name not in names)
        if rule.family and rule.family not in families:
            yield f"no package of the family `{rule.family}`"
        if not (rule.packages or rule.family):
            yield "no package is named"

    def _layout(self, layout: str) -> Iterator[str]:
        through, dot, name = layout.partition(".")
        if not dot:
            if layout not in self.names:
                yield f"no field `{layout}`"
            return
        targets = [
            field.to for field in self.form.fields if field.type == "reference" and through in (field.name, field.to)
        ]
        if not targets or targets[0] not in self.forms:
            yield f"layout: `{through}` is no reference field"
        elif name not in {field.name for field in self.forms[targets[0]].fields}:
            yield f"layout: form `{targets[0]}` has no field `{name}`"

    def _history(self) -> Faults:
        revisions = [one.revision for one in self.form.history]
        if self.form.revision not in revisions:
            yield ("revision",), f"revision `{self.form.revision}` is not in the history"
        for number, one in enumerate(self.form.history):
            place: Place = ("history", number)
            if revisions.index(one.revision) != number:
                yield (*place, "revision"), f"revision `{one.revision}` stands twice"
            if not _DATED.fullmatch(one.date):
                yield (*place, "date"), f"date `{one.date}` is not year-month-day"
            yield from (((*place, "upgrade"), reason) for reason in self._upgrade(one))

    def _upgrade(self, one: Revision) -> Iterator[str]:
        if one.revision != self.form.revision:
            return  # later steps may rename or drop the field again
        for name in (*one.upgrade.rename.values(), *one.upgrade.values, *one.upgrade.default):
            if name not in self.names:
                yield f"upgrade: no field `{name}`"


def _fields_of(rule: Rule) -> Iterable[str]:
    match rule:
        case RequiredWhen() | NotUsedWhen():
            return (*rule.fields, rule.when.field)
        case OneOf() | UniqueTogether() | Ordered():
            return rule.fields
        case TaxonAgreement():
            return (rule.taxon_id, rule.organism)
        case PackageTaxa():
            return (rule.organism,)
        case FilePairs():
            return (rule.files, rule.checksums)
        case Derived():
            return (rule.field, *(name for _, name, _, _ in string.Formatter().parse(rule.template) if name))


def _is_vocabulary_broken(field: Field, catalogue: Catalogue) -> bool:
    return bool(field.vocabulary) and field.vocabulary not in catalogue.vocabularies


def _pattern_fault(pattern: str) -> str:
    try:
        pl.Series([""]).str.contains(anchored(pattern))
    except ComputeError as error:
        return f"the pattern does not compile: {' '.join(str(error).split())[:120]}"
    return ""
