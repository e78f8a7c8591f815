"""Every rule of the forms: code, severity, meaning, repair, sentence. The public page of rules is made from this.

Codes are stable: they may be added, never renamed. ``overridable`` errors may be let pass by a curator with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from biomoa.forms.problems import RuleText
from biomoa.forms.rules_layouts import LAYOUT_RULES
from biomoa.forms.rules_links import LINK_RULES
from biomoa.forms.rules_persons import PERSON_RULES
from biomoa.forms.rules_sheets import SHEET_RULES
from biomoa.forms.rules_values import VALUE_RULES

RULE_TEXTS: Mapping[str, RuleText] = MappingProxyType(
    {rule.code: rule for rule in (*VALUE_RULES, *LINK_RULES, *SHEET_RULES, *LAYOUT_RULES, *PERSON_RULES)}
)
