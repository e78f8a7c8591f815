"""API: who am I, my groups and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from biomoa.people import queries, services, sessions
from biomoa.people.edge import BodyIn, Fault, Key, TextOut, actor_of, fault, plain, schema
from biomoa.people.models import Membership, Organisation
from biomoa.people.rules import problem

router = Router()
NEEDS = {401: Fault, 403: Fault}


class GroupOut(Schema):
    """An organisation and what I am in it."""

    code: str = Field(examples=["g-k3v7m2xp"])
    kind: str = Field(examples=["group"])
    name: TextOut  # type: ignore[valid-type]
    roles: list[str] = Field(examples=[["manager"]])


class MemberOut(Schema):
    user: int
    name: str
    email: str
    role: str
    since: datetime


class GroupWithMembers(GroupOut):
    members: list[MemberOut]


class MeOut(Schema):
    """Nobody has no ``email`` and no ``groups``."""

    email: str | None = None
    name: TextOut | None = None  # type: ignore[valid-type]
    language: str = "ko"
    scopes: list[str] | None = Field(None, description="of the token; null for a session")
    is_administrator: bool = False
    groups: list[GroupOut] = []


class TokenOut(Schema):
    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class TokenIn(BodyIn):
    name: str = Field(examples=["sequencer upload"])
    scopes: list[str] = Field(examples=[["read", "deposit"]])
    days: int = Field(90, description="until it expires, 1 to 365")


class GroupIn(BodyIn):
    name_ko: str = ""
    name_en: str = ""


class InvitationIn(BodyIn):
    email: str = Field(examples=["kim@example.org"])
    role: str = Field(examples=["depositor"])


class InvitationOut(Schema):
    id: int
    email: str
    role: str
    expires_at: datetime


@router.get("/me", response={200: MeOut, 401: Fault}, summary="Who this token or session is")
def me(request: HttpRequest) -> Any:
    actor = actor_of(request)
    if actor.user_id is None:
        return MeOut()
    user = queries.get_user(actor)
    return MeOut(
        email=user.email,
        name=_names(user.name_ko or user.name("ko"), user.name("en")),
        language=user.language,
        scopes=None if actor.scopes is None else sorted(actor.scopes),
        is_administrator=actor.is_administrator,
        groups=[_group(organisation, roles) for organisation, roles in queries.groups_of(actor)],
    )


@router.get("/groups", response=list[GroupOut], summary="The organisations I belong to")
def groups(request: HttpRequest) -> Any:
    return [_group(organisation, roles) for organisation, roles in queries.groups_of(actor_of(request))]


@router.post("/groups", response={201: GroupOut, 422: Fault, **NEEDS}, summary="Make a research group")
def create_group(request: HttpRequest, payload: GroupIn) -> Any:
    group = services.create_group(actor_of(request), payload.name_ko, payload.name_en)
    return 201, _group(group, ["manager"])


@router.get("/groups/{code}", response={200: GroupWithMembers, 404: Fault}, summary="A group and its members")
def group(request: HttpRequest, code: str) -> Any:
    organisation = queries.get_group(actor_of(request), code)
    held = sorted(actor_of(request).roles.get(organisation.pk, ()))
    members = [_member(member) for member in queries.members_of(organisation)]
    return {**_group(organisation, held), "members": members}


@router.post(
    "/groups/{code}/invitations",
    response={201: InvitationOut, 404: Fault, 422: Fault, **NEEDS},
    summary="Invite a person by e-mail",
)
def invite(request: HttpRequest, code: str, payload: InvitationIn) -> Any:
    organisation = queries.get_group(actor_of(request), code)
    return 201, services.invite(actor_of(request), organisation, payload.email, payload.role)


@router.get("/tokens", response=list[TokenOut], summary="My tokens")
def tokens(request: HttpRequest) -> Any:
    return queries.tokens_of(actor_of(request))


@router.post(
    "/tokens",
    response={201: schema(services.NewToken), 422: Fault, **NEEDS},
    summary="Make a token (from a session only)",
)
def create_token(request: HttpRequest, payload: TokenIn) -> Any:
    """The password must have been asked for in the last minutes, as before other changes of how one signs in."""
    if request.user.is_authenticated and sessions.is_to_prove(request):
        return fault(403, problems=[problem("password-needed", "session")])
    made = services.create_token(actor_of(request), payload.name, payload.scopes, payload.days)
    return 201, plain(made)


@router.delete("/tokens/{token_id}", response={204: None, 404: Fault}, summary="Revoke one of my tokens")
def revoke_token(request: HttpRequest, token_id: Key) -> Any:
    services.revoke_token(actor_of(request), token_id)
    return 204, None


def _names(ko: str, en: str) -> dict[str, str]:
    return {"ko": ko, "en": en}


def _group(organisation: Organisation, roles: list[str]) -> dict[str, Any]:
    name = _names(organisation.name("ko"), organisation.name("en"))
    return {"code": organisation.code, "kind": organisation.kind, "name": name, "roles": roles}


def _member(member: Membership) -> MemberOut:
    user = member.user
    return MemberOut(user=user.pk, name=user.name(), email=user.email, role=member.role, since=member.since)
