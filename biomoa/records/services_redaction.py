"""Blanking one field of a registered record that identifies a person: in every version, row and word on it, for good.

The ledger is told which field of which versions, and the new digests; never what stood there. The index follows the
entry; exports and pages read the versions. What is in the ledger already cannot be taken out: see ``check_redactable``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from biomoa.forms.model import Form
from biomoa.jobs.models import Answer
from biomoa.jobs.steps import step
from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor
from biomoa.records import access, freetexts, rules
from biomoa.records.library import library
from biomoa.records.models import (
    Certificate,
    Comment,
    HumanDataAnswer,
    Override,
    Record,
    Row,
    RowProblem,
    Submission,
    Version,
)
from biomoa.records.problems import problem
from biomoa.records.refusals import Refusal
from biomoa.records.rules_titles import titles_of

REDACTED = "[redacted]"
RESTRICTED = "missing: restricted access"  # the INSDC term, in fields that may hold one: exports stay valid
SHORTEST = 4  # characters; a shorter value is not looked for within other texts
TEXTS = ("message_ko", "message_en", "value", "suggestion")


def redact(actor: Actor, accession: str, field: str, reason: str) -> Record:
    """Puts a marker in place of the field in all versions. Asked again it finds nothing and changes nothing.

    Raises NotFound, PermissionDenied, Refusal. Earlier generations of a backup keep their database until they leave.
    """
    with transaction.atomic():
        record = access.get_record(actor, accession, lock=True)
        access.check_may_record(actor, "decide", record)
        if not reason.strip():
            raise Refusal([problem("reason-needed", field="reason")])
        freetexts.check(reason=reason)
        form = library().form(record.form)
        marker = check_redactable(form, field)
        rows = list(_rows_of(record))
        gone = set(_said(field, rows)) | set(_said(field, record.versions.all()))
        gone -= {"", REDACTED, RESTRICTED}
        if not gone:
            return record
        told = [{"number": each.number, "digest": each.digest} for each in _blank_versions(record, form, field, marker)]
        _blank_rows(rows, field, marker)
        record.title, record.title_ko = titles_of(form, _current(record))
        record.changed_at = timezone.now()
        record.save(update_fields=["title", "title_ko", "changed_at"])
        _blank_words({each.submission_id for each in rows}, gone)
        step("redact:written")
        data = {"field": field, "versions": told, "reason": reason.strip(), "version": record.version}
        ledger.record(actor.label, "record:redacted", accession, data)
    return record


def check_redactable(form: Form, field: str) -> str:
    """The marker for the field. Raises Refusal for an alias, which the ledger has, and for what links to others."""
    known = {each.name: each for each in form.fields}.get(field)
    if field == form.alias or (known is not None and known.type in ("reference", "files", "md5")) or not field:
        raise Refusal([problem("field-not-redactable", field="field", field_name=field)])
    return RESTRICTED if known is not None and known.missing else REDACTED


def _rows_of(record: Record) -> Iterable[Row]:
    """The rows that became the record, and those of later drafts of it."""
    mine = Q(record=record) | Q(submission__owner_id=record.owner_id, form=record.form, alias=record.alias)
    return Row.objects.select_for_update(of=("self",)).filter(mine).order_by("pk")


def _said(field: str, things: Iterable[Row | Version]) -> Iterator[str]:
    """What stood in the field: the depositor's words and a curator's over them."""
    for each in things:
        yield each.values.get(field, "")
        yield each.layer.get(field, {}).get("value", "")


def _blank_versions(record: Record, form: Form, field: str, marker: str) -> Iterator[Version]:
    for version in record.versions.order_by("number"):
        if not _blank(version, field, marker):
            continue
        version.digest = rules.digest(version.values, form.form, version.form_revision, version.layer)
        version.save(update_fields=["values", "layer", "digest"])
        yield version


def _blank_rows(rows: Iterable[Row], field: str, marker: str) -> None:
    for row in rows:
        if _blank(row, field, marker):
            row.save(update_fields=["values", "layer"])


def _blank(thing: Row | Version, field: str, marker: str) -> bool:
    if not any(_said(field, [thing])):
        return False
    if thing.values.get(field):
        thing.values = {**thing.values, field: marker}
    if field in thing.layer:
        thing.layer = {**thing.layer, field: {**thing.layer[field], "value": marker}}
    return True


def _current(record: Record) -> Mapping[str, str]:
    version = record.versions.get(number=record.version)
    return rules.merge(version.values, version.layer)


def _blank_words(submissions: set[int], gone: set[str]) -> None:
    """Problems, decisions, comments, titles, certificates and kept answers that repeat what stood there."""
    long = sorted((each for each in gone if len(each) >= SHORTEST), key=len, reverse=True)
    for text in long:
        mine = Q(submission_id__in=submissions)
        _replace(Comment.objects.filter(mine, text__contains=text), ("text",), text)
        _replace(RowProblem.objects.filter(mine, _any_contains(TEXTS, text)), TEXTS, text)
        _replace(Override.objects.filter(mine, _any_contains(("value", "reason"), text)), ("value", "reason"), text)
        _replace(HumanDataAnswer.objects.filter(mine, words__contains=text), ("words",), text)
        _replace(Submission.objects.filter(pk__in=submissions, title__contains=text), ("title",), text)
        for made in Certificate.objects.filter(mine | Q(record__submission_id__in=submissions)):
            _blank_certificate(made, text)
        # An answer that is kept for a repeated command; without it the command is carried out again.
        Answer.objects.filter(Q(body__contains=text.encode()) | Q(body__contains=_escaped(text))).delete()


def _any_contains(columns: Iterable[str], text: str) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__contains": text})
    return found


def _replace(things: Any, columns: tuple[str, ...], text: str) -> None:
    for each in things:
        for column in columns:
            if text in (getattr(each, column) or ""):
                setattr(each, column, getattr(each, column).replace(text, REDACTED))
        each.save(update_fields=columns)


def _blank_certificate(made: Certificate, text: str) -> None:
    """Its check code then says that it is not what was issued, which is so."""
    said = msgspec.json.encode(made.facts).decode()
    if text in said:
        made.facts = msgspec.json.decode(said.replace(text, REDACTED).encode())
        made.save(update_fields=["facts"])


def _escaped(text: str) -> bytes:
    """As JSON with ASCII only writes it."""
    return json.dumps(text)[1:-1].encode()
