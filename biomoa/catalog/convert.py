"""Values of a YAML document into structs; what does not fit becomes a fault with its line."""

from __future__ import annotations

import re
import threading
from typing import Any, TypeVar

import msgspec

from biomoa.catalog.documents import Fault, Place
from biomoa.catalog.model import Document

T = TypeVar("T")

# msgspec gathers a struct's types at its first use, and a second thread that meets them half gathered ends the process.
_FIRST_USE = threading.Lock()

_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$[^`]*|key[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")


def convert(document: Document, place: Place, value: Any, to: type[T], faults: list[Fault]) -> T | None:
    """``value``, found at ``place`` of the document, as ``to``; ``None`` and one fault when it does not fit."""
    try:
        with _FIRST_USE:
            return msgspec.convert(value, to)
    except msgspec.ValidationError as error:
        what, inner = _read_error(str(error))
        unknown = _UNKNOWN.search(what)
        inner = (*inner, unknown.group(1)) if unknown else inner
        faults.append((document.path, document.line_of((*place, *inner)), _sentence(what, (*place, *inner))))
        return None


def _read_error(message: str) -> tuple[str, Place]:
    """msgspec says ``Expected `str`, got `int` - at `$.terms[3].value```."""
    match = _WHERE.match(message)
    if match is None or match["path"] is None:
        return message, ()
    steps: list[str | int] = []
    for name, number in _STEP.findall(match["path"]):
        if not name and not number:
            break  # "[...]" is any key of a mapping: the place above is the best that is known
        steps.append(name or int(number))
    return match["what"], tuple(steps)


def _sentence(what: str, place: Place) -> str:
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
    said = what.replace("Object contains unknown field", "unknown key").replace("Object missing", "missing")
    return f"{said} at {where}" if where else said
