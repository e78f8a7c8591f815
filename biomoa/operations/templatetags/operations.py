"""Load with ``{% load operations %}``."""

from __future__ import annotations

from django import template

from biomoa.operations import wording
from biomoa.people.edge import language_of

register = template.Library()


@register.filter
def called(name: str) -> str:
    """A work, periodic function or follower in the reader's words."""
    return wording.called(name, language_of())
