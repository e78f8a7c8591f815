"""All forms of a catalogue, compiled: the one validator that every way in uses (design, idea 2)."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import polars as pl

from biomoa.catalog.model import BrokenCatalogue, Catalogue, Term, Text, Vocabulary
from biomoa.forms import persons
from biomoa.forms.bundle import (
    Known,
    check_files_once,
    check_layouts,
    check_references,
    merged,
    sheet_aliases,
)
from biomoa.forms.compiled import CompiledForm, package_terms
from biomoa.forms.consistency import read_forms
from biomoa.forms.missing import MissingTerms
from biomoa.forms.model import Form
from biomoa.forms.placed import Part, Placed
from biomoa.forms.problems import Problem
from biomoa.forms.rowrules import Matrix
from biomoa.forms.terms import TermIndex

MISSING_VALUES = "missing-values"  # the vocabulary of missing-value terms
COUNTRIES = "countries"  # the vocabulary of fields of type place that name none

Override = tuple[str, int | None, str | None]  # code, row, field: let pass by a curator


class Library:
    """The forms of one catalogue. Forms are compiled when first used; a library may be shared between threads."""

    def __init__(self, catalogue: Catalogue, forms: Mapping[str, Form], matrices: Mapping[str, Matrix]) -> None:
        self.catalogue = catalogue
        self.forms = forms
        self.matrices = matrices
        self._compiled: dict[str, CompiledForm] = {}
        self._labels: dict[tuple[str, str], dict[str, Text]] = {}
        self._lock = threading.Lock()

    def form(self, name: str) -> Form:
        """The form of that name; raises KeyError."""
        return self.forms[name]

    def matrix(self, form: str) -> Matrix:
        """field -> package -> ``M``, ``O``, ``-`` or ``G:group``; empty for a form without packages."""
        return self.matrices.get(form, {})

    def vocabulary_of(self, form: str, field: str) -> Vocabulary | None:
        """The vocabulary of a field; that of the countries for a place."""
        packages = self.form(form).packages
        if packages is not None and packages.selector == field:
            label = self.form(form).field(field).label
            return Vocabulary(vocabulary=field, label=label, source=form, terms=package_terms(packages))
        found = self.form(form).field(field)
        name = found.vocabulary or (COUNTRIES if found.type == "place" else "")
        return self.catalogue.vocabularies.get(name)

    def labels_of(self, form: str, field: str) -> Mapping[str, Text]:
        """Value -> label of the terms of a field that have one; empty for a field without a vocabulary."""
        if (form, field) not in self._labels:
            vocabulary = self.vocabulary_of(form, field)
            terms = _all_terms(vocabulary) if vocabulary else ()
            self._labels[form, field] = {term.value: term.label for term in terms if term.label is not None}
        return self._labels[form, field]

    @cached_property
    def missing(self) -> MissingTerms:
        """The missing-value terms of the catalogue."""
        return MissingTerms(self._index(MISSING_VALUES))

    @cached_property
    def _indexes(self) -> dict[str, TermIndex]:
        return {name: TermIndex(_all_terms(each)) for name, each in self.catalogue.vocabularies.items()}

    def _index(self, name: str) -> TermIndex:
        return self._indexes.get(name) or TermIndex(())

    def compiled(self, form: str) -> CompiledForm:
        """The compiled form; raises KeyError for an unknown form."""
        with self._lock:
            if form not in self._compiled:
                self._compiled[form] = self._compile(self.forms[form])
            return self._compiled[form]

    def _compile(self, form: Form) -> CompiledForm:
        countries = self._indexes.get(COUNTRIES)
        return CompiledForm(
            form, self.matrix(form.form), self.catalogue.vocabularies, self._indexes, self.missing, countries
        )

    def check_record(self, form: str, values: Mapping[str, str], *, known: Known | None = None) -> list[Problem]:
        """Problems of one record, each with row 1. ``known``: see ``check_bundle``."""
        compiled = self.compiled(form)
        problems, clean = compiled.check_record(values)
        if compiled.file_rules or known:
            place = Placed(form, None, pl.DataFrame({name: [value] for name, value in clean.items()}))
            problems += check_files_once({form: compiled}, [place])
            problems += self._across(compiled, place, {}, known) if known else ()
        seen = persons.search_values(compiled.form, values)
        problems = [*persons.withhold(problems, seen), *persons.problems_of(compiled.form, seen, None)]
        return compiled.ordered(problems)

    def check_table(
        self,
        form: str,
        frame: pl.DataFrame,
        *,
        sheet: str | None = None,
        rows: Sequence[int] | None = None,
        known: Known | None = None,
        overrides: Collection[Override] = (),
    ) -> list[Problem]:
        """Every problem of a frame of strings (columns are field names; unknown ones are ignored), row by row.

        ``rows`` are the row numbers when they are not 1..n. ``known``: see ``check_bundle``. ``overrides`` are
        problems that a curator has let pass; only overridable ones can be.
        """
        compiled = self.compiled(form)
        search = persons.begin_search(compiled.form, frame)
        problems, place = self._check_sheet(compiled, frame, sheet, rows)
        problems += check_files_once({form: compiled}, [place])
        if known:
            problems += self._across(compiled, place, {}, known)
        seen = search()
        problems = [*persons.withhold(problems, seen), *persons.problems_of(compiled.form, seen, sheet, rows)]
        return without_overridden(compiled.ordered(problems), overrides)

    def check_bundle(
        self,
        sheets: Mapping[str, pl.DataFrame],
        *,
        known: Known | None = None,
        names: Mapping[str, str] | None = None,
        rows: Mapping[str, Sequence[int]] | None = None,
        parts: Mapping[str, Sequence[Part]] | None = None,
    ) -> list[Problem]:
        """Every problem of sheets that belong together, form by form, with the keys between them.

        ``known`` gives the aliases and accessions that exist already for a form; where it gives a mapping of
        alias to values, these are used too (library layout). References to a form that is neither in the bundle
        nor known stay unjudged. ``names`` are the sheets' names, ``rows`` their row numbers, ``parts``
        the sheets of the file, all by form.
        """
        names, rows, parts = names or {}, rows or {}, parts or {}
        searches = {form: persons.begin_search(self.form(form), frame) for form, frame in sheets.items()}
        checked = {
            form: self._check_sheet(
                self.compiled(form), frame, names.get(form, form), rows.get(form), parts.get(form, ())
            )
            for form, frame in sheets.items()
        }
        places = {form: [place] for form, (_, place) in checked.items()}
        closed = self._closed(places, known or {})
        problems = {form: found for form, (found, _) in checked.items()}
        for form, (place,) in places.items():
            problems[form] += self._across(self.compiled(form), place, places, closed)
        once = check_files_once({form: self.compiled(form) for form in places}, [each[0] for each in places.values()])
        sheet_of = {names.get(form, form): form for form in sheets}
        for problem in once:
            problems[sheet_of[problem.sheet or ""]].append(problem)
        self._tell_persons({form: search() for form, search in searches.items()}, names, rows, problems)
        return [each for form, found in problems.items() for each in self.compiled(form).ordered(found)]

    def _tell_persons(
        self,
        seen: Mapping[str, Sequence[persons.Seen]],
        names: Mapping[str, str],
        rows: Mapping[str, Sequence[int]],
        problems: dict[str, list[Problem]],
    ) -> None:
        """Adds the identifiers of persons; no problem of any of the sheets repeats one afterwards."""
        everywhere = [each for found in seen.values() for each in found]
        for form, found in seen.items():
            told = persons.problems_of(self.form(form), found, names.get(form, form), rows.get(form))
            problems[form] = [*persons.withhold(problems[form], everywhere), *told]

    def _closed(self, places: Mapping[str, Sequence[Placed]], known: Known) -> Known:
        asked = {field.to for form in places for field in self.form(form).fields}
        own = {form: sheet_aliases(self.compiled(form), each) for form, each in places.items() if form in asked}
        return {**known, **{form: merged(aliases, known.get(form)) for form, aliases in own.items()}}

    def _check_sheet(
        self,
        compiled: CompiledForm,
        frame: pl.DataFrame,
        sheet: str | None,
        rows: Sequence[int] | None,
        parts: Sequence[Part] = (),
    ) -> tuple[list[Problem], Placed]:
        prepared = compiled.prepared(frame)
        place = Placed(compiled.form.form, sheet, prepared, rows, parts)
        return compiled.check_table(prepared, place, set(frame.columns))

    def _across(
        self, compiled: CompiledForm, place: Placed, places: Mapping[str, Sequence[Placed]], known: Known
    ) -> list[Problem]:
        targets = {field.to: self.compiled(field.to) for field in compiled.form.fields if field.to}
        found = list(check_references(compiled, place, known, targets, self.catalogue.accessions))
        return found + list(check_layouts(compiled, place, places, known, targets))


def load_library(catalogue: Catalogue) -> Library:
    """The forms of a catalogue, cross-checked. Raises BrokenCatalogue with file, line and reason of every fault."""
    forms, matrices, faults = read_forms(catalogue, missing=MISSING_VALUES, countries=COUNTRIES)
    if faults:
        raise BrokenCatalogue(sorted(faults, key=lambda fault: (str(fault[0]), fault[1])))
    return Library(catalogue, forms, matrices)


def without_overridden(problems: list[Problem], overrides: Collection[Override]) -> list[Problem]:
    """The problems that no curator has let pass."""
    if not overrides:
        return problems
    passed = set(overrides)
    return [each for each in problems if not (each.overridable and (each.code, each.row, each.field) in passed)]


def _all_terms(vocabulary: Vocabulary) -> list[Term]:
    found = {term.value: term for term in vocabulary.terms}
    for terms in vocabulary.by.values():
        for term in terms:
            found.setdefault(term.value, term)
    return list(found.values())
