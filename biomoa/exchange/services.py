"""One intent: give these records in the words of an outside standard."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from biomoa.exchange.bundle import Export, NotExpressible
from biomoa.exchange.queries import load_bundle
from biomoa.exchange.registry import known_exports
from biomoa.people.rules import Actor

TIMELESS = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can name


def get_export(name: str) -> Export:
    """The standard of that name. Raises NotExpressible naming the ones that are known."""
    known = known_exports()
    if name not in known:
        names = ", ".join(known)
        raise NotExpressible(
            f"‘{name}’은(는) 없는 표준입니다. 있는 표준: {names}.", f"'{name}' is not a known standard; known: {names}"
        )
    return known[name]


def export(actor: Actor, accessions: Sequence[str], standard: str, *, whole: bool = False) -> dict[str, bytes]:
    """Documents by file name; with ``whole``, also of all that hangs on a project and leads up.

    Raises NotFound, NotExpressible.
    """
    return get_export(standard).write(load_bundle(actor, accessions, whole=whole))


def as_archive(documents: dict[str, bytes]) -> bytes:
    """A zip of the documents: the same bytes for the same documents, whenever they are asked for."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in documents.items():
            member = zipfile.ZipInfo(name, TIMELESS)
            member.external_attr = 0o644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
