"""What another station harvests: the public records in the order in which the ledger last told of them."""

from __future__ import annotations

import re

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from biomoa.catalog.model import Text
from biomoa.exchange.bundle import Item
from biomoa.exchange.queries import load_items
from biomoa.forms.problems import Problem
from biomoa.ledger.models import Entry, Head
from biomoa.people.rules import NOBODY, Invalid
from biomoa.records.access import readable
from biomoa.records.models import Record

OF_RECORDS = Q(event__startswith="record:")
MARK = re.compile(r"([0-9]{1,18})-([0-9a-f]{16})", re.ASCII)
HASH_DIGITS = 16
UNKNOWN_MARK = Text(
    ko="표식을 읽을 수 없습니다. 앞선 답의 mark 값을 그대로 보내거나, 처음부터 받으려면 비워 두세요.",
    en="The mark cannot be read. Send the mark of an earlier answer as it is, or none to begin from the start.",
)
FOREIGN_MARK = Text(
    ko="이 표식은 지금의 원장과 맞지 않습니다. 스테이션이 이전 백업으로 복원되었을 수 있으니, "
    "표식 없이 처음부터 다시 받아 주세요.",
    en="The mark does not fit the ledger as it is now; the station may have been restored from an older backup. "
    "Begin from the start, without a mark.",
)


class Change(msgspec.Struct, frozen=True):
    """A record as it is now. ``record`` is empty when it is no longer public: whoever holds it takes it out."""

    accession: str
    state: str  # released, withdrawn, suppressed
    record: Item | None = None


class Changes(msgspec.Struct, frozen=True):
    """Changes after a mark, each record once. ``mark`` is what to ask with next; ``is_last``: no more for now."""

    changes: tuple[Change, ...]
    mark: str
    is_last: bool


class ForeignMark(Exception):
    """A mark that this ledger never gave."""


def changes_after(mark: str, most: int) -> Changes:
    """At most so many records that changed after the mark, "" for all; what was never public is not told of.

    A record stands where the ledger told of it last, so that a whole harvest gives it once; one that changes
    meanwhile comes again. Raises Invalid for what is no mark, ForeignMark for one of another ledger.
    """
    after = _seq_of(mark)
    head = Head.objects.get(id=1)
    told = list(_last_entries(after, head.seq).values_list("seq", "hash", "subject")[:most])
    seq, digest = told[-1][:2] if len(told) == most else (head.seq, head.hash)
    changes = tuple(_changes([subject for _, _, subject in told]))
    return Changes(changes, f"{seq}-{digest[:HASH_DIGITS]}" if seq else "", len(told) < most)


def _seq_of(mark: str) -> int:
    if not mark:
        return 0
    found = MARK.fullmatch(mark)
    if found is None:
        raise Invalid([Problem("mark-unreadable", "error", UNKNOWN_MARK, field="after", value=mark[:100])])
    seq, digest = int(found[1]), found[2]
    if not Entry.objects.filter(seq=seq, hash__startswith=digest).exists():
        raise ForeignMark(mark)
    return seq


def _last_entries(after: int, head: int) -> QuerySet[Entry]:
    """The entries on records after which none tells of the same record."""
    later = Entry.objects.filter(OF_RECORDS, subject=OuterRef("subject"), seq__gt=OuterRef("seq"), seq__lte=head)
    return Entry.objects.filter(OF_RECORDS, ~Exists(later), seq__gt=after, seq__lte=head).order_by("seq")


def _changes(accessions: list[str]) -> list[Change]:
    """In the order given; the state is read after the entries, so it is as new as they are, or newer."""
    items = load_items(readable(NOBODY, "record", "find"), accessions)
    rest = [accession for accession in accessions if accession not in items]
    once_public = Record.objects.filter(readable(NOBODY, "record"), released_at__isnull=False)
    gone = dict(once_public.filter(accession__among=rest).values_list("accession", "state"))
    return [
        Change(accession, items[accession].state, items[accession]) if accession in items
        else Change(accession, gone[accession])
        for accession in accessions
        if accession in items or accession in gone
    ]  # fmt: skip
