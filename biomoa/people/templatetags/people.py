"""Names and roles in the reader's language. Load with ``{% load people %}``."""

from __future__ import annotations

from typing import Any

from django import template

from biomoa.people.edge import language_of
from biomoa.people.models import Membership, Organisation, User

register = template.Library()

# What tells a browser and a system apart: the first that fits, since most say the names of others too.
BROWSERS = (("Whale/", "Whale"), ("SamsungBrowser/", "Samsung Internet"), ("Edg/", "Edge"), ("OPR/", "Opera"),
            ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("Linux", "Linux"))  # fmt: skip
AGENT_SIGNS = 40


@register.filter
def named(thing: User | Organisation) -> str:
    """The name of a person or organisation."""
    return thing.name(language_of())


@register.filter
def browser_of(user_agent: str) -> str:
    """Chrome, Windows: as its owner would name it; what is not known is cut."""
    named = [next((name for sign, name in signs if sign in user_agent), "") for signs in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, named)) or user_agent[:AGENT_SIGNS]


@register.filter
def role_label(role: str) -> Any:
    """The label of a membership role."""
    return dict(Membership.ROLES).get(role, role)
