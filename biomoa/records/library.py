"""The station's compiled forms, read once from its catalogue."""

from __future__ import annotations

import functools

from django.conf import settings

from biomoa.catalog.model import Catalogue
from biomoa.catalog.services import read_catalogue
from biomoa.forms.library import Library, load_library
from biomoa.forms.model import Package


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue folder of this station. Raises BrokenCatalogue."""
    return read_catalogue(settings.BIOMOA_HOME.catalogue)


@functools.cache
def library() -> Library:
    """The forms of the catalogue, compiled."""
    return load_library(catalogue())


def packages() -> list[Package]:
    """The packages of all forms, each once."""
    named = {each.name: each for form in library().forms.values() if form.packages for each in form.packages.packages}
    return list(named.values())
