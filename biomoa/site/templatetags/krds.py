"""Small template filters of the house."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from biomoa.catalog.model import Text

register = template.Library()


@register.filter
def said(text: Text | None) -> str:
    """A bilingual text in the reader's language."""
    return text.in_(get_language() or "ko") if text else ""
