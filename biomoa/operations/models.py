"""What was done to keep the station well: one row for each backup, scrub, restore, drill and tidying."""

from __future__ import annotations

from django.db import models


class Care(models.Model):
    """A finished work of care. ``summary`` is what its command printed, without lists of more than a few names."""

    kind = models.CharField(max_length=16)  # rules.CareKind
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    is_good = models.BooleanField()
    summary = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "-ended_at"], name="operations_care_latest")]
