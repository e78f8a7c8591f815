"""Rows against their forms, and the links between them: what may hang on what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import polars as pl
from django.conf import settings
from django.utils import timezone

from biomoa.forms.model import Field, FilePairs, Form
from biomoa.forms.problems import Problem
from biomoa.records import rules
from biomoa.records.bundles import Bundle, Table
from biomoa.records.library import library
from biomoa.records.models import Link, Row, Submission
from biomoa.records.problems import at, problem
from biomoa.records.references import Known, KnownByToken, current_values, find_known, find_own, umbrellas
from biomoa.records.umbrellas import is_agreed


class Judged(msgspec.Struct, frozen=True):
    """Values of one row and what their form finds in them."""

    form: str
    values: dict[str, str]
    problems: tuple[Problem, ...]


def check_forms(bundle: Bundle, known: KnownByToken) -> list[Problem]:
    """Every rule of every form, with the references resolved within the bundle and against ``known``."""
    frames = {name: _frame(library().form(name), table.rows) for name, table in bundle.tables.items()}
    positions = {name: table.positions for name, table in bundle.tables.items()}
    return library().check_bundle(frames, known=_outside(bundle.tables, known), rows=positions)


def _frame(form: Form, rows: Sequence[Mapping[str, str]]) -> pl.DataFrame:
    """The columns that are used: a form of 200 fields has 30 in one study."""
    used = set().union(*rows)
    known = [field.name for field in form.fields if field.name in used] or [form.alias]
    columns = [*known, *sorted(used.difference(known))]  # what the form does not know is searched for persons only
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in columns}, schema=dict.fromkeys(columns, pl.String)
    )


def _outside(forms: Iterable[str], known: KnownByToken) -> dict[str, dict[str, Mapping[str, str]]]:
    """Alias or accession -> what the record says, where a rule asks for it (the layout of an experiment)."""
    asked = {target for name in forms for target in _layout_targets(library().form(name))}
    said = current_values({each.id for form in asked for each in known.get(form, {}).values()})
    return {form: {token: said.get(each.id, {}) for token, each in tokens.items()} for form, tokens in known.items()}


def _layout_targets(form: Form) -> set[str]:
    through = {
        rule.layout.partition(".")[0] for rule in form.rules if isinstance(rule, FilePairs) and "." in rule.layout
    }
    return {field.to for field in rules.references(form) if field.name in through or field.to in through}


def check_fields(bundle: Bundle) -> Iterator[Problem]:
    """Names of fields that the form does not have, once for each: what stands there is kept, but says nothing."""
    for name, table in bundle.tables.items():
        known = {field.name for field in library().form(name).fields}
        for field in sorted(set().union(*table.rows) - known):
            yield problem("unknown-field", sheet=name, field=field, field_name=field)


def judge(form: str, values: Mapping[str, str]) -> Judged:
    """What the form says of the values alone. Asks the database nothing: it can be done before a transaction begins."""
    return Judged(form, dict(values), tuple(library().check_record(form, values)))


def check_row(submission: Submission, row: Row, judged: Judged | None = None) -> list[Problem]:
    """One row by the same rules, as far as a row alone can tell. ``judged`` counts if it is of these very values."""
    values = rules.merge(row.values, row.layer)
    if judged is None or (judged.form, judged.values) != (row.form, values):
        judged = judge(row.form, values)
    single = Bundle(
        submission.owner_id, submission.pk, submission.shelf_id, {row.form: Table([row.position], [values])}
    )
    known = find_known(single)
    # What another row of this very draft answers is not looked for: the whole check does that.
    found = [*judged.problems, *check_fields(single), *check_links(single, known)]
    return [at(each, sheet=row.form, row=row.position) for each in found]


def check_links(bundle: Bundle, known: KnownByToken) -> list[Problem]:
    """What hangs on an umbrella, who is whose umbrella, aliases of withdrawn records."""
    found: list[Problem] = []
    over = {
        name: umbrellas(library().form(name), tokens, bundle)
        for name, tokens in known.items()
        if rules.is_root(library().form(name))
    }
    for name, table in bundle.tables.items():
        form = library().form(name)
        own = find_own(bundle.owner_id, name, sorted(bundle.aliases(name)))
        found += _check_withdrawn(form, table, own)
        for field in rules.references(form):
            if field.to in over:
                found += _check_umbrella(form, field, table, over[field.to], known.get(field.to, {}), bundle)
        if rules.is_root(form):
            found += _check_one_umbrella(form, table, own, known.get(name, {}))
            found += _check_members(form, table, known.get(name, {}))
            found += _check_agreed(form, table, own, known.get(name, {}))
            found += _check_days(form, table)
    return found


def _check_withdrawn(form: Form, table: Table, own: Mapping[str, Known]) -> Iterator[Problem]:
    gone = {alias: each for alias, each in own.items() if each.state not in rules.OPEN}
    if not gone:
        return
    for position, row in zip(table.positions, table.rows, strict=True):
        if each := gone.get(row.get(form.alias, "")):
            place = {"sheet": form.form, "row": position, "field": form.alias, "value": each.alias}
            yield problem("alias-withdrawn", accession=each.accession, **place)


def _check_umbrella(
    form: Form, field: Field, table: Table, over: set[str], known: Mapping[str, Known], bundle: Bundle
) -> Iterator[Problem]:
    """A project may only hang on an umbrella; everything else, and a member, only on what is not one."""
    is_project = form.form == field.to and field not in rules.downward(form)
    there = known.keys() | bundle.aliases(field.to)
    for position, row in zip(table.positions, table.rows, strict=True):
        for token in rules.split_values(row.get(field.name, "")):
            # An unknown reference is the form's own problem.
            if token in there and (token in over) is not is_project:
                code = "umbrella-expected" if is_project else "umbrella-has-data"
                yield problem(code, sheet=form.form, row=position, field=field.name, value=token)


def _check_agreed(form: Form, table: Table, own: Mapping[str, Known], known: Mapping[str, Known]) -> Iterator[Problem]:
    """Another group's umbrella is named only when that group has agreed (records/umbrellas.py)."""
    foreign = {token: each for token, each in known.items() if not each.is_own}
    fields = [field for field in rules.upward(form) if field.to == form.form] if foreign else []
    for position, row in zip(table.positions, table.rows, strict=True) if fields else ():
        project = own.get(row.get(form.alias, ""))
        for field in fields:
            each = foreign.get(row.get(field.name, ""))
            if each and not is_agreed(each.id, project.id if project else None):
                yield problem(
                    "umbrella-not-agreed", sheet=form.form, row=position, field=field.name, value=each.accession
                )


