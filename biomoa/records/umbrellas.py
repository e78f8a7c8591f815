"""Umbrella projects by self-service: a group ties its own projects, and asks another group, which agrees or not.

Who may change both projects links them at once. Who may change one asks the group of the other. A link is a new
version of the project that names its umbrella, so that exports, search and history know of it like of any other change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from biomoa.forms.model import Field, Form
from biomoa.ledger import services as ledger
from biomoa.people.rules import Actor
from biomoa.records import access, freetexts, rules
from biomoa.records.library import library
from biomoa.records.models import Link, Record, RecordFile, UmbrellaRequest, Version
from biomoa.records.problems import problem
from biomoa.records.references import current_values
from biomoa.records.refusals import NotFound, PermissionDenied, Refusal

Outcome = Literal["linked", "asked"]


class Place(msgspec.Struct, frozen=True):
    """Where a project stands: what it is, its umbrella, its members, and what is asked and not answered."""

    is_umbrella: bool
    umbrella: Record | None = None
    members: tuple[Record, ...] = ()
    to_answer: tuple[UmbrellaRequest, ...] = ()
    waiting: tuple[UmbrellaRequest, ...] = ()


def is_umbrella(record: Record) -> bool:
    form = library().form(record.form)
    return rules.is_root(form) and rules.is_umbrella(form, current_values([record.pk]).get(record.pk, {}))


def link(actor: Actor, umbrella: str, project: str, message: str = "") -> Outcome:
    """Puts the project under the umbrella, or asks the group of the other one to agree. Asked again, nothing changes.

    Raises NotFound, PermissionDenied (neither is the actor's), Refusal (not an umbrella, another umbrella, ...).
    """
    with transaction.atomic():
        over, under = _both(actor, umbrella, project)
        mine = [access.may_on_record(actor, "change", each) for each in (over, under)]
        if not any(mine):
            raise PermissionDenied("change")
        freetexts.check(message=message)
        if _linked(over, under):
            return "linked"
        _check(over, under)
        if all(mine):
            _tie(actor, over, under)
            return "linked"
        asked_by, asked = (over, under) if mine[0] else (under, over)
        _ask(actor, over, under, asked_by.owner_id, asked.owner_id, message)
        return "asked"


def _both(actor: Actor, umbrella: str, project: str) -> tuple[Record, Record]:
    """Both records, locked in the order of their accessions, whichever of them is the umbrella."""
    names = {each: each.strip().upper() for each in (umbrella, project)}
    found = {name: access.get_record(actor, name, lock=True) for name in sorted(set(names.values()))}
    return found[names[umbrella]], found[names[project]]


def _linked(over: Record, under: Record) -> bool:
    return _links(over, under).exists()


def _links(over: Record, under: Record) -> QuerySet[Link]:
    """Of projects only: a sample is linked to its project for another reason."""
    return Link.objects.filter(child=under, parent=over, child__form=over.form)


def _check(over: Record, under: Record) -> None:
    problems = []
    if not is_umbrella(over) or over.state not in rules.OPEN:
        problems.append(problem("umbrella-expected", field="umbrella", value=over.accession))
    if under.form != over.form or is_umbrella(under) or under.state not in rules.OPEN:
        problems.append(problem("umbrella-member-expected", field="project", value=under.accession))
    elif has := find_umbrella(under):
        problems.append(problem("umbrella-many", field="project", value=under.accession, umbrella=has.accession))
    if problems:
        raise Refusal(problems)


def find_umbrella(project: Record) -> Record | None:
    """The umbrella over a project, if it has one."""
    found = Link.objects.filter(child=project, parent__form=project.form).select_related("parent").first()
    return found.parent if found else None


def _tie(actor: Actor, over: Record, under: Record) -> None:
    form = library().form(under.form)
    field = _upward(form)
    _say(actor, under, field.name, over.accession)
    Link.objects.create(child=under, parent=over, field=field.name)
    UmbrellaRequest.objects.filter(umbrella=over, project=under, state="open").update(
        state="agreed", answered_at=timezone.now()
    )
    ledger.record(actor.label, "umbrella:linked", over.accession, {"project": under.accession})


def _upward(form: Form) -> Field:
    """The field in which a project names its umbrella."""
    return next(field for field in rules.upward(form) if field.to == form.form)


def _ask(actor: Actor, over: Record, under: Record, asked_by: int, asked: int, message: str) -> None:
    made, is_new = UmbrellaRequest.objects.get_or_create(
        umbrella=over, project=under, state="open",
        defaults={"asked_by_id": asked_by, "asked_id": asked, "message": message.strip()},
    )  # fmt: skip
    if is_new:
        told = {"request": made.pk, "project": under.accession, "asked": made.asked.code}
        ledger.record(actor.label, "umbrella:asked", over.accession, told)


def answer(actor: Actor, request_id: int, *, agrees: bool, text: str = "") -> UmbrellaRequest:
    """The asked group agrees, which links at once, or declines. Raises NotFound, PermissionDenied, Refusal."""
    with transaction.atomic():
        request = _request(actor, request_id)
        if not access.may_on_record(actor, "change", _side(request, request.asked_id)):
            raise PermissionDenied("change")
        freetexts.check(answer=text)
        request.state, request.answered_at = ("agreed" if agrees else "declined"), timezone.now()
        request.answer = text.strip()
        request.save(update_fields=["state", "answered_at", "answer"])
        if not agrees:
            told = {"request": request.pk, "project": request.project.accession}
            ledger.record(actor.label, "umbrella:declined", request.umbrella.accession, told)
        elif not _linked(request.umbrella, request.project):
            _check(request.umbrella, request.project)
            _tie(actor, request.umbrella, request.project)
    return request


def take_back(actor: Actor, request_id: int) -> None:
    """The asking group no longer asks."""
    with transaction.atomic():
        request = _request(actor, request_id)
        if not access.may_on_record(actor, "change", _side(request, request.asked_by_id)):
            raise PermissionDenied("change")
        request.state, request.answered_at = "taken-back", timezone.now()
        request.save(update_fields=["state", "answered_at"])
        told = {"request": request.pk, "project": request.project.accession}
        ledger.record(actor.label, "umbrella:request-taken-back", request.umbrella.accession, told)


def _request(actor: Actor, request_id: int) -> UmbrellaRequest:
    """An open request to or from a group of the actor, locked, its records too."""
    found = UmbrellaRequest.objects.select_for_update(of=("self",)).select_related("umbrella", "project")
    request = found.filter(pk=request_id, state="open").first()
    groups = actor.organisations("depositor", "manager", "administrator")
    if request is None or not {request.asked_id, request.asked_by_id} & groups:
        raise NotFound("request")
    list(Record.objects.select_for_update().filter(pk__in=(request.umbrella_id, request.project_id)).order_by("pk"))
    return request


def _side(request: UmbrellaRequest, group: int) -> Record:
    """Of the two records, the one that stands for the group's part in the request."""
    return request.umbrella if request.umbrella.owner_id == group else request.project


def unlink(actor: Actor, umbrella: str, project: str, reason: str) -> None:
    """Either group takes the project from under the umbrella, with a reason that stands in the ledger."""
    with transaction.atomic():
        over, under = _both(actor, umbrella, project)
        if not any(access.may_on_record(actor, "change", each) for each in (over, under)):
            raise PermissionDenied("change")
        if not reason.strip():
            raise Refusal([problem("reason-needed", field="reason")])
        freetexts.check(reason=reason)
        links = list(_links(over, under))
        if not links:
            raise NotFound("link")
        form = library().form(under.form)
        if any(each.field == _upward(form).name for each in links):
            _say(actor, under, _upward(form).name, "")
        for field in {each.field for each in links} & {field.name for field in rules.downward(form)}:
            _say(actor, over, field, _without(over, field, under))
        Link.objects.filter(pk__in=[each.pk for each in links]).delete()
        told = {"project": under.accession, "reason": reason.strip()}
        ledger.record(actor.label, "umbrella:unlinked", over.accession, told)


def _without(over: Record, field: str, under: Record) -> str:
    named = rules.split_values(current_values([over.pk])[over.pk].get(field, ""))
    return ";".join(each for each in named if each not in (under.accession, under.alias))


def _say(actor: Actor, record: Record, field: str, value: str) -> None:
    """The next version of a record, in which one field says something else, or nothing when ``value`` is empty."""
    old = record.versions.get(number=record.version)
    values: dict[str, str] = {name: said for name, said in {**old.values, field: value}.items() if said}
    layer: Mapping[str, Mapping[str, str]] = {name: said for name, said in old.layer.items() if name != field}
    now, number = timezone.now(), record.version + 1
    digest = rules.digest(values, record.form, old.form_revision, layer)
    Version.objects.create(
        record=record, number=number, form_revision=old.form_revision, values=values, layer=layer, digest=digest,
        submission_id=old.submission_id, author=actor.label, created_at=now,
    )  # fmt: skip
    RecordFile.objects.bulk_create(
        RecordFile(record=record, version=number, file_id=each.file_id, field=each.field, position=each.position)
        for each in record.files.filter(version=old.number)
    )
    record.version, record.changed_at = number, now
    record.save(update_fields=["version", "changed_at"])
    told = {"alias": record.alias, "version": number, "digest": digest, "fields": [field]}
    ledger.record(actor.label, "record:revised", record.accession, told)


# Reading


def place_of(actor: Actor, accession: str) -> Place:
    """Where a project stands, for who may change it. Raises NotFound, PermissionDenied."""
    record = access.get_record(actor, accession)
    access.check_may_record(actor, "change", record)
    if not rules.is_root(library().form(record.form)):
        raise NotFound("project")
    over = is_umbrella(record)
    asked = UmbrellaRequest.objects.filter(Q(umbrella=record) | Q(project=record), state="open").order_by("pk")
    asked = asked.select_related("umbrella", "project", "asked", "asked_by")
    umbrella = None if over else find_umbrella(record)
    return Place(
        is_umbrella=over,
        umbrella=umbrella if umbrella and access.is_legible(actor, umbrella) else None,
        members=tuple(_members(actor, record)) if over else (),
        to_answer=tuple(each for each in asked if each.asked_id == record.owner_id),
        waiting=tuple(each for each in asked if each.asked_id != record.owner_id),
    )


def _members(actor: Actor, umbrella: Record) -> list[Record]:
    below = Link.objects.filter(parent=umbrella, child__form=umbrella.form).values("child_id")
    return list(Record.objects.filter(access.legible(actor), pk__in=below).order_by("id"))


def kind_values(form: Form) -> dict[str, str]:
    """The field and term by which a project of the form says that it is an umbrella."""
    for field in form.fields:
        words = library().vocabulary_of(form.form, field.name) if field.type == "term" else None
        for term in words.terms if words else ():
            if rules.is_umbrella(form, {field.name: term.value}):
                return {field.name: term.value}
    return {}


def requests_to(actor: Actor) -> list[UmbrellaRequest]:
    """What other groups ask the actor's groups, the oldest first."""
    groups: Collection[int] = actor.organisations("depositor", "manager", "administrator")
    found = UmbrellaRequest.objects.filter(asked_id__in=groups, state="open").order_by("pk")
    return list(found.select_related("umbrella", "project", "asked", "asked_by"))


def is_agreed(umbrella_id: int, project_id: int | None) -> bool:
    """Has the umbrella's group agreed to have the project, or is it there already?"""
    if project_id is None:
        return False
    return (
        Link.objects.filter(parent_id=umbrella_id, child_id=project_id).exists()
        or UmbrellaRequest.objects.filter(umbrella_id=umbrella_id, project_id=project_id, state="agreed").exists()
    )
