"""Reads about people: the actor of a user, of a token."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from biomoa.people.models import Membership, Token, User
from biomoa.people.rules import NOBODY, Actor

USED_AT_PRECISION = timedelta(minutes=1)


def actor_of(user: User | None, scopes: frozenset[str] | None = None) -> Actor:
    """The actor that a signed-in user is; NOBODY for none or a disabled account."""
    if user is None or not user.is_active:
        return NOBODY
    roles: dict[int, set[str]] = defaultdict(set)
    for organisation, role in Membership.objects.filter(user=user).values_list("organisation_id", "role"):
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
    token = (
        Token.objects.select_related("user")
        .filter(digest=hashlib.sha256(secret.encode()).hexdigest(), revoked_at=None, expires_at__gt=now)
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at > USED_AT_PRECISION:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return actor_of(token.user, frozenset(token.scopes))
