"""Any order of commands: no number is lost, moved or given twice; states stay in the table; the ledger holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.records import rules, services, services_curation, services_release
from biomoa.records.models import Record, Series, Submission, Tally, Version
from biomoa.records.refusals import Conflict, NotFound, PermissionDenied, Refusal
from tests.records.world import make_world, project, sample

PEOPLE = st.sampled_from(("depositor", "manager", "curator", "second_curator", "stranger", "administrator"))
PICK = st.integers(0, 3)
ALIASES = st.lists(st.sampled_from(("S1", "S2", "S3")), min_size=1, max_size=3, unique=True)
SEXES = st.sampled_from(("female", "male"))
DAYS = st.sampled_from((None, 1, 9))
PROJECTS = st.sampled_from(("p1", "p2"))


class Station(RuleBasedStateMachine):
    """Its own memory of what was acknowledged is compared with the station after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.atomic()
        self.point.__enter__()
        self.world = make_world()
        self.given: dict[str, tuple[str, str]] = {}  # accession -> (form, alias), as receipts told
        self.public: set[str] = set()
        self.now = timezone.now()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def give(self, work: Any) -> Any:
        """A refusal is an answer, and must leave nothing behind."""
        before = Entry.objects.count()
        try:
            with transaction.atomic():
                return work()
        except (Refusal, PermissionDenied, NotFound, Conflict):
            assert Entry.objects.count() == before
            return None

    def pick(self, number: int) -> int:
        keys = list(Submission.objects.order_by("-pk").values_list("pk", flat=True)[:4])
        return keys[number % len(keys)] if keys else 0

    @initialize(aliases=ALIASES, name=PROJECTS, days=DAYS)
    def begin(self, aliases: list[str], name: str, days: int | None) -> None:
        self.deposit_and_decide(aliases, name, "female", days)

    @rule(aliases=ALIASES, name=PROJECTS, sex=SEXES, days=DAYS)
    def deposit_and_decide(self, aliases: list[str], name: str, sex: str, days: int | None) -> None:
        self.deposit(aliases, name, sex, days)
        self.accept("curator", 0)

    @rule(aliases=ALIASES, name=PROJECTS, sex=SEXES, days=DAYS)
    def deposit(self, aliases: list[str], name: str, sex: str, days: int | None) -> None:
        rows = [sample(f"{name}-{alias}", name, sex=sex) for alias in aliases]
        bundle = {"bioproject": [project(name)], "biosample": rows}
        receipt = self.give(lambda: services.whole(self.world.depositor, self.world.group.pk, bundle, submit=False))
        day = timezone.localdate() + timedelta(days=days) if days else None
        if receipt is None or receipt.state != "draft":
            return
        key = int(receipt.submission[3:])
        self.give(lambda: services.set_details(self.world.depositor, key, release_on=day))
        self.give(lambda: services.submit(self.world.depositor, key))

    @rule(person=PEOPLE, number=PICK)
    def submit(self, person: str, number: int) -> None:
        self.give(lambda: services.submit(getattr(self.world, person), self.pick(number)))

    @rule(person=PEOPLE, number=PICK)
    def take(self, person: str, number: int) -> None:
        self.give(lambda: services_curation.take(getattr(self.world, person), self.pick(number)))

    @rule(person=PEOPLE, to=PEOPLE, number=PICK)
    def assign(self, person: str, to: str, number: int) -> None:
        giver, key = getattr(self.world, person), getattr(self.world, to).user_id
        self.give(lambda: services_curation.assign(giver, self.pick(number), key))

    @rule(person=st.sampled_from(("curator", "second_curator", "depositor")), number=PICK)
    def accept(self, person: str, number: int) -> None:
        key = self.pick(number)
        self.give(lambda: services_curation.take(self.world.curator, key))
        receipt = self.give(lambda: services_curation.accept(getattr(self.world, person), key))
        for line in receipt.accessions if receipt else ():
            assert self.given.setdefault(line.accession, (line.form, line.alias)) == (line.form, line.alias)

    @rule(person=PEOPLE, number=PICK)
    def return_(self, person: str, number: int) -> None:
        self.give(lambda: services_curation.return_(getattr(self.world, person), self.pick(number), "reason"))

    @rule(person=PEOPLE, number=PICK)
    def withdraw(self, person: str, number: int) -> None:
        self.give(lambda: services.withdraw(getattr(self.world, person), self.pick(number), "reason"))

    @rule(person=PEOPLE, number=PICK)
    def delete(self, person: str, number: int) -> None:
        self.give(lambda: services.delete_draft(getattr(self.world, person), self.pick(number)))

    @rule(person=PEOPLE, number=PICK)
    def release(self, person: str, number: int) -> None:
        self.give(lambda: services_release.release(getattr(self.world, person), self.pick(number)))

    @rule(days=st.integers(0, 5))
    def clock(self, days: int) -> None:
        self.now += timedelta(days=days)
        today = timezone.localdate(self.now)
        closed = set(Record.objects.filter(state="accepted", release_on__gt=today).values_list("accession", flat=True))
        assert not closed & set(services_release.open_due(self.now)), "opened too early"
        assert services_release.open_due(self.now) == []

    @rule(person=PEOPLE, kind=st.sampled_from(("withdrawn", "suppressed")), number=st.integers(0, 20))
    def remove(self, person: str, kind: Any, number: int) -> None:
        if self.given:
            accession = sorted(self.given)[number % len(self.given)]
            actor = getattr(self.world, person)
            self.give(lambda: services_release.withdraw_record(actor, accession, "reason", kind=kind))

    @invariant()
    def every_number_leads_where_it_did(self) -> None:
        found = {each.accession: (each.form, each.alias) for each in Record.objects.all()}
        assert found == self.given
        used = {"bioproject": 0, "biosample": 0} | dict(Series.objects.values_list("record_type", "last"))
        assert sum(used.values()) == len(found), "numbers are given in order, without gaps"

    @invariant()
    def states_are_those_of_the_tables(self) -> None:
        assert set(Submission.objects.values_list("state", flat=True)) <= rules.STATES.keys()
        records = list(Record.objects.select_related("project"))
        assert {each.state for each in records} <= rules.RECORD_STATES.keys()
        for record in records:
            assert (record.state != "released") or record.project is None or record.project.state != "accepted"

    @invariant()
    def what_was_public_is_public_or_has_a_tombstone(self) -> None:
        now = set(Record.objects.filter(state="released").values_list("accession", flat=True))
        for accession in self.public - now:
            assert Record.objects.get(accession=accession).reason
        self.public |= now

    @invariant()
    def versions_and_tallies_agree(self) -> None:
        for record in Record.objects.all():
            numbers = list(Version.objects.filter(record=record).order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, record.version + 1))
        kept = {(each.form, each.state): each.records for each in Tally.objects.all() if each.records}
        counted: dict[tuple[str, str], int] = {}
        for place in Record.objects.values_list("form", "state"):
            counted[place] = counted.get(place, 0) + 1
        assert kept == counted

    @invariant()
    def the_ledger_verifies(self) -> None:
        assert not list(verify())


class TestStation(TestCase):
    def test_any_order_of_commands(self) -> None:
        run_state_machine_as_test(
            Station,
            settings=settings(
                max_examples=30 if connection.vendor == "sqlite" else 10,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
