"""How the tables of problems of this room are written: each text in Korean and English beside each other."""

from __future__ import annotations

from biomoa.catalog.model import Text
from biomoa.forms.problems import RuleText, Severity

Pair = tuple[str, str]  # Korean, English


def rule(
    code: str, severity: Severity, meaning: Pair, message: Pair, repair: Pair, *, overridable: bool = False
) -> RuleText:
    """``message`` is the sentence of one problem; its facts stand in braces."""
    return RuleText(code, severity, Text(*meaning), Text(*repair), overridable, Text(*message))
