"""Rules over several sheets: references that lead somewhere, layout of the referred-to record, files named twice."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl

from biomoa.catalog.model import AccessionSeries, Text
from biomoa.forms.compiled import CompiledForm
from biomoa.forms.findings import Finding
from biomoa.forms.model import Field, FilePairs
from biomoa.forms.pairs import judge_layout
from biomoa.forms.placed import Placed
from biomoa.forms.problems import Problem

Known = Mapping[str, Collection[str]]  # form -> aliases and accessions; a mapping of mappings also tells their values


def check_references(
    compiled: CompiledForm,
    place: Placed,
    known: Known,
    targets: Mapping[str, CompiledForm],
    series: Mapping[str, AccessionSeries],
) -> Iterator[Problem]:
    """References to forms in ``known`` must be found there. Accessions are passed over where only a sheet is known."""
    for field in compiled.form.fields:
        if field.type == "reference" and field.to in known:
            label = targets[field.to].form.label
            yield from _check_reference(
                compiled, place, field, known[field.to], label, _accession(targets[field.to], series)
            )


def _check_reference(
    compiled: CompiledForm,
    place: Placed,
    field: Field,
    known: Collection[str],
    target: Text,
    accession: re.Pattern[str] | None,
) -> Iterator[Problem]:
    column = place.clean[field.name]
    known_here = known if isinstance(known, Mapping | set | frozenset) else frozenset(known)
    accept_accessions = isinstance(known, SheetAliases)
    unknown = {
        cell: bad
        for cell in column.unique().to_list()
        if cell and cell not in compiled.missing
        if (
            bad := [
                item
                for item in (cell.split(";") if field.multiple else [cell])
                if item not in known_here and not (accept_accessions and accession and accession.fullmatch(item))
            ]
        )
    }
    if not unknown:
        return
    for index in column.is_in(pl.Series(list(unknown), dtype=pl.String).implode()).arg_true().to_list():
        cell = column[index]
        near = _other_case(unknown[cell][0], known_here) if not field.multiple else None
        yield compiled.problem(Finding("reference-unknown", {"target": target}, near), field.name, cell, place, index)


class SheetAliases(dict[str, Mapping[str, str]]):
    """The aliases of a sheet with the values of their rows: accessions beside them cannot be judged offline."""


def sheet_aliases(compiled: CompiledForm, places: Sequence[Placed]) -> SheetAliases:
    """alias -> the clean values of its row that other sheets ask for (library layout)."""
    found = SheetAliases()
    for place in places:
        aliases = place.clean[compiled.form.alias].to_list()
        found.update((alias, {}) for alias in aliases if alias)
    return found


def merged(own: SheetAliases, known: Collection[str] | None) -> Collection[str]:
    """Aliases of the workbook with what the station knows; without the latter, accessions stay unjudged."""
    if known is None:
        return own
    given = known if isinstance(known, Mapping) else {alias: {} for alias in known}
    return {**given, **own}


def check_layouts(
    compiled: CompiledForm,
    place: Placed,
    sheets: Mapping[str, Sequence[Placed]],
    known: Known,
    targets: Mapping[str, CompiledForm],
) -> Iterator[Problem]:
    """FilePairs whose layout stands in the referred-to record: ``experiment.library_layout``."""
    for rule in compiled.file_rules:
        through, _, layout = rule.layout.partition(".")
        if layout and (field := reference_of(compiled, through)):
            lookup = _layouts(targets[field.to], layout, sheets.get(field.to, ()), known.get(field.to, ()))
            yield from _judge_layouts(compiled, place, rule, field, lookup)


def reference_of(compiled: CompiledForm, through: str) -> Field | None:
    """The reference field named ``through``, or the one that leads to the form ``through``."""
    references = [field for field in compiled.form.fields if field.type == "reference"]
    return next((field for field in references if through in (field.name, field.to)), None)


def _layouts(target: CompiledForm, layout: str, places: Sequence[Placed], known: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if isinstance(known, Mapping):
        found = {alias: str(values.get(layout, "")) for alias, values in known.items() if isinstance(values, Mapping)}
    for place in places:
        found.update(place.clean.select(target.form.alias, layout).iter_rows())
    return found


def _judge_layouts(
    compiled: CompiledForm, place: Placed, rule: FilePairs, field: Field, layouts: Mapping[str, str]
) -> Iterator[Problem]:
    for index, (target, files) in enumerate(place.clean.select(field.name, rule.files).iter_rows()):
        wanted = layouts.get(target)
        if wanted and files:
            for finding in judge_layout(rule, files, wanted):
                if finding.code == "file-layout":  # the mates were judged with the row
                    yield compiled.problem(finding, rule.files, files, place, index)


def check_files_once(forms: Mapping[str, CompiledForm], places: Sequence[Placed]) -> Iterator[Problem]:
    """No file, and no checksum under another name, in two rows of all sheets."""
    names: dict[str, tuple[Placed, int]] = {}
    sums: dict[str, tuple[Placed, int]] = {}
    for place in places:
        compiled = forms[place.form]
        for rule in compiled.file_rules:
            for field, seen, code in ((rule.files, names, "file-twice"), (rule.checksums, sums, "checksum-twice")):
                yield from _check_once(compiled, place, field, seen, code)


def _check_once(
    compiled: CompiledForm, place: Placed, field: str, seen: dict[str, tuple[Placed, int]], code: str
) -> Iterator[Problem]:
    for index, cell in enumerate(place.clean[field].to_list()):
        if not cell or cell in compiled.missing:
            continue
        for item in dict.fromkeys(cell.split(";")):
            first = seen.setdefault(item, (place, index))
            if first != (place, index) and not (first[0] is place and first[1] == index):
                facts = {"file": item, "checksum": item, "place": first[0].spoken(first[1], with_sheet=True)}
                yield compiled.problem(Finding(code, facts), field, cell, place, index)


def _accession(target: CompiledForm, series: Mapping[str, AccessionSeries]) -> re.Pattern[str] | None:
    one = series.get(target.form.record_type)
    return re.compile(rf"{re.escape(one.prefix)}\d{{{one.digits}}}(?:\.\d+)?") if one else None


def _other_case(value: str, known: Collection[str]) -> str | None:
    folded = value.casefold()
    return next((each for each in known if each.casefold() == folded), None) if len(known) <= 1000 else None
