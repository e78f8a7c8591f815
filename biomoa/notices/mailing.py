"""The outbox. Notices are packed into a mail in one transaction; the mail is sent until the mail server has taken it.

Killed between the server's answer and the account of it, a mail is sent once more, under the same Message-ID.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from biomoa.jobs.steps import step
from biomoa.notices import rules
from biomoa.notices.models import Mail, Notice, Preference
from biomoa.notices.queries import told_of
from biomoa.people.models import User

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # no try takes so long (EMAIL_TIMEOUT): after it, the process that tried is dead
MOST_AT_ONCE = 500
KEPT = timedelta(days=90)


def pack(now: datetime) -> int:
    """Puts what waits into mails, for everybody whose time has come; how many mails."""
    waiting = Notice.objects.filter(wants_mail=True).order_by("user_id").values_list("user_id", flat=True).distinct()
    gathering = _gathering(timezone.localtime(now))
    return sum(_pack_for(user, now) for user in list(waiting) if user not in gathering)


def _gathering(local: datetime) -> set[int]:
    """Whose digest is not due yet: nothing need be locked for them."""
    daily = Preference.objects.filter(delivery="daily").values_list("user_id", "digest_on")
    return {user for user, last in daily if not rules.is_due("daily", local, last)}


def _pack_for(user_id: int, now: datetime) -> bool:
    with transaction.atomic():
        kept, _ = Preference.objects.select_for_update().get_or_create(user_id=user_id)
        waiting = Notice.objects.filter(user_id=user_id, wants_mail=True)
        # Read on the site already, or nobody to write to: no mail any more.
        (waiting if _is_silent(kept) else waiting.exclude(read_at=None)).update(wants_mail=False)
        local = timezone.localtime(now)
        if not waiting.exists() or not rules.is_due(kept.delivery, local, kept.digest_on):
            return False
        mail = Mail.objects.create(user_id=user_id, due_at=now, made_at=now)
        waiting.update(mail=mail, wants_mail=False)
        if kept.delivery == "daily":
            kept.digest_on = local.date()
            kept.save(update_fields=["digest_on"])
        step("mail:packed")
    return True


def _is_silent(kept: Preference) -> bool:
    """Accounts of the demonstration are everybody's and have no mailbox."""
    user = User.objects.get(pk=kept.user_id)
    return kept.delivery == "none" or not user.is_active or bool(user.demonstration)


def send_due(now: datetime) -> int:
    """Sends the mails whose time has come; how many the mail server took."""
    due = Mail.objects.filter(state="pending", due_at__lte=now).order_by("due_at", "pk")[:MOST_AT_ONCE]
    sent, connection = 0, get_connection()
    try:
        for mail in list(due):
            if _take(mail, now):
                sent += _send(mail, connection)
    finally:
        with suppress(SMTPException, OSError):
            connection.close()
    return sent


def _take(mail: Mail, now: datetime) -> bool:
    """Whether it is this process that tries now; the lease holds others off."""
    same = Mail.objects.filter(pk=mail.pk, state="pending", attempts=mail.attempts, due_at=mail.due_at)
    taken = same.update(attempts=mail.attempts + 1, due_at=now + LEASE)
    mail.attempts += 1
    step("mail:taken")
    return bool(taken)


def _send(mail: Mail, connection: BaseEmailBackend) -> bool:
    message = _message(mail)
    if message is None:
        Mail.objects.filter(pk=mail.pk).update(state="sent", error="nobody to write to")
        return False
    try:
        connection.open()  # one connection for all, opened again after a fault
        connection.send_messages([message])
    except (SMTPException, OSError, ValueError) as error:
        with suppress(SMTPException, OSError):
            connection.close()
        _put_off(mail, f"{type(error).__name__}: {error}")
        return False
    step("mail:sent")
    Mail.objects.filter(pk=mail.pk).update(state="sent", sent_at=timezone.now(), error="")
    step("mail:recorded")
    return True


def _put_off(mail: Mail, error: str) -> None:
    logger.warning("mail %s, try %s: %s", mail.pk, mail.attempts, error)
    again = rules.next_try(mail.attempts, timezone.now())
    told = {"error": rules.one_line(error)[:500]}
    if again is None:
        Mail.objects.filter(pk=mail.pk).update(state="failed", **told)
    else:
        Mail.objects.filter(pk=mail.pk).update(due_at=again, **told)


def _message(mail: Mail) -> EmailMessage | None:
    """The words are made now: in the language the reader has chosen since, to the address that is good now."""
    user = User.objects.get(pk=mail.user_id)
    notices = list(mail.notices.order_by("seq", "pk"))
    if not notices or not user.is_active:
        return None
    station, language = settings.BIOMOA_HOME.station, user.language
    address = station.address.rstrip("/")
    name = station.name_ko if language == "ko" else station.name_en
    subject, body = rules.compose([(each.pk, told_of(each)) for each in notices], language, name, address)
    return EmailMessage(subject, body, to=[user.email], headers=_headers(mail, language, address))


def _headers(mail: Mail, language: str, address: str) -> dict[str, str]:
    return {
        "Message-ID": f"<notice-{mail.pk}-{mail.made_at:%Y%m%d%H%M%S}@{urlsplit(address).hostname}>",
        "Date": format_datetime(mail.made_at),
        "List-Unsubscribe": f"<{address}/notices/settings/>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no answer of a machine to this
        "Content-Language": language,
    }


def retry_parked() -> int:
    """An operator has mended the cause: given-up mails start anew; how many."""
    return Mail.objects.filter(state="failed").update(state="pending", attempts=0, due_at=timezone.now())


def forget_sent(now: datetime) -> int:
    """Mails that went out long ago; what they told stays on the site."""
    return Mail.objects.filter(state="sent", made_at__lt=now - KEPT).delete()[0]
