"""Work by the clock. Each task may run twice, and any number of times a day."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from biomoa.records.checking import check_stored
from biomoa.records.models import Submission
from biomoa.records.services_release import open_due


@task()
def open_due_records() -> int:
    """Opens what is due; the number of records opened."""
    return len(open_due(timezone.now()))


@task()
def check_submission(submission_id: int) -> None:
    """A check outside of a request, for drafts of many rows; a submission that is gone is no fault."""
    if Submission.objects.filter(pk=submission_id).exists():
        check_stored(submission_id)
