"""Problems: every rule has a public, stable code, a severity, a place, a sentence in two languages, a way out."""

from __future__ import annotations

from typing import Literal

import msgspec

from biomoa.catalog.model import Text

Severity = Literal["error", "warning", "info"]


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong, where, and how to mend it.

    ``row`` counts from 1 at the first data row; ``None`` for the sheet as a whole. ``value`` is what was found,
    cut to 200 characters. ``suggestion`` is the whole corrected value, which the depositor may accept.
    """

    code: str
    severity: Severity
    message: Text
    sheet: str | None = None
    row: int | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None
    file: str | None = None
    overridable: bool = False


class RuleText(msgspec.Struct, frozen=True):
    """The public page of rules lists these: meaning, and how to repair."""

    code: str
    severity: Severity
    meaning: Text
    repair: Text
    overridable: bool = False
