"""From an entry of the ledger to what a notice needs to know: whose thing it is, what is said, which day counts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone, translation

from biomoa.catalog.model import Text
from biomoa.files.models import StoredFile
from biomoa.files.rules import HELD
from biomoa.ledger.models import Entry
from biomoa.ledger.rules import PROPOSAL_DAYS
from biomoa.notices.rules import Fact
from biomoa.people.models import Invitation, Membership, Organisation, Token, User
from biomoa.records import human, queries, rules_human
from biomoa.records.models import Comment, Record, Submission, UmbrellaRequest
from biomoa.records.rules_titles import text_of

BEFORE_ACCEPTANCE = ("draft", "submitted", "in-review", "returned")
EXPECTS = ("submission:submitted", "submission:taken", "submission:assigned")
STATION = {"ko": "스테이션", "en": "The station"}


class Happening(msgspec.Struct):
    """One thing that an entry tells of. ``groups`` own it; ``asked`` and ``asking`` are those of an umbrella."""

    facts: dict[str, Fact]
    subject: str = ""
    groups: tuple[int, ...] = ()
    center: int | None = None
    state: str = ""
    in_charge: int | None = None
    named: int | None = None  # whom the entry names as in charge
    is_to_judge: bool = False  # answers on human data that wait for a curator
    asked: tuple[int, ...] = ()
    asking: tuple[int, ...] = ()
    person: int | None = None
    organisation: int | None = None
    due: date | None = None


def happenings(entry: Entry) -> list[Happening]:
    """What an entry tells of; nothing when the thing is gone. A file may lie in several submissions."""
    find = _FINDERS.get(entry.event) or _FINDERS[entry.event.partition(":")[0]]
    data: dict[str, Any] = json.loads(entry.data)
    found = list(find(entry, data))
    for each in found:
        each.subject = each.subject or entry.subject
        each.facts.setdefault("who", name_of(entry.actor))
        if reason := data.get("reason"):
            each.facts.setdefault("quote", str(reason))
    return found


def moment(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.at)


def user_id_of(label: str) -> int | None:
    """12 for ``user:12``; None for the station itself."""
    kind, _, number = label.partition(":")
    return int(number) if kind == "user" and number.isdecimal() else None


def name_of(label: str) -> dict[str, str]:
    user = User.objects.filter(pk=user_id_of(label)).first()
    return {language: user.name(language) for language in ("ko", "en")} if user else STATION


def _named(organisation: Organisation) -> dict[str, str]:
    return {language: organisation.name(language) for language in ("ko", "en")}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# Submissions


def _of_submission(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    key = queries.submission_id_of(entry.subject)
    found = Submission.objects.select_related("owner", "center").filter(pk=key).first()
    if found:
        happening = _submission(found)
        happening.due = _due(entry, data, found)
        happening.named = user_id_of(str(data.get("to", "")))
        if entry.event == "submission:taken":
            happening.facts["curator"] = name_of(str(data.get("to", "")))
        yield happening


def _submission(found: Submission) -> Happening:
    facts: dict[str, Fact] = {"title": found.title or found.code, "code": found.code, "center": _named(found.center)}
    return Happening(facts, found.code, (found.owner_id,), found.center_id, found.state, in_charge=found.assigned_to_id)


def _due(entry: Entry, data: Mapping[str, Any], found: Submission) -> date | None:
    if entry.event in EXPECTS and found.submitted_at:
        days = queries.expected_days(found.center_id).median_days
        at = timezone.localdate(moment(entry))
        begun = min(timezone.localdate(found.submitted_at), at)
        return max(begun + timedelta(days=math.ceil(days)), at + timedelta(days=1)) if days is not None else None
    if entry.event == "submission:accepted":
        return found.release_on
    return _day(str(data.get("to", ""))) if entry.event == "embargo:changed" else None


def _deleted(entry: Entry, _: Mapping[str, Any]) -> Iterable[Happening]:
    """The row is gone; the ledger knows what it was."""
    made = Entry.objects.filter(subject=entry.subject, event="submission:created").order_by("seq").first()
    told = json.loads(made.data) if made else {}
    owner = Organisation.objects.filter(code=told.get("owner", "")).first()
    if owner:
        yield Happening({"title": told.get("title") or entry.subject, "code": entry.subject}, groups=(owner.pk,))


def _comment(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    written = Comment.objects.filter(pk=data["comment"]).first()
    for each in _of_submission(entry, data):
        each.facts["quote"] = written.text if written else ""
        yield each


def _reminder(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    for each in _of_submission(entry, data):
        each.due = _day(data["release_on"])
        each.facts |= {"days": str(data["days"]), "way": data["way"]}
        yield each


def _review_link(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    for each in _of_submission(entry, data):
        each.facts["name"] = str(data.get("name", ""))
        if days := data.get("days"):
            each.due = timezone.localdate(moment(entry) + timedelta(days=days))
        yield each


def _file(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    if data.get("verdict") != "fail":
        return
    lie = StoredFile.objects.filter(object__sha256=entry.subject, is_current=True)
    lie = lie.exclude(quarantine__state__in=HELD)  # that is told by itself: quarantined
    names = dict(lie.order_by("-pk").values_list("shelf_id", "name"))
    lying = Submission.objects.filter(shelf__in=names, state__in=BEFORE_ACCEPTANCE)
    for found in lying.select_related("owner", "center").order_by("pk"):
        happening = _submission(found)
        happening.facts["file"] = names[found.shelf_id]
        yield happening


def _quarantined(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    found = Submission.objects.select_related("owner", "center").filter(shelf=data["shelf"]).first()
    if found:
        happening = _submission(found)
        happening.facts["file"] = _file_name(entry.subject)
        yield happening


def _file_name(subject: str) -> str:
    """As it arrived: the file itself may be gone. A name that identifies a person is refused before it arrives."""
    came = Entry.objects.filter(subject=subject, event__in=("file:arrived", "file:replaced")).order_by("seq").first()
    return str(json.loads(came.data)["name"]) if came else subject


def _human_data(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    """Only what stops: an outcome that a newer edition of the questions no longer knows is old news."""
    navigator = human.find_navigator()
    outcome = navigator.find_outcome(data["outcome"]) if navigator else None
    if outcome is None or outcome.kind == "open":
        return
    for each in _of_submission(entry, data):
        each.facts |= {"outcome": _both(outcome.label), "way": _both(outcome.next)}
        each.is_to_judge = outcome.kind == "ask"
        yield each


def _human_data_decided(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    navigator = human.find_navigator()
    outcome = navigator.find_outcome(data["outcome"]) if navigator else None
    for each in _of_submission(entry, data) if outcome else ():
        told = rules_human.shown(outcome, True, "") if outcome else None
        assert told is not None
        each.facts |= {"outcome": _both(told.label), "way": _both(told.next)}
        yield each


def _both(text: Text) -> dict[str, str]:
    return {"ko": text.ko, "en": text.en}


# Records and umbrellas


def _record(entry: Entry, _: Mapping[str, Any]) -> Iterable[Happening]:
    found = Record.objects.select_related("center").filter(accession=entry.subject).first()
    if found:
        titles = _both(text_of(found.title, found.title_ko))
        facts: dict[str, Fact] = {"accession": found.accession, "title": titles, "center": _named(found.center)}
        yield Happening(facts, groups=(found.owner_id,), center=found.center_id, state=found.state)


def _certificate(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    """Of a submission or of a record; its code opens its page and is not written down here."""
    if queries.submission_id_of(entry.subject) is None:
        found, page = _record(entry, data), entry.subject
    else:
        found, page = _of_submission(entry, data), f"submissions/{entry.subject}/"
    for each in found:
        each.facts |= {"subject": entry.subject, "page": page}
        yield each


def _umbrella(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    sides = Record.objects.filter(accession__in=(entry.subject, data["project"]))
    owners = dict(sides.values_list("accession", "owner_id"))
    request = UmbrellaRequest.objects.filter(pk=data.get("request")).first()
    yield Happening(
        {"accession": entry.subject, "project": data["project"], "quote": _words(entry, request)},
        groups=tuple(sorted(set(owners.values()))),
        asked=(request.asked_id,) if request else (),
        asking=(request.asked_by_id,) if request else (),
    )


def _words(entry: Entry, request: UmbrellaRequest | None) -> str:
    if request is None:
        return ""
    return request.answer if entry.event == "umbrella:declined" else request.message


# People


def _member(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    organisation = Organisation.objects.filter(code=entry.subject).first()
    if organisation is None:
        return
    facts: dict[str, Fact] = {"group": _named(organisation), "code": organisation.code}
    if role := data.get("role"):
        facts["role"] = _role(role)
    yield Happening(facts, person=data.get("user"), organisation=organisation.pk)


def _invited(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    """Only who has an account already can be told on the site; the mail goes to everybody."""
    invitation = Invitation.objects.filter(pk=data["invitation"], accepted_at=None).first()
    invited = User.objects.filter(email=invitation.email).first() if invitation else None
    for each in _member(entry, data) if invitation and invited else ():
        each.person = invited.pk if invited else None
        each.due = timezone.localdate(invitation.expires_at) if invitation else None
        yield each


def _role(role: str) -> dict[str, str]:
    said = {}
    for language in ("ko", "en"):
        with translation.override(language):
            said[language] = str(dict(Membership.ROLES).get(role, role))
    return said


def _token(_: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    token = Token.objects.filter(pk=data["token"]).first()
    if token:
        yield Happening({"name": token.name}, person=token.user_id)


def _proposal(entry: Entry, data: Mapping[str, Any]) -> Iterable[Happening]:
    facts: dict[str, Fact] = {"kind": str(data["kind"]), "value": str(data["value"])}
    yield Happening(facts, due=timezone.localdate(moment(entry) + timedelta(days=PROPOSAL_DAYS)))


_FINDERS: Mapping[str, Callable[[Entry, dict[str, Any]], Iterable[Happening]]] = {
    "submission": _of_submission,
    "row": _of_submission,
    "embargo": _of_submission,
    "submission:deleted": _deleted,
    "comment": _comment,
    "embargo:reminded": _reminder,
    "review-link": _review_link,
    "file": _file,
    "file:quarantined": _quarantined,
    "quarantine": _quarantined,
    "human-data": _human_data,
    "human-data:decided": _human_data_decided,
    "problem": _of_submission,
    "certificate": _certificate,
    "record": _record,
    "umbrella": _umbrella,
    "member": _member,
    "member:invited": _invited,
    "token": _token,
    "ledger": _proposal,
}
