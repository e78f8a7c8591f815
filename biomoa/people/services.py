"""What people do with accounts, groups, invitations and tokens; each change with its entry in the ledger."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from typing import Any

import msgspec
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.utils import timezone

from biomoa.catalog import model as catalog
from biomoa.forms.problems import Problem
from biomoa.ledger.services import record
from biomoa.people import queries, rules, tasks
from biomoa.people.models import Invitation, Membership, Organisation, Token, User
from biomoa.people.rules import Actor, Invalid

TOKEN_PREFIX = "bmo_"
DAY_SECONDS = 86_400
REFUSAL_SECONDS = 60  # one entry a minute for the same person and address, or a loop would flood the ledger
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class NewToken(msgspec.Struct, frozen=True):
    """``secret`` is shown once; the station keeps its digest only."""

    id: int
    name: str
    secret: str


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for secrets of 190 random bits and more."""
    return hashlib.sha256(secret.encode()).hexdigest()


def subject_of(user: User) -> str:
    """The ledger's name of a person; never the address, which must be able to vanish."""
    return f"USER{user.pk}"


# Groups and members


def create_group(actor: Actor, name_ko: str, name_en: str) -> Organisation:
    """A research group with the actor as its manager. Raises Invalid without a name."""
    _allow(actor, rules.may(actor, "create", "organisation") and actor.scopes is None)
    name_ko, name_en = rules.tidy_name(name_ko), rules.tidy_name(name_en)
    _raise(rules.check_names("organisation", name_ko=name_ko, name_en=name_en))
    return _new_group(actor.label, User.objects.get(pk=actor.user_id), name_ko, name_en)


def ensure_personal_group(user: User) -> Organisation:
    """The group a person deposits for; made when the address is confirmed and the person has none."""
    with transaction.atomic():
        owner = User.objects.select_for_update().get(pk=user.pk)
        held = Organisation.objects.filter(memberships__user=owner, kind="group").order_by("pk").first()
        if held:
            return held
        names = f"{owner.name('ko')} 연구그룹", f"{owner.name('en')} Group"
        return _new_group(f"user:{owner.pk}", owner, *names)


def _new_group(actor_label: str, manager: User, name_ko: str, name_en: str) -> Organisation:
    with transaction.atomic():
        code = "g-" + "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
        names = {"name_ko": name_ko or name_en, "name_en": name_en}
        group = Organisation.objects.create(code=code, kind="group", **names)
        Membership.objects.create(user=manager, organisation=group, role="manager")
        record(actor_label, "organisation:created", code, {"kind": "group", "manager": manager.pk})
    return group


def rename_group(actor: Actor, organisation: Organisation, name_ko: str, name_en: str) -> None:
    """Raises Invalid without a name that may be kept, PermissionDenied for all but its managers."""
    _allow_managing(actor, organisation)
    name_ko, name_en = rules.tidy_name(name_ko), rules.tidy_name(name_en)
    _raise(rules.check_names("organisation", name_ko=name_ko, name_en=name_en))
    with transaction.atomic():
        organisation.name_ko, organisation.name_en = name_ko or name_en, name_en
        organisation.save(update_fields=["name_ko", "name_en"])
        names = {"name_ko": organisation.name_ko, "name_en": organisation.name_en}
        record(actor.label, "organisation:changed", organisation.code, names)


def set_role(actor: Actor, organisation: Organisation, user_id: int, role: str) -> None:
    """Gives a member one role instead of the former. Raises Invalid: unknown role, last manager."""
    _allow_managing(actor, organisation)
    _raise(rules.check_role(organisation.kind, role))
    with transaction.atomic():
        members = _locked_members(organisation)
        _raise(rules.check_change_of_member(_responsible(members), user_id, role))
        if user_id not in members:
            raise Membership.DoesNotExist
        Membership.objects.filter(organisation=organisation, user_id=user_id).delete()
        Membership.objects.create(organisation=organisation, user_id=user_id, role=role)
        _end_earlier_tokens(actor.label, user_id, role)
        record(actor.label, "member:role-set", organisation.code, {"user": user_id, "role": role})


def remove_member(actor: Actor, organisation: Organisation, user_id: int) -> None:
    """A manager removes a member, or a member leaves. Raises Invalid for the last manager."""
    leaves = actor.user_id == user_id and actor.scopes is None
    if not leaves:
        _allow_managing(actor, organisation)
    with transaction.atomic():
        members = _locked_members(organisation)
        _raise(rules.check_change_of_member(_responsible(members), user_id, None))
        if user_id not in members:
            raise Membership.DoesNotExist
        Membership.objects.filter(organisation=organisation, user_id=user_id).delete()
        record(actor.label, "member:removed", organisation.code, {"user": user_id})


def appoint(actor: Actor, organisation: Organisation, user: User, role: str) -> None:
    """Makes a person a member at once, without invitation: the operator's and the demonstration's way."""
    _allow(actor, rules.may(actor, "operate", "station"))
    _raise(rules.check_role(organisation.kind, role))
    with transaction.atomic():
        _, created = Membership.objects.get_or_create(user=user, organisation=organisation, role=role)
        if created:
            _end_earlier_tokens(actor.label, user.pk, role)
            record(actor.label, "member:role-set", organisation.code, {"user": user.pk, "role": role})


