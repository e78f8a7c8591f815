"""Blanking one field of a registered record that identifies a person: in every version, row and word on it, for good.

The ledger is told which field of which versions, and the new digests; never what stood there. The index follows the
entry; exports and pages read the versions. What is in the ledger already cannot be taken out: see ``check_redactable``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from django.db import transaction
from django.utils import timezone

from biomoa.forms.model import Form
from biomoa.jobs.steps import step
from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor
from biomoa.records import access, blanking, freetexts, renaming, rules
from biomoa.records.library import library
from biomoa.records.models import Record, Row, Version
from biomoa.records.problems import problem
from biomoa.records.refusals import Refusal
from biomoa.records.rules_titles import titles_of

REDACTED = blanking.REDACTED
RESTRICTED = "missing: restricted access"  # the INSDC term, in fields that may hold one: exports stay valid


def redact(actor: Actor, accession: str, field: str, reason: str) -> Record:
    """Puts a marker in place of the field in all versions. Asked again it finds nothing and changes nothing.

    The name that the group gave the record is replaced by another one, also where others of the group refer by it.

    Raises NotFound, PermissionDenied, Refusal. Earlier generations of a backup keep their database until they leave.
    """
    with transaction.atomic():
        record = access.get_record(actor, accession, lock=True)
        access.check_may_record(actor, "decide", record)
        if not reason.strip():
            raise Refusal([problem("reason-needed", field="reason")])
        freetexts.check(reason=reason)
        form = library().form(record.form)
        if field == form.alias:
            renaming.rename(actor, record, form, reason.strip())
            return record
        marker = check_redactable(form, field)
        rows = list(renaming.rows_of(record))
        gone = set(_said(field, rows)) | set(_said(field, record.versions.all()))
        gone -= {"", REDACTED, RESTRICTED}
        if not gone:
            return record
        told = [
            {"number": each.number, "digest": each.digest}
            for each in _blank_versions(record, form, field, marker, gone)
        ]
        _blank_rows(rows, field, marker, gone)
        record.title, record.title_ko = titles_of(form, _current(record))
        record.changed_at = timezone.now()
        record.save(update_fields=["title", "title_ko", "changed_at"])
        blanking.blank_words({each.submission_id for each in rows}, gone)
        step("redact:written")
        data = {"field": field, "versions": told, "reason": reason.strip(), "version": record.version}
        ledger.record(actor.label, "record:redacted", accession, data)
    return record


def check_redactable(form: Form, field: str) -> str:
    """The marker for the field. Raises Refusal for what links to others (it goes with the name of the other record)
    and for files, which a curator holds and removes."""
    known = {each.name: each for each in form.fields}.get(field)
    if (known is not None and known.type in ("reference", "files", "md5")) or not field:
        raise Refusal([problem("field-not-redactable", field="field", field_name=field)])
    return RESTRICTED if known is not None and known.missing else REDACTED


def _said(field: str, things: Iterable[Row | Version]) -> Iterator[str]:
    """What stood in the field: the depositor's words and a curator's over them."""
    for each in things:
        yield each.values.get(field, "")
        yield each.layer.get(field, {}).get("value", "")


def _blank_versions(record: Record, form: Form, field: str, marker: str, gone: Collection[str]) -> Iterator[Version]:
    for version in record.versions.order_by("number"):
        if not _blank(version, field, marker, gone):
            continue
        version.digest = rules.digest(version.values, form.form, version.form_revision, version.layer)
        version.save(update_fields=["values", "layer", "digest"])
        yield version


def _blank_rows(rows: Iterable[Row], field: str, marker: str, gone: Collection[str]) -> None:
    for row in rows:
        if _blank(row, field, marker, gone):
            row.save(update_fields=["values", "layer"])


def _blank(thing: Row | Version, field: str, marker: str, gone: Collection[str]) -> bool:
    if not any(_said(field, [thing])):
        return False
    thing.layer = {name: _without(said, gone) for name, said in thing.layer.items()}
    if thing.values.get(field):
        thing.values = {**thing.values, field: marker}
    if field in thing.layer:
        thing.layer = {**thing.layer, field: {**thing.layer[field], "value": marker}}
    return True


def _without(correction: Mapping[str, str], gone: Collection[str]) -> dict[str, str]:
    """A correction whose reason repeats nothing of it."""
    reason = correction.get("reason", "")
    for text in sorted(gone, key=len, reverse=True):
        reason = reason.replace(text, REDACTED) if len(text) >= blanking.SHORTEST else reason
    return {**correction, "reason": reason}


def _current(record: Record) -> Mapping[str, str]:
    version = record.versions.get(number=record.version)
    return rules.merge(version.values, version.layer)
