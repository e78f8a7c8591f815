"""Groups, invitations, tokens and accounts on a real database, with what the ledger keeps of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from biomoa.catalog.model import Catalogue, Text
from biomoa.catalog.model import Organisation as OrganisationRow
from biomoa.ledger.models import Entry
from biomoa.people import rules, services
from biomoa.people.models import Invitation, Membership, Organisation, Token, User
from biomoa.people.queries import actor_of, find_actor_of_token, find_invitation, groups_of, is_expired_token
from biomoa.people.rules import NOBODY, Invalid, system

from .mails import send_waiting_mails

pytestmark = pytest.mark.django_db


def events() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("event", flat=True))


def codes(invalid: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.code for problem in invalid.value.problems]


def test_a_group_has_its_maker_as_manager(group: Organisation, manager: User) -> None:
    assert actor_of(manager).roles[group.pk] == {"manager"}
    assert [(g.pk, roles) for g, roles in groups_of(actor_of(manager))] == [(group.pk, ["manager"])]
    assert "organisation:created" in events()


def test_a_group_needs_a_name_and_a_person(manager: User) -> None:
    with pytest.raises(Invalid) as invalid:
        services.create_group(actor_of(manager), " ", "")
    assert codes(invalid) == ["name-missing"]
    with pytest.raises(PermissionDenied):
        services.create_group(NOBODY, "그룹", "Group")


def test_the_personal_group_is_made_once(person: Callable[..., User]) -> None:
    user = person("sora")
    first, second = services.ensure_personal_group(user), services.ensure_personal_group(user)
    assert first.pk == second.pk
    assert first.name_en == "sora Group"


def test_roles_change_and_the_last_manager_stays(group: Organisation, manager: User, member: User) -> None:
    actor = actor_of(manager)
    with pytest.raises(Invalid) as invalid:
        services.set_role(actor, group, manager.pk, "depositor")
    assert codes(invalid) == ["last-manager"]
    with pytest.raises(Invalid):
        services.remove_member(actor, group, manager.pk)
    services.set_role(actor, group, member.pk, "manager")
    services.remove_member(actor, group, manager.pk)
    assert list(Membership.objects.filter(organisation=group).values_list("user", "role")) == [(member.pk, "manager")]
    assert events()[-2:] == ["member:role-set", "member:removed"]


def test_members_may_leave_but_not_manage(group: Organisation, manager: User, member: User) -> None:
    actor = actor_of(member)
    for forbidden in (
        lambda: services.set_role(actor, group, member.pk, "manager"),
        lambda: services.remove_member(actor, group, manager.pk),
        lambda: services.invite(actor, group, "x@example.org", "depositor"),
        lambda: services.rename_group(actor, group, "새 이름", "New"),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    services.remove_member(actor, group, member.pk)
    assert group.pk not in actor_of(member).roles


def test_a_group_makes_no_curators(group: Organisation, manager: User) -> None:
    with pytest.raises(Invalid) as invalid:
        services.invite(actor_of(manager), group, "not an address", "curator")
    assert codes(invalid) == ["email-invalid", "role-not-grantable"]


def send_invitation(group: Organisation, manager: User, email: str = "new@example.org") -> str:
    services.invite(actor_of(manager), group, email, "depositor")
    send_waiting_mails()
    found = re.search(r"/invitations/(\S+)/", mail.outbox[-1].body)
    assert found
    return found[1]


def test_an_invitation_works_once_for_its_address(
    group: Organisation,
    manager: User,
    person: Callable[..., User],
) -> None:
    secret = send_invitation(group, manager)
    assert secret not in str(Invitation.objects.values().get())
    with pytest.raises(Invalid) as invalid:
        services.accept_invitation(person("other"), secret)
    assert codes(invalid) == ["invitation-other-address"]
    invited = person("new")
    assert services.accept_invitation(invited, secret) == group
    assert actor_of(invited).roles[group.pk] == {"depositor"}
    with pytest.raises(Invalid) as invalid:
        services.accept_invitation(invited, secret)
    assert codes(invalid) == ["invitation-invalid"]


def test_an_expired_or_replaced_invitation_is_void(
    group: Organisation,
    manager: User,
    person: Callable[..., User],
) -> None:
    first = send_invitation(group, manager)
    second = send_invitation(group, manager)
    assert Invitation.objects.count() == 1
    invited = person("new")
    with pytest.raises(Invalid):
        services.accept_invitation(invited, first)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Invalid):
        services.accept_invitation(invited, second)


def test_an_invitation_is_a_job_and_its_secret_lies_in_no_queue(group: Organisation, manager: User) -> None:
    invitation = services.invite(actor_of(manager), group, "new@example.org", "depositor")
    assert mail.outbox == [], "no mail is sent while the browser waits"
    secret = send_invitation(group, manager, "other@example.org")
    assert secret not in str(list(DBTaskResult.objects.values()))
    services.withdraw_invitation(actor_of(manager), group, invitation.pk)
    assert len(mail.outbox) == 2
    services.invite(actor_of(manager), group, "third@example.org", "depositor")
    Invitation.objects.filter(email="third@example.org").delete()
    send_waiting_mails()
    assert len(mail.outbox) == 2, "withdrawn before it was sent"


def test_who_may_not_invite_any_more_brings_nobody_in(
    group: Organisation, manager: User, member: User, person: Callable[..., User]
) -> None:
    """A manager who is about to be removed cannot leave a door open."""
    services.set_role(actor_of(manager), group, member.pk, "manager")
    secret = send_invitation(group, member)
    services.remove_member(actor_of(manager), group, member.pk)
    invited = person("new")
    assert find_invitation(secret) is None
    with pytest.raises(Invalid) as invalid:
        services.accept_invitation(invited, secret)
    assert codes(invalid) == ["invitation-invalid"]


def test_a_person_sends_so_many_invitations_a_day(
    group: Organisation, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(rules, "INVITATIONS_A_DAY", 2)
    for _ in range(2):  # one that was withdrawn or replaced has been sent all the same
        services.invite(actor_of(manager), group, "x@example.org", "depositor")
    other = services.create_group(actor_of(manager), "", "Other")
    with pytest.raises(Invalid) as invalid:
        services.invite(actor_of(manager), other, "y@example.org", "depositor")
    assert codes(invalid) == ["invitations-many"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("900101-1234567 연구실", "name-has-identifier"), ("김 010-1234-5678", "name-has-identifier"),
     ("https://evil.example", "name-has-address"), ("Prize: WWW.evil.example", "name-has-address"),
     ("상금 evil.example/win 연구실", "name-has-address"), ("x" * 201, "name-long"), ("\u202e\n", "name-missing")],
)  # fmt: skip
def test_names_that_are_not_kept(group: Organisation, manager: User, name: str, code: str) -> None:
    actor = actor_of(manager)
    for change in (
        lambda: services.create_group(actor, name, ""),
        lambda: services.rename_group(actor, group, "", name),
        lambda: services.create_token(actor, name, ["read"], 1),
        lambda: services.change_profile(actor, name_ko=name, name_en="", language="ko"),
    ):
        with pytest.raises(Invalid) as invalid:
            change()
        assert codes(invalid) == [code]
        assert name.strip() not in str(invalid.value) or code == "name-missing"


def test_names_stay_on_one_line(group: Organisation, manager: User) -> None:
    services.rename_group(actor_of(manager), group, "그룹\r\nBcc: all", "Gr\u202eoup")
    assert (group.name_ko, group.name_en) == ("그룹 Bcc: all", "Gr oup")
    send_invitation(group, manager)
    assert "그룹 Bcc: all" in mail.outbox[-1].subject


def test_the_invitation_speaks_the_language_of_the_invited(
    group: Organisation,
    manager: User,
    person: Callable[..., User],
) -> None:
    person("new", language="en")
    send_invitation(group, manager)
    assert "Invitation to Minji Group" in mail.outbox[-1].subject
    send_invitation(group, manager, "stranger@example.org")
    assert "민지 연구그룹" in mail.outbox[-1].subject


def test_a_token_acts_within_its_scopes_until_revoked(group: Organisation, manager: User) -> None:
    made = services.create_token(actor_of(manager), "laptop", ["read"], 30)
    assert re.fullmatch(r"bmo_[\w-]{40}", made.secret)
    assert made.secret not in str(Token.objects.values().get())
    actor = find_actor_of_token(made.secret)
    assert actor and actor.scopes == {"read"} and actor.roles[group.pk] == {"manager"}
    services.revoke_token(actor_of(manager), made.id)
    services.revoke_token(actor_of(manager), made.id)
    assert find_actor_of_token(made.secret) is None
    assert events()[-2:] == ["token:created", "token:revoked"]


def test_an_expired_token_is_known_as_expired(manager: User) -> None:
    made = services.create_token(actor_of(manager), "old", ["read"], 1)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert find_actor_of_token(made.secret) is None
    assert is_expired_token(made.secret)
    assert not is_expired_token("bmo_unknown")


def test_a_disabled_account_has_no_token(manager: User) -> None:
    made = services.create_token(actor_of(manager), "old", ["read"], 1)
    User.objects.update(is_active=False)
    actor = find_actor_of_token(made.secret)
    assert actor is None or actor == NOBODY


def test_tokens_breed_no_tokens_and_change_no_people(group: Organisation, manager: User) -> None:
    actor = msgspec.structs.replace(actor_of(manager), scopes=frozenset({"read", "deposit", "curate"}))
    for forbidden in (
        lambda: services.create_token(actor, "wider", ["read"], 1),
        lambda: services.create_group(actor, "그룹", "Group"),
        lambda: services.invite(actor, group, "x@example.org", "depositor"),
        lambda: services.remove_member(actor, group, manager.pk),
        lambda: services.change_profile(actor, name_ko="", name_en="x", language="ko"),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()


def test_nobody_revokes_anothers_token(manager: User, member: User) -> None:
    made = services.create_token(actor_of(manager), "laptop", ["read"], 30)
    with pytest.raises(Token.DoesNotExist):
        services.revoke_token(actor_of(member), made.id)


def test_the_ledger_keeps_no_address(group: Organisation, manager: User) -> None:
    send_invitation(group, manager)
    assert not [entry for entry in Entry.objects.all() if "@" in entry.data + entry.subject + entry.actor]


def catalogue(*rows: tuple[str, str, str, str, str]) -> Catalogue:
    organisations = tuple(OrganisationRow(*row, note="") for row in rows)
    return Catalogue(Path(), Text(ko="", en=""), {}, {}, {}, organisations, ())


def test_organisations_of_the_catalogue_come_in_any_order_and_once() -> None:
    center = ("KOBIC", "data-center", "국가생명연구자원정보센터", "KOBIC", "MSIT")
    ministry = ("MSIT", "ministry", "과학기술정보통신부", "Ministry of Science and ICT", "")
    assert services.load_organisations(catalogue(center, ministry)) == 2
    before = Entry.objects.count()
    assert services.load_organisations(catalogue(center, ministry)) == 0
    assert Entry.objects.count() == before
    renamed = (*center[:3], "Korea Bioinformation Center", center[4])
    assert services.load_organisations(catalogue(renamed, ministry)) == 1
    kobic = Organisation.objects.get(code="KOBIC")
    assert (kobic.name_en, kobic.parent.code if kobic.parent else "") == (renamed[3], "MSIT")


def test_an_account_of_the_operator_is_kept_when_it_exists(person: Callable[..., User]) -> None:
    assert person("sora").pk == person("sora").pk


def test_a_refusal_is_noted_once_a_minute(manager: User) -> None:
    for _ in range(3):
        services.note_refusal(actor_of(manager), "GET", "desk/")
    services.note_refusal(NOBODY, "GET", "desk/")
    assert events().count("access:refused") == 1


def test_the_operator_appoints_curators(person: Callable[..., User]) -> None:
    center = Organisation.objects.create(code="C", kind="data-center", name_ko="센터")
    curator = person("curator")
    services.appoint(system("operator"), center, curator, "curator")
    assert actor_of(curator).roles[center.pk] == {"curator"}
    with pytest.raises(PermissionDenied):
        services.appoint(actor_of(curator), center, curator, "administrator")
