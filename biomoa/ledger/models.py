from django.db import models


class Entry(models.Model):
    """One event. Rows are only ever inserted; a trigger refuses UPDATE and DELETE (migration 0002)."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=27)
    actor = models.CharField(max_length=64)
    event = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    data = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject", "seq"], name="ledger_subject")]


class Head(models.Model):
    """The single row that says where the chain ends; also the lock that makes appending one at a time."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class Position(models.Model):
    """How far a follower has come. A follower that keeps its position with its own data has no row here."""

    follower = models.CharField(max_length=32, primary_key=True)
    seq = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)
