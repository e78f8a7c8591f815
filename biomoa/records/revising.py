"""The next version of a registered record: from a depositor's row, or from a curator's correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from biomoa.forms.model import Form
from biomoa.ledger.services import Event
from biomoa.records import bulk, rules
from biomoa.records.bulk import chunks
from biomoa.records.models import Link, Record, RecordFile, Version
from biomoa.records.references import Known
from biomoa.records.rules_titles import titles_of
from biomoa.records.work import FileOfRow, Line, Placed, Work


class Before(msgspec.Struct, frozen=True):
    """A registered record as it stands, with its current words and files."""

    id: int
    accession: str
    version: int
    state: str
    project_id: int | None
    values: dict[str, str]
    layer: dict[str, Any]
    objects: tuple[tuple[str, int, str], ...]  # field, order, SHA-256


def read_before(own: Mapping[str, Known]) -> dict[str, Before]:
    """The records by alias, with current version."""
    aliases = {each.id: alias for alias, each in own.items()}
    found = {}
    for chunk in chunks(aliases):
        objects = _objects(chunk)
        for version in Version.objects.filter(record_id__among=chunk).select_related("record").order_by("number"):
            record = version.record
            if version.number == record.version:
                known = own[aliases[record.pk]]
                project = record.pk if known.is_root else record.project_id
                found[aliases[record.pk]] = Before(
                    record.pk, record.accession, record.version, record.state, project,
                    version.values, version.layer, tuple(sorted(objects.get((record.pk, version.number), ()))),
                )  # fmt: skip
    return found


def _objects(records: Sequence[int]) -> dict[tuple[int, int], list[tuple[str, int, str]]]:
    found: dict[tuple[int, int], list[tuple[str, int, str]]] = {}
    columns = ("record_id", "version", "field", "position", "file__object_id")
    for record, version, *file in RecordFile.objects.filter(record_id__in=records).values_list(*columns):
        found.setdefault((record, version), []).append((file[0], file[1], file[2]))
    return found


def same_files(before: Before, files: Sequence[FileOfRow]) -> bool:
    """A file of the same name with other bytes makes a new version, too."""
    return sorted((field, order, sha256) for field, order, _, sha256 in files) == list(before.objects)


def revise(
    work: Work,
    form: Form,
    line: Line,
    before: Before,
    files: Sequence[FileOfRow],
    parents: Sequence[tuple[str, Placed]],
    project: int | None,
) -> Event:
    """Writes version n+1 with the depositor's new words; a curator's corrections of unchanged fields are kept."""
    layer = {**rules.carry_layer(before.values, before.layer, line.values), **line.layer}
    number = before.version + 1
    digest = rules.digest(line.values, form.form, form.revision, layer)
    Version.objects.create(
        record_id=before.id, number=number, form_revision=form.revision, values=line.values, layer=layer,
        digest=digest, submission=work.submission, author=work.author, created_at=work.now,
    )  # fmt: skip
    title, title_ko = titles_of(form, rules.merge(line.values, layer))
    Record.objects.filter(pk=before.id).update(
        version=number, title=title, title_ko=title_ko, changed_at=work.now,
        project_id=None if project == before.id else project,
    )  # fmt: skip
    if project != before.project_id:
        _move_below(before.id, before.project_id, project)
    relink(form, before.id, [(field, parent.id) for field, parent in parents])
    RecordFile.objects.bulk_create(
        RecordFile(record_id=before.id, version=number, file_id=file, field=field, position=order)
        for field, order, file, _ in files
    )
    changes = rules.diff(rules.merge(before.values, before.layer), rules.merge(line.values, layer))
    data = {
        "alias": line.alias, "version": number, "digest": digest, "submission": work.submission.code,
        "fields": [change.field for change in changes],
    }  # fmt: skip
    return Event("record:revised", before.accession, data)


def relink(form: Form, child: int, wanted: Sequence[tuple[str, int]]) -> None:
    """Makes the links of a record those of its current version."""
    has = {(link.field, link.parent_id): link for link in Link.objects.filter(child_id=child)}
    # What an umbrella has tied from above is not the child's to loosen.
    own = {field.name for field in rules.upward(form)}
    gone = [link.pk for place, link in has.items() if place not in set(wanted) and place[0] in own]
    Link.objects.filter(pk__in=gone).delete()
    new = [place for place in dict.fromkeys(wanted) if place not in has]
    Link.objects.bulk_create(Link(child_id=child, parent_id=parent, field=field) for field, parent in new)


def _move_below(record: int, old: int | None, new: int | None) -> None:
    """What hangs on a record that moved to another project moves with it."""
    below = [record]
    while below:
        children = Link.objects.filter(parent_id__in=below[: bulk.CHUNK], child__project_id=old)
        found = list(children.values_list("child_id", flat=True).distinct())
        Record.objects.filter(pk__in=found).update(project_id=new)
        below = [*below[bulk.CHUNK :], *found]
