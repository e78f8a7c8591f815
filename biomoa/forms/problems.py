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
    """The public page of rules lists these: meaning, and how to repair.

    ``message`` is the sentence of one problem; it holds ``{label}``, ``{value}`` and the facts of the rule.
    """

    code: str
    severity: Severity
    meaning: Text
    repair: Text
    overridable: bool = False
    message: Text | None = None


def rule_text(
    code: str,
    severity: Severity,
    *,
    meaning: tuple[str, str],
    message: tuple[str, str],
    repair: tuple[str, str],
    overridable: bool = False,
) -> RuleText:
    """A row of the table of rules; each pair is Korean, English."""
    return RuleText(code, severity, Text(*meaning), Text(*repair), overridable, Text(*message))
