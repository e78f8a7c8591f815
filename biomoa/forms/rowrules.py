"""The rules about several fields of one row, compiled from a form.

Each is a function of the row's values (``judge``) with a polars expression (``suspect``) that is true wherever the
function may find something; the function then meets each distinct combination of values once.
"""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

import polars as pl

from biomoa.catalog.model import Text, Vocabulary
from biomoa.forms import dates, taxa
from biomoa.forms.findings import Fact, Finding
from biomoa.forms.model import (
    Condition,
    Derived,
    Field,
    FilePairs,
    Form,
    NotUsedWhen,
    OneOf,
    Ordered,
    PackageTaxa,
    RequiredWhen,
    TaxonAgreement,
)
from biomoa.forms.pairs import judge_files
from biomoa.forms.terms import TermIndex

Judge = Callable[[tuple[str, ...]], list[Finding]]
Matrix = Mapping[str, Mapping[str, str]]  # field -> package -> "M", "O", "-", "G:group"


class RowRule(NamedTuple):
    fields: tuple[str, ...]
    suspect: pl.Expr
    judge: Judge

    def chooser(self) -> Callable[[Mapping[str, str]], tuple[str, ...]]:
        """Gives the values of the fields out of a row."""
        if len(self.fields) == 1:
            return lambda row: (row[self.fields[0]],)
        return itemgetter(*self.fields)


def compile_rows(
    form: Form, matrix: Matrix, vocabularies: Mapping[str, Vocabulary], missing: frozenset[str]
) -> list[RowRule]:
    """All row rules of a form. ``missing`` are the missing-value terms, which fill a field but no group."""
    makers = _Makers(form, matrix, vocabularies, missing)
    return [*makers.required(), *makers.groups(), *makers.not_used(), *makers.dependent(), *makers.declared()]


class _Makers:
    def __init__(
        self, form: Form, matrix: Matrix, vocabularies: Mapping[str, Vocabulary], missing: frozenset[str]
    ) -> None:
        self.form = form
        self.matrix = matrix
        self.vocabularies = vocabularies
        self.missing = missing
        self.selector = form.packages.selector if form.packages else ""

    def required(self) -> Iterator[RowRule]:
        for field in self.form.fields:
            if field.name in self.matrix:
                packages = _with_level(self.matrix[field.name], "M")
                if packages:
                    yield self._required_when(field.name, Condition(self.selector, packages))
            elif field.requirement == "mandatory":
                yield RowRule((field.name,), pl.col(field.name) == "", _judge_required)
        for rule in self.form.rules:
            if isinstance(rule, RequiredWhen):
                yield from (self._required_when(name, rule.when) for name in rule.fields)

    def _required_when(self, name: str, when: Condition) -> RowRule:
        def judge(values: tuple[str, ...]) -> list[Finding]:
            if values[0] or not is_true(when, values[1]):
                return []
            return [Finding("value-missing", {"why": self._why(when.field, values[1])})]

        return RowRule((name, when.field), (pl.col(name) == "") & holds(when), judge)

    def groups(self) -> Iterator[RowRule]:
        labels = self.form.packages.group_labels if self.form.packages else {}
        for (group, names), packages in self._grouped().items():
            label = labels.get(group, Text(group, group))
            yield self._one_of(names, label, Condition(self.selector, tuple(packages)))
        for rule in self.form.rules:
            if isinstance(rule, OneOf):
                yield self._one_of(rule.fields, rule.label, None)

    def _grouped(self) -> dict[tuple[str, tuple[str, ...]], list[str]]:
        members: dict[tuple[str, str], list[str]] = defaultdict(list)  # (package, group) -> fields
        for name, levels in self.matrix.items():
            for package, level in levels.items():
                if level.startswith("G:"):
                    members[package, level[2:]].append(name)
        grouped: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for (package, group), names in members.items():
            grouped[group, tuple(names)].append(package)
        return grouped

    def _one_of(self, names: tuple[str, ...], label: Text, when: Condition | None) -> RowRule:
        empty = [(pl.col(name) == "") | pl.col(name).is_in(_values(self.missing)) for name in names]
        labels = [self.form.field(name).label for name in names]
        facts = {
            "group": label,
            "fields": Text(*(", ".join(text.in_(code) for text in labels) for code in ("ko", "en"))),
        }
        suspect = pl.all_horizontal(empty)

        def judge(values: tuple[str, ...]) -> list[Finding]:
            filled = any(value and value not in self.missing for value in values[: len(names)])
            if filled or (when is not None and not is_true(when, values[-1])):
                return []
            return [Finding("group-missing", facts, None, names[0])]

        if when is None:
            return RowRule(names, suspect, judge)
        return RowRule((*names, when.field), suspect & holds(when), judge)

    def not_used(self) -> Iterator[RowRule]:
        for name, levels in self.matrix.items():
            packages = _with_level(levels, "-")
            if packages:
                yield self._not_used_when(name, Condition(self.selector, packages))
        for rule in self.form.rules:
            if isinstance(rule, NotUsedWhen):
                yield from (self._not_used_when(name, rule.when) for name in rule.fields)

    def _not_used_when(self, name: str, when: Condition) -> RowRule:
        def judge(values: tuple[str, ...]) -> list[Finding]:
            if not values[0] or values[0] in self.missing or not is_true(when, values[1]):
                return []
            return [Finding("field-not-used", {"why": self._why(when.field, values[1])})]

        filled = (pl.col(name) != "") & ~pl.col(name).is_in(_values(self.missing))
        return RowRule((name, when.field), filled & holds(when), judge)

    def _why(self, name: str, value: str) -> Text:
        label = self.form.field(name).label
        return Text(f"({label.ko}: {value})", f" ({label.en}: {value})")

    def dependent(self) -> Iterator[RowRule]:
        for field in self.form.fields:
            if field.depends_on and field.vocabulary:
                yield self._dependent(field, self.vocabularies[field.vocabulary])

    def _dependent(self, field: Field, vocabulary: Vocabulary) -> RowRule:
        other = self.form.field(field.depends_on)
        indexes = {key: TermIndex(terms) for key, terms in vocabulary.by.items()}
        everywhere = {term.value for term in vocabulary.terms}
        every = everywhere.union(*(index.values for index in indexes.values()))

        def judge(values: tuple[str, ...]) -> list[Finding]:
            value, key = values
            allowed = indexes.get(key)
            bad = [item for item in value.split(";") if item in every and item not in everywhere]
            if allowed is None or all(item in allowed for item in bad):
                return []
            facts: dict[str, Fact] = {"other_label": other.label, "other": key, "expected": allowed.shown()}
            return [Finding("term-not-for", facts, None, field.name, "warning" if field.open_vocabulary else None)]

        filled = (pl.col(field.name) != "") & (pl.col(other.name) != "")
        return RowRule((field.name, other.name), filled, judge)

    def declared(self) -> Iterator[RowRule]:
        for rule in self.form.rules:
            if isinstance(rule, Ordered):
                yield self._ordered(rule)
            elif isinstance(rule, TaxonAgreement):
                yield _taxon_agreement(rule, self.form)
            elif isinstance(rule, PackageTaxa):
                yield self._package_taxa(rule)
            elif isinstance(rule, Derived):
                yield _derived(rule)
            elif isinstance(rule, FilePairs):
                yield _file_pairs(rule)

    def _package_taxa(self, rule: PackageTaxa) -> RowRule:
        known = self.form.packages.packages if self.form.packages else ()
        labels = {one.name: one.label for one in known if one.name in rule.packages or one.family == rule.family != ""}

        def judge(values: tuple[str, ...]) -> list[Finding]:
            organism, package = values
            if package not in labels or not organism or taxa.is_expected(organism, rule.within, rule.without):
                return []
            return [Finding("package-taxon", {"package": labels[package], "expected": rule.expected})]

        chosen = pl.col(self.selector).is_in(_values(labels)) & (pl.col(rule.organism) != "")
        return RowRule((rule.organism, self.selector), chosen, judge)

    def _ordered(self, rule: Ordered) -> RowRule:
        first, second = rule.fields
        facts = {"other_label": self.form.field(second).label}
        before = dates.is_before if self.form.field(first).type == "date" else _is_at_most

        def judge(values: tuple[str, ...]) -> list[Finding]:
            wrong = before(*values) is False
            return [Finding("order-wrong", {**facts, "other": values[1]}, None, first)] if wrong else []

        return RowRule((first, second), (pl.col(first) != "") & (pl.col(second) != ""), judge)


