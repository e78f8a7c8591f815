"""Reviewer links: a group shows chosen closed records and files to whoever holds a secret address.

A link gives the role ``reviewer`` of the policy table on what it names, and nothing else. It ends when it is
revoked, when its days are over, and by itself when nothing of it is closed any more.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils import timezone

from biomoa.files import queries as files
from biomoa.files.models import StoredFile
from biomoa.files.rules import HELD
from biomoa.ledger import services as ledger
from biomoa.people.rules import NOBODY, Actor, is_allowed
from biomoa.records import access, freetexts, rules
from biomoa.records.answers import Down, LinkView, RecordView
from biomoa.records.library import library
from biomoa.records.models import (
    Link,
    Record,
    RecordFile,
    ReviewFile,
    ReviewLink,
    ReviewOpening,
    ReviewRecord,
    Submission,
)
from biomoa.records.problems import problem
from biomoa.records.recordview import build_view
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal

State = Literal["open", "revoked", "expired", "released"]
Kind = Literal["list", "record", "file"]

SECRET_BYTES = 32
DAYS = 90
MOST_DAYS = 365
LINKS = 50  # open ones of a submission
PAGE = 100
FILES_SHOWN = 200
HIDDEN_TYPES = frozenset({"email", "phone"})
NETWORK_BITS = {4: 24, 6: 48}


class NewLink(msgspec.Struct, frozen=True):
    """A link just made. ``address`` holds the secret; nobody can read it again."""

    id: int
    address: str
    expires_at: datetime
    records: int
    files: int


class LinkState(msgspec.Struct, frozen=True):
    """A link as its group sees it. ``openings`` are of the list and of records, ``downloads`` of files."""

    id: int
    name: str
    state: State
    created_at: datetime
    expires_at: datetime
    records: int
    files: int
    openings: int
    downloads: int
    last_at: datetime | None


class Opening(msgspec.Struct, frozen=True):
    """What was opened on a day from a network, how often; ``size_bytes`` were asked of a file in all."""

    kind: str
    what: str
    network: str
    first_at: datetime
    last_at: datetime
    times: int
    size_bytes: int


class Ended(Exception):
    """The secret was right, but the link is over; ``public`` are those of its records that anyone may read now."""

    def __init__(self, state: State, public: Sequence[str]) -> None:
        self.state, self.public = state, tuple(public)
        super().__init__(f"this reviewer link is {state}")


# The group


def make_link(
    actor: Actor,
    submission_id: int,
    *,
    name: str,
    days: int = DAYS,
    accessions: Collection[str] | None = None,
    forms: Collection[str] | None = None,
    file_ids: Collection[int] | None = None,
) -> NewLink:
    """A link to closed records and files.

    Without ``accessions`` the records are those of the submission, of ``forms`` alone if some are given. ``file_ids``
    None are all files of these records, () none.
    Raises Refusal when a record is not a closed one of the group, or a file belongs to none of the records.
    """
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "share")
        _check_wish(submission, name, days)
        records = _closed(actor, submission, accessions, forms)
        kept = _files_of(records, file_ids)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        link = ReviewLink.objects.create(
            submission=submission, name=name.strip(), digest=_digest(secret), created_by_id=actor.user_id,
            expires_at=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        ReviewRecord.objects.bulk_create((ReviewRecord(link=link, record_id=each) for each in records), 2_000)
        ReviewFile.objects.bulk_create((ReviewFile(link=link, file_id=each) for each in kept), 2_000)
        told = {"link": link.pk, "name": link.name, "days": days, "records": len(records), "files": len(kept)}
        ledger.record(actor.label, "review-link:made", submission.code, told)
    address = f"{settings.BIOMOA_HOME.station.address.rstrip('/')}/review/{secret}/"
    return NewLink(link.pk, address, link.expires_at, len(records), len(kept))


def _check_wish(submission: Submission, name: str, days: int) -> None:
    problems = []
    freetexts.check(name=name)
    if not name.strip():
        problems.append(problem("review-name-missing", field="name"))
    if not 1 <= days <= MOST_DAYS:
        problems.append(problem("review-days", field="days", value=str(days), limit=MOST_DAYS))
    now = timezone.now()
    if submission.review_links.filter(revoked_at=None, expires_at__gt=now).count() >= LINKS:
        problems.append(problem("review-links-many", limit=LINKS))
    if problems:
        raise Refusal(problems)


def _closed(
    actor: Actor, submission: Submission, accessions: Collection[str] | None, forms: Collection[str] | None
) -> list[int]:
    """The keys of the closed records; those of other submissions of the same group may be named, too."""
    if accessions is None:
        found = Record.objects.filter(access.readable(actor, "record", "share"), submission=submission)
        found = found if forms is None else found.filter(form__in=forms)
        return _some(list(found.order_by("id").values_list("id", flat=True)))
    wanted = {each.strip().upper() for each in accessions} - {""}
    mine = Record.objects.filter(access.readable(actor, "record", "share"), owner_id=submission.owner_id)
    known = dict(mine.filter(accession__among=wanted).values_list("accession", "id"))
    if unknown := sorted(wanted - known.keys()):
        raise Refusal([problem("review-record-unknown", field="accessions", value=each) for each in unknown[:20]])
    return _some(sorted(known.values()))


def _some(records: list[int]) -> list[int]:
    if not records:
        raise Refusal([problem("review-nothing", field="accessions")])
    return records


def _files_of(records: Sequence[int], chosen: Collection[int] | None) -> list[int]:
    found = set(_current_files(record_id__among=records).values_list("file_id", flat=True))
    if chosen is None:
        return sorted(found)
    if not set(chosen) <= found:
        raise Refusal([problem("review-file-unknown", field="files")])
    return sorted(set(chosen))


def _current_files(**of_records: Any) -> QuerySet[RecordFile]:
    named = RecordFile.objects.filter(**of_records, version=F("record__version"))
    return named.exclude(file__quarantine__state__in=HELD)


def revoke_link(actor: Actor, link_id: int) -> None:
    """Ends a link at once; asked again it changes nothing. Raises NotFound, PermissionDenied."""
    with transaction.atomic():
        link = get_link(actor, link_id, lock=True)
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            ledger.record(actor.label, "review-link:revoked", link.submission.code, {"link": link.pk})


def get_link(actor: Actor, link_id: int, *, lock: bool = False) -> ReviewLink:
    """A link of a submission whose group the actor belongs to. Raises NotFound, PermissionDenied."""
    rows = ReviewLink.objects.select_for_update(of=("self",)) if lock else ReviewLink.objects
    link = rows.select_related("submission").filter(pk=link_id).first()
    if link is None or not access.may_on(actor, "read", link.submission):
        raise NotFound("review link")
    if not access.may_on(actor, "share", link.submission):
        raise PermissionDenied("share")
    return link


def links_of(actor: Actor, submission_id: int) -> list[LinkState]:
    """The links of a submission, the newest first, with how much each was used."""
    submission = access.get_submission(actor, submission_id)
    if not access.may_on(actor, "share", submission):
        raise PermissionDenied("share")
    rows = ReviewLink.objects.filter(submission=submission).order_by("-pk")
    return [_state_of_link(link) for link in rows]


def _state_of_link(link: ReviewLink) -> LinkState:
    used = link.openings.aggregate(
        seen=Sum("times", filter=~Q(kind="file")), taken=Sum("times", filter=Q(kind="file")), last=Max("last_at")
    )
    return LinkState(
        link.pk, link.name, state_of(link), link.created_at, link.expires_at, link.records.count(),
        link.files.count(), used["seen"] or 0, used["taken"] or 0, used["last"],
    )  # fmt: skip


def choosable(actor: Actor, submission_id: int) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Form -> closed records of a submission, and their first files (id, name): what a link can be made of."""
    mine = Record.objects.filter(access.readable(actor, "record", "share"), submission_id=submission_id)
    counts = dict(mine.values_list("form").annotate(Count("pk")).order_by())
    kept = _current_files(record_id__in=mine.values("pk")).order_by("file__name_key")
    first = kept.values_list("file_id", "file__name").distinct()[:FILES_SHOWN]
    return {name: counts[name] for name in rules.ordered_forms(dict(library().forms)) if name in counts}, list(first)


