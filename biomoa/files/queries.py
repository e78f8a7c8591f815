"""Reads about files, and the one door to them: loading and permission go together.

What may not be read is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import Any, Literal, cast
from urllib.parse import quote
from uuid import UUID

from django.db.models import Q, QuerySet

from biomoa.files.models import InspectionResult, Shelf, StoredFile
from biomoa.files.problems import ShelfClosed, refused
from biomoa.files.rules import HELD, QUARANTINED, is_held, name_key
from biomoa.ledger.prepared import Prepared, any_of
from biomoa.people.rules import EDITABLE, PUBLIC, Actor, Role, Verb, is_allowed, may

IN_A_PATH = "!$&'()*+,;=:@~"
# What a list shows; the rest (findings and metrics above all) is fetched where somebody asks for it.
_OF_FILES = ("shelf_id", "name", "name_key", "version", "is_current", "is_public", "object_id", "arrived_at")
_OF_OBJECTS = ("object__md5", "object__size_bytes")
_SHELF = Prepared(lambda shelf: Shelf.objects.filter(pk=shelf)[:1])
_FILES = Prepared(
    lambda shelf: (
        StoredFile.objects.filter(shelf_id=shelf, is_current=True)
        .select_related("object", "quarantine")
        .only(*_OF_FILES, *_OF_OBJECTS, "quarantine__state", "quarantine__file_id")
        .order_by("name_key", "-version")
    )
)
_INSPECTIONS = Prepared(
    lambda shelf: (
        InspectionResult.objects.filter(object__files__shelf_id=shelf, object__files__is_current=True)
        .only("object_id", "verdict", "format")
        .order_by("pk")
    )
)
FEW = 20  # objects whose results are asked for by a statement that is kept
_OF_FEW = Prepared(lambda *sha256s: InspectionResult.objects.filter(any_of("object_id", sha256s)).order_by("pk"))


def get_shelf(
    actor: Actor, shelf_id: UUID | str, verb: Literal["read", "change"] = "read", *, lock: bool = False
) -> Shelf:
    """A shelf whose group or staff the actor belongs to, that of a public submission being no exception.

    Raises FileProblem 404; to ``change`` also 401, 403 and 409, as ``get_shelf_to_change``.
    """
    if verb == "change":
        return get_shelf_to_change(actor, shelf_id, lock=lock)
    if lock or isinstance(shelf_id, str):
        rows = Shelf.objects.select_for_update() if lock else Shelf.objects
        shelf = rows.filter(pk=shelf_id).first()
    else:
        shelf = _SHELF.first(shelf_id)
    if shelf is None or not _may(actor, "read", shelf, _closed_state(shelf)):
        raise refused("not-found")
    return shelf


def shelf_of(shelf_id: UUID) -> Shelf:
    """The shelf of a thing that the caller has already been let to. Raises Shelf.DoesNotExist."""
    shelf = _SHELF.first(shelf_id)
    if shelf is None:
        raise Shelf.DoesNotExist
    return shelf


def get_shelf_to_change(actor: Actor, shelf_id: UUID | str, *, lock: bool = False, to_add: bool = True) -> Shelf:
    """A shelf to which the actor may add now; with ``to_add`` False, from which the actor may take.

    Raises FileProblem: 401 nobody, 404 not readable, 409 the state forbids it, 403 the role forbids it; ShelfClosed
    (422) when the room above lets nothing come yet.
    """
    if actor.user_id is None and not actor.is_administrator:
        raise refused("sign-in-needed")
    shelf = get_shelf(actor, shelf_id, lock=lock)
    # The station itself (inbox, demonstration) puts files where a member could.
    is_system = actor.user_id is None and shelf.state in EDITABLE
    if is_system or _may(actor, "change", shelf, shelf.state):
        if to_add and shelf.closed:
            raise ShelfClosed(shelf.closed)
        return shelf
    if _may(actor, "change", shelf, EDITABLE[0]):
        raise refused("shelf-not-editable", state=shelf.state)
    raise refused("not-allowed")


def get_file(actor: Actor, file_id: int, verb: Verb = "read") -> StoredFile:
    """A file with its object and shelf, for ``read`` or ``download``. Raises FileProblem 404."""
    file = StoredFile.objects.select_related("object", "shelf", "quarantine").filter(pk=file_id).first()
    if file is None or not _may(actor, verb, file.shelf, file_state(file)):
        raise refused("not-found")
    return file


def find_file_for(roles: Collection[Role], file_id: int, verb: Verb) -> StoredFile | None:
    """A file for who holds roles on just this file, as a reviewer link gives them; None unless the table permits."""
    file = StoredFile.objects.select_related("object", "shelf", "quarantine").filter(pk=file_id).first()
    return file if file is not None and is_allowed(roles, verb, "file", file_state(file)) else None


def file_state(file: StoredFile) -> str:
    """The state that the policy table is asked with: a file is public by its own mark, not by its shelf's state."""
    if quarantine_of(file):
        return QUARANTINED
    return PUBLIC[0] if file.is_public else _closed_state(file.shelf)


