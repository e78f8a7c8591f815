"""Mails through a real SMTP conversation: at once or in a digest, in the reader's language, none lost, none forged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from biomoa.jobs import steps
from biomoa.notices import clock, mailing, queries
from biomoa.notices import services as notices
from biomoa.notices.models import Mail, Notice, Preference
from biomoa.people.models import User
from biomoa.people.rules import Actor
from biomoa.records import services, services_curation
from biomoa.records.models import Submission
from tests.notices.smtp import MailServer
from tests.records.world import World, draft, review, study

pytestmark = pytest.mark.django_db
Heard = Callable[[Actor], list[str]]
SEOUL = ZoneInfo("Asia/Seoul")
HOSTILE = "벼\r\nBcc: all@example.org\r\n\r\nX-Evil: 1\u202e <b>{who}</b>"


def returned(world: World, title: str = "벼 연구", alias: str = "study-1") -> Submission:
    submission = draft(world, study(alias=alias))
    Submission.objects.filter(pk=submission.pk).update(title=title)  # as stored before titles were searched for persons
    submission.refresh_from_db()
    review(world, submission)
    return services_curation.return_(world.curator, submission.pk, "단위를 적어 주세요\r\n.\r\n그리고 품종도요")


def only(actor: Actor) -> None:
    """Nobody else gets mail in this test."""
    Notice.objects.exclude(user_id=actor.user_id).update(wants_mail=False)


def mails_to(server: MailServer, actor: Actor) -> list[Any]:
    address = User.objects.get(pk=actor.user_id).email
    return [mail for mail in server.mails if mail["To"] == address]


def test_at_once_in_the_language_of_each_reader(world: World, heard: Heard, server: MailServer) -> None:
    User.objects.filter(pk=world.manager.user_id).update(language="en")
    returned(world)
    heard(world.manager)
    clock.send_mails()
    (korean,), (english,) = mails_to(server, world.depositor), mails_to(server, world.manager)
    assert korean["Subject"].endswith("등록 건에 보완 요청이 있습니다. (외 1건)")
    assert english["Subject"].endswith(" was returned to you. (and 2 more)")
    body = korean.get_content().replace("\r\n", "\n")
    quoted = "> 단위를 적어 주세요\n> .\n> 그리고 품종도요\n- 다음에 할 일: 사유를 확인하고"
    assert f"보완 요청이 있습니다.\n{quoted}" in body
    assert body.index("보완 요청이 있습니다.") < body.index("검토가 시작되었습니다")
    assert "- 언제까지: 정해진 기한은 없습니다." in body
    notice = Notice.objects.get(kind="returned", user_id=world.depositor.user_id)
    assert f"- 바로 가기: http://127.0.0.1:8000/notices/{notice.pk}/" in body
    assert "- By when: There is no deadline." in english.get_content()
    assert (korean["Content-Language"], english["Content-Language"]) == ("ko", "en")
    for mail in (korean, english):
        assert mail["List-Unsubscribe"] == "<http://127.0.0.1:8000/notices/settings/>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail.get_content_type() == "text/plain"
    assert server.connections == 1
    sent = len(server.raw)
    clock.send_mails()
    assert len(server.raw) == sent
    assert set(Mail.objects.values_list("state", "attempts", "error")) == {("sent", 1, "")}


def test_a_hostile_title_forges_nothing(world: World, heard: Heard, server: MailServer) -> None:
    returned(world, title=HOSTILE)
    heard(world.depositor)
    only(world.depositor)
    clock.send_mails()
    (mail,) = server.mails
    assert server.recipients == [mail["To"]]
    assert mail["Bcc"] is None and mail["X-Evil"] is None and "\u202e" not in mail["Subject"]
    assert "‘벼 Bcc: all@example.org X-Evil: 1 <b>{who}</b>’" in mail.get_content()
    assert sorted(key.lower() for key in mail) == sorted([
        "content-type", "mime-version", "content-transfer-encoding", "subject", "from", "to", "message-id", "date",
        "list-unsubscribe", "auto-submitted", "content-language",
    ])  # fmt: skip


def test_a_digest_comes_once_a_day_with_what_is_not_read_yet(world: World, heard: Heard, server: MailServer) -> None:
    notices.set_delivery(world.depositor, "daily")
    returned(world)
    returned(world, alias="study-2")
    heard(world.depositor)
    only(world.depositor)
    notices.mark_read(world.depositor, [Notice.objects.filter(user_id=world.depositor.user_id, kind="taken")[0].pk])
    today = timezone.localtime().date()
    at = lambda day, hour: datetime(today.year, today.month, today.day, hour, tzinfo=SEOUL) + timedelta(days=day)  # noqa: E731
    assert [mailing.pack(at(0, 7)), mailing.pack(at(0, 8)), mailing.pack(at(0, 9))] == [0, 1, 0]
    mailing.send_due(at(1, 0))
    (mail,) = server.mails
    assert mail.get_content().count("- 언제까지:") == 3
    returned(world, alias="study-3")
    heard(world.depositor)
    only(world.depositor)
    assert [mailing.pack(at(0, 23)), mailing.pack(at(1, 7)), mailing.pack(at(1, 10))] == [0, 0, 1]


def test_who_wants_none_gets_none_later_either(world: World, heard: Heard, server: MailServer) -> None:
    notices.set_delivery(world.depositor, "none")
    User.objects.filter(pk=world.manager.user_id).update(demonstration="manager")
    returned(world)
    assert heard(world.depositor) and heard(world.manager)
    only(world.depositor)
    clock.send_mails()
    notices.set_delivery(world.depositor, "now")
    clock.send_mails()
    assert server.raw == [] and not Mail.objects.exists()
    assert queries.count_unread(world.depositor.user_id) == 2


def test_the_demonstration_and_the_suspended_get_no_mail(world: World, heard: Heard, server: MailServer) -> None:
    returned(world)
    heard(world.depositor)
    User.objects.filter(pk=world.manager.user_id).update(demonstration="manager")
    mailing.pack(timezone.now())
    User.objects.update(is_active=False)
    mailing.send_due(timezone.now())
    assert server.raw == []
    assert not Mail.objects.filter(user_id=world.manager.user_id).exists()
    assert not Mail.objects.filter(state="pending").exists()


def test_a_server_that_is_away_is_tried_again_and_at_last_parked(
    world: World, heard: Heard, server: MailServer, settings: Any
) -> None:
    returned(world)
    heard(world.depositor)
    only(world.depositor)
    settings.EMAIL_PORT = 1
    clock.send_mails()
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts) == ("pending", 1) and "ConnectionRefused" in mail.error
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(seconds=60)
    assert mailing.send_due(timezone.now()) == 0 and Mail.objects.get().attempts == 1
    for _ in range(8):
        mailing.send_due(Mail.objects.get().due_at)
    assert Mail.objects.get().state == "failed" and queries.parked_mails()[0] == 1
    assert mailing.send_due(timezone.now() + timedelta(days=9)) == 0
    settings.EMAIL_PORT = server.port
    assert mailing.retry_parked() == 1
    assert mailing.send_due(timezone.now()) == 1 and len(server.raw) == 1


def test_one_refused_address_holds_up_no_other(world: World, heard: Heard, server: MailServer) -> None:
    returned(world)
    heard(world.depositor)
    server.refuse = "550 no such user"
    clock.send_mails()
    assert set(Mail.objects.values_list("state", flat=True)) == {"pending"}
    assert all("no such user" in error for error in Mail.objects.values_list("error", flat=True))
    server.refuse = ""
    assert mailing.send_due(timezone.now() + timedelta(minutes=2)) == Mail.objects.count() == len(server.raw)


def cut_at(name: str) -> None:
    def cut(now: str) -> None:
        if now == name:
            raise KeyboardInterrupt(name)  # nothing below catches it, as nothing catches SIGKILL

    steps.listen(cut)


@pytest.mark.parametrize(("step", "mails"), [("mail:packed", 1), ("mail:taken", 1), ("mail:sent", 2)])
def test_cut_off_anywhere_no_mail_is_lost(
    world: World, heard: Heard, server: MailServer, step: str, mails: int
) -> None:
    returned(world)
    heard(world.depositor)
    only(world.depositor)
    if step != "mail:packed":
        mailing.pack(timezone.now())
    cut_at(step)
    try:
        with pytest.raises(KeyboardInterrupt):
            clock.send_mails()
    finally:
        steps.listen(None)
    assert mailing.send_due(timezone.now()) == 0
    later = timezone.now() + mailing.LEASE + timedelta(seconds=1)
    mailing.pack(later)
    assert mailing.send_due(later) == 1
    assert len(server.raw) == mails
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


def test_an_answer_that_never_comes_sends_the_same_mail_again(world: World, heard: Heard, server: MailServer) -> None:
    returned(world)
    heard(world.depositor)
    only(world.depositor)
    server.drop_after_data = 1
    clock.send_mails()
    assert Mail.objects.get().state == "pending"
    mailing.send_due(timezone.now() + timedelta(minutes=2))
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"] and first["Date"] == second["Date"]
    assert Mail.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(lasting_world: World, heard: Heard, server: MailServer) -> None:
    for number in range(6):
        submission = draft(lasting_world, study(alias=f"study-{number}"))
        services.submit(lasting_world.depositor, submission.pk)
        heard(lasting_world.manager)
        mailing.pack(timezone.now())

    def work() -> None:
        mailing.send_due(timezone.now())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [mail["Message-ID"] for mail in server.mails]
    assert len(ids) == len(set(ids)) == Mail.objects.filter(state="sent").count() == 18


def test_old_mails_are_forgotten_and_notices_stay(world: World, heard: Heard, server: MailServer) -> None:
    returned(world)
    before = heard(world.depositor)
    clock.send_mails()
    assert mailing.forget_sent(timezone.now()) == 0
    assert mailing.forget_sent(timezone.now() + timedelta(days=91)) == len(server.raw) > 0
    assert heard(world.depositor) == before
    clock.send_mails()
    assert not Mail.objects.exists()


def test_a_choice_is_ones_own_and_recorded(world: World) -> None:
    from biomoa.ledger.models import Entry

    notices.set_delivery(world.depositor, "daily")
    notices.set_delivery(world.depositor, "daily")
    assert Entry.objects.filter(event="person:notices-chosen", actor=world.depositor.label).count() == 1
    with pytest.raises(ValueError, match="loud"):
        notices.set_delivery(world.depositor, "loud")
    assert Preference.objects.get().user_id == world.depositor.user_id


def test_parked_mails_are_told_to_the_operators(world: World, heard: Heard, server: MailServer) -> None:
    from biomoa.operations.checkup import check_mails

    assert list(check_mails(*queries.parked_mails())) == []
    returned(world)
    heard(world.depositor)
    mailing.pack(timezone.now())
    Mail.objects.update(state="failed", error="SMTPServerDisconnected: gone")
    (told,) = check_mails(*queries.parked_mails())
    assert (told.code, told.severity) == ("mails-parked", "warning")
    assert "SMTPServerDisconnected" in told.message.ko and server.raw == []
