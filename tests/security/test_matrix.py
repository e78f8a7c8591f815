"""Role x state x verb through HTTP: what the policy table says is what pages and API do, cell by cell."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from biomoa.ledger.models import Entry
from biomoa.people.rules import NOBODY
from tests.security.matrix import ASKS, Ask, is_permitted, send, state_of
from tests.security.world import ROLES, STATES, Place, Thing, make_place

pytestmark = pytest.mark.django_db
REFUSED = frozenset({401, 403, 404, 409, 422})


def outcome(place: Place, role: str, ask: Ask, thing: Thing) -> tuple[Any, list[str]]:
    """The answer, and the events that it brought; everything is taken back."""
    client, before = place.client(role), Entry.objects.count()
    with transaction.atomic():
        answer = send(client, ask, thing)
        events = list(Entry.objects.order_by("seq").values_list("event", flat=True)[before:])
        transaction.set_rollback(True)
    return answer, [event for event in events if not event.startswith(("access:", "person:", "file:downloaded"))]


def difference(place: Place, role: str, ask: Ask, thing: Thing) -> str | None:
    """What the answer is that the tables do not say; None when they agree."""
    actor = place.actor(role)
    answer, events = outcome(place, role, ask, thing)
    cell = f"{role} {ask.method} {ask.route} {ask.command} [{thing.state}]: {answer.status_code}"
    if answer.status_code >= 500:
        return f"{cell} failed"
    to_sign_in = answer.status_code == 302 and "/account/login/" in answer.headers["Location"]
    if is_permitted(ask, actor, thing):
        refused = answer.status_code in (401, 403, 404) or to_sign_in
        return f"{cell} refused what is permitted" if refused else None
    if events:
        return f"{cell} changed something: {events}"
    if ask.method == "GET" or not is_permitted(ask, actor, thing, "read"):
        if not (to_sign_in or answer.status_code in (401, 403, 404)):
            return f"{cell} let in"
    elif not (to_sign_in or answer.status_code in REFUSED or _is_same_answer(answer, ask)):
        return f"{cell} let in"
    return _tells_existence(place, role, ask, thing, answer)


def _is_same_answer(answer: Any, ask: Ask) -> bool:
    # Sent again, handing in, accepting and releasing answer what they answered and change nothing (tests/records);
    # a page that can do nothing goes back and says why.
    return answer.status_code == 302 or ask.command in ("submit", "accept", "release") or ask.verb == "withdraw"


def _tells_existence(place: Place, role: str, ask: Ask, thing: Thing, answer: Any) -> str | None:
    """What may not be read must answer as what is not there."""
    if is_permitted(ask, place.actor(role), thing, "read"):
        return None
    absent = place.answers.get((role, ask.route, ask.method))
    if absent is None:
        absent = send(place.client(role), ask, thing, absent=True).status_code
        place.answers[role, ask.route, ask.method] = absent
    if absent != answer.status_code:
        return f"{role} {ask.method} {ask.route} [{thing.state}]: {answer.status_code}, absent {absent}"
    asked = answer.wsgi_request.path
    if thing.marker.encode() in answer.content and thing.marker not in asked:
        return f"{role} {ask.method} {ask.route} [{thing.state}] tells the name of what may not be read"
    return None


@pytest.mark.parametrize("role", ROLES)
def test_every_cell(db: None, role: str) -> None:  # noqa: ARG001
    place, told, cells = make_place(), [], 0
    for state in STATES:
        thing = place.things[state]
        for ask in ASKS:
            if state_of(ask, thing) is None:
                continue
            cells += 1
            if said := difference(place, role, ask, thing):
                told.append(said)
    assert cells > 300
    assert not told, f"{len(told)} of {cells} cells:\n" + "\n".join(told)


def test_the_roles_are_twelve_and_the_table_knows_them(db: None) -> None:  # noqa: ARG001
    place = make_place()
    assert len(ROLES) == 12
    assert place.actor("nobody") == place.actor("suspended") == NOBODY
