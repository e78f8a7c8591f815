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


class SigningKey(models.Model):
    """A public key of this station; the private one is a file of the home. Rows are only ever inserted."""

    number = models.PositiveIntegerField(primary_key=True)
    public = models.CharField(max_length=64)
    since = models.CharField(max_length=27)
    endorsement = models.CharField(max_length=128)


class SignedHead(models.Model):
    """Where the chain ended at an instant, signed. Rows are only ever inserted."""

    number = models.PositiveIntegerField(primary_key=True)
    at = models.CharField(max_length=27)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    key = models.PositiveIntegerField()
    signature = models.CharField(max_length=128)


class Proposal(models.Model):
    """A change to the ledger's own settings: proposed by one administrator, done when another confirms it."""

    kind = models.CharField(max_length=32)
    reason = models.TextField()
    value = models.CharField(max_length=200, blank=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=16, default="open")  # open, done, refused
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)


class Setting(models.Model):
    """A setting of the ledger that only two persons together change."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.CharField(max_length=200)