def openings_of(actor: Actor, link_id: int, page: int = 1) -> tuple[list[Opening], int]:
    """What was opened through a link, the last first; for its group alone."""
    found = get_link(actor, link_id).openings.order_by("-last_at", "-pk")
    columns = ("kind", "what", "network", "first_at", "last_at", "times", "size_bytes")
    window = found.values_list(*columns)[(max(1, page) - 1) * PAGE : max(1, page) * PAGE]
    return [Opening(*row) for row in window], found.count()


# The reviewer


def state_of(link: ReviewLink) -> State:
    if link.revoked_at is not None:
        return "revoked"
    if link.expires_at <= timezone.now():
        return "expired"
    return "open" if _shown(link).exists() else "released"


def enter(secret: str) -> ReviewLink:
    """The link of a secret. Raises NotFound for a wrong one, Ended when the link is over."""
    link = ReviewLink.objects.select_related("submission__owner").filter(digest=_digest(secret)).first()
    if link is None:
        raise NotFound("review link")
    state = state_of(link)
    if state != "open":
        mine = Record.objects.filter(pk__in=link.records.values("record_id"))
        public = mine.filter(access.readable(NOBODY, "record", "find")).order_by("id")
        raise Ended(state, list(public.values_list("accession", flat=True)[:PAGE]))
    return link


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _shown(link: ReviewLink) -> QuerySet[Record]:
    """The records that the link shows now: those named whose state the policy table opens to a reviewer."""
    states = [state for state in rules.RECORD_STATES if is_allowed({"reviewer"}, "read", "record", state)]
    return Record.objects.filter(pk__in=link.records.values("record_id"), state__in=states)


