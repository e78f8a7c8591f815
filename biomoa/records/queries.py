"""Reads: submissions, the desk, rows, records. The permission is in the query; what is hidden is not found."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from biomoa.catalog.model import Text
from biomoa.forms.problems import Problem
from biomoa.ledger.models import Entry
from biomoa.ledger.prepared import Prepared
from biomoa.people.models import Organisation, User
from biomoa.people.queries import curators_of
from biomoa.people.rules import Actor, may
from biomoa.records import access, filecheck, rules
from biomoa.records.answers import (
    Correction,
    Counts,
    Expected,
    FileMatch,
    ProblemGroup,
    ProblemView,
    RecordData,
    RecordView,
    Resolved,
    RowPage,
    RowView,
    Step,
    SubmissionPage,
)
from biomoa.records.bundles import load
from biomoa.records.library import library
from biomoa.records.models import Link, Record, Row, RowProblem, Submission, Tally, Version
from biomoa.records.receipts import problem_of
from biomoa.records.recordview import build_view
from biomoa.records.references import current_values, find_own
from biomoa.records.refusals import NotFound, PermissionDenied

PAGE = 50
DECISIONS = 200  # the last ones that the expected days are measured from
BATCH = 2_000

# Submissions


def submissions_of(
    actor: Actor,
    *,
    state: str | None = None,
    owner_id: int | None = None,
    text: str = "",
    page: int = 1,
    size: int = PAGE,
) -> SubmissionPage:
    """The submissions of the actor's groups, the last changed first."""
    groups = actor.organisations("depositor", "manager", "administrator")
    found = Submission.objects.filter(access.readable(actor, "submission"), owner_id__in=groups)
    found = _narrow(found, state, text)
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    return _page(found.order_by("-changed_at", "-pk"), page, size)


def desk(
    actor: Actor,
    *,
    state: str | None = None,
    assigned: Literal["me", "nobody", ""] = "",
    center_id: int | None = None,
    text: str = "",
    page: int = 1,
    size: int = PAGE,
) -> SubmissionPage:
    """What waits for a curator (``state`` None: submitted and in review), the longest waiting first."""
    found = Submission.objects.filter(access.readable(actor, "submission"))
    if not actor.is_administrator:
        found = found.filter(center_id__in=actor.organisations("curator"))
    found = _narrow(found, state, text) if state else _narrow(found, None, text).filter(
        state__in=("submitted", "in-review")
    )  # fmt: skip
    if center_id is not None:
        found = found.filter(center_id=center_id)
    if assigned:
        found = found.filter(assigned_to_id=actor.user_id if assigned == "me" else None)
    return _page(found.order_by("submitted_at", "pk"), page, size)


def desk_counts(actor: Actor) -> dict[str, int]:
    """State -> submissions in the care of the actor's centers."""
    found = Submission.objects.filter(access.readable(actor, "submission"))
    if not actor.is_administrator:
        found = found.filter(center_id__in=actor.organisations("curator"))
    return dict(found.values_list("state").annotate(Count("pk")).order_by())


def _narrow(found: QuerySet[Submission], state: str | None, text: str) -> QuerySet[Submission]:
    if state:
        found = found.filter(state=state)
    if text.strip():
        number = submission_id_of(text)
        found = found.filter(Q(title__icontains=text.strip()) | Q(pk=number))
    return found


def _page(found: QuerySet[Submission], page: int, size: int) -> SubmissionPage:
    total, page = found.count(), max(1, page)
    rows = found.select_related("owner", "center", "assigned_to").prefetch_related("human_data")
    rows = rows[(page - 1) * size : page * size]
    return SubmissionPage(tuple(rows), total, page, size)


def submission_id_of(code: str) -> int | None:
    """``SUB00000012`` -> 12; None for what is no code of a submission."""
    digits = code.strip().upper().removeprefix("SUB")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def get_submission(actor: Actor, code: str | int) -> Submission:
    """With owner, center, shelf and curator loaded. Raises NotFound also for what the actor may not read."""
    number = code if isinstance(code, int) else submission_id_of(code)
    found = Submission.objects.filter(access.readable(actor, "submission"), pk=number)
    submission = found.select_related("owner", "center", "assigned_to", "shelf", "created_by").first()
    if submission is None:
        raise NotFound("submission")
    return submission


