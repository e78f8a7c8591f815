"""Turning accepted rows into records: numbers, versions, links, files. Runs inside the accepting transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from biomoa.files import services as file_services
from biomoa.forms.model import Field, Form
from biomoa.jobs.steps import step
from biomoa.ledger.services import Event
from biomoa.records import bulk, rules
from biomoa.records.bundles import iter_rows, merged
from biomoa.records.checking import Examined
from biomoa.records.library import catalogue, library
from biomoa.records.models import Link, Record, RecordFile, Row, Series, Submission, Version
from biomoa.records.references import find_own
from biomoa.records.revising import Before, read_before, revise, same_files
from biomoa.records.rules_titles import title_fields, titles_of
from biomoa.records.work import FileOfRow, Line, Placed, Work

RECORD = (
    "id", "accession", "form", "record_type", "alias", "owner_id", "center_id", "submission_id", "project_id",
    "state", "title", "title_ko", "version", "release_on", "released_at", "accepted_at", "changed_at", "reason",
)  # fmt: skip
VERSION = (
    "record_id", "number", "form_revision", "values", "layer", "digest", "submission_id", "author", "created_at",
)  # fmt: skip
Outcome = tuple[int, str, int, int]  # record, outcome, version, row: the line of the receipt


def accept_rows(submission: Submission, author: str, now: datetime, examined: Examined) -> Work:
    """Makes the records of all rows, parents before children. The events are the caller's to record."""
    files: dict[tuple[str, int], list[FileOfRow]] = {}
    for each in examined.named:
        if file := examined.shelf.find(each):
            files.setdefault((each.form, each.position), []).append((each.field, each.order, file.id, file.sha256))
    work = Work(submission, author, now, examined.known, files)
    for name in examined.bundle.tables:
        _accept_form(work, library().form(name))
    if work.public_files:
        file_services.publish(work.public_files, True)
    return work


def _accept_form(work: Work, form: Form) -> None:
    columns = ("id", "position", "alias", "values", "layer")
    lines = [Line(*row) for row in iter_rows(work.submission.pk, form.form, columns)]
    said = [merged(line.values, line.layer) for line in lines]
    lines = [lines[index] for index in rules.ordered_within(form, said)]
    before = read_before(find_own(work.submission.owner_id, form.form, [line.alias for line in lines]))
    work.placed[form.form] = {alias: Placed(each.id, each.accession, each.project_id) for alias, each in before.items()}
    outcomes = _create(work, form, [line for line in lines if line.alias not in before])
    outcomes += [_meet(work, form, line, before[line.alias]) for line in lines if line.alias in before]
    _tie_members(work, form, lines)
    bulk.update(Row, ("record_id", "outcome", "version"), outcomes)
    step("accept:form-written")


def _meet(work: Work, form: Form, line: Line, before: Before) -> Outcome:
    """A row of an alias that is registered already: nothing, or the next version."""
    files = work.files.get((form.form, line.position), [])
    is_same = rules.is_unchanged(merged(line.values, line.layer), before.values, before.layer)
    if is_same and same_files(before, files):
        work.unchanged += 1
        return before.id, "unchanged", before.version, line.row_id
    parents = _parents(work, rules.upward(form), merged(line.values, line.layer))
    event = revise(work, form, line, before, files, parents, _project(form, before.id, parents))
    work.events.append(event)
    work.revised += 1
    if before.state == "released":
        work.public_files += [file for _, _, file, _ in files]
    return before.id, "revised", before.version + 1, line.row_id


