"""Loads records as values for an export; what the reader may not see is not found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from biomoa.exchange.bundle import Bundle, FileFact, Item
from biomoa.files.queries import latest_inspections, path_of
from biomoa.files.rules import HELD
from biomoa.people.rules import Actor
from biomoa.records import rules
from biomoa.records.access import legible
from biomoa.records.answers import RecordView
from biomoa.records.library import library
from biomoa.records.models import Link, Record, RecordFile, Version
from biomoa.records.refusals import NotFound

PAGE = 900  # accessions in one query; SQLite takes 999 variables on older builds
DEPTH = ("bioproject", "biosample", "ngs-experiment", "ngs-run", "ngs-analysis")


def load_bundle(actor: Actor, accessions: Sequence[str], *, whole: bool = False) -> Bundle:
    """The records, parents first; with ``whole``, also all that hangs on a project and all that leads up.

    Raises NotFound for an accession that is not there, that the actor may not read, or of which only a tombstone is
    left for this reader.
    """
    wanted = list(dict.fromkeys(accessions))
    visible = Record.objects.filter(legible(actor)).select_related("owner", "center")
    records = [record for part in _parts(wanted) for record in visible.filter(accession__in=part)]
    if missing := set(wanted) - {record.accession for record in records}:
        raise NotFound(", ".join(sorted(missing)))
    family = _with_parents(visible, _with_members(visible, records) if whole else records)
    around = [] if whole else [record for record in family if record.accession not in wanted]
    return _bundle(visible, family if whole else records, around)


def load_items(condition: Q, accessions: Collection[str]) -> dict[str, Item]:
    """Accession -> record, for those under the condition; what they lead to is named as far as it is under it too."""
    visible = Record.objects.filter(condition).select_related("owner", "center")
    items = _items(visible, list(visible.filter(accession__among=accessions)))
    return {item.accession: item for item in items.values()}


def bundle_of_view(view: RecordView) -> Bundle:
    """The one record that a page shows, as the page's reader sees it; asks the database nothing more.

    For standards of one record only: what leads up is not around it, and a page does not know its center's code.
    """
    up: dict[str, list[str]] = defaultdict(list)
    for link in view.up:
        up[link.field].append(link.accession)
    address = settings.BIOMOA_HOME.station.address
    item = Item(
        accession=view.accession,
        version=view.version,
        alias=view.alias,
        form=view.form,
        record_type=view.record_type,
        title=view.title,
        state=view.state,
        values=_public(view.form, view.values),
        up={field: tuple(accessions) for field, accessions in up.items()},
        files=tuple(
            FileFact(
                name=file.name,
                size_bytes=file.size_bytes,
                md5=file.md5,
                sha256=file.sha256,
                format=file.format or "unknown",
                url=address + path_of(file.id, file.name),
            )
            for file in view.files
        ),
        owner=view.owner.en,
        center="",
        accepted=_day(view.accepted_at),
        released=_day(view.released_at),
        release_on=_day(view.release_on),
        changed=_day(view.changed_at),
        url=f"{address}/{view.accession}",
        title_ko=view.title_ko,
    )
    return _bundle_with([item], [])


def _parts(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[start : start + PAGE] for start in range(0, len(values), PAGE)]


def _depth(record: Record) -> int:
    return DEPTH.index(record.record_type) if record.record_type in DEPTH else len(DEPTH)


def _with_members(visible: Any, records: list[Record]) -> list[Record]:
    found = {record.pk: record for record in records}
    for part in _parts([record.pk for record in records if record.record_type == "bioproject"]):
        found |= {record.pk: record for record in visible.filter(project_id__in=part)}
    return list(found.values())


def _with_parents(visible: Any, records: list[Record]) -> list[Record]:
    found = {record.pk: record for record in records}
    edge = list(found)
    while edge:
        up = (Link.objects.filter(child_id__in=part).values_list("parent_id", flat=True) for part in _parts(edge))
        parents = sorted({pk for part in up for pk in part} - found.keys())
        edge = [record.pk for part in _parts(parents) for record in _remember(found, visible.filter(pk__in=part))]
    return list(found.values())


def _remember(found: dict[int, Record], records: Any) -> list[Record]:
    new = list(records)
    found.update((record.pk, record) for record in new)
    return new


def _bundle(visible: Any, records: list[Record], around: list[Record]) -> Bundle:
    items = _items(visible, [*records, *around])
    return _bundle_with(
        [items[record.pk] for record in _parents_first(records)],
        [items[record.pk] for record in _parents_first(around)],
    )


def _items(visible: Any, records: list[Record]) -> dict[int, Item]:
    versions, links, files = _versions(records), _links(visible, records), _files(records)
    return {record.pk: _item(record, versions[record.pk], links[record.pk], files[record.pk]) for record in records}


def _bundle_with(items: list[Item], around: list[Item]) -> Bundle:
    home = settings.BIOMOA_HOME
    return Bundle(
        items=tuple(items),
        around=tuple(around),
        forms=dict(library().forms),
        station=home.station.name_en,
        address=home.station.address,
        terms=home.station.terms or f"{home.station.address}/help/#use",
    )


def _parents_first(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (_depth(record), record.accession))


def _item(record: Record, version: Version, up: dict[str, list[str]], files: list[FileFact]) -> Item:
    merged = rules.merge(version.values, version.layer)
    return Item(
        accession=record.accession,
        version=record.version,
        alias=record.alias,
        form=record.form,
        record_type=record.record_type,
        title=record.title,
        state=record.state,
        values=_public(record.form, merged),
        up={field: tuple(accessions) for field, accessions in up.items()},
        files=tuple(files),
        owner=record.owner.name("en"),
        center=record.center.code,
        accepted=_day(record.accepted_at),
        released=_day(record.released_at),
        release_on=_day(record.release_on),
        changed=_day(record.changed_at),
        url=f"{settings.BIOMOA_HOME.station.address}/{record.accession}",
        title_ko=record.title_ko,
    )


def _public(form: str, values: Mapping[str, str]) -> dict[str, str]:
    private = library().form(form).private_fields
    return {name: value for name, value in values.items() if name not in private}


def _day(value: datetime | date | None) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).date().isoformat()
    return value.isoformat() if value else ""


def _versions(records: list[Record]) -> dict[int, Version]:
    current = {record.pk: record.version for record in records}
    rows = (row for part in _parts(list(current)) for row in Version.objects.filter(record_id__in=part))
    return {row.record_id: row for row in rows if row.number == current[row.record_id]}


def _links(visible: Any, records: list[Record]) -> dict[int, dict[str, list[str]]]:
    """What leads up, as far as the reader may know of it."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    known = {record.pk: record.accession for record in records}
    for part in _parts(list(known)):
        rows = list(Link.objects.filter(child_id__in=part).order_by("pk").values_list("child_id", "field", "parent_id"))
        for more in _parts(sorted({parent for _, _, parent in rows} - known.keys())):
            known |= dict(visible.filter(pk__in=more).values_list("pk", "accession"))
        for child, field, parent in rows:
            if parent in known:
                found[child][field].append(known[parent])
    return found


def _files(records: list[Record]) -> dict[int, list[FileFact]]:
    current = {record.pk: record.version for record in records}
    rows = [
        row
        for part in _parts(list(current))
        for row in RecordFile.objects.filter(Q(record_id__in=part))
        .exclude(file__quarantine__state__in=HELD)
        .select_related("file__object")
        .order_by("record_id", "field", "position")
        if row.version == current[row.record_id]
    ]
    inspected = latest_inspections([row.file.object_id for row in rows])
    found: dict[int, list[FileFact]] = defaultdict(list)
    address = settings.BIOMOA_HOME.station.address
    for row in rows:
        kept, seen = row.file.object, inspected.get(row.file.object_id)
        found[row.record_id].append(
            FileFact(
                name=row.file.name,
                size_bytes=kept.size_bytes,
                md5=kept.md5,
                sha256=kept.sha256,
                format=seen.format if seen else "unknown",
                url=address + path_of(row.file_id, row.file.name),
            )
        )
    return found
