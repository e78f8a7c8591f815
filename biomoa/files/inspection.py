"""Inspecting what arrived: once for each object and version of the inspection."""

from __future__ import annotations

import msgspec
from django.conf import settings
from django.db import transaction

from biomoa.files.models import InspectionResult, StoredFile, StoredObject
from biomoa.files.quarantine import hold
from biomoa.files.storage import store
from biomoa.jobs.steps import step
from biomoa.ledger.services import record
from biomoa.people.rules import system
from biomoa.qc.model import QC_VERSION, Inspection


def inspect(sha256: str) -> bool:
    """Inspects an object unless this version of the inspection already did; whether a result was recorded.

    Damage, crashes and exceeded limits are findings of the result. Raises FileNotFoundError when the store has lost
    the bytes: that is no property of the file, so the job fails and is shown.
    """
    from biomoa.qc.runner import inspect_safely  # loads every format; the web, which only queues, must not

    kept = StoredObject.objects.filter(pk=sha256).first()
    if kept is None or InspectionResult.objects.filter(object=kept, qc_version=QC_VERSION).exists():
        return False
    with store().local(sha256) as path:
        limit = settings.BIOMOA_HOME.station.limits.inspection_memory_bytes
        found = inspect_safely(path, name=_name_of(sha256), memory_bytes=limit)
    step("inspection:done")
    return _keep(kept, found)


def _name_of(sha256: str) -> str:
    newest = StoredFile.objects.filter(object_id=sha256).order_by("-pk").values_list("name", flat=True).first()
    return newest or sha256


def _keep(kept: StoredObject, found: Inspection) -> bool:
    with transaction.atomic():
        _, is_new = InspectionResult.objects.get_or_create(
            object=kept,
            qc_version=found.qc_version,
            defaults={
                "format": found.format,
                "verdict": found.verdict,
                "findings": msgspec.to_builtins(found.findings),
                "metrics": msgspec.to_builtins(found.metrics),
                "seconds": found.seconds,
            },
        )
        if is_new:
            facts = {"verdict": found.verdict, "format": found.format, "qc_version": found.qc_version,
                     "codes": sorted({finding.code for finding in found.findings})}  # fmt: skip
            record(system("worker").label, "file:inspected", kept.sha256, facts)
            hold(kept.sha256)
        step("inspection:before-commit")
    return is_new