def holds(when: Condition) -> pl.Expr:
    """The columnar form of a condition."""
    column = pl.col(when.field)
    return column.is_in(_values(when.is_)) if when.is_ else column != ""


def is_true(when: Condition, value: str) -> bool:
    """The condition for the value of its field."""
    return value in when.is_ if when.is_ else value != ""


def _judge_required(values: tuple[str, ...]) -> list[Finding]:
    return [] if values[0] else [Finding("value-missing", {"why": ""})]


def _values(values: Iterable[str]) -> pl.Expr:
    return pl.lit(pl.Series(sorted(values), dtype=pl.String).implode())


def _with_level(levels: Mapping[str, str], wanted: str) -> tuple[str, ...]:
    return tuple(package for package, level in levels.items() if level == wanted)


def _taxon_agreement(rule: TaxonAgreement, form: Form) -> RowRule:
    names = {"taxon_id": rule.taxon_id, "organism": rule.organism}
    label = form.field(rule.taxon_id).label
    wanted = {name for name in names.values() if form.field(name).requirement != "optional"}

    def judge(values: tuple[str, ...]) -> list[Finding]:
        told = [
            each._replace(field=names[each.field or ""], facts={**each.facts, "other_label": label})
            for each in taxa.check_agreement(*values)
        ]
        return [each for each in told if each.code != "value-derived" or each.field in wanted]

    either = (pl.col(rule.taxon_id) != "") | (pl.col(rule.organism) != "")
    return RowRule((rule.taxon_id, rule.organism), either, judge)


def _derived(rule: Derived) -> RowRule:
    names = tuple(name for _, name, _, _ in string.Formatter().parse(rule.template) if name)

    def judge(values: tuple[str, ...]) -> list[Finding]:
        if values[0] or "" in values[1:]:
            return []
        made = rule.template.format_map(dict(zip(names, values[1:], strict=True)))
        return [Finding("value-derived", {}, made, rule.field)]

    filled = [pl.col(name) != "" for name in names]
    return RowRule((rule.field, *names), pl.all_horizontal(pl.col(rule.field) == "", *filled), judge)


def _file_pairs(rule: FilePairs) -> RowRule:
    own_layout = rule.layout if "." not in rule.layout else ""
    names = (rule.files, rule.checksums, *((own_layout,) if own_layout else ()))

    def judge(values: tuple[str, ...]) -> list[Finding]:
        return judge_files(rule, values[0], values[1], values[2] if own_layout else "")

    return RowRule(names, (pl.col(rule.files) != "") | (pl.col(rule.checksums) != ""), judge)


def _is_at_most(first: str, second: str) -> bool | None:
    try:
        return float(first) <= float(second)
    except ValueError:
        return None
