"""The one door to submissions and records: loading and permission together."""

from __future__ import annotations

from django.db.models import Q

from biomoa.ledger.prepared import Prepared
from biomoa.people.rules import ANY_STATE, RIGHTS, SCOPES, Actor, Kind, Role, Verb, may, roles_on
from biomoa.records import freetexts, rules
from biomoa.records.models import Record, Submission
from biomoa.records.refusals import Conflict, NotFound, PermissionDenied, Refusal

NOTHING = Q(pk__in=[])
EVERYTHING = ~Q(pk__in=[])
_SUBMISSION = Prepared(lambda key: Submission.objects.filter(pk=key)[:1])
_SUBMISSION_LOCKED = Prepared(lambda key: Submission.objects.select_for_update().filter(pk=key)[:1])


def readable(actor: Actor, kind: Kind, verb: Verb = "read") -> Q:
    """The condition under which the actor may do ``verb``: the policy table itself, as a filter of a query."""
    if actor.scopes is not None and not any(verb in SCOPES[scope] for scope in actor.scopes & SCOPES.keys()):
        return NOTHING
    condition = NOTHING
    for row in RIGHTS.get((kind, verb), ()):
        states = EVERYTHING if ANY_STATE in row.states else Q(state__in=row.states)
        condition |= states & _holders(actor, row.roles)
    return condition


def _holders(actor: Actor, roles: tuple[Role, ...]) -> Q:
    """The things on which the actor has one of the roles."""
    if roles_on(actor, owner=None, center=None) & set(roles):
        return EVERYTHING
    owners: set[int] = set()
    if "depositor" in roles:
        owners |= actor.organisations("depositor", "manager", "administrator")
    if "manager" in roles:
        owners |= actor.organisations("manager", "administrator")
    condition = Q(owner_id__in=owners) if owners else NOTHING
    centers = actor.organisations("curator") if "curator" in roles else frozenset()
    return condition | Q(center_id__in=centers) if centers else condition


def legible(actor: Actor) -> Q:
    """The records whose words the actor may read: those outside read of a tombstone that it is one, and no more."""
    tombstone = Q(state="withdrawn") | Q(state="suppressed", released_at=None)
    return readable(actor, "record") & (~tombstone | readable(actor, "record", "read-private"))


def is_tombstone(record: Record) -> bool:
    """Withdrawn, or suppressed before it was ever public: its accession stays, its words are for those inside."""
    return record.state == "withdrawn" or (record.state == "suppressed" and not record.released_at)


def is_legible(actor: Actor, record: Record) -> bool:
    """``legible`` of one record that is at hand."""
    return may_on_record(actor, "read", record) and (
        not is_tombstone(record) or may_on_record(actor, "read-private", record)
    )


def may_on(actor: Actor, verb: Verb, submission: Submission) -> bool:
    return may(actor, verb, "submission", submission.state, owner=submission.owner_id, center=submission.center_id)


def may_on_record(actor: Actor, verb: Verb, record: Record) -> bool:
    return may(actor, verb, "record", record.state, owner=record.owner_id, center=record.center_id)


def may_on_open_record(actor: Actor, verb: Verb, record: Record) -> bool:
    """Could the actor do it while the record was open? For a command that is sent again."""
    return may(actor, verb, "record", "released", owner=record.owner_id, center=record.center_id)


def get_submission(actor: Actor, submission_id: int, *, lock: bool = False) -> Submission:
    """A submission that the actor may read; with ``lock`` its row is held to the end of the transaction."""
    submission = (_SUBMISSION_LOCKED if lock else _SUBMISSION).first(submission_id)
    if submission is None or not may_on(actor, "read", submission):
        raise NotFound("submission")
    return submission


def get_record(actor: Actor, accession: str, *, lock: bool = False) -> Record:
    found = Record.objects.select_for_update() if lock else Record.objects
    record = found.filter(accession=accession).first()
    if record is None or not may_on_record(actor, "read", record):
        raise NotFound("record")
    return record


def check_may(actor: Actor, command: str, submission: Submission) -> None:
    """Raises PermissionDenied for a person who never may, Refusal when it is only the wrong moment."""
    rule = rules.COMMAND[command]
    if submission.state in rule.before:
        if not may_on(actor, rule.verb, submission):
            raise PermissionDenied(command)
        return
    owner, center = submission.owner_id, submission.center_id
    if not any(may(actor, rule.verb, "submission", state, owner=owner, center=center) for state in rule.before):
        raise PermissionDenied(command)
    raise Refusal([rules.wrong_state(rule, submission.state)])


def take_in_hand(
    actor: Actor, submission_id: int, command: str, *, reason: str = "", expected_revision: int | None = None
) -> Submission:
    """The submission, locked, when the command may be given now by this actor, with the reason it needs.

    Raises NotFound, PermissionDenied, Refusal, Conflict. Must run in a transaction.
    """
    submission = get_submission(actor, submission_id, lock=True)
    check_may(actor, command, submission)
    if problems := rules.check_command(command, rules.Facts(submission.state, reason=reason)):
        raise Refusal(problems)
    freetexts.check(reason=reason)
    if expected_revision is not None and expected_revision != submission.revision:
        raise Conflict(submission.revision)
    return submission


def check_may_record(actor: Actor, verb: Verb, record: Record) -> None:
    if not may_on_record(actor, verb, record):
        raise PermissionDenied(verb)
