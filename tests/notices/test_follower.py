"""Who hears of what, once; whatever happens to the follower."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from biomoa.files import inspection
from biomoa.files import services as files
from biomoa.files.models import Quarantine, StoredFile, StoredObject
from biomoa.jobs import steps
from biomoa.ledger.followers import follow, lag, rebuild
from biomoa.ledger.models import Entry
from biomoa.ledger.services import record
from biomoa.notices import services as notices
from biomoa.notices.followers import follower
from biomoa.notices.models import Notice
from biomoa.notices.rules import Told, say
from biomoa.people import services as people
from biomoa.people.models import Membership, Organisation, User
from biomoa.people.rules import Actor, system
from biomoa.records import certificates, services, services_curation, services_human, services_release, umbrellas
from biomoa.records.models import Record, RowProblem, Submission
from biomoa.records.reviewing import make_link, revoke_link
from biomoa.records.services_quarantine import settle
from biomoa.records.services_redaction import redact
from tests.records.world import World, accepted, draft, lay_file, make_actor, project, reads, review, study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
Heard = Callable[[Actor], list[str]]


def newest(actor: Actor) -> Notice:
    return Notice.objects.filter(user_id=actor.user_id).latest("seq", "pk")


def test_the_walk_of_a_submission(world: World, heard: Heard) -> None:
    submission = draft(world, study())
    services.submit(world.depositor, submission.pk)
    assert world.second_curator.user_id
    services_curation.assign(world.curator, submission.pk, world.second_curator.user_id)
    services_curation.take(world.curator, submission.pk)
    services_curation.return_(world.curator, submission.pk, "단위를 적어 주세요")
    services.submit(world.manager, submission.pk)
    services_curation.take(world.curator, submission.pk)
    services_curation.accept(world.curator, submission.pk)
    assert heard(world.manager) == ["submitted", "taken", "returned", "taken", "accepted", "released"]
    assert heard(world.depositor) == ["taken", "returned", "submitted", "taken", "accepted", "released"]
    assert heard(world.second_curator) == ["to-review", "in-charge", "to-review"]
    assert heard(world.curator) == ["to-review", "to-review"]
    for other in (world.stranger, world.administrator, world.auditor):
        assert heard(other) == []
    told = Notice.objects.get(user_id=world.depositor.user_id, kind="returned")
    assert told.facts["quote"] == "단위를 적어 주세요" and told.wants_mail and told.read_at is None
    assert lag(follower()) == 0


def test_by_when_is_computed_from_past_decisions(world: World, heard: Heard) -> None:
    past = accepted(world, study(alias="past"))
    begun = timezone.now() - timedelta(days=6)
    type(past).objects.filter(pk=past.pk).update(submitted_at=begun, decided_at=begun + timedelta(days=4, hours=12))
    services.submit(world.depositor, draft(world, study(alias="new")).pk)
    heard(world.manager)
    assert newest(world.manager).due == timezone.localdate() + timedelta(days=5)
    assert newest(world.curator).due == timezone.localdate() + timedelta(days=5)


def test_comments_go_to_the_other_side(world: World, heard: Heard) -> None:
    submission = draft(world, study())
    services_curation.comment(world.depositor, submission.pk, "우리끼리")
    assert (heard(world.manager), heard(world.curator)) == (["comment"], [])
    services.submit(world.depositor, submission.pk)
    services_curation.comment(world.manager, submission.pk, "언제쯤 될까요?")
    assert heard(world.depositor)[-1] == heard(world.manager)[0] == "comment"
    assert heard(world.curator) == heard(world.second_curator) == ["to-review", "comment-desk"]
    services_curation.take(world.curator, submission.pk)
    services_curation.comment(world.second_curator, submission.pk, "단위는?")
    services_curation.comment(world.depositor, submission.pk, "mg입니다")
    assert heard(world.curator)[2:] == ["comment-desk", "comment-desk"]
    assert "comment-desk" not in heard(world.second_curator)[2:]
    assert newest(world.curator).facts["quote"] == "mg입니다"


def test_withdrawal_and_deletion(world: World, heard: Heard) -> None:
    submission = draft(world, study())
    review(world, submission)
    services.withdraw(world.depositor, submission.pk, "잘못 올렸습니다")
    gone = draft(world, study(alias="gone"), title="지운 과제")
    services.delete_draft(world.depositor, gone.pk)
    assert heard(world.manager)[-2:] == ["withdrawn", "deleted"]
    assert newest(world.manager).facts["title"] == "지운 과제"
    assert heard(world.curator)[-1] == "withdrawn-desk"
    assert "withdrawn-desk" not in heard(world.second_curator)


def test_after_acceptance(world: World, heard: Heard) -> None:
    later = timezone.localdate() + timedelta(days=100)
    submission = accepted(world, study(), release_on=later)
    heard(world.manager)
    assert newest(world.manager).kind == "accepted" and newest(world.manager).due == later
    services_release.set_release_date(world.depositor, submission.pk, later + timedelta(days=9))
    link = make_link(world.depositor, submission.pk, name="Nature", days=30)
    revoke_link(world.depositor, link.id)
    assert heard(world.manager)[-3:] == ["embargo-changed", "review-link", "review-link-ended"]
    assert Notice.objects.get(kind="embargo-changed").due == later + timedelta(days=9)
    assert Notice.objects.get(kind="review-link").due == timezone.localdate() + timedelta(days=30)
    accession = Record.objects.filter(submission=submission).order_by("pk")[0].accession
    services_curation.curate_record(world.curator, accession, "title", "고친 제목", "오타")
    services_release.withdraw_record(world.curator, accession, "동의 철회")
    assert heard(world.manager)[-2:] == heard(world.depositor)[-2:] == ["record-corrected", "record-withdrawn"]
    assert newest(world.depositor).facts["quote"] == "동의 철회"


def test_a_file_that_fails_is_told_once_to_those_on_whose_shelf_it_lies(world: World, heard: Heard) -> None:
    submission, other = draft(world, reads()), draft(world, study(alias="else"))
    files = [lay_file(submission, f"bad{number}.fastq", b"%d" % number, "fail") for number in range(3)]
    good = lay_file(other, "good.fastq", b"good")
    with transaction.atomic():
        for kept in StoredObject.objects.filter(files__in=[*files, good]).order_by("pk"):
            verdict = "pass" if kept.pk == good.object_id else "fail"
            record("system:worker", "file:inspected", kept.sha256, {"verdict": verdict})
    assert heard(world.depositor) == heard(world.manager) == ["file-failed"]
    assert newest(world.manager).facts["file"] in {file.name for file in files}
    assert newest(world.manager).facts["code"] == submission.code


READS = b"@880101-4234567\nACGT\n+\nIIII\n" * 2  # a registration number where a read has its name


def held(world: World, submission: Submission, name: str = "study-1.fastq") -> StoredFile:
    file = files.receive(world.depositor, submission.shelf, name, io.BytesIO(READS + name.encode() + b"\n"))
    inspection.inspect(file.object_id)
    return StoredFile.objects.get(pk=file.pk)


def test_a_file_in_quarantine_and_what_is_decided(world: World, heard: Heard) -> None:
    submission = draft(world, reads(), title="비밀 과제")
    first, second, third = (held(world, submission, name) for name in ("a.fastq", "b.fastq", "c.fastq"))
    assert heard(world.depositor) == heard(world.manager) == ["quarantined"]  # told once, and not as failed, too
    assert heard(world.curator) == []  # a draft is nobody's case
    settle(world.depositor, first.pk, "declare", "시퀀서의 로트 번호입니다")
    assert heard(world.curator) == heard(world.second_curator) == ["quarantine-declared"]
    told = newest(world.curator)
    assert told.facts["quote"] == "시퀀서의 로트 번호입니다" and told.facts["file"] == "a.fastq"
    assert "비밀 과제" not in say(Told(told.kind, told.facts), "ko").what
    settle(world.curator, first.pk, "clear", "확인했습니다")
    settle(world.curator, second.pk, "order", "등록번호가 맞습니다")
    settle(world.depositor, third.pk, "remove")
    assert heard(world.manager)[1:] == ["quarantine-cleared", "quarantine-ordered", "quarantine-removed"]
    assert [newest(world.manager).facts[name] for name in ("file", "code")] == ["c.fastq", submission.code]
    assert heard(world.depositor)[1:] == ["quarantine-cleared", "quarantine-ordered"]
    assert heard(world.second_curator) == ["quarantine-declared"]
    for other in (world.stranger, world.administrator, world.auditor):
        assert heard(other) == []
    assert "880101" not in repr(list(Notice.objects.values_list("facts", flat=True)))


def test_the_one_in_charge_hears_of_a_quarantine(world: World, heard: Heard) -> None:
    submission = draft(world, reads())
    lay_file(submission, "study-1.fastq")
    review(world, submission)
    file = StoredFile.objects.get()
    with transaction.atomic():
        Quarantine.objects.create(file=file)
        record("system:worker", "file:quarantined", f"FILE{file.pk}", {"shelf": str(file.shelf_id)})
    before = heard(world.second_curator)
    assert heard(world.curator)[-1] == "quarantined-desk" and "quarantined-desk" not in before
    settle(world.manager, file.pk, "remove")
    assert heard(world.curator)[-1] == "quarantine-removed-desk" and heard(world.second_curator) == before


def test_answers_on_human_data_that_stop_a_submission(world: World, heard: Heard) -> None:
    submission = draft(world, study())
    services_human.answer(world.depositor, submission.pk, {"personal": "no"})
    assert heard(world.manager) == []
    services_human.answer(world.depositor, submission.pk, {"personal": "yes", "consent": "yes"})
    assert heard(world.manager) == ["human-data-stopped"]
    assert heard(world.depositor) == heard(world.curator) == heard(world.stranger) == []
    said = say(Told("human-data-stopped", newest(world.manager).facts), "ko")
    assert "인체 은행에 등록합니다" in said.what and said.next and said.url.endswith("/human-data/")


def test_a_problem_that_a_curator_lets_stand(world: World, heard: Heard) -> None:
    submission = draft(world, study())
    review(world, submission)
    place = {"form": "biosample", "position": 1, "field": "title"}
    found = RowProblem.objects.create(submission=submission, code="x", severity="warning", overridable=True, **place)
    services_curation.override(world.curator, found.pk, "현장에서 확인했습니다")
    assert heard(world.manager)[-1] == heard(world.depositor)[-1] == "problem-let-pass"
    assert newest(world.manager).facts["quote"] == "현장에서 확인했습니다"
    assert "problem-let-pass" not in heard(world.second_curator)


def test_certificates(world: World, heard: Heard) -> None:
    submission = accepted(world, study())
    record_ = Record.objects.filter(submission=submission).order_by("pk")[0]
    made = certificates.certify_record(world.depositor, record_.accession)
    assert heard(world.manager)[-1] == "certificate"
    assert say(Told("certificate", newest(world.manager).facts), "en").url == f"/{record_.accession}"
    certificates.certify_submission(world.curator, submission.pk)
    assert heard(world.manager)[-2:] == ["certificate"] * 2 and heard(world.depositor)[-1] == "certificate"
    told = newest(world.manager).facts
    assert say(Told("certificate", told), "en").url == f"/submissions/{submission.code}/"
    assert made.code not in repr(told) and heard(world.stranger) == []


def test_umbrellas(world: World, heard: Heard) -> None:
    over = accepted(world, {"bioproject": [project("over", project_type="umbrella")]})
    umbrella = Record.objects.get(submission=over)
    rival = services.whole(world.stranger, world.other.pk, study(alias="rival"), submit=True)
    services_curation.take(world.curator, int(rival.submission[3:]))
    services_curation.accept(world.curator, int(rival.submission[3:]))
    theirs = Record.objects.get(alias="rival", form="bioproject")
    assert umbrellas.link(world.stranger, umbrella.accession, theirs.accession, "함께 합시다") == "asked"
    assert heard(world.depositor)[-1] == heard(world.manager)[-1] == "umbrella-asked"
    assert newest(world.manager).facts["quote"] == "함께 합시다"
    request = umbrellas.UmbrellaRequest.objects.get()
    umbrellas.answer(world.manager, request.pk, agrees=True)
    assert heard(world.stranger)[-1] == heard(world.depositor)[-1] == "umbrella-linked"
    assert heard(world.manager)[-1] == "umbrella-asked"


def test_people(world: World, heard: Heard) -> None:
    group = Organisation.objects.get(pk=world.group.pk)
    guest = make_actor("guest")
    people.invite(world.manager, group, "guest@example.org", "depositor")
    people.invite(world.manager, group, "nobody-yet@example.org", "depositor")
    people.set_role(world.manager, group, world.depositor.user_id, "manager")
    people.remove_member(world.manager, group, world.depositor.user_id)
    assert heard(guest) == ["invited"] and not newest(guest).wants_mail and newest(guest).due is not None
    assert heard(world.depositor) == ["role-set", "removed"]
    assert Notice.objects.get(kind="role-set").facts["role"] == {"ko": "관리자", "en": "Manager"}
    Membership.objects.create(user_id=guest.user_id, organisation=group, role="depositor")
    with transaction.atomic():
        record(guest.label, "member:joined", group.code, {"user": guest.user_id, "role": "depositor"})
    assert heard(world.manager) == ["joined"]
    token = people.create_token(world.manager, "서열 장비", ["read"], 1)
    people.end_expired_tokens(timezone.now() + timedelta(days=2))
    assert heard(world.manager) == ["joined", "token-expired"] and token.id
    with transaction.atomic():
        told = {"proposal": 1, "kind": "head-hours", "value": "12", "reason": "더 자주"}
        record(world.administrator.label, "ledger:change-proposed", "ledger", told)
    second = make_actor("second", is_staff=True)
    assert (heard(second), heard(world.administrator)) == (["ledger-change"], [])


def test_neither_the_suspended_nor_who_came_later(world: World, heard: Heard) -> None:
    services.submit(world.depositor, draft(world, study()).pk)
    User.objects.filter(pk=world.curator.user_id).update(is_active=False)
    late = make_actor("late", world.group, "depositor")
    assert heard(world.curator) == [] and heard(late) == []
    assert heard(world.manager) == ["submitted"]


def everything() -> list[tuple[object, ...]]:
    return list(Notice.objects.order_by("pk").values_list("user_id", "topic", "kind", "read_at", "wants_mail"))


def test_entries_given_twice_make_nothing_twice(world: World, heard: Heard) -> None:
    accepted(world, study())
    heard(world.manager)
    before = everything()
    follower().apply(list(Entry.objects.order_by("seq")))
    assert everything() == before and len(before) > 5


def test_cut_off_inside_the_transaction_it_begins_where_it_stood(world: World, heard: Heard) -> None:
    accepted(world, study())

    def cut(name: str) -> None:
        if name == "notices:written":
            raise OSError("cut")

    steps.listen(cut)
    try:
        with pytest.raises(OSError, match="cut"), transaction.atomic():
            follow(follower())
    finally:
        steps.listen(None)
    assert (follower().position(), Notice.objects.count()) == (0, 0)
    assert heard(world.manager)[-1] == "released"


def test_a_rebuild_keeps_what_was_read_and_mails_nothing_again(world: World, heard: Heard) -> None:
    accepted(world, study())
    heard(world.manager)
    notices.mark_read(world.depositor)
    Notice.objects.update(wants_mail=False)
    before = everything()
    lost = Notice.objects.filter(user_id=world.manager.user_id, kind="accepted")
    assert lost.delete()[0] == 1
    assert rebuild(follower()) == Entry.objects.count()
    (again,) = Notice.objects.filter(user_id=world.manager.user_id, kind="accepted")
    assert again.read_at is not None and not again.wants_mail
    assert everything()[:-1] == [row for row in before if row[:3] != (again.user_id, again.topic, "accepted")]
    submission = draft(world, study(alias="after"))
    services.submit(world.depositor, submission.pk)
    assert heard(world.manager)[-1] == "submitted" and newest(world.manager).wants_mail


def test_a_station_of_before_begins_at_its_head(world: World, heard: Heard) -> None:
    from importlib import import_module

    from django.apps import apps

    accepted(world, study())
    import_module("biomoa.notices.migrations.0002_begin_at_the_head").begin(apps, None)
    assert heard(world.manager) == []
    services.submit(world.depositor, draft(world, study(alias="after")).pk)
    assert heard(world.manager) == ["submitted"]
    assert system("x").user_id is None


def test_an_entry_that_cannot_be_read_silences_nothing_after_it(
    world: World, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    submission = draft(world, study())
    with transaction.atomic():
        record(world.depositor.label, "comment:written", submission.code, {"no": "comment"})
        record(world.depositor.label, "embargo:changed", submission.code, {"to": "tomorrow"})
        record(world.depositor.label, "umbrella:asked", "KAP999999", {})
    services.submit(world.depositor, submission.pk)
    assert heard(world.manager) == ["submitted"]
    assert caplog.text.count("no notice can be made of entry") == 3


def test_notices_of_a_record_forget_what_was_blanked_in_it(world: World, heard: Heard) -> None:
    submission = accepted(world, study(1))
    record_ = Record.objects.get(submission=submission, form="biosample")
    named = "환자 880101-4234567"
    record_.versions.update(values={**record_.versions.get().values, "title": named})
    Record.objects.filter(pk=record_.pk).update(title=named)
    services_curation.curate_record(world.curator, record_.accession, "sex", "male", "typing error")
    heard(world.depositor)
    assert Notice.objects.filter(facts__title__en=named).exists()
    redact(world.curator, record_.accession, "title", "names a person")
    assert "record-redacted" in heard(world.depositor)
    assert not any("4234567" in repr(each.facts) for each in Notice.objects.all())