def _create(work: Work, form: Form, lines: Sequence[Line]) -> list[Outcome]:
    if not lines:
        return []
    numbers = allot_accessions(form.record_type, len(lines))
    ids = bulk.allot_ids(Record, len(lines))
    records, versions, links, files, outcomes = [], [], [], [], []
    now = bulk.moment(work.now)
    up, has_own_day, titles = rules.upward(form), rules.has_own_day(form), title_fields(form)
    for line, accession, key in zip(lines, numbers, ids, strict=True):
        values = merged(line.values, line.layer)
        parents = _parents(work, up, values)
        project = _project(form, key, parents)
        work.placed[form.form][line.alias] = Placed(key, accession, project)
        day = work.submission.release_on
        day = rules.release_day(form, values, day) if has_own_day else day
        title = titles_of(titles, values)
        records.append(_record_row(work, form, line, title, (key, accession, project), day, now))
        digest = rules.digest(line.values, form.form, form.revision, line.layer)
        versions.append(version_row(work, form, key, 1, line.values, line.layer, digest, now))
        links += [(key, parent.id, field) for field, parent in parents]
        at_row = work.files.get((form.form, line.position), ())
        files += [(key, 1, file, field, order) for field, order, file, _ in at_row]
        outcomes.append((key, "created", 1, line.row_id))
        data = {"alias": line.alias, "version": 1, "digest": digest, "submission": work.submission.code}
        work.events.append(Event("record:accepted", accession, data))
    bulk.insert(Record, RECORD, records)
    bulk.insert(Version, VERSION, versions)
    bulk.insert(Link, ("child_id", "parent_id", "field"), links)
    bulk.insert(RecordFile, ("record_id", "version", "file_id", "field", "position"), files)
    bulk.move_tallies(Counter({(work.submission.center_id, form.form, "accepted"): len(lines)}))
    work.created += len(lines)
    return outcomes


def _record_row(
    work: Work, form: Form, line: Line, titles: tuple[str, str], keys: tuple[int, str, int | None], day: date | None,
    now: Any,
) -> tuple[Any, ...]:  # fmt: skip
    key, accession, project = keys
    submission = work.submission
    return (
        key, accession, form.form, form.record_type, line.alias, submission.owner_id, submission.center_id,
        submission.pk, None if project == key else project, "accepted", *titles, 1,
        bulk.day(day), None, now, now, "",
    )  # fmt: skip


def version_row(
    work: Work, form: Form, record: int, number: int, values: Mapping[str, str], layer: Mapping[str, Any],
    digest: str, now: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """A row of Version, in the order of ``VERSION``."""
    said, laid = bulk.json_text(values), bulk.json_text(layer) if layer else "{}"
    return record, number, form.revision, said, laid, digest, work.submission.pk, work.author, now


def allot_accessions(record_type: str, count: int) -> list[str]:
    """The next numbers of the series; the row stays locked to the end, so that none is given twice or lost."""
    series = catalogue().accessions[record_type]
    Series.objects.get_or_create(record_type=record_type)
    row = Series.objects.select_for_update().get(record_type=record_type)
    numbers = rules.accessions(series.prefix, series.digits, row.last, count)
    row.last += count
    row.save(update_fields=["last"])
    step("accept:numbers-given")
    return numbers


def _parents(work: Work, upward: Sequence[Field], values: Mapping[str, str]) -> list[tuple[str, Placed]]:
    """The records that the row refers to, the fields that lead up first; each (field, record) once."""
    found = (named for field in upward for named in _named(work, field, values))
    return list({(field, parent.id): (field, parent) for field, parent in found}.values())


def _named(work: Work, field: Field, values: Mapping[str, str]) -> Iterator[tuple[str, Placed]]:
    text = values.get(field.name)
    for token in rules.split_values(text) if text else ():
        if found := _find(work, field.to, token):
            yield field.name, found


def _tie_members(work: Work, form: Form, lines: Sequence[Line]) -> None:
    """Links from the records that an umbrella names up to it, once all of them have their numbers."""
    links = []
    for line in lines if rules.downward(form) else ():
        values, umbrella = merged(line.values, line.layer), work.placed[form.form][line.alias]
        for field in rules.downward(form):
            links += [(member.id, umbrella.id, field.name) for _, member in _named(work, field, values)]
    Link.objects.bulk_create(
        (Link(child_id=child, parent_id=parent, field=field) for child, parent, field in dict.fromkeys(links)),
        ignore_conflicts=True,
    )


def _find(work: Work, form: str, token: str) -> Placed | None:
    if here := work.placed.get(form, {}).get(token):
        return here
    if each := work.known.get(form, {}).get(token):
        return Placed(each.id, each.accession, each.id if each.is_root else each.project_id)
    return None


def _project(form: Form, key: int, parents: Sequence[tuple[str, Placed]]) -> int | None:
    """The project over a record: of its first parent that has one; a project is its own."""
    if rules.is_root(form):
        return key
    return next((parent.project_id for _, parent in parents if parent.project_id), None)
