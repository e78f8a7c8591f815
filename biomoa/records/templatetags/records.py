"""Filters for the pages of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from biomoa.files.queries import latest_inspections
from biomoa.files.rules import place_said
from biomoa.people.edge import language_of
from biomoa.people.rules import Actor
from biomoa.records import queries
from biomoa.records.answers import ProblemView, RecordView, RowView
from biomoa.records.library import library, packages
from biomoa.records.lineage import Stage, lineage_of
from biomoa.records.rulebook import meanings
from biomoa.records.rules_titles import Titled, titled

register = template.Library()
ROWS_A_PAGE = 50


@register.filter
def named(organisation: Any) -> str:
    """The name of an organisation in the reader's language."""
    return str(organisation.name(language_of())) if organisation else ""


@register.filter
def said_in(names: Mapping[str, str]) -> str:
    """Of stored names by language, that in the reader's."""
    return names.get(language_of()) or next(iter(names.values()), "")


@register.filter
def any_held(files: list[Any]) -> bool:
    """Is one of these files in quarantine?"""
    return any(getattr(file, "held", None) for file in files)


@register.filter
def person(user: Any) -> str:
    return str(user.name(language_of())) if user else ""


@register.filter
def title_text(record: Any) -> str:
    """The title of a record, of a link to one or of facts of one, for the reader; plain, as for a page's head."""
    return _titled(record).text


@register.simple_tag
def title_of(record: Any) -> SafeString:
    """The same with its language, where that is known to be another than the reader's."""
    shown = _titled(record)
    return _in_language(shown.text, shown.language)


@register.simple_tag
def title_in_line(line: Sequence[Any]) -> SafeString:
    """The title for the reader in a line of a certificate: accession, version, title, and one in Korean if there is."""
    shown = titled(None, line[2], line[3] if len(line) > 3 else "", language_of())
    return _in_language(shown.text, shown.language)


@register.simple_tag
def other_title_of(record: Any) -> SafeString:
    """The title in the other language, where there is one; else nothing."""
    shown = _titled(record)
    return _in_language(shown.other, shown.other_language) if shown.other else SafeString("")


@register.simple_tag
def way_to(file: Any, actor: Actor) -> list[tuple[str, str]]:
    """The pages above a stored file, for the breadcrumb: its submission as the reader works on it, else its record."""
    found = queries.find_submission_of(actor, file.shelf_id)
    if found is None:
        record = queries.find_record_of(actor, file.pk)
        return [(record.accession, f"/{record.accession}")] if record else []
    here = f"/submissions/{found.code}/"
    if found.owner_id in actor.organisations("depositor", "manager", "administrator"):
        return [(_("My submissions"), "/submissions/"), (found.code, here), (_("Files"), f"{here}files/")]
    if actor.has_desk:
        return [(_("Curation desk"), "/desk/"), (found.code, f"/desk/{found.code}/")]
    return [(found.code, here)]


@register.filter
def lineage(record: RecordView) -> list[Stage]:
    return lineage_of(record)


@register.filter
def citation_for(record: RecordView) -> str:
    """How the reader cites a record: with the title and the names in the reader's language."""
    return record.citation_ko if language_of() == "ko" else record.citation


def _titled(record: Any) -> Titled:
    names = ("form", "title", "title_ko")
    said = record if isinstance(record, Mapping) else {name: getattr(record, name) for name in names}
    form, title, title_ko = (said.get(name, "") for name in names)
    return titled(library().forms.get(form), title, title_ko, language_of())


def _in_language(text: str, language: str) -> SafeString:
    """Of either direction of writing: what follows a title keeps its place."""
    return format_html('<bdi lang="{}">{}</bdi>', language, text) if language else format_html("<bdi>{}</bdi>", text)


@register.filter
def form_label(name: str) -> str:
    """The label of a form; what is not of one form has none."""
    return library().form(name).label.in_(language_of()) if name in library().forms else ""


@register.filter
def field_label(form: Any, name: str) -> str:
    """What the form calls a field; a field of an older revision keeps its name."""
    field = next((each for each in form.fields if each.name == name), None)
    return field.label.in_(language_of()) if field else name


