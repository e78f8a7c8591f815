"""Certificates: what a record or a submission was on a day, with a code by which anyone can ask whether it is so.

A certificate freezes nothing: later versions are made as ever, and its page says that there are newer ones. Its facts
are stored with their SHA-256, and the same digest stands in the ledger: whoever alters one must alter both.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from biomoa.files.rules import HELD
from biomoa.ledger import services as ledger
from biomoa.ledger.models import Entry
from biomoa.ledger.rules import canonical
from biomoa.people.models import Organisation
from biomoa.people.rules import Actor, may
from biomoa.records import access, rules
from biomoa.records.answers import RecordView
from biomoa.records.library import library
from biomoa.records.models import Certificate, Record, RecordFile, Row, Submission, Version
from biomoa.records.refusals import NotFound
from biomoa.records.rules_titles import titles_of

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing looks like anything else
CODE_SIGNS, GROUP = 20, 5  # 100 bits: not to be guessed
LISTED = 40  # lines of a submission that are printed; the digest is over all of them
TITLE_SIGNS = 500
LINE_SIGNS = 120  # of a title in a list

Genuine = Literal["genuine", "altered"]


class Verification(msgspec.Struct, frozen=True):
    """What the station says of a certificate today. ``facts`` are empty when it is altered or all was taken back."""

    code: str
    verdict: Genuine
    issued_at: datetime
    facts: Mapping[str, Any]
    newer: int = 0  # covered records of which there is a later version now
    gone: int = 0  # covered records that were withdrawn since
    is_public: bool = False  # what it covers can be read by anyone


# Issuing


def certify_record(actor: Actor, accession: str, version: int | None = None) -> Certificate:
    """A certificate of a version (None: the current one). Asked again on the same day, it is the same certificate.

    Raises NotFound, PermissionDenied.
    """
    with transaction.atomic():
        record = access.get_record(actor, accession, lock=True)
        access.check_may_record(actor, "certify", record)
        said = record.versions.filter(number=version or record.version).first()
        if said is None:
            raise NotFound("version")
        return _issue(actor, accession, _facts_of_record(record, said), record=record)


def certify_submission(actor: Actor, submission_id: int) -> Certificate:
    """A certificate of all records that a submission made or revised, in the versions that it gave them."""
    with transaction.atomic():
        submission = access.take_in_hand(actor, submission_id, "certify")
        return _issue(actor, submission.code, _facts_of_submission(submission), submission=submission)


def _issue(
    actor: Actor,
    subject: str,
    facts: dict[str, Any],
    record: Record | None = None,
    submission: Submission | None = None,
) -> Certificate:
    now = timezone.now()
    facts = {**facts, "issued_on": timezone.localdate(now).isoformat()}
    digest = _digest(facts)
    made = Certificate.objects.filter(record=record, submission=submission, digest=digest).first()
    if made is not None:
        return made
    made = Certificate.objects.create(
        code=new_code(), record=record, submission=submission, facts=facts, digest=digest, issued_at=now,
        issued_by_id=actor.user_id,
    )  # fmt: skip
    # The code opens the page of the certificate: it is not written down a second time.
    ledger.record(actor.label, "certificate:issued", subject, {"certificate": made.pk, "digest": digest})
    return made


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def _facts_of_record(record: Record, version: Version) -> dict[str, Any]:
    files = RecordFile.objects.filter(record=record, version=version.number)
    files = files.exclude(file__quarantine__state__in=HELD)
    return {
        "kind": "record",
        "accession": record.accession,
        "version": version.number,
        "form": record.form,
        **_public_titles(record.form, version),
        "date": timezone.localdate(version.created_at).isoformat(),
        "group": _names(record.owner),
        "center": _names(record.center),
        "digest": version.digest,
        "files": files.count(),
        "members": dict(_members(record)),
    }


def _members(record: Record) -> Iterator[tuple[str, int]]:
    """Form -> accepted records of a project on the day; nothing for other records."""
    counts = Record.objects.filter(project=record, state__in=rules.OPEN).values_list("form")
    yield from counts.annotate(Count("pk")).order_by("form")


def _public_titles(form: str, version: Version) -> dict[str, str]:
    """``title``, and ``title_ko`` where the record has one."""
    fields = library().form(form)
    private = fields.private_fields
    said = rules.merge(version.values, version.layer)
    title, title_ko = titles_of(fields, {name: value for name, value in said.items() if name not in private})
    return {"title": inert(title), **({"title_ko": inert(title_ko)} if title_ko else {})}


def _facts_of_submission(submission: Submission) -> dict[str, Any]:
    rows = Row.objects.filter(submission=submission, record__isnull=False)
    forms = rows.values("form").annotate(n=Count("pk"), first=Min("record__accession"), last=Max("record__accession"))
    listed = rows.select_related("record").order_by("record_id")[:LISTED]
    order = {name: place for place, name in enumerate(rules.ordered_forms(dict(library().forms)))}
    return {
        "kind": "submission",
        "accession": submission.code,
        "version": 0,
        **_titles_of_submission(submission),
        "date": timezone.localdate(submission.decided_at or submission.changed_at).isoformat(),
        "group": _names(submission.owner),
        "center": _names(submission.center),
        "digest": covered_digest(submission),
        "count": rows.count(),
        "forms": [
            {"form": each["form"], "count": each["n"], "first": each["first"], "last": each["last"]}
            for each in sorted(forms, key=lambda each: order.get(each["form"], 0))
        ],
        "listed": [_line(each) for each in listed],
    }


def _line(row: Row) -> list[Any]:
    """Accession, version and title of a record; its Korean title last, where it has one."""
    record = row.record
    assert record is not None
    korean = [inert(record.title_ko, LINE_SIGNS)] if record.title_ko else []
    return [record.accession, row.version, inert(record.title, LINE_SIGNS), *korean]


def _titles_of_submission(submission: Submission) -> dict[str, str]:
    """``title``, and ``title_ko`` where there is one: a project's that has both, the working title, the first record's.

    A working title is in one language; the project that it stands for is registered in two.
    """
    if project := _project_in_both(submission):
        return _titles_of_record(project)
    if submission.title:
        return {"title": inert(submission.title)}
    projects_first = F("project_id").asc(nulls_first=True)  # PostgreSQL has them last
    first = Record.objects.filter(rows__submission=submission).order_by(projects_first, "id").first()
    return _titles_of_record(first) if first else {"title": ""}


def _project_in_both(submission: Submission) -> Record | None:
    """The one that is called like the submission, or its only one; None unless it has a title in each language."""
    roots = [name for name, form in library().forms.items() if rules.is_root(form)]
    projects = Record.objects.filter(rows__submission=submission, form__in=roots).order_by("id")
    is_named = Q(title=submission.title) | Q(title_ko=submission.title, title_ko__gt="")
    found = list(projects.filter(is_named)[:1]) or list(projects[:2])
    is_one = len(found) == 1 and found[0].title_ko not in ("", found[0].title)
    return found[0] if is_one else None


def _titles_of_record(record: Record) -> dict[str, str]:
    return {"title": inert(record.title), **({"title_ko": inert(record.title_ko)} if record.title_ko else {})}


def covered_digest(submission: Submission) -> str:
    """SHA-256 over a line ``<accession>.<version> <digest of the version>`` for every record, by accession."""
    covered = Version.objects.filter(record__rows__submission=submission, number=F("record__rows__version"))
    lines = covered.order_by("record__accession").values_list("record__accession", "number", "digest").distinct()
    total = hashlib.sha256()
    for accession, number, digest in lines.iterator(2_000):
        total.update(f"{accession}.{number} {digest}\n".encode())
    return total.hexdigest()


def _names(organisation: Organisation) -> dict[str, str]:
    return {"ko": inert(organisation.name("ko")), "en": inert(organisation.name("en"))}


def inert(text: str, signs: int = TITLE_SIGNS) -> str:
    """The text without control characters and characters that change the direction of writing; one line."""
    kept = "".join(" " if c in "\t\r\n\u2028\u2029" else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return f"{kept[: signs - 1]}…" if len(kept) > signs else kept


# Codes


def new_code() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS))
    return "-".join(signs[start : start + GROUP] for start in range(0, CODE_SIGNS, GROUP))


def normal_code(text: str) -> str:
    """A code as it is stored, from one that was typed; empty for what is none."""
    signs = "".join(text.upper().split()).replace("-", "")
    signs = signs.translate(str.maketrans({"O": "0", "I": "1", "L": "1"}))
    if len(signs) != CODE_SIGNS or not set(signs) <= set(ALPHABET):
        return ""
    return "-".join(signs[start : start + GROUP] for start in range(0, CODE_SIGNS, GROUP))


def address_of(code: str) -> str:
    """Where anyone may ask for a certificate."""
    return f"{settings.BIOMOA_HOME.station.address.rstrip('/')}/certificates/{code}"


# Verifying


def get_certificate(code: str) -> Certificate:
    """By its code, as typed. Raises NotFound."""
    found = Certificate.objects.select_related("record", "submission").filter(code=normal_code(code)).first()
    if found is None:
        raise NotFound("certificate")
    return found


def verify(code: str) -> Verification:
    """What is so today. Whoever holds the code knows the facts already; nothing else is told. Raises NotFound."""
    made = get_certificate(code)
    if not (_is_in_ledger(made) and _is_as_then(made)):
        return Verification(made.code, "altered", made.issued_at, {})
    newer, gone, total, public = _since(made)
    # What was taken back is not told again: its page is a tombstone, too.
    facts = _bare(made.facts) if gone else made.facts
    return Verification(made.code, "genuine", made.issued_at, facts, newer, gone, public == total > 0)


def _bare(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in facts.items() if name != "title_ko"} | {"title": "", "listed": []}


def _is_in_ledger(made: Certificate) -> bool:
    if _digest(made.facts) != made.digest:
        return False
    entries = Entry.objects.filter(event="certificate:issued", subject=made.facts["accession"])
    told = (json.loads(data) for data in entries.values_list("data", flat=True))
    return any(each == {"certificate": made.pk, "digest": made.digest} for each in told)


def _is_as_then(made: Certificate) -> bool:
    """The station still holds the very words that were certified."""
    if made.submission is not None:
        return covered_digest(made.submission) == made.facts["digest"]
    said = Version.objects.filter(record=made.record, number=made.facts["version"]).first()
    if said is None or said.digest != made.facts["digest"]:
        return False
    return rules.digest(said.values, made.facts["form"], said.form_revision, said.layer) == said.digest


def _since(made: Certificate) -> tuple[int, int, int, int]:
    """Of the covered records: with a later version, taken back, all, public."""
    if made.submission is not None:
        rows = Row.objects.filter(submission=made.submission, record__isnull=False)
        later = rows.filter(record__version__gt=F("version")).count()
        states: dict[str, int] = dict(rows.values_list("record__state").annotate(Count("pk")).order_by())
    else:
        assert made.record is not None
        later, states = int(made.record.version > made.facts["version"]), {made.record.state: 1}
    gone = states.get("withdrawn", 0) + states.get("suppressed", 0)
    return later, gone, sum(states.values()), states.get("released", 0)


def may_certify(actor: Actor, view: RecordView) -> bool:
    return may(actor, "certify", "record", view.state, owner=view.owner_id, center=view.center_id)


def certificates_of(
    actor: Actor, *, record_id: int | None = None, submission_id: int | None = None
) -> list[Certificate]:
    """Those issued for a record or a submission, the newest first; for who may issue them. Else none."""
    if record_id is not None:
        record = Record.objects.get(pk=record_id)
        allowed = access.may_on_record(actor, "certify", record)
        found = Certificate.objects.filter(record=record)
    else:
        submission = access.get_submission(actor, submission_id or 0)
        allowed = access.may_on(actor, "certify", submission)
        found = Certificate.objects.filter(submission=submission)
    return list(found.order_by("-pk")) if allowed else []


def get_own(actor: Actor, code: str) -> Certificate:
    """A certificate whose document the actor may have: who may issue it. Raises NotFound."""
    made = get_certificate(code)
    held = access.may_on_record(actor, "certify", made.record) if made.record else (
        made.submission is not None and access.may_on(actor, "certify", made.submission)
    )  # fmt: skip
    if not held:
        raise NotFound("certificate")
    return made
