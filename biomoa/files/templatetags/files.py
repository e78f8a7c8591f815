"""What the templates of files need."""

from __future__ import annotations

from django import template

from biomoa.files.models import StoredFile
from biomoa.files.queries import address_of
from biomoa.people.rules import EDITABLE

register = template.Library()


@register.filter
def address(file: StoredFile) -> str:
    """Where the bytes of a file are."""
    return address_of(file)


@register.filter
def is_editable(state: str) -> bool:
    """May files be added in this state of a shelf?"""
    return state in EDITABLE
