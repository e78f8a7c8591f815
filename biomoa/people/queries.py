"""Reads about people: the actor of a user, of a token."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from biomoa.ledger.prepared import Prepared
from biomoa.people.models import Invitation, Membership, Organisation, Token, User
from biomoa.people.rules import NOBODY, Actor, may

USED_AT_PRECISION = timedelta(minutes=1)
_TOKEN = Prepared(
    lambda digest: Token.objects.select_related("user").filter(digest=digest, revoked_at=None).order_by("pk")[:1]
)
_ROLES = Prepared(lambda user: Membership.objects.filter(user=user).values_list("organisation_id", "role"))


def actor_of(user: User | None, scopes: frozenset[str] | None = None) -> Actor:
    """The actor that a signed-in user is; NOBODY for none or a disabled account."""
    if user is None or not user.is_active:
        return NOBODY
    roles: dict[int, set[str]] = defaultdict(set)
    for organisation, role in _ROLES.rows(user.pk):
        roles[organisation].add(role)
    return Actor(
        user_id=user.pk,
        label=f"user:{user.pk}",
        name=user.name(),
        roles={organisation: frozenset(held) for organisation, held in roles.items()},
        is_administrator=user.is_staff,
        is_auditor=user.is_auditor,
        scopes=scopes,
    )


def find_actor_of_token(secret: str) -> Actor | None:
    """The actor of a token that is not revoked and not expired; None for every other secret."""
    now = timezone.now()
    token = _TOKEN.first(hashlib.sha256(secret.encode()).hexdigest())
    if token is None or token.expires_at <= now:
        return None
    if token.last_used_at is None or now - token.last_used_at > USED_AT_PRECISION:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return actor_of(token.user, frozenset(token.scopes))


def get_user(actor: Actor) -> User:
    """The person behind a signed-in actor. Raises Http404 for nobody and for the station itself."""
    user = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    if user is None:
        raise Http404
    return user


def find_user(address: str) -> User | None:
    return User.objects.filter(email=address.strip().lower()).first()


def find_demonstration_account(name: str) -> User | None:
    """An active account that is flagged as demonstration under that name; never a real person's."""
    return User.objects.filter(demonstration=name, is_active=True).first() if name else None


def demonstration_accounts() -> list[User]:
    """For the buttons of the sign-in page."""
    return list(User.objects.exclude(demonstration="").filter(is_active=True).order_by("pk"))


def groups_of(actor: Actor) -> list[tuple[Organisation, list[str]]]:
    """The organisations the actor belongs to, with the roles held, by name."""
    organisations = Organisation.objects.filter(pk__in=actor.roles).order_by("name_ko", "pk")
    return [(organisation, sorted(actor.roles[organisation.pk])) for organisation in organisations]


def groups_to_deposit(actor: Actor) -> list[Organisation]:
    """Those of ``groups_of`` in which the actor may deposit."""
    roles = {"depositor", "manager", "administrator"}
    return [organisation for organisation, held in groups_of(actor) if roles & set(held)]


def get_group(actor: Actor, code: str) -> Organisation:
    """An organisation the actor may look into; Http404 for every other, whether it exists or not."""
    organisation = Organisation.objects.select_related("parent").filter(code=code).first()
    if organisation and may(actor, "read", "organisation", owner=organisation.pk, center=organisation.pk):
        return organisation
    raise Http404("group")


def may_manage(actor: Actor, organisation: Organisation) -> bool:
    return may(actor, "manage", "organisation", owner=organisation.pk, center=organisation.pk)


def members_of(organisation: Organisation) -> list[Membership]:
    members = Membership.objects.filter(organisation=organisation).select_related("user")
    return list(members.order_by("user__email", "role"))


def curators_of(center_id: int) -> QuerySet[User]:
    """Who works on what is in the care of the data center."""
    return User.objects.filter(memberships__organisation=center_id, memberships__role="curator", is_active=True)


def open_invitations(organisation: Organisation) -> list[Invitation]:
    """Neither accepted nor expired."""
    wanted = Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now())
    return list(wanted.filter(organisation=organisation).order_by("email"))


def find_invitation(secret: str) -> Invitation | None:
    """The open invitation of a secret."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    wanted = Invitation.objects.filter(digest=digest, accepted_at=None, expires_at__gt=timezone.now())
    found = wanted.select_related("organisation", "invited_by").first()
    return found if found and is_still_meant(found) else None


def is_still_meant(invitation: Invitation) -> bool:
    """An invitation is as good as who made it: one who may not invite any more, or left, brings nobody in."""
    return invitation.invited_by is None or may_manage(actor_of(invitation.invited_by), invitation.organisation)


def tokens_of(actor: Actor) -> list[Token]:
    """The actor's tokens that are not revoked, newest first; expired ones are among them."""
    if actor.user_id is None:
        return []
    return list(Token.objects.filter(user_id=actor.user_id, revoked_at=None).order_by("-created_at", "-pk"))


def is_expired_token(secret: str) -> bool:
    """True for a secret that was good until its time ran out: its holder may be told so."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    mine = Token.objects.filter(digest=digest, expires_at__lte=timezone.now())
    return mine.filter(Q(revoked_at=None) | Q(revoked_at__gte=F("expires_at"))).exists()