@register.filter
def field_of(form: str, name: str) -> str:
    """As ``field_label``, from the name of a form."""
    return field_label(library().form(form), name) if form in library().forms else name


@register.filter
def item(mapping: Mapping[str, Any] | None, name: str) -> Any:
    return (mapping or {}).get(name, "")


@register.filter
def summed(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


@register.filter
def blamed(row: RowView, field: str) -> list[ProblemView]:
    """The problems of one field of a row; of the row as a whole for the empty name."""
    return [view for view in row.problems if (view.problem.field or "") == field]


@register.filter
def worst(row: RowView) -> str:
    """``error`` or ``warning`` of what is left to mend in a row; empty when nothing is."""
    left = {view.problem.severity for view in row.problems if not view.overridden}
    return next((severity for severity in ("error", "warning") if severity in left), "")


@register.filter
def last_page(page: Any) -> int:
    return max(1, -(-page.total // page.size))


@register.filter
def page_of(position: int) -> int:
    """The page of a form's rows on which a row stands."""
    return (position - 1) // ROWS_A_PAGE + 1


@register.filter
def rule_meaning(code: str) -> str:
    """What a rule is about, in words."""
    found = meanings().get(code)
    return found.in_(language_of()) if found else code


@register.inclusion_tag("records/parts/template_package.html")
def template_package(id: str) -> dict[str, Any]:
    return {"packages": packages(), "id": id}


@register.simple_tag
def row_place(submission: Any, at: Any, may_change: bool) -> str:
    """Where a problem or a missing file is mended: the row's form, at its field; to readers the row in its table."""
    position = at.position
    if not may_change:
        rows = reverse("rows", args=[submission.code, at.form])
        return f"{rows}?page={page_of(position)}#row-{position}"
    place = reverse("row", args=[submission.code, at.form, position])
    return f"{place}#{_control(at.form, at.field)}" if at.field else place


def _control(form: str, name: str) -> str:
    """The id of a field's control. Boxes have none in common: the line above them has."""
    field = next((each for each in library().form(form).fields if each.name == name), None)
    return f"f-{name}-help" if field and field.multiple and field.type == "term" else f"f-{name}"


@register.filter
def problem_said(stored: Any) -> str:
    return str(stored.message_ko if language_of() == "ko" else stored.message_en)


@register.filter
def said_at_field(stored: Any) -> str:
    """The same beside a link that names the field: without its label once more."""
    return problem_said(stored).removeprefix(f"{field_of(stored.form, stored.field)}: ")


@register.filter
def finding_said(finding: Mapping[str, Any]) -> str:
    text = finding.get("message", {})
    place = f" ({place_said(finding['at'], language_of())})" if finding.get("at") else ""
    return str(text.get(language_of(), "")) + place


@register.filter
def inspected(file: Any) -> Any:
    """The latest inspection of a stored file, or None. One query a file: for lists that are a page long at most."""
    return latest_inspections([file.object_id]).get(file.object_id)


@register.filter
def author_said(name: str) -> str:
    """Who did a step of the thread; what nobody did by hand, the station did by itself."""
    return _("The station, by itself") if name.startswith("system:") else name


@register.filter
def event_label(kind: str) -> str:
    """What an entry of the thread is, in words."""
    labels = {
        "submission:created": _("Draft made"),
        "submission:changed": _("Details changed"),
        "submission:submitted": _("Submitted"),
        "submission:taken": _("Taken into review"),
        "submission:assigned": _("Curator put in charge"),
        "submission:returned": _("Returned"),
        "submission:accepted": _("Accepted"),
        "submission:released": _("Released"),
        "submission:withdrawn": _("Withdrawn"),
        "embargo:changed": _("Release date changed"),
        "problem:overridden": _("Problem overridden"),
        "row:curated": _("Field corrected"),
        "comment": _("Message"),
        "return": _("Reasons of the return"),
        "accept": _("Acceptance"),
        "override": _("Reason of the override"),
        "exception": _("Request for an exception"),
        "withdraw": _("Reason of the withdrawal"),
    }
    return labels.get(kind, kind)
