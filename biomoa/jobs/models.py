"""Who works, when the clock last struck, what was answered. The tasks themselves are rows of django-tasks-db."""

from __future__ import annotations

from django.db import models


class Worker(models.Model):
    """A worker process. It is alive while its beat is fresh and, on this host, its process is still the same one."""

    id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=200)  # host name, boot and process namespace: where ``pid`` means something
    pid = models.PositiveIntegerField()
    process_started = models.BigIntegerField()  # clock ticks since boot; tells a reused pid from the old process
    parent_pid = models.PositiveIntegerField(default=0)  # who started it: ``biomoa serve``, or the system
    parent_started = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(db_index=True)
    task = models.CharField(max_length=36, blank=True)  # id of the task it works on


class Strike(models.Model):
    """A periodic function of the clock: when it is due next; whoever moves ``due_at`` runs it."""

    name = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)  # of the last run; empty when it went well


class Answer(models.Model):
    """The answer to a command that a program sent with an Idempotency-Key; the same key again gives it again."""

    actor = models.CharField(max_length=64)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField(default=0)  # 0: the command is under way in an open transaction
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=bytes)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="jobs_answer_key")]


class ClockMark(models.Model):
    """A time of the clock that was believed, or is doubted, with the seconds since boot (``jobs.timekeeping``)."""

    name = models.CharField(max_length=16, primary_key=True)
    at = models.DateTimeField()
    up_seconds = models.FloatField()
    boot = models.CharField(max_length=200)