def shown_forms(link: ReviewLink) -> dict[str, int]:
    """Form -> records that the link shows, parents before children."""
    counts = dict(_shown(link).values_list("form").annotate(Count("pk")).order_by())
    return {name: counts[name] for name in rules.ordered_forms(dict(library().forms)) if name in counts}


def shown_records(link: ReviewLink, form: str, page: int = 1) -> list[Record]:
    found = _shown(link).filter(form=form).order_by("id")
    return list(found[(max(1, page) - 1) * PAGE : max(1, page) * PAGE])


def shown_files(link: ReviewLink, page: int = 1) -> tuple[list[StoredFile], int]:
    """The files that the link shows now, by name, and how many there are."""
    found = StoredFile.objects.filter(pk__in=_file_keys(link)).select_related("object").order_by("name_key", "pk")
    return list(found[(max(1, page) - 1) * PAGE : max(1, page) * PAGE]), found.count()


def _file_keys(link: ReviewLink) -> QuerySet[ReviewFile]:
    """A file is shown with its record only: a record that was taken back takes its files with it."""
    with_record = _current_files(record_id__in=_shown(link).values("pk")).values("file_id")
    return ReviewFile.objects.filter(link=link, file_id__in=with_record).values("file_id")


def shown_record(link: ReviewLink, accession: str) -> RecordView:
    """A record as a reviewer sees it: without private and contact fields, linked only to what else is shown.

    Raises NotFound for a record that the link does not name or no longer shows.
    """
    record = _shown(link).select_related("owner", "center", "project").filter(accession=accession).first()
    if record is None:
        raise NotFound("record")
    view = build_view(NOBODY, record, None)
    shown = set(_file_keys(link).values_list("file_id", flat=True))
    hidden = {field.name for field in library().form(record.form).fields if field.type in HIDDEN_TYPES}
    values = {name: value for name, value in view.values.items() if name not in hidden}
    return msgspec.structs.replace(
        view, values=values, depositor_values={}, layer={}, versions=(), citation="", citation_ko="",
        submission="", project="", up=_up(link, record), down=_down(link, record),
        files=tuple(each for each in view.files if each.id in shown),
    )  # fmt: skip


def _up(link: ReviewLink, record: Record) -> tuple[LinkView, ...]:
    links = Link.objects.filter(child=record, parent__in=_shown(link)).select_related("parent").order_by("pk")
    return tuple(
        LinkView(each.parent.accession, each.parent.form, each.parent.title, each.field, each.parent.title_ko)
        for each in links
    )


def _down(link: ReviewLink, record: Record) -> tuple[Down, ...]:
    below = _shown(link).filter(pk__in=Link.objects.filter(parent=record).values("child_id"))
    counts = below.values_list("form").annotate(Count("pk")).order_by("form")
    return tuple(
        Down(form, count, tuple(
            LinkView(each.accession, form, each.title, "", each.title_ko)
            for each in below.filter(form=form).order_by("id")[:20]
        ))
        for form, count in counts
    )  # fmt: skip


def shown_file(link: ReviewLink, file_id: int) -> StoredFile:
    """A file to download. Raises NotFound unless the link names it, its record is shown and the table permits."""
    if not _file_keys(link).filter(file_id=file_id).exists():
        raise NotFound("file")
    file = files.find_file_for({"reviewer"}, file_id, "download")
    if file is None:
        raise NotFound("file")
    return file


def network_of(address: str) -> str:
    """The network of an address, as much of it as is kept: ``203.0.113.0/24``; empty for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = (isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped) or found
    return str(ipaddress.ip_network((found, NETWORK_BITS[found.version]), strict=False))


def note(link: ReviewLink, kind: Kind, what: str, network: str, size_bytes: int = 0) -> None:
    """Writes down that something was opened. A repetition on the same day from the same network is counted."""
    now = timezone.now()
    with transaction.atomic():
        place = {"day": timezone.localdate(now), "network": network, "kind": kind, "what": what[:255]}
        row, is_new = ReviewOpening.objects.get_or_create(
            link=link, **place, defaults={"first_at": now, "last_at": now, "size_bytes": size_bytes}
        )
        if not is_new:
            ReviewOpening.objects.filter(pk=row.pk).update(
                times=F("times") + 1, last_at=now, size_bytes=F("size_bytes") + size_bytes
            )
