from __future__ import annotations

from django.db import models


class Shown(models.Model):
    """The single row whose stamp is another one after every change of what pages of records show (``shown.py``)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=36)
