"""Who may do what in which state: every command, every role, every state; and the filters of the queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from biomoa.files.models import Shelf
from biomoa.people.models import User
from biomoa.people.rules import NOBODY, SCOPES, Actor, may
from biomoa.records import (
    access,
    certificates,
    queries,
    recordview,
    reviewing,
    rules,
    services,
    services_curation,
    services_release,
)
from biomoa.records.models import Record, RowProblem, Submission
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal
from tests.records.world import World, accepted, draft, experiment, project, sample, study

PEOPLE = ("depositor", "manager", "curator", "administrator", "auditor", "stranger", "nobody")
pytestmark = pytest.mark.usefixtures("at_noon")


def give(actor: Actor, command: str, submission: Submission) -> Any:
    key = submission.pk
    problem = RowProblem.objects.filter(submission=submission).first()
    row = submission.rows.filter(form="bioproject").first()
    commands: dict[str, Callable[[], Any]] = {
        "change": lambda: services.save_rows(actor, key, "bioproject", [project()]),
        "delete": lambda: services.delete_draft(actor, key),
        "submit": lambda: services.submit(actor, key),
        "withdraw": lambda: services.withdraw(actor, key, "reason"),
        "take": lambda: services_curation.take(actor, key),
        "assign": lambda: services_curation.assign(actor, key, User.objects.get(email="curator2@example.org").pk),
        "curate": lambda: services_curation.curate_field(actor, row.pk, "title", "Other", "reason"),
        "override": lambda: services_curation.override(actor, problem.pk, "reason"),
        "return": lambda: services_curation.return_(actor, key, "reason"),
        "accept": lambda: services_curation.accept(actor, key),
        "set-release-date": lambda: services_release.set_release_date(actor, key, timezone.localdate()),
        "extend-embargo": lambda: services_release.extend_embargo(actor, key, timezone.localdate(), "reason"),
        "release": lambda: services_release.release(actor, key),
        "comment": lambda: services_curation.comment(actor, key, "word"),
        "share": lambda: share(actor, submission),
        "certify": lambda: certificates.certify_submission(actor, key),
    }
    assert commands.keys() == rules.COMMAND.keys()
    return commands[command]()


def share(actor: Actor, submission: Submission) -> Any:
    now = timezone.now()
    Record.objects.get_or_create(
        accession=f"KAP{submission.pk:06d}", form="bioproject", record_type="bioproject", alias=submission.code,
        owner=submission.owner, center=submission.center, submission=submission, state="accepted", title="x",
        accepted_at=now, changed_at=now,
    )  # fmt: skip
    return reviewing.make_link(actor, submission.pk, name="Journal")


def actor_named(world: World, person: str) -> Actor:
    return NOBODY if person == "nobody" else getattr(world, person)


def in_state(world: World, state: str) -> Submission:
    """A submission with rows and one overridable problem, put into the state."""
    made = services.create_submission(world.depositor, world.group.pk)
    made = services.save_rows(world.depositor, made.pk, "bioproject", [project()])
    RowProblem.objects.create(
        submission=made, form="bioproject", position=1, field="strain", code="pattern-mismatch", severity="warning",
        message_ko="가", message_en="a", overridable=True,
    )  # fmt: skip
    Submission.objects.filter(pk=made.pk).update(state=state, submitted_at=timezone.now())
    Shelf.objects.filter(pk=made.shelf_id).update(state=state)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize("command", rules.COMMAND)
@pytest.mark.parametrize("state", rules.STATES)
def test_every_cell_of_the_matrix(world: World, state: str, command: str) -> None:
    for person in PEOPLE:
        actor, made = actor_named(world, person), in_state(world, state)
        rule = rules.COMMAND[command]
        allowed = state in rule.before and access.may_on(actor, rule.verb, made)
        if allowed:
            give(actor, command, made)
        elif (command, state) in IDEMPOTENT and access.may_on(actor, "read", made):
            give(actor, command, made)  # answers what it answered before, and changes nothing
            assert Submission.objects.get(pk=made.pk).state == state
        else:
            with pytest.raises((NotFound, PermissionDenied, Refusal)) as told:
                give(actor, command, made)
            readable = access.may_on(actor, "read", made)
            assert (told.type is NotFound) == (not readable), (person, told.value)
            assert Submission.objects.get(pk=made.pk).state == state
        Submission.objects.filter(pk=made.pk).update(state="withdrawn")


# Handing in what is handed in, accepting what is accepted, releasing what is released: the same receipt again.
IDEMPOTENT = {
    *(("submit", state) for state in ("submitted", "in-review", "accepted", "released", "withdrawn")),
    *(("accept", state) for state in ("accepted", "released")),
    ("release", "released"),
}


@pytest.mark.parametrize("person", PEOPLE)
def test_the_filter_of_the_queries_is_the_policy(world: World, person: str) -> None:
    actor = actor_named(world, person)
    for state in rules.STATES:
        made = in_state(world, state)
        seen = Submission.objects.filter(access.readable(actor, "submission"), pk=made.pk).exists()
        assert seen == may(actor, "read", "submission", state, owner=made.owner_id, center=made.center_id), state


@pytest.mark.parametrize("person", PEOPLE)
def test_the_same_for_records(world: World, person: str) -> None:
    actor, made = actor_named(world, person), draft(world, study(1))
    now = timezone.now()
    for number, state in enumerate(rules.RECORD_STATES):
        record = Record.objects.create(
            accession=f"KAS{number:08d}", form="biosample", record_type="biosample", alias=state, owner=world.group,
            center=world.center, submission=made, state=state, title=state, accepted_at=now, changed_at=now,
        )  # fmt: skip
        for verb in ("find", "read", "read-private"):
            seen = Record.objects.filter(access.readable(actor, "record", verb), pk=record.pk).exists()
            assert seen == may(actor, verb, "record", state, owner=record.owner_id, center=record.center_id)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_narrows_what_its_owner_may(world: World, scope: str) -> None:
    actor = msgspec.structs.replace(world.depositor, scopes=frozenset({scope}))
    made = draft(world, study(1))
    assert queries.get_submission(actor, made.code) == made
    if scope == "deposit":
        assert services.submit(actor, made.pk).state == "submitted"
    else:
        with pytest.raises(PermissionDenied):
            services.submit(actor, made.pk)
    nothing = msgspec.structs.replace(world.depositor, scopes=frozenset({"other"}))
    with pytest.raises(NotFound):
        queries.get_submission(nothing, made.code)
    assert queries.submissions_of(nothing).total == 0


def test_lists_hold_only_what_one_may_read(world: World) -> None:
    mine = draft(world, study(1))
    services.whole(world.stranger, world.other.pk, study(1, "theirs"))
    assert [each.pk for each in queries.submissions_of(world.depositor).submissions] == [mine.pk]  # type: ignore[attr-defined]
    assert queries.submissions_of(world.curator).total == 0, "the desk is elsewhere"
    assert queries.desk(world.curator).total == 1
    assert queries.desk(world.depositor).total == 0
    assert queries.desk_counts(world.curator) == {"submitted": 1}
    assert queries.submissions_of(world.depositor, state="submitted").total == 0
    assert queries.submissions_of(world.depositor, text=mine.code).total == 1
    assert queries.submissions_of(NOBODY).total == 0


def test_identifiers_are_found_for_those_who_may_read_them(world: World) -> None:
    services.submit(world.depositor, draft(world, study(1)).pk)
    made = Submission.objects.get()
    services_curation.take(world.curator, made.pk)
    Submission.objects.update(release_on=timezone.localdate() + timedelta(days=365))
    services_curation.accept(world.curator, made.pk)
    wanted = ["study-1-S1", "KAS00000001", "KAS00000009", "unknown"]
    inside = {"study-1-S1": "KAS00000001", "KAS00000001": "KAS00000001"}
    assert queries.find_by_identifiers(world.depositor, wanted) == inside
    assert queries.find_by_identifiers(world.stranger, wanted) == {}
    assert queries.find_by_identifiers(world.curator, wanted) == {"KAS00000001": "KAS00000001"}
    for bad in ("", "SUB", "SUB99999999", "KAS00000001.x", "KAS00000001.", "<script>"):
        resolved = queries.resolve(bad)
        assert resolved is None or bad == "KAS00000001."
    found = queries.resolve(f" {made.code.lower()} ")
    assert found is not None and found.kind == "submission"


def test_what_hangs_below_is_the_same_whether_it_is_looked_through_or_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = {
        "bioproject": [project()],
        "biosample": [sample("study-1-S1")],
        "ngs-experiment": [experiment(f"E{number}", "study-1-S1") for number in range(3)],
    }
    accepted(world, bundle)
    Record.objects.filter(alias="E1").update(state="accepted")
    readers = (NOBODY, world.stranger, world.depositor, world.curator)
    looked_through = [queries.get_record(reader, "KAS00000001").down for reader in readers]
    assert [[down.count for down in each] for each in looked_through] == [[2], [2], [3], [3]]
    monkeypatch.setattr(recordview, "FEW", 3)
    assert [queries.get_record(reader, "KAS00000001").down for reader in readers] == looked_through
