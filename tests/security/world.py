"""A station with one submission in every state, its records and files, and one person in every role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from biomoa.files.models import InspectionResult, StoredFile
from biomoa.files.services import publish, set_shelf_state
from biomoa.people.models import Membership, Organisation, User
from biomoa.people.queries import actor_of
from biomoa.people.rules import Actor
from biomoa.people.services import create_token
from biomoa.records import rules
from biomoa.records.models import Record, RowProblem, Submission
from tests.records.world import World, draft, lay_file, make_world, reads, review

STATES = tuple(rules.STATES)
# reliability.md names twelve roles. Access committees and bank managers come with their rooms (cases, materials);
# until then tokens stand in their places, which are rows of their owner with a narrower scope.
ROLES = (
    "nobody", "stranger", "owner", "manager", "suspended", "curator", "other-curator", "auditor", "administrator",
    "owner-reading-token", "owner-deposit-token", "curator-token",
)  # fmt: skip
SCOPES = {"owner-reading-token": ["read"], "owner-deposit-token": ["deposit"], "curator-token": ["curate"]}


class Thing(msgspec.Struct, frozen=True):
    """A submission in a state, with a project record (from acceptance on) and a file on its shelf."""

    state: str
    submission: Any
    file: Any
    record: Any  # None before acceptance
    problem: Any

    @property
    def marker(self) -> str:
        """A word that stands in the title, the sample's name and the file's name of this thing alone."""
        return marker_of(self.state)


class Place(msgspec.Struct):
    world: World
    people: dict[str, Any]
    tokens: dict[str, str]
    things: dict[str, Thing]
    # What was answered for things that do not exist, by role, route and method.
    answers: dict[tuple[str, str, str], int] = {}
    # Each client would put the layers of the station together anew, which takes longer than to be refused by them.
    handler: ClientHandler = msgspec.field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    @property
    def file(self) -> StoredFile:
        file: StoredFile = self.things["accepted"].file
        return file

    def client(self, role: str) -> Client:
        """One who asks as the role does: with a session, with a token, or with nothing."""
        headers = {"authorization": f"Bearer {self.tokens[role]}"} if role in self.tokens else None
        client = Client(raise_request_exception=False, headers=headers)
        client.handler = self.handler
        if not headers and role != "nobody":
            client.force_login(self.people[role])
        return client

    def actor(self, role: str) -> Actor:
        """What the policy table is asked with: worked out here, not taken from the request."""
        scopes = frozenset(SCOPES[role]) if role in SCOPES else None
        return actor_of(self.people.get(role), scopes)


def marker_of(state: str) -> str:
    return f"zq{state.replace('-', '')}marker"


def make_place() -> Place:
    world = make_world()
    elsewhere = Organisation.objects.create(code="ELSE", kind="data-center", name_ko="다른 센터", name_en="Elsewhere")
    other_curator = User.objects.create_user("curator3@example.org", None, name_en="curator3")
    Membership.objects.create(user=other_curator, organisation=elsewhere, role="curator")
    suspended = User.objects.create_user("suspended@example.org", None, name_en="suspended", is_active=False)
    Membership.objects.create(user=suspended, organisation=world.group, role="manager")
    ids = {
        "stranger": world.stranger, "owner": world.depositor, "manager": world.manager, "curator": world.curator,
        "auditor": world.auditor, "administrator": world.administrator, "owner-reading-token": world.depositor,
        "owner-deposit-token": world.depositor, "curator-token": world.curator,
    }  # fmt: skip
    people = {role: User.objects.get(pk=actor.user_id) for role, actor in ids.items()}
    people |= {"other-curator": other_curator, "suspended": suspended}
    tokens = {role: create_token(actor_of(people[role]), role, scopes, 9).secret for role, scopes in SCOPES.items()}
    return Place(world, people, tokens, {state: _make(world, state) for state in STATES})


def _make(world: World, state: str) -> Thing:
    alias = marker_of(state)
    if state in ("accepted", "released", "withdrawn"):
        submission = _with_records(world, alias, state)
    else:
        submission = _pending(world, alias, state)
    problem = RowProblem.objects.create(
        submission=submission, form="bioproject", position=1, field="strain", code="pattern-mismatch",
        severity="warning", message_ko="가", message_en="a", overridable=True,
    )  # fmt: skip
    file = StoredFile.objects.get(shelf=submission.shelf)
    InspectionResult.objects.update(format="text")  # one whose report needs no metrics
    record = Record.objects.filter(submission=submission, form="bioproject").first()
    return Thing(state, submission, file, record, problem)


def _pending(world: World, alias: str, state: str) -> Submission:
    submission = draft(world, reads(alias))
    lay_file(submission, f"{alias}.fastq", f"@{alias}\nA\n+\nI\n".encode())
    if state != "draft":
        review(world, submission)
    Submission.objects.filter(pk=submission.pk).update(state=state)
    submission.refresh_from_db()
    set_shelf_state(submission.shelf, state)
    return submission


def _with_records(world: World, alias: str, state: str) -> Submission:
    from biomoa.records import services, services_curation, services_release

    submission = draft(world, reads(alias))
    file = lay_file(submission, f"{alias}.fastq", f"@{alias}\nA\n+\nI\n".encode())
    later = timezone.localdate() + timedelta(days=200)
    services.set_details(world.depositor, submission.pk, release_on=later)
    review(world, submission)
    services_curation.accept(world.curator, submission.pk)
    if state != "accepted":
        services_release.release(world.depositor, submission.pk)
    if state == "withdrawn":
        for record in Record.objects.filter(submission=submission):
            services_release.withdraw_record(world.curator, record.accession, "mixed up", "withdrawn")
        Submission.objects.filter(pk=submission.pk).update(state=state)
        publish([file.pk], False)
    submission.refresh_from_db()
    return submission