def _locked_members(organisation: Organisation) -> dict[int, set[str]]:
    # The organisation's row is the lock: two managers who leave at once must not both see the other.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    members: dict[int, set[str]] = {}
    for user_id, role in Membership.objects.filter(organisation=organisation).values_list("user_id", "role"):
        members.setdefault(user_id, set()).add(role)
    return members


def _responsible(members: dict[int, set[str]]) -> set[int]:
    return {user_id for user_id, roles in members.items() if roles & rules.RESPONSIBLE}


# Invitations


def invite(actor: Actor, organisation: Organisation, email: str, role: str) -> Invitation:
    """Has a link sent that works once and for 14 days. A second one to an address replaces the first.

    The secret is made when the mail is sent: until then the invitation has one that nobody knows.
    """
    _allow_managing(actor, organisation)
    email = email.strip().lower()
    _raise([*_check_address(organisation, email), *rules.check_role(organisation.kind, role)])
    _count_invitation(actor)
    with transaction.atomic():
        Invitation.objects.filter(organisation=organisation, email=email, accepted_at=None).delete()
        invitation = Invitation.objects.create(
            organisation=organisation, email=email, role=role, digest=digest(secrets.token_urlsafe(32)),
            invited_by_id=actor.user_id, expires_at=timezone.now() + timedelta(days=rules.INVITATION_DAYS),
        )  # fmt: skip
        record(actor.label, "member:invited", organisation.code, {"invitation": invitation.pk, "role": role})
        tasks.send_invitation.enqueue(invitation.pk)
    return invitation


def _count_invitation(actor: Actor) -> None:
    if actor.user_id is None:
        return
    key = f"invitations:{actor.user_id}:{timezone.localdate()}"
    sent = 1 if cache.add(key, 1, DAY_SECONDS) else cache.incr(key)
    if sent > rules.INVITATIONS_A_DAY:
        raise Invalid([rules.problem("invitations-many", "email")])


def withdraw_invitation(actor: Actor, organisation: Organisation, invitation_id: int) -> None:
    """Makes an open invitation void."""
    _allow_managing(actor, organisation)
    with transaction.atomic():
        Invitation.objects.get(pk=invitation_id, organisation=organisation, accepted_at=None).delete()
        record(actor.label, "member:invitation-withdrawn", organisation.code, {"invitation": invitation_id})


def accept_invitation(user: User, secret: str) -> Organisation:
    """The invited person becomes a member. Raises Invalid: unknown, used, expired, or for another address."""
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update()
            .filter(digest=digest(secret), accepted_at=None, expires_at__gt=timezone.now())
            .first()
        )
        if invitation is None or not queries.is_still_meant(invitation):
            raise Invalid([rules.problem("invitation-invalid", "secret")])
        if invitation.email != user.email.lower():
            raise Invalid([rules.problem("invitation-other-address", "secret")])
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        organisation = invitation.organisation
        Membership.objects.get_or_create(user=user, organisation=organisation, role=invitation.role)
        _end_earlier_tokens(f"user:{user.pk}", user.pk, invitation.role)
        facts = {"user": user.pk, "role": invitation.role, "invitation": invitation.pk}
        record(f"user:{user.pk}", "member:joined", organisation.code, facts)
    return organisation


def _check_address(organisation: Organisation, email: str) -> list[Problem]:
    try:
        validate_email(email)
        MaxLengthValidator(Invitation._meta.get_field("email").max_length)(email)
    except ValidationError:
        return [rules.problem("email-invalid", "email", email)]
    if not rules.is_plain_address(email):
        return [rules.problem("email-invalid", "email", email)]
    if Membership.objects.filter(organisation=organisation, user__email=email).exists():
        return [rules.problem("already-member", "email", email)]
    return []


# Tokens


def create_token(actor: Actor, name: str, scopes: Collection[str], days: int) -> NewToken:
    """A personal token for programs. Only a session makes one: tokens must not breed wider ones."""
    _allow(actor, rules.may(actor, "create", "token") and actor.scopes is None)
    name = rules.tidy_name(name)
    _raise(rules.check_token(name, scopes, days))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(30)
    with transaction.atomic():
        token = Token.objects.create(
            user_id=actor.user_id, name=name, prefix=secret[:12], digest=digest(secret),
            scopes=sorted(set(scopes)), expires_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        facts = {"token": token.pk, "scopes": token.scopes, "days": days}
        record(actor.label, "token:created", f"USER{actor.user_id}", facts)
    return NewToken(token.pk, token.name, secret)


def revoke_token(actor: Actor, token_id: int) -> None:
    """Makes one of the actor's tokens useless at once. Raises Token.DoesNotExist for any other token."""
    _allow(actor, actor.user_id is not None and actor.scopes is None)
    with transaction.atomic():
        token = Token.objects.select_for_update().get(pk=token_id, user_id=actor.user_id)
        if token.revoked_at is None:
            token.revoked_at = timezone.now()
            token.save(update_fields=["revoked_at"])
            record(actor.label, "token:revoked", f"USER{actor.user_id}", {"token": token.pk})


def end_expired_tokens(now: datetime) -> int:
    """Makes tokens that expired useless for good, also for a clock that is set back; how many. By the clock job."""
    with transaction.atomic():
        ended = list(Token.objects.select_for_update().filter(revoked_at=None, expires_at__lte=now))
        for token in ended:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
            record("system:clock", "token:expired", f"USER{token.user_id}", {"token": token.pk})
    return len(ended)


def _end_earlier_tokens(actor_label: str, user_id: int, role: str) -> None:
    # A token made before the appointment was made without the second factor that the new role needs.
    if role not in ("curator", "administrator") or settings.BIOMOA_HOME.station.security.second_factor == "offered":
        return
    end_tokens(actor_label, user_id, "appointed")


def end_tokens(actor_label: str, user_id: int, because: str) -> None:
    """Every token of a person is refused from now on. Part of the caller's transaction."""
    for token in Token.objects.select_for_update().filter(user_id=user_id, revoked_at=None):
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor_label, "token:revoked", f"USER{user_id}", {"token": token.pk, "because": because})


