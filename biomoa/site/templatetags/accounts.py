"""The buttons that enter a demonstration account."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from biomoa.people.queries import demonstration_accounts

register = template.Library()


@register.simple_tag
def demonstration_people() -> list[tuple[str, str]]:
    """(name of the account, what the button says) of every demonstration account."""
    language = get_language() or "ko"
    return [(person.demonstration, person.name(language)) for person in demonstration_accounts()]
