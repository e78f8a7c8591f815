"""Who may do what: one table, deny by default. Functions of values; nothing here reads the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

# Roles are always relative to one thing: a member of the group that owns it, a curator of its center, ...
Role = Literal["anyone", "signed-in", "depositor", "manager", "curator", "administrator", "auditor"]
Verb = Literal[
    "find", "read", "read-private", "download", "create", "change", "delete", "submit", "comment",
    "decide", "override", "curate", "release", "withdraw", "manage", "operate",
]  # fmt: skip
Kind = Literal["submission", "record", "file", "ledger", "organisation", "token", "station"]
MembershipRole = Literal["depositor", "manager", "curator", "administrator"]

ANY_STATE = "*"
ORGANISATION_ROLES: tuple[MembershipRole, ...] = ("depositor", "manager", "curator", "administrator")


class Row(msgspec.Struct, frozen=True):
    """A permission: these roles may do this verb to this kind of thing in these states."""

    kind: Kind
    verb: Verb
    states: tuple[str, ...]
    roles: tuple[Role, ...]


OWNERS: tuple[Role, ...] = ("depositor", "manager")
STAFF: tuple[Role, ...] = ("curator", "administrator")
EDITABLE = ("draft", "returned")
IN_CARE = ("submitted", "in-review", "returned", "accepted", "released")
PUBLIC = ("released", "suppressed", "withdrawn")

POLICY: tuple[Row, ...] = (
    Row("submission", "create", (ANY_STATE,), ("depositor", "manager", "administrator")),
    Row("submission", "read", (ANY_STATE,), (*OWNERS, "administrator", "auditor")),
    Row("submission", "read", IN_CARE, ("curator",)),
    Row("submission", "change", EDITABLE, OWNERS),
    Row("submission", "delete", ("draft",), OWNERS),
    Row("submission", "submit", EDITABLE, OWNERS),
    Row("submission", "withdraw", ("submitted", "in-review", "returned"), OWNERS),
    Row("submission", "release", ("accepted",), (*OWNERS, *STAFF)),
    Row("submission", "comment", (*IN_CARE, "draft"), OWNERS),
    Row("submission", "comment", IN_CARE, STAFF),
    Row("submission", "curate", ("submitted", "in-review"), STAFF),
    Row("submission", "decide", ("in-review",), STAFF),
    Row("submission", "override", ("in-review",), STAFF),
    Row("record", "find", PUBLIC[:1], ("anyone",)),
    Row("record", "read", PUBLIC, ("anyone",)),
    Row("record", "read", (ANY_STATE,), (*OWNERS, "administrator", "auditor")),
    Row("record", "read", ("submitted", "in-review", "returned", "accepted"), ("curator",)),
    Row("record", "read-private", (ANY_STATE,), (*OWNERS, *STAFF)),
    Row("record", "change", ("accepted", "released"), OWNERS),
    Row("record", "curate", ("in-review", "accepted", "released"), STAFF),
    Row("record", "release", ("accepted",), (*OWNERS, *STAFF)),
    Row("record", "withdraw", ("accepted", "released"), STAFF),
    Row("file", "read", PUBLIC[:1], ("anyone",)),
    Row("file", "download", PUBLIC[:1], ("anyone",)),
    Row("file", "read", (ANY_STATE,), (*OWNERS, *STAFF)),
    Row("file", "download", (ANY_STATE,), (*OWNERS, *STAFF)),
    Row("file", "change", EDITABLE, OWNERS),
    Row("ledger", "read", (ANY_STATE,), ("administrator", "auditor")),
    Row("organisation", "create", (ANY_STATE,), ("signed-in",)),
    Row("organisation", "read", (ANY_STATE,), ("depositor", "manager", "curator", "administrator")),
    Row("organisation", "manage", (ANY_STATE,), ("manager", "administrator")),
    Row("token", "create", (ANY_STATE,), ("signed-in",)),
    Row("station", "operate", (ANY_STATE,), ("administrator",)),
    Row("station", "curate", (ANY_STATE,), STAFF),
)

# What a personal token's scope lets through, however much its owner may do.
SCOPES: Mapping[str, frozenset[Verb]] = {
    "read": frozenset({"find", "read", "read-private", "download"}),
    "deposit": frozenset({"find", "read", "read-private", "download", "create", "change", "delete", "submit",
                          "comment", "release", "withdraw"}),
    "curate": frozenset({"find", "read", "read-private", "download", "comment", "curate", "decide", "override",
                         "release", "withdraw"}),
}  # fmt: skip


class Actor(msgspec.Struct, frozen=True):
    """Who acts. ``roles`` are the membership roles by organisation id; ``scopes`` is None for a session."""

    user_id: int | None = None
    label: str = "nobody"  # what the ledger writes: "user:12", "system:worker"
    name: str = ""
    roles: Mapping[int, frozenset[str]] = {}
    is_administrator: bool = False
    is_auditor: bool = False
    scopes: frozenset[str] | None = None

    def organisations(self, *roles: str) -> frozenset[int]:
        """The ids of the organisations where the actor has one of the roles (any role without arguments)."""
        return frozenset(o for o, held in self.roles.items() if not roles or held & set(roles))


NOBODY = Actor()


def system(name: str) -> Actor:
    """The station itself acting: the clock, a worker, an operator at the command line."""
    return Actor(label=f"system:{name}", name=name, is_administrator=True)


def roles_on(actor: Actor, *, owner: int | None, center: int | None) -> frozenset[Role]:
    """The actor's roles on a thing of the group ``owner`` in the care of the data center ``center``."""
    roles: set[Role] = {"anyone"}
    if actor.user_id is not None:
        roles.add("signed-in")
    held = actor.roles.get(owner, frozenset()) if owner is not None else frozenset()
    if held & {"depositor", "manager", "administrator"}:
        roles.add("depositor")
    if held & {"manager", "administrator"}:
        roles.add("manager")
    if center is not None and "curator" in actor.roles.get(center, frozenset()):
        roles.add("curator")
    if actor.is_administrator:
        roles.add("administrator")
    if actor.is_auditor:
        roles.add("auditor")
    return frozenset(roles)


def is_allowed(roles: Collection[Role], verb: Verb, kind: Kind, state: str = ANY_STATE) -> bool:
    """True only when a row of the table says so."""
    return any(
        row.kind == kind
        and row.verb == verb
        and (ANY_STATE in row.states or state in row.states)
        and not set(roles).isdisjoint(row.roles)
        for row in POLICY
    )


def may(
    actor: Actor, verb: Verb, kind: Kind, state: str = ANY_STATE, *,
    owner: int | None = None, center: int | None = None,
) -> bool:  # fmt: skip
    """May the actor do ``verb`` to a thing of this kind and state? A token's scopes narrow its owner's rights."""
    if actor.scopes is not None and not any(verb in SCOPES[scope] for scope in actor.scopes & SCOPES.keys()):
        return False
    return is_allowed(roles_on(actor, owner=owner, center=center), verb, kind, state)
