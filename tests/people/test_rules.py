"""The policy table as a matrix, against the page that states it, and how tokens narrow it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biomoa.people.rules import (
    ALL_ROLES,
    ANY_STATE,
    GRANTABLE,
    NOBODY,
    POLICY,
    RESPONSIBLE,
    RULE_TEXTS,
    SCOPES,
    STATES_OF,
    Actor,
    Kind,
    Role,
    Verb,
    check_change_of_member,
    check_role,
    check_token,
    is_allowed,
    may,
    permissions_markdown,
    roles_on,
)  # fmt: skip

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "permissions.md"
KINDS, VERBS = get_args(Kind), get_args(Verb)


def read_page() -> dict[tuple[str, str, str, str], bool]:
    """(kind, verb, state, role) of every permission that the page states."""
    stated: dict[tuple[str, str, str, str], bool] = {}
    kind, states = "", []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("## "):
            kind, states = line[3:], []
        elif line.startswith("| |"):
            states = [ANY_STATE if cell == "any state" else cell for cell in cells[1:]]
        elif line.startswith("| ") and states and not line.startswith("| ---"):
            for state, cell in zip(states, cells[1:], strict=True):
                for role in cell.split(", "):
                    if role != "–":
                        stated[kind, cells[0], state, role] = True
    return stated


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == permissions_markdown()


def test_every_kind_verb_state_role_is_as_the_page_says_and_all_else_is_refused() -> None:
    stated = read_page()
    for kind, verb, role in itertools.product(KINDS, VERBS, ALL_ROLES):
        for state in STATES_OF[kind]:
            assert is_allowed((role,), verb, kind, state) == stated.get((kind, verb, state, role), False)


def test_the_page_knows_every_kind_role_and_state_of_the_table() -> None:
    assert set(STATES_OF) == set(KINDS)
    assert set(ALL_ROLES) == set(get_args(Role))
    for row in POLICY:
        assert set(row.states) <= {*STATES_OF[row.kind], ANY_STATE}


# The promises that a person would be hurt by, written out: they do not follow from the table but judge it.
FORBIDDEN = [
    (("anyone", "signed-in"), "read", "submission", "draft"),
    (("anyone", "signed-in"), "read", "submission", "released"),
    (("anyone", "signed-in"), "read", "record", "accepted"),
    (("anyone", "signed-in"), "download", "file", "accepted"),
    (("anyone", "signed-in"), "download", "file", "suppressed"),
    (("curator",), "read", "submission", "draft"),
    (("curator",), "change", "submission", "draft"),
    (("depositor", "manager"), "decide", "submission", "in-review"),
    (("depositor", "manager"), "override", "submission", "in-review"),
    (("depositor", "manager"), "curate", "record", "released"),
    (("depositor", "manager"), "change", "submission", "submitted"),
    (("depositor", "manager"), "change", "submission", "accepted"),
    (("depositor", "manager"), "delete", "submission", "submitted"),
    (("auditor",), "change", "submission", "draft"),
    (("auditor",), "decide", "submission", "in-review"),
    (("auditor",), "download", "file", "accepted"),
    (("manager",), "operate", "station", ANY_STATE),
    (("depositor", "curator"), "manage", "organisation", ANY_STATE),
]


@pytest.mark.parametrize(("roles", "verb", "kind", "state"), FORBIDDEN)
def test_never(roles: tuple[Role, ...], verb: Verb, kind: Kind, state: str) -> None:
    assert not is_allowed(roles, verb, kind, state)


actors = st.builds(
    Actor,
    user_id=st.integers(1, 3),
    roles=st.dictionaries(
        st.integers(1, 3), st.frozensets(st.sampled_from(["depositor", "manager", "curator", "administrator"]))
    ),
    is_administrator=st.booleans(),
    is_auditor=st.booleans(),
    scopes=st.none(),
)


@given(actors, st.frozensets(st.sampled_from([*SCOPES, "unknown"])), st.sampled_from(VERBS),
       st.sampled_from(KINDS), st.integers(1, 3), st.integers(1, 3))  # fmt: skip
def test_scopes_only_narrow(
    actor: Actor, scopes: frozenset[str], verb: Verb, kind: Kind, owner: int, center: int
) -> None:
    narrowed = msgspec.structs.replace(actor, scopes=scopes)
    for state in STATES_OF[kind]:
        if may(narrowed, verb, kind, state, owner=owner, center=center):
            assert may(actor, verb, kind, state, owner=owner, center=center)
            assert any(verb in SCOPES[scope] for scope in scopes & SCOPES.keys())


def test_a_token_without_scopes_may_nothing_that_its_owner_may() -> None:
    actor = Actor(user_id=1, roles={1: frozenset({"manager"})}, scopes=frozenset())
    assert not may(actor, "read", "submission", "draft", owner=1)


def test_a_curator_of_one_center_is_nobody_in_another() -> None:
    curator = Actor(user_id=1, roles={7: frozenset({"curator"})})
    assert may(curator, "decide", "submission", "in-review", owner=1, center=7)
    assert not may(curator, "decide", "submission", "in-review", owner=1, center=8)
    assert "curator" not in roles_on(curator, owner=7, center=8)


def test_nobody_has_no_role_but_anyone() -> None:
    assert roles_on(NOBODY, owner=1, center=1) == {"anyone"}


def test_check_token_tells_all_that_is_wrong() -> None:
    assert [p.code for p in check_token(" ", ["root"], 400)] == [
        "name-missing", "scope-unknown", "expiry-out-of-range",
    ]  # fmt: skip
    assert check_token("laptop", ["read", "deposit"], 365) == []


def test_roles_belong_to_kinds_of_organisation() -> None:
    assert [p.code for p in check_role("group", "curator")] == ["role-not-grantable"]
    assert [p.code for p in check_role("group", "emperor")] == ["role-not-grantable"]
    assert check_role("data-center", "curator") == []
    assert all(set(roles) & RESPONSIBLE for roles in GRANTABLE.values())


@pytest.mark.parametrize(
    ("responsible", "user", "role", "codes"),
    [
        ({1}, 1, None, ["last-manager"]),
        ({1}, 1, "depositor", ["last-manager"]),
        ({1}, 1, "manager", []),
        ({1, 2}, 1, None, []),
        ({1}, 2, None, []),
    ],
)
def test_the_last_manager_stays(responsible: set[int], user: int, role: str | None, codes: list[str]) -> None:
    assert [p.code for p in check_change_of_member(responsible, user, role)] == codes


def test_every_rule_says_what_and_how_in_both_languages() -> None:
    for code, text in RULE_TEXTS.items():
        assert code == text.code
        assert all((text.meaning.ko, text.meaning.en, text.repair.ko, text.repair.en))