def quarantine_of(file: StoredFile) -> str | None:
    """The state of the quarantine that holds the file; None for a file that is not held."""
    kept = getattr(file, "quarantine", None)
    return kept.state if kept is not None and is_held(kept.state) else None


def held_files(shelf_id: UUID | None = None) -> QuerySet[StoredFile]:
    """All files in quarantine, or those of a shelf."""
    held = StoredFile.objects.filter(quarantine__state__in=HELD)
    return held if shelf_id is None else held.filter(shelf_id=shelf_id)


def quarantined_for(actor: Actor) -> list[StoredFile]:
    """What is held and the actor may know of, oldest first: his groups' files, and those of centers that he curates."""
    groups, centers = actor.organisations("depositor", "manager", "administrator"), actor.organisations("curator")
    mine = Q(shelf__owner_id__in=groups) | Q(shelf__center_id__in=centers)
    found = held_files().filter(mine).select_related("object", "shelf__owner", "shelf__center", "quarantine")
    return [file for file in found.order_by("quarantine__since") if may_quarantined(actor, "read", file.shelf)]


def may_quarantined(actor: Actor, verb: Verb, shelf: Shelf) -> bool:
    return _may(actor, verb, shelf, QUARANTINED)


def _closed_state(shelf: Shelf) -> str:
    return "accepted" if shelf.state in PUBLIC else shelf.state


def _may(actor: Actor, verb: Verb, shelf: Shelf, state: str) -> bool:
    return may(actor, verb, "file", state, owner=shelf.owner_id, center=shelf.center_id)


def files_of_shelf(shelf_id: UUID, *, history: bool = False, actor: Actor | None = None) -> list[StoredFile]:
    """The files of a shelf by name, each with its object and, as ``file.inspection``, its latest result or None.

    With ``history`` also the versions that were replaced; files in quarantine only for an ``actor`` who may know of
    them, each with ``file.held`` (state or None). Two queries, however many files.
    """
    if history:
        rows = StoredFile.objects.filter(shelf_id=shelf_id).select_related("object", "quarantine")
        files = list(rows.order_by("name_key", "-version"))
        results = latest_inspections([file.object_id for file in files])
    else:
        files = _FILES(shelf_id)
        results = {row.object_id: row for row in _INSPECTIONS(shelf_id)}
    if any(map(quarantine_of, files)):
        shelf = Shelf.objects.get(pk=shelf_id)
        knows = actor is not None and may_quarantined(actor, "read", shelf)
        files = [file for file in files if knows or not quarantine_of(file)]
    for file in files:
        cast("Any", file).held = quarantine_of(file)
        cast("Any", file).inspection = results.get(file.object_id)
    return files


def latest_inspections(sha256s: Collection[str]) -> dict[str, InspectionResult]:
    """The newest result of each object that has one."""
    if len(sha256s) > FEW:
        rows: Iterable[InspectionResult] = InspectionResult.objects.filter(object_id__among=sha256s).order_by("pk")
    else:
        rows = _OF_FEW(*sha256s) if sha256s else ()
    return {row.object_id: row for row in rows}


def shelf_digest(shelf_id: UUID) -> str:
    """SHA-256 over names, contents and verdicts of the current files: another one when any of them is another."""
    rows = StoredFile.objects.filter(shelf_id=shelf_id, is_current=True).order_by("name_key", "object__inspections__pk")
    digest = hashlib.sha256()
    for row in rows.values_list("name", "object_id", "object__inspections__pk", "quarantine__state"):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def find_file(shelf_id: UUID, name: str = "", *, sha256: str = "", md5: str = "") -> StoredFile | None:
    """The current file of a shelf by name (case and normal form do not matter), else by digest; the first by name."""
    files = StoredFile.objects.filter(shelf_id=shelf_id, is_current=True).select_related("object").order_by("name_key")
    if name:
        return files.filter(name_key=name_key(name)).first()
    if sha256:
        return files.filter(object_id=sha256.lower()).first()
    return files.filter(object__md5=md5.lower()).first() if md5 else None


def address_of(file: StoredFile) -> str:
    """The stable path of a file's bytes, see ``path_of``."""
    return path_of(file.pk, file.name)


def path_of(file_id: int, name: str) -> str:
    """``/files/<number>/<name>``, the name as it must stand in an address (RFC 3986, 3.3).

    Written here and not asked of the table of routes, which takes longer than all else about a file in a list.
    """
    return f"/files/{file_id}/{quote(name, safe=IN_A_PATH)}"


def summary(file: StoredFile) -> dict[str, object]:
    """What programs and the upload page learn of a file of ``files_of_shelf``."""
    result = cast("InspectionResult | None", getattr(file, "inspection", None))
    return {
        "id": file.pk, "name": file.name, "version": file.version, "size_bytes": file.object.size_bytes,
        "md5": file.object.md5, "sha256": file.object_id, "url": address_of(file), "is_public": file.is_public,
        "arrived_at": file.arrived_at.isoformat(), "format": result.format if result else None,
        "verdict": result.verdict if result else None, "quarantine": quarantine_of(file),
    }  # fmt: skip
