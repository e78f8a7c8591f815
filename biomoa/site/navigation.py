"""The main menu: what stands in it, for whom, and where the reader is."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from biomoa.people.rules import Actor

Audience = Literal["everyone", "curators"]


class Entry(msgspec.Struct, frozen=True):
    """A line of the menu as a page shows it."""

    label: str
    url: str
    is_current: bool


MENU: tuple[tuple[Any, str, Audience], ...] = (
    (pgettext_lazy("menu", "Search"), "/search/", "everyone"),
    (pgettext_lazy("menu", "Submit"), "/submissions/", "everyone"),
    (pgettext_lazy("menu", "Curation desk"), "/desk/", "curators"),
    (_("Forms"), "/forms/", "everyone"),
    (pgettext_lazy("menu", "Guide"), "/help/", "everyone"),
)


def menu_of(actor: Actor, path: str) -> list[Entry]:
    """The menu of a reader on the page ``path``."""
    return [
        Entry(str(label), url, path.startswith(url))
        for label, url, audience in MENU
        if audience == "everyone" or actor.has_desk
    ]
