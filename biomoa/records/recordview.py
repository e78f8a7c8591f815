"""The parts of a record's page, for one reader.

The page that is asked for most: what is few is ordered here, for an order makes Django build a query for longer than
the database needs to answer it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Literal

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from biomoa.catalog.model import Text
from biomoa.files import queries as files
from biomoa.files.rules import HELD
from biomoa.ledger.prepared import Prepared
from biomoa.people.models import Organisation
from biomoa.people.rules import Actor
from biomoa.records import access, rules
from biomoa.records.answers import Down, LinkView, RecordFileView, RecordView, VersionView
from biomoa.records.library import library
from biomoa.records.models import Link, Record, RecordFile, Version
from biomoa.records.refusals import NotFound
from biomoa.records.rules_titles import titles_of

FIRST = 20  # links shown of each form
FEW = 100  # links below that are looked through one by one
MOST_COUNTED = 10_000  # links below that are counted; members of a project are counted in full
_VERSIONS = Prepared(lambda record: Version.objects.filter(record=record).order_by())
_UP = Prepared(lambda record: Link.objects.filter(child=record).select_related("parent").order_by())
_ABOVE = Prepared(
    lambda record: Link.objects.filter(child__down__child=record).select_related("parent", "child").order_by()
)
_BELOW = Prepared(lambda record: Record.objects.filter(up__parent=record).order_by("form", "id")[:FEW])
_NAMED_FILES = Prepared(
    lambda record, version: (
        RecordFile.objects.filter(record=record, version=version)
        .select_related("file__object")
        .exclude(file__quarantine__state__in=HELD)
        .order_by()
    )
)


def build_view(actor: Actor, record: Record, number: int | None) -> RecordView:
    """Raises NotFound for a version that does not exist, and for versions of a tombstone."""
    shown = record.version if number is None else number
    is_inside = access.may_on_record(actor, "read-private", record)
    is_tombstone = access.is_tombstone(record)
    is_empty = is_tombstone and not is_inside
    versions = sorted(_VERSIONS(record.pk), key=attrgetter("number"))
    version = next((each for each in versions if each.number == shown), None)
    if version is None or (is_empty and number is not None):
        raise NotFound("version")
    values, layer, own = _words(record.form, version, is_inside)
    nothing: Mapping[str, str] = {}
    title, title_ko = titles_of(library().form(record.form), values)
    title = title or record.title
    return RecordView(
        id=record.pk,
        accession=record.accession,
        form=record.form,
        record_type=record.record_type,
        alias="" if is_empty else record.alias,
        title="" if is_empty else title,
        title_ko="" if is_empty else title_ko,
        state=record.state,
        version=shown,
        current_version=record.version,
        versions=() if is_empty else tuple(map(_version_view, versions)),
        form_revision=version.form_revision,
        values=nothing if is_empty else values,
        depositor_values=nothing if is_empty else own,
        layer={} if is_empty else layer,
        above=() if is_empty else _above(actor, record),
        up=() if is_empty else _up(actor, record),
        down=() if is_empty else _down(actor, record, versions),
        files=() if is_empty else _files(record, shown),
        owner_id=record.owner_id,
        owner=_name(record.owner),
        center_id=record.center_id,
        center=_name(record.center),
        submission=record.submission.code if is_inside else "",
        project=_project(actor, record),
        release_on=record.release_on,
        released_at=record.released_at,
        accepted_at=record.accepted_at,
        changed_at=record.changed_at,
        reason=record.reason,
        citation="" if is_empty else _citation(record, shown, title, "en"),
        citation_ko="" if is_empty else _citation(record, shown, title_ko or title, "ko"),
        is_public=record.state == "released",
        is_tombstone=is_tombstone,
        may_change=access.may_on_record(actor, "change", record),
        may_curate=access.may_on_record(actor, "curate", record),
        may_redact=access.may_on_record(actor, "decide", record),
    )


def _words(
    form: str, version: Version, is_inside: bool
) -> tuple[dict[str, str], dict[str, dict[str, str]], dict[str, str]]:
    """What the version says, its layer, the depositor's own words; without private fields for those outside."""
    hidden = frozenset() if is_inside else library().form(form).private_fields
    values = rules.merge(version.values, version.layer)
    return tuple(  # type: ignore[return-value]
        {field: value for field, value in each.items() if field not in hidden}
        for each in (values, version.layer, version.values)
    )


def _version_view(version: Version) -> VersionView:
    return VersionView(version.number, version.created_at, version.author, version.form_revision, version.digest)


def _up(actor: Actor, record: Record) -> tuple[LinkView, ...]:
    links = sorted(_UP(record.pk), key=attrgetter("pk"))
    return tuple(_link(link.parent, link.field) for link in links if _is_shown(actor, link.parent))


