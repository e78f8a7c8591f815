"""Notices told of a record before a field of it was blanked: they say no more than it says now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from biomoa.ledger.models import Entry
from biomoa.notices.happenings import happenings
from biomoa.notices.models import Notice
from biomoa.qc.persons import kind_in
from biomoa.records.models import Record, Row
from biomoa.records.services_redaction import REDACTED


def forget(accession: str) -> None:
    """They say what their entries would say today; what the entry itself holds goes when it names a person."""
    record = Record.objects.select_related("submission").filter(accession=accession).first()
    if record is None:
        return
    rows = Row.objects.filter(record=record).select_related("submission")
    codes = {record.submission.code, *(row.submission.code for row in rows)}
    notices = list(Notice.objects.filter(Q(facts__accession=accession) | Q(facts__code__in=codes)))
    entries = Entry.objects.in_bulk([notice.seq for notice in notices])
    for notice in notices:
        facts = _of_today(notice.facts, entries.get(notice.seq))
        if facts.get("accession") == accession and "title" in facts:
            facts["title"] = {"ko": record.title_ko or record.title, "en": record.title}
        if facts != notice.facts:
            notice.facts = facts
            notice.save(update_fields=["facts"])


def _of_today(facts: Mapping[str, Any], entry: Entry | None) -> dict[str, Any]:
    """The facts as they would be made now, of the same thing, where it is still there."""
    now = next((one.facts for one in happenings(entry) if _is_same(one.facts, facts)), {}) if entry else {}
    told = {name: now.get(name, said) for name, said in facts.items()}
    return {name: REDACTED if isinstance(said, str) and kind_in(said) else said for name, said in told.items()}


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("code", "accession"))
