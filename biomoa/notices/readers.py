"""Who hears of a happening: the people of its groups and its center, never who did it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from biomoa.notices.happenings import Happening, user_id_of
from biomoa.notices.kinds import Audience, Kind
from biomoa.people.models import Membership, User
from biomoa.people.rules import IN_CARE

MEMBERS = ("depositor", "manager", "administrator")
MANAGERS = ("manager", "administrator")
CURATORS = ("curator",)


def readers(kind: Kind, happening: Happening, doer: str, at: datetime) -> list[int]:
    """The keys of the active people who are told: who belonged there when it happened, without ``doer``."""
    found = set(_AUDIENCES[kind.to](happening, user_id_of(doer), at)) - {user_id_of(doer)}
    return list(User.objects.filter(pk__in=found, is_active=True).order_by("pk").values_list("pk", flat=True))


def _members(organisations: Collection[int | None], roles: Collection[str], at: datetime) -> Collection[int]:
    """Who joined later is not flooded with what was before."""
    found = Membership.objects.filter(organisation__in=organisations, role__in=roles, since__lte=at)
    return set(found.values_list("user_id", flat=True))


def _group(one: Happening, _: int | None, at: datetime) -> Collection[int]:
    return _members(one.groups, MEMBERS, at)


def _curators(one: Happening, _: int | None, at: datetime) -> Collection[int]:
    return _members((one.center,), CURATORS, at)


def _case(one: Happening, doer: int | None, at: datetime) -> Collection[int]:
    """A draft is nobody's case yet; what a curator does on a case of nobody is not told to all the others."""
    curators = _curators(one, doer, at)
    if one.state not in (*IN_CARE, "withdrawn"):
        return ()
    if one.in_charge in curators:
        return (one.in_charge,) if one.in_charge is not None else ()
    return () if doer in curators else curators


def _deciders(one: Happening, doer: int | None, at: datetime) -> Collection[int]:
    curators = _curators(one, doer, at)
    return (one.in_charge,) if one.in_charge is not None and one.in_charge in curators else curators


def _judges(one: Happening, doer: int | None, at: datetime) -> Collection[int]:
    return _deciders(one, doer, at) if one.is_to_judge else ()


def _assigned(one: Happening, _: int | None, __: datetime) -> Collection[int]:
    return (one.named,) if one.named is not None else ()


def _asked(one: Happening, _: int | None, at: datetime) -> Collection[int]:
    return _members(one.asked, MEMBERS, at)


def _asking(one: Happening, _: int | None, at: datetime) -> Collection[int]:
    return _members(one.asking, MEMBERS, at)


def _person(one: Happening, _: int | None, __: datetime) -> Collection[int]:
    return (one.person,) if one.person is not None else ()


def _managers(one: Happening, _: int | None, at: datetime) -> Collection[int]:
    return _members((one.organisation,), MANAGERS, at)


def _administrators(_: Happening, __: int | None, ___: datetime) -> Collection[int]:
    return set(User.objects.filter(is_staff=True).values_list("pk", flat=True))


_AUDIENCES: Mapping[Audience, Callable[[Happening, int | None, datetime], Collection[int]]] = {
    "group": _group, "both": _group, "curators": _curators, "case": _case, "deciders": _deciders,
    "judges": _judges, "assigned": _assigned, "asked": _asked, "asking": _asking, "person": _person,
    "managers": _managers, "administrators": _administrators,
}  # fmt: skip
