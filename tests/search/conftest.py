"""A small index without a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from biomoa.catalog.model import Text
from biomoa.search.documents import Shown, Source, document_of
from biomoa.search.store import Reader, Store


def source(number: int, title: str, *texts: str, type_: str = "bioproject", **filters: str) -> Source:
    """A record of the index; ``filters`` by name."""
    accession = f"KAP{number:06d}"
    name = Text(ko="국립생물자원센터", en="Center for Bioresources")
    shown = Shown(
        accession, type_, type_, title, " ".join(texts), filters.get("organism", ""), name, name, "2026-11-23"
    )
    return Source(
        shown=shown,
        titles=(title,),
        texts=(title, accession, *texts),
        lexicon=tuple(f"{word.casefold()}\t{word}" for word in title.split()),
        filters={key: [value] for key, value in filters.items()},
        released=number,
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "index", "forms-1")


@pytest.fixture
def fill(store: Store) -> Callable[..., Any]:
    """Writes sources and gives a searcher over them."""

    def write(*sources: Source) -> Any:
        store.write(1, (), map(document_of, sources), head=1)
        return Reader(store.folder).searcher()

    return write
