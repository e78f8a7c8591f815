"""Background work on files. Tasks carry addresses, not objects, and may run twice."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django_tasks import task

from biomoa.files import inspection
from biomoa.files.models import StoredObject
from biomoa.qc.model import QC_VERSION

ARCHIVE_PRIORITY = -50
PAGE = 500


@task()
def inspect_object(sha256: str) -> bool:
    """Inspects an object; True when this run recorded the result."""
    return inspection.inspect(sha256)


def outdated() -> QuerySet[StoredObject]:
    """Objects that only an older version of the inspection has seen."""
    return StoredObject.objects.filter(inspections__isnull=False).exclude(inspections__qc_version=QC_VERSION).distinct()


def inspect_again() -> int:
    """Queues every outdated object, behind the work of the day; how many. Twice does no harm."""
    later = inspect_object.using(priority=ARCHIVE_PRIORITY)
    queued, after = 0, ""
    waiting = outdated().order_by("sha256")
    while page := list(waiting.filter(sha256__gt=after).values_list("sha256", flat=True)[:PAGE]):
        with transaction.atomic():
            for sha256 in page:
                later.enqueue(sha256)
        queued, after = queued + len(page), page[-1]
    return queued
