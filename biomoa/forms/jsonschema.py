"""JSON Schema (2020-12) of a form: what it can say of the form's rules, it says exactly as the validator does.

It cannot say: taxonomy, real calendar days, uniqueness, references, files. What it refuses, the validator refuses too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from biomoa.forms import links, numbers, places
from biomoa.forms.faces import term_values
from biomoa.forms.library import Library
from biomoa.forms.model import Condition, Field, Form, OneOf, RequiredWhen

Schema = dict[str, Any]

_TIME = r"(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_DATE = rf"[0-9]{{4}}(?:-[0-9]{{2}}(?:-[0-9]{{2}}{_TIME})?)?"
_PATTERNS = {
    "integer": numbers.INTEGER_PATTERN,
    "number": numbers.NUMBER_PATTERN,
    "taxon_id": "^[0-9]{1,9}$",
    "lat_lon": places.LAT_LON_PATTERN,
    "url": links.URL_PATTERN,
    "email": links.EMAIL_PATTERN,
    "doi": links.DOI_PATTERN,
    "pubmed": links.PUBMED_PATTERN,
    "files": links.FILE_PATTERN,
    "md5": links.MD5_PATTERN,
}
_FILLED: Schema = {"type": "string", "pattern": r"\S"}


def schema_of(library: Library, form: str, *, package: str | None = None) -> Schema:
    """The schema of a record (field -> text). With ``package``, only the fields and rules of that package."""
    found = library.form(form)
    matrix = library.matrix(form)
    fields = [field for field in found.fields if package is None or matrix.get(field.name, {}).get(package) != "-"]
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:biomoa:form:{form}:{found.revision}",
        "title": found.label.en,
        "description": found.description.en,
        "type": "object",
        "properties": {field.name: _property(library, form, field) for field in fields},
        "required": [field.name for field in fields if _is_always_required(library, form, field)],
        "allOf": list(_conditions(library, found, package)),
    }
    return {key: value for key, value in schema.items() if value != []}


def _property(library: Library, form: str, field: Field) -> Schema:
    schema = {
        "type": "string",
        "title": field.label.en,
        "description": field.help.en if field.help else "",
        "examples": [field.example] if field.example else [],
        "maxLength": field.max_length,
        "x-label-ko": field.label.ko,
        "x-unit": field.unit,
        "x-type": field.type,
        **_values(library, form, field),
    }
    if _is_always_required(library, form, field):
        schema["minLength"] = 1
    return {key: value for key, value in schema.items() if value not in ("", [])}


def _values(library: Library, form: str, field: Field) -> Schema:
    """The rule on the value; the empty text and, where allowed, missing-value terms stand beside it."""
    rule = _value_rule(library, form, field)
    if not rule:
        return {}
    beside = ["", *(library.missing.terms.values if field.missing else ())]
    if set(rule) == {"enum"}:
        return {"enum": [*rule["enum"], *sorted(set(beside) - set(rule["enum"]))]}
    return {"anyOf": [rule, {"enum": sorted(beside)}]}


def _value_rule(library: Library, form: str, field: Field) -> Schema:
    several = field.multiple or field.type in ("files", "md5")
    if field.type in ("term", "boolean"):
        terms = ("yes", "no") if field.type == "boolean" else term_values(library, form, field.name)
        if field.open_vocabulary or several:
            return {}
        return {"enum": list(terms)}
    patterns = [_list_of(one) if several else one for one in _value_patterns(field)]
    if len(patterns) > 1:
        return {"allOf": [{"pattern": pattern} for pattern in patterns]}
    return {"pattern": patterns[0]} if patterns else {}


def _value_patterns(field: Field) -> Iterator[str]:
    if field.type == "date":
        yield f"^{_DATE}(?:/{_DATE})?$" if field.range else f"^{_DATE}$"
    elif field.type in _PATTERNS:
        yield _PATTERNS[field.type]
    if field.pattern:
        yield f"^(?:{field.pattern})$"


def _list_of(pattern: str) -> str:
    one = pattern.removeprefix("^").removesuffix("$")
    return rf"^ *(?:{one})(?: *; *(?:{one}))* *;? *$"


def _is_always_required(library: Library, form: str, field: Field) -> bool:
    row = library.matrix(form).get(field.name)
    if row is None:
        return field.requirement == "mandatory"
    return all(cell == "M" for cell in row.values())


def _conditions(library: Library, form: Form, package: str | None) -> Iterator[Schema]:
    if form.packages is not None:
        for one in form.packages.packages:
            if package in (None, one.name):
                then = _package_rules(library, form, one.name)
                if then:
                    yield {"if": _when(Condition(form.packages.selector, (one.name,))), "then": then}
    for rule in form.rules:
        if isinstance(rule, RequiredWhen):
            yield {"if": _when(rule.when), "then": _all_filled(rule.fields)}
        elif isinstance(rule, OneOf):
            yield _one_filled(library, rule.fields)


def _package_rules(library: Library, form: Form, package: str) -> Schema:
    mandatory: list[str] = []
    groups: dict[str, list[str]] = {}
    for field, row in library.matrix(form.form).items():
        cell = row.get(package, "-")
        if cell == "M":
            mandatory.append(field)
        elif cell.startswith("G:"):
            groups.setdefault(cell[2:], []).append(field)
    rules: Schema = _all_filled(mandatory) if mandatory else {}
    if groups:
        rules["allOf"] = [_one_filled(library, fields) for fields in groups.values()]
    return rules


def _when(condition: Condition) -> Schema:
    value: Schema = {"enum": list(condition.is_)} if condition.is_ else _FILLED
    return {"required": [condition.field], "properties": {condition.field: value}}


def _all_filled(fields: Iterable[str]) -> Schema:
    names = list(fields)
    return {"required": names, "properties": dict.fromkeys(names, _FILLED)}


def _one_filled(library: Library, fields: Iterable[str]) -> Schema:
    value = {**_FILLED, "not": {"enum": sorted(library.missing.terms.values)}}
    return {"anyOf": [{"required": [name], "properties": {name: value}} for name in fields]}
