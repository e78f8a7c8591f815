"""What a person was told, how the person wishes to hear of it, and the mails that go out."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Mail(models.Model):
    """A mail to be sent. Its words are made when it is sent, from its notices; here is only how far it is.

    ``due_at`` is the next try, and a lease while one runs: who takes the mail moves it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, default="pending")  # pending, sent, failed
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="mails_to_send"),
            models.Index(fields=["state", "made_at"], name="mails_by_state"),
        ]


class Notice(models.Model):
    """A notice to one person. ``facts`` fill the texts of its kind in the language in which it is read."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()  # of the entry in the ledger
    topic = models.CharField(max_length=128)
    kind = models.CharField(max_length=32)
    facts = models.JSONField()
    due = models.DateField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    wants_mail = models.BooleanField(default=False)  # not in a mail yet
    mail = models.ForeignKey(Mail, null=True, on_delete=models.SET_NULL, related_name="notices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="one_notice_a_topic")]
        indexes = [
            models.Index(fields=["user", "-seq"], name="notices_of_a_person"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="unread_notices"),
            models.Index(fields=["user"], condition=models.Q(wants_mail=True), name="notices_to_mail"),
        ]


class Preference(models.Model):
    """How a person hears by mail; without a row at once. ``digest_on`` is the day of the last digest."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    delivery = models.CharField(max_length=8, default="now")
    digest_on = models.DateField(null=True)
