"""The page of a record, its versions and its changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from biomoa.catalog.model import Text
from biomoa.files.problems import FileProblem
from biomoa.people.edge import actor_of, language_of, number_in
from biomoa.records import (
    access,
    coupling,
    queries,
    rules,
    services,
    services_curation,
    services_redaction,
    services_release,
)
from biomoa.records.answers import RecordView
from biomoa.records.certificates import certificates_of, may_certify
from biomoa.records.edge import tell
from biomoa.records.editor import sections_of, typed_values
from biomoa.records.library import library
from biomoa.records.refusals import Refusal
from biomoa.records.services_quarantine import settle

LISTS = ("files", "md5")  # types whose values are several anyway


def record(request: HttpRequest, view: RecordView, **more: Any) -> HttpResponse:
    """Context: ``record`` (RecordView), ``fields`` by section, ``changes`` against the version before, and ``more``."""
    actor = actor_of(request)
    form = library().form(view.form)
    certifies = may_certify(actor, view)
    context = {
        "record": view,
        "form": form,
        "state_label": rules.RECORD_STATES[view.state],
        "sections": sections_of_view(form, view),
        "changes": queries.changes_of(actor, view),
        "forms": dict(library().forms),
        "coupling": coupling.coupling_of(actor, view.accession) if coupling.may_declare(actor, view) else None,
        "is_root": rules.is_root(form),
        "may_certify": certifies,
        "certificates": certificates_of(actor, record_id=view.id) if certifies else [],
        **more,
    }
    return render(request, "records/record.html", context, status=410 if view.is_tombstone else 200)


def sections_of_view(form: Any, view: RecordView) -> list[dict[str, Any]]:
    """The filled fields by section, each with the curator's correction and what stood there before."""
    labels = {section.name: section.label for section in form.sections}
    labelled = {field.name: library().labels_of(form.form, field.name) for field in form.fields if field.type == "term"}
    grouped: dict[str, list[dict[str, Any]]] = {}
    for field in form.fields:
        if value := view.values.get(field.name, ""):
            correction = view.layer.get(field.name)
            grouped.setdefault(field.section, []).append(
                {
                    "field": field,
                    "value": "\n".join(rules.split_values(value)) if field.multiple or field.type in LISTS else value,
                    "said": _said(labelled.get(field.name), value),
                    "language": field.language if field.language != language_of() else "",
                    "correction": correction,
                    "was": view.depositor_values.get(field.name, ""),
                }
            )
    return [{"label": labels.get(name), "fields": members} for name, members in grouped.items()]


def _said(labels: Mapping[str, Text] | None, value: str) -> str:
    """A value of a vocabulary in the reader's words, where they are others than its own."""
    label = (labels or {}).get(value)
    said = label.in_(language_of()) if label else ""
    return "" if said.casefold() == value.casefold() else said


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, accession: str) -> HttpResponse:
    """A change asked for after acceptance: becomes a draft with one row, which is handed in like any other."""
    actor = actor_of(request)
    access.check_may_record(actor, "change", access.get_record(actor, accession))
    view = queries.get_record(actor, accession)
    form = library().form(view.form)
    if request.method == "POST":
        values = {**view.depositor_values, **typed_values(form, request.POST)}
        submission = services.propose_revision(actor, accession, values)
        services.check(submission.pk)
        messages.success(request, _("Your change is a draft. Check it and hand it in; a curator answers."))
        return redirect("review", code=submission.code)
    context = {"record": view, "form": form, "sections": sections_of(form, view.depositor_values, ())}
    return render(request, "records/edit.html", context)


@login_required
@require_POST
def give(request: HttpRequest, accession: str, verb: str) -> HttpResponse:
    """withdraw, suppress, redact (field), curate (field, value), hold (file), each with a reason; public-elsewhere
    (identifiers)."""
    actor, said = actor_of(request), request.POST
    reason = said.get("reason", "").strip()
    try:
        if verb == "public-elsewhere":
            _declare(request, accession)
        elif verb == "curate":
            services_curation.curate_record(actor, accession, said.get("field", ""), said.get("value", ""), reason)
        elif verb == "hold":
            settle(actor, number_in(said.get("file", "")) or 0, "hold", reason)
            messages.success(request, _("The file is in quarantine now. Nobody can download it."))
        elif verb == "redact":
            services_redaction.redact(actor, accession, said.get("field", ""), reason)
            messages.success(request, _("The field is blank in every version now."))
        else:
            services_release.withdraw_record(
                actor, accession, reason, kind="suppressed" if verb == "suppress" else "withdrawn"
            )
    except (Refusal, FileProblem) as refusal:
        tell(request, refusal.problems)
    return redirect(f"/{accession}")


def _declare(request: HttpRequest, accession: str) -> None:
    named = request.POST.get("identifiers", "").replace(",", " ").replace(";", " ").split()
    outcome = coupling.declare_public(actor_of(request), accession, named)
    count = len(outcome.opened)
    messages.success(request, ngettext("%s record is public now.", "%s records are public now.", count) % count)
    tell(request, [each.problem for each in outcome.blockers[:20]])
