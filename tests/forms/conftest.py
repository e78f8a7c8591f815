"""The small catalogue beside these tests, and that of Korea."""

from __future__ import annotations

from pathlib import Path

import pytest

from biomoa.catalog.load import load_catalogue
from biomoa.forms.faces import web_fields
from biomoa.forms.library import Library, load_library

OWN = Path(__file__).parent / "catalogue"
KOREA = Path(__file__).resolve().parents[2] / "catalogs" / "korea"


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library(load_catalogue(OWN))


@pytest.fixture(scope="session")
def korea() -> Library:
    return load_library(load_catalogue(KOREA))


@pytest.fixture
def sample(library: Library) -> dict[str, str]:
    """A good record of the form ``sample``, package human."""
    return {field.name: field.example for field in web_fields(library, "sample", "human") if field.example}
