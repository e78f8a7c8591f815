"""What is wrong with a station.toml, in words of its own: the key, and what is expected there."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, get_args

import msgspec

_UNKNOWN = re.compile(r"Object contains unknown field `(.*?)`")
_PLACE = re.compile(r" - at `\$\.?(.*)`$")
_LEAST = re.compile(r"Expected `int` (>=|<=) (\d+)")
_KIND = re.compile(r"Expected `(\w+)`")
_KINDS = {
    "int": "a whole number",
    "bool": "true or false",
    "str": 'a text in quotes, as "..."',
    "array": 'a list, as ["..."]',
}


def said(error: msgspec.ValidationError, kind: type[msgspec.Struct]) -> str:
    """A sentence of msgspec about a ``kind``, as one for who wrote the file."""
    sentence = str(error)
    place = match[1] if (match := _PLACE.search(sentence)) else ""
    if unknown := _UNKNOWN.match(sentence):
        return _unknown(unknown[1], place, kind)
    return f"{place or 'the file'}: {_expected(sentence, place, kind)}"


def _unknown(key: str, section: str, kind: type[msgspec.Struct]) -> str:
    names = _keys(kind, section)
    near = get_close_matches(key, names, 1)
    home = next((other for other in ("", *_sections(kind)) if other != section and key in _keys(kind, other)), None)
    dotted = f"{section}.{key}" if section else key
    if near:
        return f"{dotted}: there is no such key; did you mean `{near[0]}`?"
    if home is not None:
        return f"{dotted}: there is no such key here; it belongs {f'under [{home}]' if home else 'above all sections'}"
    return f"{dotted}: there is no such key; there are {', '.join(names)}"


def _expected(sentence: str, place: str, kind: type[msgspec.Struct]) -> str:
    if bound := _LEAST.match(sentence):
        return f"a whole number of {bound[2]} or {'more' if bound[1] == '>=' else 'less'} is expected"
    if sentence.startswith("Invalid enum value"):
        choices = [str(each) for each in get_args(_type_of(kind, place))]
        return f"one of {', '.join(choices)} is expected"
    found = _KIND.match(sentence)
    if found and found[1] == "object":
        return f"a section is expected: [{place}]"
    return f"{_KINDS.get(found[1], found[1]) if found else sentence} is expected"


def _sections(kind: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    return {
        field.name: field.type for field in msgspec.structs.fields(kind)
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
    }  # fmt: skip


def _keys(kind: type[msgspec.Struct], section: str) -> list[str]:
    named = _sections(kind).get(section, kind) if section else kind
    return [field.name for field in msgspec.structs.fields(named)]


def _type_of(kind: type[msgspec.Struct], place: str) -> Any:
    section, _, key = place.rpartition(".")
    named = _sections(kind).get(section, kind)
    return next((field.type for field in msgspec.structs.fields(named) if field.name == key), None)
