"""Files: what arrives (Upload), what is kept (StoredObject, by content), what it is called where (StoredFile)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Shelf(models.Model):
    """A place where a group's files lie together; a submission has one. Rooms above keep ``state`` as their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    center = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, default="draft")
    closed = models.JSONField(default=dict)  # why no file is taken though the state permits: code, ko, en, url


class StoredObject(models.Model):
    """Bytes in the store, addressed by their SHA-256; never changed, shared by all files with the same content."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    md5 = models.CharField(max_length=32, db_index=True)
    size_bytes = models.BigIntegerField()
    stored_at = models.DateTimeField(auto_now_add=True)


class StoredFile(models.Model):
    """A version of a named file on a shelf. The newest version of a name is ``is_current``."""

    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=255)  # NFC, no path parts
    name_key = models.CharField(max_length=255)  # NFC + casefold, for matching rows and finding collisions
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    object = models.ForeignKey(StoredObject, on_delete=models.PROTECT, related_name="files")
    is_public = models.BooleanField(default=False)  # set by the room that releases, in its transaction
    arrived_at = models.DateTimeField(auto_now_add=True)
    arrived_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shelf", "name_key", "version"], name="one_version_of_a_file"),
            models.UniqueConstraint(
                fields=["shelf", "name_key"], condition=models.Q(is_current=True), name="one_current_file"
            ),
        ]


class Quarantine(models.Model):
    """Why a file is held: an inspection found an identifier of a person in it. ``rules.QUARANTINE`` has the states."""

    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="quarantine")
    state = models.CharField(max_length=16, default="held")
    since = models.DateTimeField(auto_now_add=True)
    said = models.TextField(blank=True)  # the depositor: why it is no identifier
    reason = models.TextField(blank=True)  # the curator: why it was let go


class RemovedObject(models.Model):
    """Content that was removed to protect a person: it is not taken again, and the next backup drops it, too."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    removed_at = models.DateTimeField(auto_now_add=True)


class MissedObject(models.Model):
    """An object that a reader asked for and that was not in the store; forgotten when a scrub finds it whole."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    file_id = models.BigIntegerField()  # through which it was first missed
    missed_at = models.DateTimeField(auto_now_add=True)


class Upload(models.Model):
    """A tus 1.0 upload. Bytes lie in the scratch folder under its id; ``offset_bytes`` of them are durable.

    The row, not the length of the file, says how far an upload is: it is written after the fsync, so whatever a
    client was told survives a power cut, and bytes past it (never acknowledged) are overwritten.
    ``digest_state`` are the running SHA-256 and MD5 at that offset. ``file`` is set when the upload has arrived.
    """

    id = models.CharField(max_length=43, primary_key=True)
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    metadata = models.TextField(blank=True)  # the header as the client sent it
    digest_state = models.BinaryField(default=bytes)
    expected_md5 = models.CharField(max_length=32, blank=True)
    expected_sha256 = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")


class InspectionResult(models.Model):
    """What an inspection said of an object, for one version of the inspection."""

    object = models.ForeignKey(StoredObject, on_delete=models.CASCADE, related_name="inspections")
    qc_version = models.CharField(max_length=16)
    format = models.CharField(max_length=32)
    verdict = models.CharField(max_length=8)  # pass, warn, fail
    findings = models.JSONField(default=list)
    metrics = models.JSONField(default=dict)
    seconds = models.FloatField()
    inspected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["object", "qc_version"], name="one_inspection_a_version")]