def find_submission_of(actor: Actor, shelf_id: UUID) -> Submission | None:
    """The submission whose files lie on the shelf, where the actor may read it."""
    return Submission.objects.filter(access.readable(actor, "submission"), shelf_id=shelf_id).first()


def may_now(actor: Actor, submission: Submission) -> dict[str, bool]:
    """Command -> may this actor give it to the submission now? For the buttons of a page."""
    return {
        name: submission.state in command.before and access.may_on(actor, command.verb, submission)
        for name, command in rules.COMMAND.items()
    }


def curators_for(actor: Actor, submission: Submission) -> list[User]:
    """Who can be put in charge; for who may do so. Raises PermissionDenied."""
    if not access.may_on(actor, "assign", submission):
        raise PermissionDenied("assign")
    return sorted(curators_of(submission.center_id), key=User.name)


def expected_days(center_id: int) -> Expected:
    """Days from handing in to decision: median and 90 % of the last decisions of the center."""
    past = Submission.objects.filter(center_id=center_id, decided_at__isnull=False, submitted_at__isnull=False)
    past = past.exclude(state="withdrawn").order_by("-decided_at")[:DECISIONS]
    days = sorted(
        (decided - submitted).total_seconds() / 86_400
        for submitted, decided in past.values_list("submitted_at", "decided_at")
    )
    if not days:
        return Expected(None, None, 0)
    ninety = days[min(len(days) - 1, int(len(days) * 0.9))]
    return Expected(round(statistics.median(days), 1), round(ninety, 1), len(days))


# Rows


def rows(submission_id: int, form: str, page: int = 1, only_problems: bool = False, size: int = PAGE) -> RowPage:
    """A page of rows with their problems, by position. The caller has got the submission through its door.

    Raises NotFound for a form that the catalogue does not have.
    """
    if form not in library().forms:
        raise NotFound("form")
    found = Row.objects.filter(submission_id=submission_id, form=form)
    if only_problems:
        bad = RowProblem.objects.filter(submission_id=submission_id, form=form, overridden=False)
        found = found.filter(position__in=bad.exclude(severity="info").values("position"))
        total = found.count()
    else:
        counts = Submission.objects.values_list("row_counts", flat=True).get(pk=submission_id)
        total = counts.get(form, 0)
    page = max(1, page)
    chosen = list(found.order_by("position")[(page - 1) * size : page * size])
    return RowPage(tuple(_row_views(submission_id, form, chosen)), total, page, size)


def get_row(submission_id: int, form: str, position: int) -> RowView:
    """One row. Raises NotFound."""
    chosen = list(Row.objects.filter(submission_id=submission_id, form=form, position=position))
    if not chosen:
        raise NotFound("row")
    return _row_views(submission_id, form, chosen)[0]


def find_values(submission_id: int, form: str, position: int) -> dict[str, str]:
    """What a row says now; nothing where there is none."""
    row = Row.objects.filter(submission_id=submission_id, form=form, position=position).first()
    return rules.merge(row.values, row.layer) if row else {}


def _row_views(submission_id: int, form: str, chosen: Sequence[Row]) -> list[RowView]:
    problems: dict[int, list[ProblemView]] = {row.position: [] for row in chosen}
    here = RowProblem.objects.filter(submission_id=submission_id, form=form, position__in=list(problems))
    for each in here.order_by("pk"):
        if each.position is not None:
            problems[each.position].append(ProblemView(each.pk, problem_of(each), each.overridden))
    names, said = _registered(submission_id, form, chosen)
    return [_row_view(row, problems[row.position], names, said) for row in chosen]


