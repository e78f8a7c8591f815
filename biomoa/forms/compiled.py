"""A form, compiled: every rule about cells, rows and the table, for a whole sheet at once or one record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec
import polars as pl

from biomoa.catalog.model import Term, Text, Vocabulary
from biomoa.forms.cells import CellCheck
from biomoa.forms.findings import Finding, problem_of
from biomoa.forms.missing import MissingTerms
from biomoa.forms.model import FilePairs, Form, Packages, UniqueTogether
from biomoa.forms.placed import Placed
from biomoa.forms.problems import Problem
from biomoa.forms.rowrules import Matrix, RowRule, compile_rows
from biomoa.forms.terms import TermIndex

_ROW = "\x00row"


class CompiledForm:
    """One compilation a form; safe to share between threads, as nothing changes after it is made."""

    def __init__(
        self,
        form: Form,
        matrix: Matrix,
        vocabularies: Mapping[str, Vocabulary],
        indexes: Mapping[str, TermIndex],
        missing: MissingTerms,
        countries: TermIndex | None,
    ) -> None:
        by_field = terms_of(form, indexes)
        self.form = form
        self.names = tuple(field.name for field in form.fields)
        self.labels = {field.name: field.label for field in form.fields}
        self.order = {name: number for number, name in enumerate(self.names)}
        self.missing = missing
        self.cells = {
            field.name: CellCheck(field, terms=by_field.get(field.name), missing=missing, countries=countries)
            for field in form.fields
        }
        self.row_rules = compile_rows(form, matrix, vocabularies, missing.terms.values)
        self._choosers = [(rule, rule.chooser()) for rule in self.row_rules]
        self.recommended = tuple(
            field.name for field in form.fields if field.requirement == "recommended" and field.name not in matrix
        )
        self.unique = tuple(dict.fromkeys((form.alias, *(field.name for field in form.fields if field.unique))))
        self.file_rules = tuple(rule for rule in form.rules if isinstance(rule, FilePairs))
        self._good = {name: self.cells[name].surely_good().alias(name) for name in self.names}
        self._suspects = [rule.suspect.alias(str(number)) for number, rule in enumerate(self.row_rules)]

    # A record

    def check_record(self, values: Mapping[str, str]) -> tuple[list[Problem], dict[str, str]]:
        """Problems of one record (row 1) and its clean values."""
        problems: list[Problem] = []
        clean = dict.fromkeys(self.names, "")  # a form may have a thousand fields, of which a row fills twenty
        for name in values.keys() & clean.keys():
            if value := values[name]:
                result = self.cells[name].exact(value)
                clean[name] = result.clean
                problems += [self._problem(finding, name, value, 1) for finding in result.findings]
        for rule, choose in self._choosers:
            for finding in rule.judge(choose(clean)):
                problems.append(self._row_problem(finding, rule, clean))
        problems += [self._recommend(name, 1) for name in self.recommended if not clean[name]]
        return self.ordered(_without_false_gaps(problems)), clean

    def _row_problem(self, finding: Finding, rule: RowRule, clean: Mapping[str, str]) -> Problem:
        name = finding.field or rule.fields[0]
        return self._problem(finding, name, clean[name], 1)

    # A table

    def check_table(
        self, frame: pl.DataFrame, place: Placed, present: Collection[str] | None = None
    ) -> tuple[list[Problem], Placed]:
        """Problems of a prepared frame, and its clean values. Rules over several sheets are not applied here.

        Columns that are not ``present`` are known to be empty.
        """
        masks = frame.select(self._good[name] for name in self.names if present is None or name in present)
        problems: list[Problem] = []
        replaced: list[pl.Series] = []
        for name in masks.columns:
            if not masks[name].all():
                clean = self._check_column(frame[name], masks[name], place, problems)
                if clean is not None:
                    replaced.append(clean)
        cleaned = frame.with_columns(replaced) if replaced else frame
        place = msgspec.structs.replace(place, clean=cleaned)
        problems += self._check_rows(place)
        problems += self._check_recommended(place)
        problems += self._check_unique(place)
        return _without_false_gaps(problems), place

    def prepared(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with every field of the form as a column of strings, empty where there is nothing."""
        columns = [
            pl.col(name).cast(pl.String).fill_null("") if name in frame.columns else pl.lit("").alias(name)
            for name in self.names
        ]
        return frame.select(columns) if frame.width else pl.DataFrame(schema=dict.fromkeys(self.names, pl.String))

    def _check_column(
        self, column: pl.Series, good: pl.Series, place: Placed, problems: list[Problem]
    ) -> pl.Series | None:
        check = self.cells[column.name]
        found: dict[str, list[Problem]] = {}
        changed: dict[str, str] = {}
        index = (~good).arg_true()
        suspects = column.gather(index)
        values = suspects.unique().to_list()
        if check.field.pattern:
            check.matcher.prime(values)
        for value in values:
            result = check.exact(value)
            if result.findings:
                found[value] = [self._problem(each, column.name, value, None) for each in result.findings]
            if result.clean != value:
                changed[value] = result.clean
        if found:
            for at, value in zip(index.to_list(), suspects.to_list(), strict=True):
                if value in found:
                    problems += [_at(problem, place.sheet, place.row(at)) for problem in found[value]]
        if not changed:
            return None
        return column.replace(
            pl.Series(list(changed), dtype=pl.String), pl.Series(list(changed.values()), dtype=pl.String)
        )

    def _check_rows(self, place: Placed) -> Iterator[Problem]:
        if not self._suspects or not place.clean.height:
            return
        masks = place.clean.lazy().select(self._suspects).collect()
        for name, any_true in masks.select(pl.all().any()).row(0, named=True).items():
            if any_true:
                yield from self._judge_rows(self.row_rules[int(name)], masks[name], place)

    def _judge_rows(self, rule: RowRule, mask: pl.Series, place: Placed) -> Iterator[Problem]:
        index = mask.arg_true()
        names = list(dict.fromkeys(rule.fields))
        rows = place.clean.select(names)[index]
        key = {names[position]: position for position in range(len(names))}
        judged: dict[tuple[str, ...], list[Problem]] = {}
        for at, row in zip(index.to_list(), rows.iter_rows(), strict=True):
            if row not in judged:
                values = tuple(row[key[name]] for name in rule.fields)
                clean = dict(zip(rule.fields, values, strict=True))
                judged[row] = [
                    self._problem(each, each.field or rule.fields[0], clean.get(each.field or rule.fields[0], ""), None)
                    for each in rule.judge(values)
                ]
            for problem in judged[row]:
                yield _at(problem, place.sheet, place.row(at))

    def _check_recommended(self, place: Placed) -> Iterator[Problem]:
        for name in self.recommended:
            count = int((place.clean[name] == "").sum())
            if count:
                yield msgspec.structs.replace(self._recommend(name, count), sheet=place.sheet)

    def _check_unique(self, place: Placed) -> Iterator[Problem]:
        for name in self.unique:
            for at, first in _repeats(place.clean, (name,), self.missing.terms.values):
                facts = {"first": place.spoken(first)}
                value = place.clean[name][at]
                yield _at(
                    self._problem(Finding("value-duplicate", facts), name, value, None), place.sheet, place.row(at)
                )
        for rule in self.form.rules:
            if isinstance(rule, UniqueTogether):
                yield from self._check_together(rule, place)

    def _check_together(self, rule: UniqueTogether, place: Placed) -> Iterator[Problem]:
        labels = [self.labels[name] for name in rule.fields]
        fields = Text(ko=", ".join(label.ko for label in labels), en=", ".join(label.en for label in labels))
        for at, first in _repeats(place.clean, rule.fields, frozenset()):
            finding = Finding("rows-duplicate", {"fields": fields, "first": place.spoken(first)})
            value = place.clean[rule.fields[0]][at]
            yield _at(self._problem(finding, rule.fields[0], value, None), place.sheet, place.row(at))

    # Problems

    def problem(self, finding: Finding, name: str, value: str, place: Placed, index: int) -> Problem:
        """A problem at a row of a sheet, for the rules over several sheets."""
        return _at(self._problem(finding, name, value, None), place.sheet, place.row(index))

    def ordered(self, problems: Iterable[Problem]) -> list[Problem]:
        """By row, then in the order of the fields; what concerns the whole sheet first."""
        end = len(self.order)
        return sorted(problems, key=lambda each: (each.row or 0, self.order.get(each.field or "", end)))

    def _problem(self, finding: Finding, name: str, value: str, row: int | None) -> Problem:
        problem = problem_of(finding, label=self.labels[name], value=value, field=name)
        return problem if row is None else msgspec.structs.replace(problem, row=row)

    def _recommend(self, name: str, count: int) -> Problem:
        return problem_of(Finding("value-recommended", {"count": f"{count:,}"}), label=self.labels[name], field=name)


