"""What rows refer to outside their own submission: registered records that the group may build on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from django.db.models import Q, QuerySet

from biomoa.forms.model import Form
from biomoa.ledger.prepared import Prepared
from biomoa.records import rules
from biomoa.records.bundles import Bundle
from biomoa.records.library import library
from biomoa.records.models import Record, Version


class Known(msgspec.Struct, frozen=True):
    """A registered record as a row may name it."""

    id: int
    accession: str
    alias: str
    form: str
    state: str
    project_id: int | None
    is_own: bool
    is_root: bool


KnownByToken = dict[str, dict[str, Known]]  # form -> alias or accession -> record
COLUMNS = ("id", "accession", "alias", "form", "state", "project_id", "owner_id")


def find_known(bundle: Bundle) -> KnownByToken:
    """The records that the bundle's references name and that the group may build on: its own, and public ones.

    What another group keeps closed is not found, exactly as if it did not exist.
    """
    return {form: _find(bundle.owner_id, form, tokens) for form, tokens in _tokens(bundle).items()}


def _tokens(bundle: Bundle) -> dict[str, set[str]]:
    """The references by the form they lead to, without those that the bundle itself answers."""
    wanted: dict[str, set[str]] = {}
    for name, table in bundle.tables.items():
        for field in rules.references(library().form(name)):
            tokens = wanted.setdefault(field.to, set())
            for row in table.rows:
                if text := row.get(field.name):
                    tokens.update(rules.split_values(text) if ";" in text else (text,))
    return {form: tokens - bundle.aliases(form) for form, tokens in wanted.items()}


def _find(owner_id: int, form: str, tokens: Collection[str]) -> dict[str, Known]:
    is_root = rules.is_root(library().form(form))
    if not tokens:
        return {}
    is_one = len(tokens) == 1
    named = _ONE_NAMED.rows(owner_id, form, *tokens) if is_one else _named(owner_id, form, tokens)
    own = _ONE_OPEN.rows(owner_id, form, *tokens) if is_one else _own(owner_id, form, tokens, state__in=rules.OPEN)
    found = {each.accession: each for each in _known(named, owner_id, is_root)}
    return found | {each.alias: each for each in _known(own, owner_id, is_root)}


def _named(owner_id: int, form: str, accessions: Collection[str]) -> QuerySet[Record, Any]:
    visible = Q(owner_id=owner_id, state__in=rules.OPEN) | Q(state="released")
    return _in(Record.objects.filter(visible, form=form), "accession", accessions)


def _own(owner_id: int, form: str, aliases: Collection[str], **more: Any) -> QuerySet[Record, Any]:
    return _in(Record.objects.filter(owner_id=owner_id, form=form, **more), "alias", aliases)


def _in(records: QuerySet[Record], column: str, values: Collection[str]) -> QuerySet[Record, Any]:
    condition = {f"{column}__among": values} if len(values) > 1 else {column: next(iter(values))}
    return records.filter(**condition).values_list(*COLUMNS)


# A row that is saved names one record at a time.
_ONE_NAMED = Prepared(lambda owner, form, token: _named(owner, form, [token]))
_ONE_OPEN = Prepared(lambda owner, form, token: _own(owner, form, [token], state__in=rules.OPEN))
_ONE_OWN = Prepared(lambda owner, form, token: _own(owner, form, [token]))


def _known(rows: Iterable[tuple[Any, ...]], owner_id: int, is_root: bool) -> Iterator[Known]:
    for key, accession, alias, form, state, project, owner in rows:
        yield Known(key, accession, alias, form, state, project, owner == owner_id, is_root)


def find_own(owner_id: int, form: str, aliases: Collection[str]) -> dict[str, Known]:
    """The group's own records of the form by alias, in any state: rows of these aliases are revisions."""
    is_root = rules.is_root(library().form(form))
    if not aliases:
        return {}
    own = _ONE_OWN.rows(owner_id, form, *aliases) if len(aliases) == 1 else _own(owner_id, form, aliases)
    return {each.alias: each for each in _known(own, owner_id, is_root)}


def current_values(record_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """What the records say now, merged, by record id."""
    asked = set(record_ids)
    if len(asked) == 1:
        rows: Iterable[tuple[Any, ...]] = _ONE_SAID.rows(*asked)
    else:
        rows = _said(record_id__among=asked) if asked else ()
    return {record: rules.merge(values, layer) for record, values, layer in rows}


def _said(**condition: Any) -> QuerySet[Version, Any]:
    versions = Version.objects.filter(**condition).order_by("record_id", "number")
    return versions.values_list("record_id", "values", "layer")


_ONE_SAID = Prepared(lambda record: _said(record_id=record))


def umbrellas(form: Form, known: Mapping[str, Known], bundle: Bundle) -> set[str]:
    """The aliases and accessions, in the bundle or registered, that are umbrella projects."""
    said = current_values({each.id for each in known.values()})
    registered = {token for token, each in known.items() if rules.is_umbrella(form, said[each.id])}
    table = bundle.tables.get(form.form)
    written = {row.get(form.alias, "") for row in table.rows if rules.is_umbrella(form, row)} if table else set()
    return (registered | written) - {""}