def _registered(
    submission_id: int, form: str, chosen: Sequence[Row]
) -> tuple[dict[str, str], dict[str, Mapping[str, str]]]:
    """Accession and current words of the group's records of these aliases: what a row would change."""
    owner = Submission.objects.values_list("owner_id", flat=True).get(pk=submission_id)
    own = find_own(owner, form, [row.alias for row in chosen if row.alias])
    said = current_values(each.id for each in own.values())
    names = {alias: each.accession for alias, each in own.items()}
    return names, {alias: said[each.id] for alias, each in own.items()}


def _row_view(
    row: Row, problems: list[ProblemView], names: Mapping[str, str], said: Mapping[str, Mapping[str, str]]
) -> RowView:
    merged = rules.merge(row.values, row.layer)
    changes = rules.diff(said[row.alias], merged) if row.alias in said and not row.outcome else []
    accession = names.get(row.alias, "")
    return RowView(
        row.pk, row.form, row.position, row.alias, row.values, row.layer, merged, tuple(problems), accession,
        row.outcome, tuple(changes),
    )  # fmt: skip


def problems(
    submission_id: int, form: str | None = None, *, severity: str = "", page: int = 1, size: int = PAGE
) -> tuple[list[ProblemView], int]:
    """Stored problems of the last check, errors first; ``form`` "" for those of the bundle as a whole."""
    found = RowProblem.objects.filter(submission_id=submission_id)
    if form is not None:
        found = found.filter(form=form)
    if severity:
        found = found.filter(severity=severity)
    ordered = found.order_by("severity", "form", "position", "pk")[(page - 1) * size : page * size]
    return [ProblemView(each.pk, problem_of(each), each.overridden) for each in ordered], found.count()


def problem_counts(submission_id: int) -> dict[str, dict[str, int]]:
    """Form -> severity -> open problems, for the overview and the desk."""
    found = RowProblem.objects.filter(submission_id=submission_id, overridden=False)
    counts: dict[str, dict[str, int]] = {}
    for form, severity, count in found.values_list("form", "severity").annotate(Count("pk")).order_by():
        counts.setdefault(form, {})[severity] = count
    return counts


def problem_groups(submission_id: int, first: int = 20) -> list[ProblemGroup]:
    """Stored problems by form, field and code, errors first, each with the first of its problems."""
    found = RowProblem.objects.filter(submission_id=submission_id)
    place = ("severity", "form", "field", "code")
    counted = found.values_list(*place).annotate(Count("pk"), let_pass=Count("pk", filter=Q(overridden=True)))
    return [
        ProblemGroup(form, code, severity, count, tuple(
            found.filter(severity=severity, form=form, field=field, code=code).order_by("position", "pk")[:first]
        ), let_pass, field)
        for severity, form, field, code, count, let_pass in counted.order_by(*place)
    ]  # fmt: skip


def row_problems(submission_id: int, form: str, position: int) -> list[Problem]:
    """What the last check says of one row, without what a curator has let pass."""
    found = RowProblem.objects.filter(submission_id=submission_id, form=form, position=position, overridden=False)
    return [problem_of(each) for each in found.order_by("pk")]


def correctable(submission_id: int) -> QuerySet[RowProblem]:
    """The stored problems with a proposal that can be taken over."""
    found = RowProblem.objects.filter(submission_id=submission_id, position__isnull=False)
    return found.exclude(suggestion=None).exclude(field="")


def corrections(submission_id: int, most: int = 100) -> list[Correction]:
    """What is proposed for which value, with the number of rows that have it; the first ``most``."""
    same = correctable(submission_id).values_list("form", "field", "value", "suggestion")
    counted = same.annotate(first=Min("pk"), rows=Count("pk")).order_by("first")[:most]
    return [Correction(first, form, field, value or "", new, rows) for form, field, value, new, first, rows in counted]


def files_awaited(submission: Submission) -> tuple[list[filecheck.Named], list[FileMatch]]:
    """What rows name and is not on the shelf, and proposals for it, which services.match_files takes over."""
    return filecheck.awaited(load(submission))


def file_matches(submission: Submission) -> list[FileMatch]:
    return files_awaited(submission)[1]


# The thread