def terms_of(form: Form, indexes: Mapping[str, TermIndex]) -> dict[str, TermIndex]:
    """field -> its terms; the field that selects the package has the packages as its terms."""
    found = {field.name: indexes[field.vocabulary] for field in form.fields if field.vocabulary in indexes}
    if form.packages is not None:
        found[form.packages.selector] = TermIndex(package_terms(form.packages))
    return found


def package_terms(packages: Packages) -> tuple[Term, ...]:
    """The packages as terms; the standards' names for them are understood too."""
    return tuple(Term(one.name, one.label, tuple(one.maps.values()), one.help) for one in packages.packages)


def _without_false_gaps(problems: list[Problem]) -> list[Problem]:
    """A value that is too long is not judged further; it is not told as missing."""
    spoilt = {(each.row, each.field) for each in problems if each.code == "text-too-long"}
    if not spoilt:
        return problems
    return [each for each in problems if each.code != "value-missing" or (each.row, each.field) not in spoilt]


def _at(problem: Problem, sheet: str | None, row: int) -> Problem:
    return Problem(
        problem.code,
        problem.severity,
        problem.message,
        sheet,
        row,
        problem.field,
        problem.value,
        problem.suggestion,
        None,
        problem.overridable,
    )


def _repeats(frame: pl.DataFrame, names: Collection[str], passed_over: Collection[str]) -> Iterator[tuple[int, int]]:
    """(row index, index of the first row alike) of every row that repeats one before it."""
    keys = frame.select(names)
    if len(names) == 1 and keys.to_series().n_unique() == keys.height:
        return
    rows = keys.with_row_index(_ROW).filter(pl.all_horizontal(pl.col(name) != "" for name in names))
    if passed_over:
        rows = rows.filter(~pl.all_horizontal(pl.col(name).is_in(list(passed_over)) for name in names))
    first = rows.with_columns(pl.col(_ROW).min().over(list(names)).alias("\x00first"))
    yield from first.filter(pl.col(_ROW) != pl.col("\x00first")).select(_ROW, "\x00first").iter_rows()
