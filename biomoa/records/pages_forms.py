"""Public pages made from the catalogue: forms, one form, template workbook, rules, accession series."""

from __future__ import annotations

import msgspec
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from biomoa.catalog.model import Text
from biomoa.forms.faces import LEVEL_TEXTS, HelpRow, help_table
from biomoa.forms.jsonschema import schema_of
from biomoa.forms.model import Form
from biomoa.forms.template import write_template
from biomoa.people.edge import language_of
from biomoa.qc.scratch import Scratch
from biomoa.records import rules
from biomoa.records.library import library
from biomoa.records.rulebook import every_rule

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    """Context: ``forms`` in the order they are filled in, ``series`` of accessions."""
    every = dict(library().forms)
    context = {
        "forms": [every[name] for name in rules.ordered_forms(every)],
        "series": library().catalogue.accessions.values(),
    }
    return render(request, "records/forms.html", context)


@require_safe
def form(request: HttpRequest, name: str) -> HttpResponse:
    """Context: ``form``, ``table`` of its fields for the chosen ``package``, ``packages``."""
    found = _form(name)
    packages = found.packages.packages if found.packages else ()
    package = request.GET.get("package", "")
    chosen = next((one for one in packages if one.name == package), None)
    context = {
        "form": found,
        "packages": packages,
        "package": chosen,
        "table": _table(name, chosen.name if chosen else ""),
    }
    return render(request, "records/form.html", context)


def _table(name: str, package: str) -> list[tuple[HelpRow, str, Text]]:
    """Row, level and its words; with a package only the fields it uses."""
    rows = [
        (row, row.levels.get(package, row.requirement) if package else row.requirement)
        for row in help_table(library(), name)
    ]
    return [(row, level, LEVEL_TEXTS[level]) for row, level in rows if level != "not-used"]


@require_safe
def schema(_: HttpRequest, name: str) -> HttpResponse:
    _form(name)
    return JsonResponse(schema_of(library(), name), json_dumps_params={"ensure_ascii": False})


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """``?form=`` (many) and ``?package=`` (many): one workbook with a sheet a form."""
    wanted = [name for name in request.GET.getlist("form") if name in library().forms]
    every = rules.ordered_forms(dict(library().forms))
    chosen = [name for name in every if name in wanted] or every
    packages = request.GET.getlist("package") or None
    with Scratch("biomoa-template-") as folder:
        path = folder.path / "biomoa.xlsx"
        write_template(library(), chosen, path, language=language_of(), packages=packages)
        content = path.open("rb")  # stays readable after the folder is gone
    return FileResponse(
        content, as_attachment=True, filename="biomoa-" + "-".join(chosen) + ".xlsx", content_type=SPREADSHEET
    )


@require_safe
def problem_rules(request: HttpRequest) -> HttpResponse:
    """Context: ``rules``: every rule by its code, with meaning and repair."""
    texts = every_rule()
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"rules": msgspec.to_builtins(texts)}, json_dumps_params={"ensure_ascii": False})
    return render(request, "records/rules.html", {"rules": texts})


def _form(name: str) -> Form:
    if name not in library().forms:
        raise Http404
    return library().form(name)
