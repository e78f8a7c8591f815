"""What must hold of a station at any moment after a fault, looked at from inside; ``told`` is the driver's record."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.db.models import Count, F, Max

from biomoa.files import uploads
from biomoa.files.models import InspectionResult, StoredFile, StoredObject, Upload
from biomoa.files.storage import store
from biomoa.ledger import heads
from biomoa.ledger.followers import follow
from biomoa.ledger.models import Entry
from biomoa.ledger.signatures import Heads
from biomoa.records import rules
from biomoa.records.library import catalogue, library
from biomoa.records.models import Record, Row, Series, Submission, Tally, Version

OPEN = ("accepted", "released")


def faults_of(told: Mapping[str, Any], *, is_at_rest: bool) -> list[str]:
    """Every invariant that does not hold. ``is_at_rest``: jobs and followers had time to finish."""
    found = [
        *_of_what_was_told(told), *_of_submissions(), *_of_records(), *_of_accessions(), *_of_files(), *_of_uploads(),
        *_of_the_ledger(told),
    ]  # fmt: skip
    return found + ([*_of_jobs(), *_of_the_index()] if is_at_rest else [])


def _of_what_was_told(told: Mapping[str, Any]) -> Iterator[str]:
    order = list(rules.STATES)
    for code, state in told.get("states", {}).items():
        now = Submission.objects.filter(pk=int(code[3:])).values_list("state", flat=True).first()
        if now is None or not _is_later(order, now, state):
            yield f"{code} was told to be {state} and is {now}"
    for alias, accession in told.get("accessions", {}).items():
        if not Record.objects.filter(alias=alias, accession=accession).exists():
            yield f"{alias} was given {accession} and has it no more"
    for accession, version in told.get("versions", {}).items():
        if not Version.objects.filter(record__accession=accession, number=version).exists():
            yield f"version {version} of {accession} was told and is gone"
    for accession in told.get("withdrawn", ()):
        if not Record.objects.filter(accession=accession, state="withdrawn").exists():
            yield f"{accession} was told to be withdrawn and is not"
    yield from _of_told_files(told)


def _of_told_files(told: Mapping[str, Any]) -> Iterator[str]:
    for sha256 in told.get("files", ()):
        if not StoredFile.objects.filter(object_id=sha256).exists():
            yield f"file {sha256[:12]} was told to have arrived and is gone"
    for key, offset in told.get("offsets", {}).items():
        kept = Upload.objects.filter(pk=key).first()
        if kept is None or kept.offset_bytes < offset:
            yield f"upload {key[:8]}: offset {offset} was told, now {kept and kept.offset_bytes}"


def _is_later(order: list[str], now: str, told: str) -> bool:
    """A state never goes back; a withdrawn submission stays so."""
    if "withdrawn" in (now, told):
        return now == "withdrawn"
    return order.index(now) >= order.index(told)


def _of_submissions() -> Iterator[str]:
    for each in Submission.objects.select_related("shelf"):
        if each.state not in rules.STATES:
            yield f"{each.code} is in no state: {each.state}"
        if each.shelf.state != each.state:
            yield f"{each.code} is {each.state}, its shelf {each.shelf.state}"
        rows = Row.objects.filter(submission=each)
        done = rows.exclude(record=None).count()
        if (each.state in OPEN and done != rows.count()) or (each.state not in OPEN and done):
            yield f"{each.code} is {each.state} with {done} of {rows.count()} rows registered"
        counts = dict(rows.order_by().values_list("form").annotate(Count("pk")))
        if counts != {form: count for form, count in each.row_counts.items() if count}:
            yield f"{each.code} counts {each.row_counts}, its rows are {counts}"
        told = Entry.objects.filter(subject=each.code, event=f"submission:{each.state}").count()
        if each.state in ("submitted", "accepted", "withdrawn") and told != 1:
            yield f"{each.code} is {each.state}, of which the ledger tells {told} times"
    keys = Submission.objects.exclude(client_key=None).values_list("client_key").annotate(n=Count("pk"))
    yield from (f"key {key} made {count} submissions" for key, count in keys.order_by() if count > 1)


def _of_records() -> Iterator[str]:
    for each in Record.objects.annotate(last=Max("versions__number"), kept=Count("versions")):
        if each.last != each.version or each.kept != each.version:
            yield f"{each.accession} is at version {each.version}, has {each.kept} up to {each.last}"
        if Entry.objects.filter(subject=each.accession, event="record:accepted").count() != 1:
            yield f"{each.accession} was not accepted exactly once"
        if each.state == "released" and not Entry.objects.filter(subject=each.accession, event="record:released"):
            yield f"{each.accession} is open and the ledger does not tell"
    aliases = Record.objects.values("owner", "form", "alias").annotate(n=Count("pk")).filter(n__gt=1)
    yield from (f"alias {found['alias']} has {found['n']} records" for found in aliases)
    counted = Counter(Record.objects.values_list("center_id", "form", "state"))
    kept = {(t.center_id, t.form, t.state): t.records for t in Tally.objects.all() if t.records}
    if counted != kept:
        yield f"records count {dict(counted)}, tallies {kept}"
    files = Record.objects.filter(state="released", files__version=F("version"), files__file__is_public=False)
    yield from (f"{each.accession} is open and its file is not" for each in files)


def _of_accessions() -> Iterator[str]:
    for series in Series.objects.all():
        prefix = catalogue().accessions[series.record_type].prefix
        given = Record.objects.filter(record_type=series.record_type).values_list("accession", flat=True)
        numbers = sorted(int(accession.removeprefix(prefix)) for accession in given)
        if numbers != list(range(1, series.last + 1)):
            yield f"{series.record_type}: {series.last} numbers given, {len(numbers)} used"


def _of_files() -> Iterator[str]:
    for each in StoredObject.objects.all():
        try:
            blocks = b"".join(store().iter_blocks(each.sha256))
        except FileNotFoundError:
            yield f"object {each.sha256[:12]} has a row and no file"
            continue
        if hashlib.sha256(blocks).hexdigest() != each.sha256 or len(blocks) != each.size_bytes:
            yield f"object {each.sha256[:12]} is not what its address says"
    for each in StoredFile.objects.values("shelf", "name_key").distinct():
        current = StoredFile.objects.filter(shelf=each["shelf"], name_key=each["name_key"], is_current=True).count()
        if current != 1:
            yield f"{each['name_key']} has {current} current versions"
    uploads.drop_orphan_objects(older_than_seconds=-60)
    known = set(StoredObject.objects.values_list("sha256", flat=True))
    yield from (f"file {address[:12]} has no row after the clean-up" for address in store().iter_addresses()
                if address not in known)  # fmt: skip


def _of_uploads() -> Iterator[str]:
    for each in Upload.objects.filter(file=None):
        part = uploads.part_path(each)
        size = part.stat().st_size if part.exists() else 0
        if size < each.offset_bytes:
            yield f"upload {each.pk[:8]} says {each.offset_bytes} bytes and has {size}"


def _of_the_ledger(told: Mapping[str, Any]) -> Iterator[str]:
    kept = msgspec.convert(told["heads"], Heads) if told.get("heads") else None
    yield from (f"ledger at {b.seq}: {b.fault}: {b.detail}" for b in heads.verify(kept))


def _of_jobs() -> Iterator[str]:
    inspected = Counter(InspectionResult.objects.values_list("object_id", flat=True))
    for sha256 in StoredFile.objects.values_list("object_id", flat=True).distinct():
        if inspected[sha256] != 1:
            yield f"object {sha256[:12]} has {inspected[sha256]} inspections"


def _of_the_index() -> Iterator[str]:
    from django.conf import settings

    from biomoa.search.filters import signature
    from biomoa.search.followers import IndexFollower
    from biomoa.search.store import Store

    signed = signature(library().forms)
    # The reader of an index looks at it in a thread of its own until it is let go of, and may leave a lock behind.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        fresh = Store(Path(folder), signed)
        follow(IndexFollower(fresh))
        kept = Store(settings.BIOMOA_HOME.index, signed)
        found, wanted = documents(kept), documents(fresh)
        for accession in sorted({*found, *wanted}):
            if found.get(accession) != wanted.get(accession):
                told = Entry.objects.filter(subject=accession).aggregate(last=Max("seq"))["last"]
                yield (
                    f"{accession}, last told of at {told}, is {found.get(accession)} in the index, which has followed "
                    f"to {kept.position()}, and {wanted.get(accession)} in a rebuild"
                )


def documents(found: Any) -> dict[str, str]:
    """Accession -> the whole stored document of an index."""
    import tantivy

    index = found._find(found._target())
    if index is None:
        return {}
    index.reload()
    searcher = index.searcher()
    hits = searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs)).hits
    every = [searcher.doc(address).to_dict() for _, address in hits]
    return {str(each["accession"]): repr(sorted(each.items())) for each in every if each.get("accession")}