SYSTEM_STEPS = frozenset(
    {"submission:created", "submission:submitted", "submission:taken", "submission:assigned", "submission:returned",
     "submission:accepted", "submission:released", "submission:withdrawn", "embargo:changed", "problem:overridden",
     "row:curated"}
)  # fmt: skip


def thread(submission: Submission, language: str = "ko") -> list[Step]:
    """Words of people and steps of the system in one line of time, names in the language; for both sides the same."""
    comments = submission.comments.select_related("author").order_by("at", "pk")
    steps = [
        Step(each.at, each.kind, _name(each.author, language), each.text, each.form, each.position, each.field)
        for each in comments
    ]
    entries = list(
        Entry.objects.filter(subject=submission.code, event__in=SYSTEM_STEPS)
        .order_by("seq")
        .values_list("at", "event", "actor")
    )
    names = _names_of((actor for _, _, actor in entries), language)
    steps += [Step(datetime.fromisoformat(at), event, names.get(actor, actor), "") for at, event, actor in entries]
    return sorted(steps, key=lambda step: step.at)


def _name(user: User | None, language: str) -> str:
    return user.name(language) if user else ""


def _names_of(labels: Iterable[str], language: str) -> dict[str, str]:
    ids = {int(label.removeprefix("user:")) for label in labels if label.startswith("user:")}
    return {f"user:{user.pk}": user.name(language) for user in User.objects.filter(pk__in=ids)}


# Records

_RECORD = Prepared(
    lambda accession: Record.objects.filter(accession=accession).select_related("owner", "center", "project")
)


def get_record(actor: Actor, accession: str, version: int | None = None) -> RecordView:
    """The record as this actor may see it. Raises NotFound, also for a version that does not exist."""
    record = _RECORD.first(accession)
    if record is None or not access.may_on_record(actor, "read", record):
        raise NotFound("record")
    return build_view(actor, record, version)


def find_record_of(actor: Actor, file_id: int) -> Record | None:
    """The first record that names the file, where the actor may read its words."""
    return Record.objects.filter(access.legible(actor), files__file=file_id).order_by("pk").first()


def changes_of(actor: Actor, view: RecordView) -> list[rules.FieldChange]:
    """What the version that is shown changed against the one before; nothing for the first."""
    if view.version < 2:
        return []
    return rules.diff(get_record(actor, view.accession, view.version - 1).values, view.values)


def resolve(text: str) -> Resolved | None:
    """``KAS00000001``, ``KAS00000001.2`` or ``SUB00000012``; whether the reader may see it is asked at its door."""
    name, _, number = text.strip().upper().partition(".")
    if number and not (number.isascii() and number.isdigit() and len(number) < 9):
        return None
    if name.startswith("SUB"):
        key = submission_id_of(name)
        is_there = key is not None and not number and Submission.objects.filter(pk=key).exists()
        return Resolved("submission", name, None) if is_there else None
    form = Record.objects.filter(accession=name).values_list("form", flat=True).first()
    return Resolved("record", name, int(number) if number else None, form) if form else None


def find_by_identifiers(actor: Actor, identifiers: Collection[str]) -> dict[str, str]:
    """Identifier -> accession, for accessions and for aliases of the actor's own groups; unknown ones are left out."""
    wanted = list(dict.fromkeys(identifiers))[:BATCH]
    visible = Record.objects.filter(access.readable(actor, "record"))
    found = {name: name for name in visible.filter(accession__in=wanted).values_list("accession", flat=True)}
    groups = actor.organisations("depositor", "manager", "administrator")
    for group in sorted(groups):
        for form in library().forms:
            own = visible.filter(owner_id=group, form=form, alias__in=wanted)
            found = dict(own.values_list("alias", "accession")) | found
    return found


def records_by_form(
    actor: Actor, form: str, *, scope: Literal["public", "mine"] = "public", page: int = 1, size: int = PAGE
) -> tuple[list[Record], int]:
    """Public records of a form, the newest first; or those of the actor's groups, by alias."""
    if scope == "public":
        found = Record.objects.filter(access.readable(actor, "record", "find"), form=form, state="released")
        total = sum(Tally.objects.filter(form=form, state="released").values_list("records", flat=True))
        return _records_at(found.order_by("-released_at", "id"), page, size), total
    groups = actor.organisations("depositor", "manager", "administrator")
    readable = [group for group in sorted(groups) if may(actor, "read", "record", owner=group)]
    own = Record.objects.filter(owner_id__in=readable, form=form)
    return _records_at(own.order_by("owner_id", "alias"), page, size), own.count()


