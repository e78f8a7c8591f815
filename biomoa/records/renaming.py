"""Another name for a registered record whose own one identifies a person: in its versions and rows, and wherever
records and drafts of the group refer to it by that name, where its accession stands from then on.

Entries of the ledger from before keep the name; they are read by administrators and auditors alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils import timezone

from biomoa.forms.model import Form
from biomoa.jobs.steps import step
from biomoa.ledger import services as ledger
from biomoa.ledger.services import Event
from biomoa.people.rules import Actor
from biomoa.records import blanking, bulk, rules
from biomoa.records.library import library
from biomoa.records.models import Record, Row, Version
from biomoa.records.rules_titles import titles_of

Place = tuple[str, str]  # a form, and a field of it that refers to the record


def rows_of(record: Record) -> Iterable[Row]:
    """The rows that became the record, and those of later drafts of it."""
    mine = Q(record=record) | Q(submission__owner_id=record.owner_id, form=record.form, alias=record.alias)
    return Row.objects.select_for_update(of=("self",)).filter(mine).order_by("pk")


def rename(actor: Actor, record: Record, form: Form, reason: str) -> None:
    """In the transaction of the redaction, with the record locked. Asked again it changes nothing."""
    former, name = record.alias, f"redacted-{record.accession}"
    if former == name:
        return
    rows, versions = list(rows_of(record)), list(record.versions.order_by("number"))
    _say(Row, rows, lambda values: {**values, form.alias: name})
    Row.objects.filter(pk__in=[each.pk for each in rows]).update(alias=name)
    _say(Version, versions, lambda values: {**values, form.alias: name})
    events = [_event(record, form.alias, versions, reason)]
    submissions = {each.submission_id for each in rows}
    for place in _places(form):
        found = _refer_by_accession(record, place, former, submissions)
        events += _events_of(place[1], found, reason)
    record.alias, record.changed_at = name, timezone.now()
    record.title, record.title_ko = titles_of(form, rules.merge(versions[-1].values, versions[-1].layer))
    record.save(update_fields=["alias", "title", "title_ko", "changed_at"])
    step("rename:written")
    blanking.blank_words(submissions, {former})
    ledger.record_many(actor.label, events)


def _places(form: Form) -> list[Place]:
    forms = library().forms.values()
    return [(each.form, field.name) for each in forms for field in rules.references(each) if field.to == form.form]


def _refer_by_accession(record: Record, place: Place, former: str, submissions: set[int]) -> list[Version]:
    """The versions that named the record in that field; ``submissions`` gets those of their rows and of drafts."""
    form, field = place
    rows = Row.objects.select_for_update(of=("self",)).filter(submission__owner_id=record.owner_id, form=form)
    said = Version.objects.filter(record__owner_id=record.owner_id, record__form=form)
    said = said.select_related("record").order_by("record_id", "number")
    named, versions = (
        [
            each
            for each in things.alias(said=KT(f"values__{field}")).filter(said__contains=former)
            if former in rules.split_values(each.values[field])
        ]
        for things in (rows, said)
    )
    for model, found in ((Row, named), (Version, versions)):
        _say(model, found, lambda values: _referring(values, field, former, record.accession))
    submissions |= {each.submission_id for each in named}
    return versions


def _referring(values: Mapping[str, str], field: str, former: str, accession: str) -> dict[str, str]:
    named = [accession if each == former else each for each in rules.split_values(values[field])]
    return {**values, field: ";".join(named)}


def _say(model: type[Row] | type[Version], things: Iterable[Any], change: Any) -> None:
    """Writes the changed values; of versions their digest, too."""
    rows = []
    for each in things:
        each.values = change(each.values)
        if isinstance(each, Version):
            each.digest = rules.digest(each.values, each.record.form, each.form_revision, each.layer)
            rows.append((bulk.json_text(each.values), each.digest, each.pk))
        else:
            rows.append((bulk.json_text(each.values), each.pk))
    bulk.update(model, ("values", "digest") if model is Version else ("values",), rows)


def _event(record: Record, field: str, versions: Iterable[Version], reason: str) -> Event:
    """Which field of which versions, and their new digests; never what stood there."""
    told = [{"number": each.number, "digest": each.digest} for each in versions]
    data = {"field": field, "versions": told, "reason": reason, "version": record.version}
    return Event("record:redacted", record.accession, data)


def _events_of(field: str, versions: Iterable[Version], reason: str) -> Iterator[Event]:
    """Of the records that referred to it: they say its accession now."""
    found: dict[int, list[Version]] = defaultdict(list)
    for each in versions:
        found[each.record_id].append(each)
    Record.objects.filter(pk__in=found).update(changed_at=timezone.now())
    for told in found.values():
        yield _event(told[0].record, field, told, reason)
