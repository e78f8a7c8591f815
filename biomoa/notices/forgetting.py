"""Notices told of a record before a field of it was blanked: they say no more than it says now."""

from __future__ import annotations

from django.db.models import Q

from biomoa.notices.models import Notice
from biomoa.qc.persons import kind_in
from biomoa.records.models import Record, Row
from biomoa.records.services_redaction import REDACTED


def forget(accession: str) -> None:
    """Its title in them is the present one; other texts of it and of its submissions go when they name a person."""
    record = Record.objects.select_related("submission").filter(accession=accession).first()
    if record is None:
        return
    rows = Row.objects.filter(record=record).select_related("submission")
    codes = {record.submission.code, *(row.submission.code for row in rows)}
    for notice in Notice.objects.filter(Q(facts__accession=accession) | Q(facts__code__in=codes)):
        facts = {
            name: REDACTED if isinstance(said, str) and kind_in(said) else said for name, said in notice.facts.items()
        }
        if facts.get("accession") == accession and "title" in facts:
            facts["title"] = {"ko": record.title_ko or record.title, "en": record.title}
        if facts != notice.facts:
            notice.facts = facts
            notice.save(update_fields=["facts"])
