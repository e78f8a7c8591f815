"""Names and roles in the reader's language. Load with ``{% load people %}``."""

from __future__ import annotations

from typing import Any

from django import template

from biomoa.people.edge import language_of
from biomoa.people.models import Membership, Organisation, User

register = template.Library()


@register.filter
def named(thing: User | Organisation) -> str:
    """The name of a person or organisation."""
    return thing.name(language_of())


@register.filter
def role_label(role: str) -> Any:
    """The label of a membership role."""
    return dict(Membership.ROLES).get(role, role)