# Accounts


def change_profile(actor: Actor, *, name_ko: str, name_en: str, language: str) -> User:
    """The person's own names and language. Raises Invalid without any name that may be kept."""
    _allow(actor, actor.user_id is not None and actor.scopes is None)
    name_ko, name_en = rules.tidy_name(name_ko), rules.tidy_name(name_en)
    _raise(rules.check_names("person", name_ko=name_ko, name_en=name_en))
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.user_id)
        user.name_ko, user.name_en = name_ko, name_en
        user.language = "en" if language == "en" else "ko"
        user.save(update_fields=["name_ko", "name_en", "language"])
        record(actor.label, "person:profile-changed", subject_of(user), {"language": user.language})
    return user


def confirm_person(user: User) -> None:
    """After the address is confirmed: the personal group and the entry in the ledger."""
    with transaction.atomic():
        record(f"user:{user.pk}", "person:confirmed", subject_of(user), {})
        ensure_personal_group(user)


def note_person(user: User | None, event: str, data: Mapping[str, Any] | None = None) -> None:
    """An entry about a person that comes with no other change: ``person:signed-in``, ... Never with a secret."""
    label, subject = (f"user:{user.pk}", subject_of(user)) if user else ("nobody", "USER")
    with transaction.atomic():
        record(label, event, subject, data or {})


def note_refusal(actor: Actor, method: str, route: str) -> None:
    """A permission refused to a signed-in person; ``route`` is the address's pattern, without values."""
    key = f"refusal:{actor.user_id}:{method}:{digest(route)}"
    if actor.user_id is None or not cache.add(key, 1, REFUSAL_SECONDS):
        return
    with transaction.atomic():
        record(actor.label, "access:refused", f"USER{actor.user_id}", {"method": method, "route": route})


def make_account(
    email: str, *, password: str | None, name_ko: str, name_en: str, language: str = "ko",
    is_administrator: bool = False, is_auditor: bool = False, demonstration: str = "",
) -> User:  # fmt: skip
    """An account by the operator or the demonstration, its address taken as confirmed; kept if it exists."""
    with transaction.atomic():
        existing = User.objects.filter(email=email.lower()).first()
        if existing:
            return existing
        user = User.objects.create_user(
            email, password, name_ko=name_ko, name_en=name_en, language=language, is_staff=is_administrator,
            is_auditor=is_auditor, demonstration=demonstration,
        )  # fmt: skip
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        facts = {"administrator": is_administrator, "auditor": is_auditor, "demonstration": demonstration}
        record("system:operator", "person:created", subject_of(user), facts)
    return user


# Organisations of the catalogue


def load_organisations(catalogue: catalog.Catalogue) -> int:
    """Brings the catalogue's ministries, centers, institutions into the station; the number that changed."""
    changed = 0
    with transaction.atomic():
        for row in _parents_first(catalogue):
            parent = Organisation.objects.get(code=row.parent) if row.parent else None
            said = {"kind": row.kind, "name_ko": row.name_ko, "name_en": row.name_en}
            wanted = {**said, "parent": parent}
            organisation, created = Organisation.objects.get_or_create(code=row.code, defaults=wanted)
            if created or any(getattr(organisation, name) != value for name, value in wanted.items()):
                Organisation.objects.filter(pk=organisation.pk).update(**wanted)
                event = "organisation:created" if created else "organisation:changed"
                record("system:catalogue", event, row.code, {**said, "parent": row.parent})
                changed += 1
    return changed


def _parents_first(catalogue: catalog.Catalogue) -> list[catalog.Organisation]:
    rows = {row.code: row for row in catalogue.organisations}
    order = TopologicalSorter({row.code: [row.parent] if row.parent else [] for row in rows.values()})
    return [rows[code] for code in order.static_order()]


def _allow_managing(actor: Actor, organisation: Organisation) -> None:
    _allow(actor, rules.may(actor, "manage", "organisation", owner=organisation.pk, center=organisation.pk))


def _allow(actor: Actor, allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(actor.label)


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(problems)
