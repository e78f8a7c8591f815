"""Rows against their forms, and the links between them: what may hang on what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from biomoa.forms.model import Field, Form
from biomoa.forms.problems import Problem
from biomoa.records import rules
from biomoa.records.bundles import Bundle, Table
from biomoa.records.library import library
from biomoa.records.models import Link, Row, Submission
from biomoa.records.problems import at, problem
from biomoa.records.references import Known, KnownByToken, find_known, find_own, umbrellas


def check_forms(bundle: Bundle, known: KnownByToken) -> list[Problem]:
    """Every rule of every form, with the references resolved within the bundle and against ``known``."""
    tables = {name: table.rows for name, table in bundle.tables.items()}
    outside = {form: frozenset(tokens) for form, tokens in known.items()}
    found = library().check_bundle(tables, known=outside)
    return [_placed(each, bundle) for each in found]


def _placed(each: Problem, bundle: Bundle) -> Problem:
    """Rows of the check count from 1; positions of a draft may have gaps."""
    table = bundle.tables.get(each.sheet or "")
    if table is None or each.row is None or table.positions[each.row - 1] == each.row:
        return each
    return at(each, row=table.positions[each.row - 1])


def check_row(submission: Submission, row: Row) -> list[Problem]:
    """One row by the same rules, as far as a row alone can tell."""
    values = rules.merge(row.values, row.layer)
    single = Bundle(
        submission.owner_id, submission.pk, submission.shelf_id, {row.form: Table([row.position], [values])}
    )
    found = [*library().check_record(row.form, values), *check_links(single, find_known(single))]
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
    """A project may only hang on an umbrella; everything else only on what is not one."""
    is_project = form.form == field.to
    there = known.keys() | bundle.aliases(field.to)
    for position, row in zip(table.positions, table.rows, strict=True):
        token = row.get(field.name, "")
        # An unknown reference is the form's own problem.
        if token in there and (token in over) is not is_project:
            code = "umbrella-expected" if is_project else "umbrella-has-data"
            yield problem(code, sheet=form.form, row=position, field=field.name, value=token)


def _check_one_umbrella(
    form: Form, table: Table, own: Mapping[str, Known], known: Mapping[str, Known]
) -> Iterator[Problem]:
    fields = [field.name for field in rules.references(form) if field.to == form.form]
    links = Link.objects.filter(child_id__in=[each.id for each in own.values()], field__in=fields)
    has = {child: accession for child, accession in links.values_list("child_id", "parent__accession")}
    for position, row in zip(table.positions, table.rows, strict=True):
        each = own.get(row.get(form.alias, ""))
        for name in fields if each and each.id in has else ():
            token = row.get(name, "")
            named = known[token].accession if token in known else token
            if token and each and named != has[each.id]:
                place = {"sheet": form.form, "row": position, "field": name, "value": token}
                yield problem("umbrella-many", umbrella=has[each.id], **place)