def _above(actor: Actor, record: Record) -> tuple[LinkView, ...]:
    """What the parents stand on, the project first; without the parents themselves."""
    links = sorted(_ABOVE(record.pk), key=attrgetter("pk"))
    parents = {link.child_id for link in links}
    shown = [link.parent for link in links if _is_shown(actor, link.child) and _is_shown(actor, link.parent)]
    project = record.project
    if project and project.pk != record.pk and _is_shown(actor, project):
        shown.insert(0, project)
    return tuple(_link(each) for each in {one.pk: one for one in shown if one.pk not in parents}.values())


def _is_shown(actor: Actor, record: Record) -> bool:
    return access.is_legible(actor, record) and record.state in (*rules.OPEN, "suppressed")


def _link(record: Record, field: str = "") -> LinkView:
    return LinkView(record.accession, record.form, record.title, field, record.title_ko)


def _down(actor: Actor, record: Record, versions: Sequence[Version]) -> tuple[Down, ...]:
    """Members of a project are counted over an index; below other records there are few."""
    form = library().form(record.form)
    if rules.is_root(form):
        visible = access.readable(actor, "record")
        # Only an umbrella has projects below it; to look for them among 100,000 samples takes 50 ms.
        may_tie = any(rules.is_umbrella(form, rules.merge(each.values, each.layer)) for each in versions)
        tied = _children(record, visible, record.form) if may_tie else ()
        return (*tied, *(each for name in library().forms if (each := _members(record, name, visible))))
    few = _few_children(actor, record)
    return tuple(_children(record, access.readable(actor, "record")) if few is None else few)


def _members(record: Record, form: str, visible: object) -> Down | None:
    members = Record.objects.filter(visible, project=record, form=form, state__in=rules.OPEN)  # type: ignore[misc]
    first = list(members.order_by("id")[:FIRST])
    if not first:
        return None
    count = members.order_by().count() if len(first) == FIRST else len(first)
    return Down(form, count, tuple(map(_link, first)))


def _few_children(actor: Actor, record: Record) -> list[Down] | None:
    """As ``_children`` without a form; None when there are more than a few."""
    below = _BELOW(record.pk)
    if len(below) == FEW:
        return None
    found: dict[str, dict[int, LinkView]] = {}
    for each in below:
        if each.state in rules.OPEN and access.may_on_record(actor, "read", each):
            link = _link(each)
            found.setdefault(each.form, {})[each.pk] = link
    return [Down(form, len(links), tuple(links.values())[:FIRST], False) for form, links in found.items()]


def _children(record: Record, visible: object, form: str = "") -> list[Down]:
    """The records right below, of one form only if it is given: the projects that an umbrella ties."""
    links = Link.objects.filter(parent=record, child__form=form) if form else Link.objects.filter(parent=record)
    if not links.exists():
        return []
    below = links.values("child_id")
    children = Record.objects.filter(visible, pk__in=below[:MOST_COUNTED], state__in=rules.OPEN)  # type: ignore[misc]
    found = []
    for form, count in children.values_list("form").annotate(Count("pk")).order_by("form"):
        first = children.filter(form=form).order_by("id")[:FIRST]
        found.append(Down(form, count, tuple(map(_link, first)), count >= MOST_COUNTED))
    return found


def _files(record: Record, version: int) -> tuple[RecordFileView, ...]:
    kept = sorted(_NAMED_FILES(record.pk, version), key=attrgetter("field", "position"))
    inspected = files.latest_inspections({each.file.object_id for each in kept})
    found = []
    for each in kept:
        result = inspected.get(each.file.object_id)
        of = each.file.object
        found.append(
            RecordFileView(
                each.file_id, each.file.name, each.field, of.size_bytes, of.md5, of.sha256,
                result.format if result else "", result.verdict if result else "", each.file.version,
            )
        )  # fmt: skip
    return tuple(found)


def _project(actor: Actor, record: Record) -> str:
    project = record.project
    return project.accession if project and access.may_on_record(actor, "read", project) else ""


def _name(organisation: Organisation) -> Text:
    return Text(ko=organisation.name("ko"), en=organisation.name("en"))


VERSION = Text(ko="버전", en="Version")


def _citation(record: Record, number: int, title: str, language: Literal["ko", "en"]) -> str:
    station = settings.BIOMOA_HOME.station
    year = timezone.localdate(record.released_at or record.accepted_at).year
    owner, version = record.owner.name(language), f"{VERSION.in_(language)} {number}"
    name = station.name_ko if language == "ko" else station.name_en
    return rules.citation(record.accession, version, title, owner, name, year, station.address)
