"""The buttons that enter a demonstration account."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from biomoa.people.models import Membership
from biomoa.people.queries import demonstration_accounts

register = template.Library()


@register.simple_tag
def demonstration_people() -> list[tuple[str, str]]:
    """(name of the account, what the button says: name and role) of every demonstration account."""
    language, roles = get_language() or "ko", dict(Membership.ROLES)
    return [
        (person.demonstration, f"{person.name(language)} ({roles.get(person.demonstration, person.demonstration)})")
        for person in demonstration_accounts()
    ]