def _records_at(found: QuerySet[Record], page: int, size: int) -> list[Record]:
    """A page of records. First the keys, which the index alone answers: a late page would read all rows before it."""
    keys = list(found.values_list("pk", flat=True)[(max(1, page) - 1) * size : max(1, page) * size])
    rows = {record.pk: record for record in Record.objects.filter(pk__in=keys).select_related("owner", "center")}
    return [rows[key] for key in keys]


def records_of_submission(
    actor: Actor, submission_id: int, page: int = 1, size: int = PAGE
) -> tuple[list[Record], int]:
    """The records that a submission made, by accession series and number, and how many there are."""
    access.get_submission(actor, submission_id)
    found = Record.objects.filter(access.readable(actor, "record"), submission_id=submission_id)
    window = slice((max(1, page) - 1) * size, max(1, page) * size)
    return list(found.order_by("id")[window]), found.count()


def iter_records(
    *, accessions: Collection[str] | None = None, form: str | None = None, states: Collection[str] = ("released",)
) -> Iterator[RecordData]:
    """Streams records with their public fields, for the index and exports, in batches by id."""
    found = Record.objects.filter(state__in=states)
    if form is not None:
        found = found.filter(form=form)
    if accessions is not None:
        found = found.filter(accession__in=list(accessions))
    after = 0
    while batch := list(found.filter(id__gt=after).select_related("owner", "center", "project").order_by("id")[:BATCH]):
        yield from _record_data(batch)
        after = batch[-1].pk


def _record_data(batch: Sequence[Record]) -> Iterator[RecordData]:
    keys = [record.pk for record in batch]
    versions = Version.objects.filter(record_id__in=keys, number=F("record__version"))
    said = {version.record_id: rules.merge(version.values, version.layer) for version in versions}
    parents: dict[int, list[tuple[str, str]]] = {}
    links = Link.objects.filter(child_id__in=keys).order_by("pk")
    for child, field, accession in links.values_list("child_id", "field", "parent__accession"):
        parents.setdefault(child, []).append((field, accession))
    for record in batch:
        yield _data_of(record, said[record.pk], tuple(parents.get(record.pk, ())))


def _data_of(record: Record, values: Mapping[str, str], parents: tuple[tuple[str, str], ...]) -> RecordData:
    hidden = private_fields(record.form)
    return RecordData(
        id=record.pk,
        accession=record.accession,
        form=record.form,
        record_type=record.record_type,
        alias=record.alias,
        title=record.title,
        state=record.state,
        version=record.version,
        values={field: value for field, value in values.items() if field not in hidden},
        owner=name_of(record.owner),
        owner_code=record.owner.code,
        center=name_of(record.center),
        center_code=record.center.code,
        project=record.project.accession if record.project else "",
        released_at=record.released_at,
        accepted_at=record.accepted_at,
        changed_at=record.changed_at,
        parents=parents,
        title_ko=record.title_ko,
    )


def private_fields(form: str) -> frozenset[str]:
    return library().form(form).private_fields


def name_of(organisation: Organisation) -> Text:
    return Text(ko=organisation.name("ko"), en=organisation.name("en"))


def counts() -> Counts:
    """For the home page, from the kept tallies: its cost does not grow with the records."""
    public: dict[str, int] = {}
    registered: dict[str, int] = {}
    centers: dict[str, dict[str, int]] = {}
    columns: Any = ("center__code", "form", "state", "records")
    for center, form, state, number in Tally.objects.values_list(*columns):
        registered[form] = registered.get(form, 0) + number
        if state == "released":
            public[form] = public.get(form, 0) + number
            here = centers.setdefault(center, {})
            here[form] = here.get(form, 0) + number
    return Counts(public, registered, centers)
