"""The search index follows the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import tantivy
from django.conf import settings

from biomoa.ledger.followers import HASH_DIGITS, Mark
from biomoa.ledger.models import Entry, Head
from biomoa.records import queries
from biomoa.records.library import library
from biomoa.search.documents import document_of, source_of
from biomoa.search.filters import signature
from biomoa.search.store import Store

BATCH = 1_000
OF_RECORDS = "record:"
FORGETS = "record:redacted"  # words of a document that left stay in its files, and in the suggestions


class IndexFollower:
    """Brings every record that an entry tells of to its present public state.

    It does not replay what the entry says: given the same entries twice, or in a rebuild, the index ends the same.
    """

    name = "search"

    def __init__(self, store: Store) -> None:
        self.store = store

    def position(self) -> int:
        return self.store.position()

    def mark(self) -> Mark:
        return Mark(*self.store.mark())

    def apply(self, entries: Sequence[Entry]) -> None:
        touched = list(dict.fromkeys(entry.subject for entry in entries if entry.event.startswith(OF_RECORDS)))
        with self.store.writing():
            head, begun = Head.objects.get(id=1).seq, self.store.begun()
            forgets = any(entry.event == FORGETS and entry.seq > begun for entry in entries)
            # What must be forgotten is taken out at once; then the index is made anew, and read when it is whole. The
            # position moves with the new index only: after a crash in between both are done again.
            reached = self.store.position() if forgets else entries[-1].seq
            self.store.write(reached, touched, _documents(touched), head=head)
            self.store.sign(entries[-1].seq, entries[-1].hash[:HASH_DIGITS])
            if forgets:
                self.store.wipe(head)

    def wipe(self) -> None:
        with self.store.writing():
            self.store.wipe(Head.objects.get(id=1).seq)
            if Head.objects.get(id=1).seq == 0:
                self.store.write(0, (), (), head=0)


def follower() -> IndexFollower:
    """The follower of this station's index."""
    return IndexFollower(Store(settings.BIOMOA_HOME.index, signature(library().forms)))


def _documents(accessions: Sequence[str]) -> Iterator[tantivy.Document]:
    forms = library().forms
    for start in range(0, len(accessions), BATCH):
        for record in queries.iter_records(accessions=accessions[start : start + BATCH]):
            yield document_of(source_of(record, forms[record.form]))
