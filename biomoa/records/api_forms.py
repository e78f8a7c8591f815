"""API: forms, their JSON Schema and templates, rules, series of accessions."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import FileResponse, HttpRequest
from ninja import Router, Schema

from biomoa.catalog.model import AccessionSeries
from biomoa.forms.jsonschema import schema_of
from biomoa.forms.model import Form
from biomoa.forms.problems import RuleText
from biomoa.forms.template import write_template
from biomoa.people.edge import Fault, TextOut, language_of, plain, schema
from biomoa.qc.scratch import Scratch
from biomoa.records import rules
from biomoa.records.library import library
from biomoa.records.refusals import NotFound
from biomoa.records.rulebook import every_rule

router = Router()
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FormOut(Schema):
    form: str
    revision: str
    label: TextOut  # type: ignore[valid-type]
    record_type: str
    alias: str
    fields_count: int


@router.get("/forms", response=list[FormOut], auth=None, summary="The registration forms")
def list_forms(request: HttpRequest) -> Any:  # noqa: ARG001
    return [
        {**{name: getattr(form, name) for name in ("form", "revision", "record_type", "alias")},
         "label": plain(form.label), "fields_count": len(form.fields)}
        for form in map(_form, rules.ordered_forms(library().forms))
    ]  # fmt: skip


@router.get("/forms/{form}", response={200: dict[str, Any], 404: Fault}, auth=None, summary="A form, whole")
def read_form(request: HttpRequest, form: str) -> Any:  # noqa: ARG001
    """The form as its YAML says it, with packages and history."""
    return msgspec.to_builtins(_form(form))


@router.get("/forms/{form}/schema.json", response={200: dict[str, Any], 404: Fault}, auth=None,
            summary="JSON Schema of a record")  # fmt: skip
def read_schema(request: HttpRequest, form: str, package: str = "") -> Any:  # noqa: ARG001
    return schema_of(library(), form, package=_package(_form(form), package))


@router.get("/forms/{form}/template.xlsx", response={200: bytes, 404: Fault}, auth=None,
            summary="Workbook to fill in")  # fmt: skip
def read_template(request: HttpRequest, form: str, package: str = "") -> Any:
    chosen = _package(_form(form), package)
    with Scratch("biomoa-template-") as folder:
        path = folder.path / f"{form}.xlsx"
        write_template(library(), [form], path, language=language_of(request), packages=[chosen] if chosen else None)
        content = path.open("rb")  # stays readable after the folder is gone
    return FileResponse(content, as_attachment=True, filename=f"{form}.xlsx", content_type=SPREADSHEET)


@router.get("/rules", response=list[schema(RuleText)], auth=None, summary="Every rule")  # type: ignore[misc]
def list_rules(request: HttpRequest) -> Any:  # noqa: ARG001
    return plain(every_rule())


@router.get("/accession-series", response=list[schema(AccessionSeries)], auth=None,  # type: ignore[misc]
            summary="Series of accessions: prefix and digits")  # fmt: skip
def list_series(request: HttpRequest) -> Any:  # noqa: ARG001
    return plain(list(library().catalogue.accessions.values()))


def _form(name: str) -> Form:
    found = library().forms.get(name)
    if found is None:
        raise NotFound("form")
    return found


def _package(form: Form, name: str) -> str | None:
    """The package that was asked for; None for all. Raises NotFound: all fields are no answer to a misspelt name."""
    if name and name not in {each.name for each in (form.packages.packages if form.packages else ())}:
        raise NotFound("package")
    return name or None
