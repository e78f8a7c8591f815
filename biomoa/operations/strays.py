"""What lies in the store and no row of the database names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from biomoa.files.models import StoredObject
from biomoa.files.storage import ADDRESS, FolderStore, store

PAGE = 5_000


def find_strays() -> list[str]:
    """Addresses without a row, and in a folder also files that are no objects, by their path below it.

    An upload that is just arriving may be among them.
    """
    source = store()
    foreign = sorted(_foreign_files(source)) if isinstance(source, FolderStore) else []
    return [*iter_unnamed(source.iter_addresses()), *foreign]


def iter_unnamed(addresses: Iterable[str]) -> Iterator[str]:
    """Those of the addresses, which come in order, that no row names."""
    page: list[str] = []
    for sha256 in addresses:
        page.append(sha256)
        if len(page) == PAGE:
            yield from _unnamed(page)
            page = []
    if page:
        yield from _unnamed(page)


def _unnamed(page: list[str]) -> list[str]:
    # A range instead of a list of names: SQLite takes few parameters.
    rows = StoredObject.objects.filter(sha256__gte=page[0], sha256__lte=page[-1])
    named = set(rows.values_list("sha256", flat=True))
    return [sha256 for sha256 in page if sha256 not in named]


def _foreign_files(source: FolderStore) -> Iterator[str]:
    for place, _, names in os.walk(source.folder):
        for name in names:
            path = Path(place, name)
            # Hidden names are the store's own work under way.
            if not name.startswith(".") and not (ADDRESS.fullmatch(name) and source.path(name) == path):
                yield str(path.relative_to(source.folder))
