"""What opens together: a record that is public at the INSDC, with what it stands on and what hangs on it.

INSDC policy: with a released record, its sample and project are released; a run is not public while its sample is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor, may
from biomoa.records import access, opening, rules
from biomoa.records.answers import Blocker, RecordView, ReleaseOutcome
from biomoa.records.library import library
from biomoa.records.models import Link, PublicElsewhere, Record, Submission
from biomoa.records.problems import problem
from biomoa.records.references import current_values
from biomoa.records.refusals import PermissionDenied, Refusal

# Accessions of the INSDC that nothing else looks like: BioProject, BioSample, SRA objects, assemblies.
PLAIN = r"PRJ(?:NA|EB|DB)\d{1,9}|SAM(?:N|D|EA|EG)\d{6,12}|[SED]R[APRSXZ]\d{6,10}|GCA_\d{9}(?:\.\d+)?"
# Sequences (one letter and five digits, two and six, ...): recognised only where one is asked for.
SEQUENCE = r"(?:[A-Z]\d{5}|[A-Z]{2}\d{6}|[A-Z]{2}\d{8}|[A-Z]{4}\d{8,10}|[A-Z]{6}\d{9,11})(?:\.\d+)?"
IN_TEXT = re.compile(rf"(?<![A-Za-z0-9_])(?:{PLAIN})(?![A-Za-z0-9])", re.ASCII)
WHOLE = re.compile(rf"(?:{PLAIN}|{SEQUENCE})", re.ASCII)
MOST_NAMED = 100


class Coupling(msgspec.Struct, frozen=True):
    """What would open together with a record: form -> closed records, what stays closed and why."""

    accession: str
    found: tuple[str, ...]  # INSDC accessions in the fields of the record
    declared: tuple[str, ...]
    forms: Mapping[str, int]
    blockers: tuple[Blocker, ...]


def find_identifiers(values: Mapping[str, str]) -> tuple[str, ...]:
    """The INSDC accessions that stand in the fields of a record, each once, in their order."""
    return tuple(dict.fromkeys(each for text in values.values() for each in IN_TEXT.findall(text)))


def is_identifier(text: str) -> bool:
    return WHOLE.fullmatch(text) is not None


def coupled(records: Iterable[int]) -> list[int]:
    """The closed records that open with these: all above them, and all below these; not what else is above those."""
    wanted = set(records)
    return sorted(_closed(_walk(wanted, up=False) | _walk(wanted, up=True)))


def coupled_with_declared(submission_id: int) -> list[int]:
    """The closed records that belong to one of the submission, or of its project, that is declared public."""
    named = PublicElsewhere.objects.filter(
        Q(record__submission_id=submission_id)
        | Q(record__members__submission_id=submission_id)
        | Q(record__project__members__submission_id=submission_id)
    )
    declared = set(named.values_list("record_id", flat=True))
    return coupled(declared) if declared else []


def _walk(start: Collection[int], *, up: bool) -> set[int]:
    """The records that links lead to, downward also through public ones. An umbrella couples nothing below it."""
    seen, waiting = set(start), set(start)
    while waiting:
        links = Link.objects.filter(child_id__among=waiting) if up else Link.objects.filter(parent_id__among=waiting)
        links = links.filter(parent__state="accepted") if up else links.filter(child__state__in=rules.OPEN)
        rows = links.values_list("child_id", "parent_id", "child__form", "parent__form")
        found = {(parent if up else child) for child, parent, below, above in rows if below != above or up}
        waiting = found - seen
        seen |= found
    return seen


def _closed(records: Collection[int]) -> set[int]:
    return set(Record.objects.filter(pk__among=records, state="accepted").values_list("pk", flat=True))


def may_declare(actor: Actor, view: RecordView) -> bool:
    """Whether the page of the record asks what would open together with it."""
    allowed = may(actor, "release", "record", view.state, owner=view.owner_id, center=view.center_id)
    return allowed and not view.is_tombstone


def coupling_of(actor: Actor, accession: str) -> Coupling | None:
    """For the page of a closed record that the actor may open; None for any other. Raises NotFound."""
    record = access.get_record(actor, accession)
    if not access.may_on_record(actor, "release", record):
        return None
    together = opening.closed_records(Q(pk__in=coupled([record.pk])))
    counts = Counter(each.form for each in together)
    return Coupling(
        accession=record.accession,
        found=find_identifiers(_public_values(record)),
        declared=tuple(record.public_elsewhere.order_by("pk").values_list("identifier", flat=True)),
        forms={name: counts[name] for name in rules.ordered_forms(dict(library().forms)) if counts[name]},
        blockers=tuple(opening.find_blockers(together, by_choice=True)),
    )


def _public_values(record: Record) -> dict[str, str]:
    private = library().form(record.form).private_fields
    return {name: text for name, text in current_values([record.pk])[record.pk].items() if name not in private}


def declare_public(actor: Actor, accession: str, identifiers: Collection[str]) -> ReleaseOutcome:
    """The depositor says that the record is public at the INSDC: it opens with all that belongs to it.

    What cannot open now (a file that failed, a parent that is held) is told, and opens by itself when it can.
    Raises NotFound, PermissionDenied, Refusal.
    """
    named = list(dict.fromkeys(each.strip().upper() for each in identifiers if each.strip()))
    with transaction.atomic():
        record = access.get_record(actor, accession)
        access.check_may_record(actor, "release", record)
        if not named or len(named) > MOST_NAMED:
            raise Refusal([problem("insdc-missing", field="identifiers")])
        if wrong := [each for each in named if not is_identifier(each)]:
            raise Refusal([problem("insdc-unreadable", field="identifiers", value=each) for each in wrong[:20]])
        for each in named:
            PublicElsewhere.objects.get_or_create(
                record=record, identifier=each, defaults={"declared_by_id": actor.user_id}
            )
        ledger.record(actor.label, "record:public-elsewhere", record.accession, {"identifiers": named})
        return _open_together(actor, [record.pk])


def release_together(actor: Actor, submission_id: int, accessions: Collection[str]) -> ReleaseOutcome:
    """Opens the chosen records of a submission together with what they stand on and what hangs on them."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "release")
        names = [each.strip().upper() for each in accessions]
        chosen = list(Record.objects.filter(submission=submission, accession__in=names).values_list("pk", flat=True))
        if not chosen:
            raise Refusal([problem("release-nothing", field="accession")])
        return _open_together(actor, chosen)


def _open_together(actor: Actor, start: Collection[int]) -> ReleaseOutcome:
    together = coupled(start)
    # Like every release: the submissions first, always in the same order.
    held = Record.objects.filter(pk__in=together).values("submission_id")
    list(Submission.objects.select_for_update().filter(pk__in=held).order_by("pk"))
    records = list(Record.objects.filter(pk__in=together, state="accepted"))
    if not all(access.may_on_record(actor, "release", each) for each in records):
        raise PermissionDenied("release")
    now = timezone.now()
    Record.objects.filter(pk__in=together, state="accepted").update(release_on=timezone.localdate(now))
    names = {each.accession for each in records}
    opened, blockers = opening.open_records(actor.label, Q(pk__in=together), now, names)
    return ReleaseOutcome(tuple(opened), tuple(blockers), "released" if len(opened) == len(names) else "accepted")