def _check_one_umbrella(
    form: Form, table: Table, own: Mapping[str, Known], known: Mapping[str, Known]
) -> Iterator[Problem]:
    fields = [field.name for field in rules.upward(form)]
    members = [field.name for field in rules.downward(form)]
    links = Link.objects.filter(child_id__in=[each.id for each in own.values()], field__in=fields + members)
    has = dict(links.values_list("child_id", "parent__accession"))
    for position, row in zip(table.positions, table.rows, strict=True):
        each = own.get(row.get(form.alias, ""))
        for name in fields if each and each.id in has else ():
            token = row.get(name, "")
            named = known[token].accession if token in known else token
            if token and each and named != has[each.id]:
                place = {"sheet": form.form, "row": position, "field": name, "value": token}
                yield problem("umbrella-many", umbrella=has[each.id], **place)


def _check_members(form: Form, table: Table, known: Mapping[str, Known]) -> Iterator[Problem]:
    """An umbrella ties projects of its own group, each of which has no other umbrella."""
    fields = rules.downward(form)
    over = Link.objects.filter(child_id__in={each.id for each in known.values()}, parent__form=form.form)
    has = {
        child: (alias, accession)
        for child, alias, accession in over.values_list("child_id", "parent__alias", "parent__accession")
    }
    for position, row in zip(table.positions, table.rows, strict=True):
        own = row.get(form.alias, "")
        for field in fields:
            for token in rules.split_values(row.get(field.name, "")):
                each = known.get(token)
                place = {"sheet": form.form, "row": position, "field": field.name, "value": token}
                if each and not each.is_own:
                    yield problem("umbrella-foreign-member", **place)
                elif each and each.id in has and has[each.id][0] != own:
                    yield problem("umbrella-many", umbrella=has[each.id][1], **place)


def _check_days(form: Form, table: Table) -> Iterator[Problem]:
    """A record's own day of release keeps to the limit of the station, too."""
    today = timezone.localdate()
    limits = settings.BIOMOA_HOME.station.limits
    limit = rules.release_limit(today, None, limits.embargo_years, limits.embargo_extension_years)
    for position, row in zip(table.positions, table.rows, strict=True):
        day = rules.release_day(form, row, None)
        if day and day > limit:
            place = {"sheet": form.form, "row": position, "field": rules.RELEASE_FIELD, "value": str(day)}
            yield problem("release-date-too-late", date=day, limit=limit, **place)
