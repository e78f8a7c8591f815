"""Quarantine of files that identify a person: held with the finding, settled by depositor and curator, or removed.

What was found is written nowhere: entries of the ledger hold kinds of findings, never a text of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from biomoa.files.models import InspectionResult, Quarantine, RemovedObject, Shelf, StoredFile, StoredObject
from biomoa.files.problems import FileProblem, refused
from biomoa.files.queries import get_file, held_files, may_quarantined, quarantine_of
from biomoa.files.rules import HELD, PERSON, QUARANTINE, check_quarantine
from biomoa.files.storage import store
from biomoa.jobs.steps import step
from biomoa.ledger.services import record
from biomoa.people.rules import Actor, system


def hold(sha256: str) -> int:
    """Holds every file with this content when its newest inspection found a person; how many. In a transaction."""
    StoredObject.objects.select_for_update().filter(pk=sha256).first()
    if not _is_found(sha256):
        return 0
    return sum(_hold_one(file) for file in StoredFile.objects.filter(object_id=sha256))


def hold_arrived(file: StoredFile) -> None:
    """Content that was inspected before is held from its first moment. In the transaction of the arrival."""
    StoredObject.objects.select_for_update().filter(pk=file.object_id).first()
    if _is_found(file.object_id):
        _hold_one(file)


def _is_found(sha256: str) -> bool:
    newest = InspectionResult.objects.filter(object_id=sha256).order_by("pk").last()
    return newest is not None and any(each["code"] == PERSON for each in newest.findings)


def _hold_one(file: StoredFile) -> bool:
    _, is_new = Quarantine.objects.get_or_create(file=file)
    if is_new:
        _tell(system("worker"), "file:quarantined", file, {"codes": [PERSON]})
    return is_new


def check_not_removed(sha256: str) -> None:
    """Raises FileProblem for content that was removed to protect a person."""
    if RemovedObject.objects.filter(pk=sha256).exists():
        raise refused("content-removed")


def settle(actor: Actor, file_id: int, command: str, reason: str = "") -> int:
    """Does a command of ``rules.QUARANTINE``; how many other files hold the content that was to be removed.

    Raises FileProblem: 404 for who may not know of it, 403 for who may not do this, 409, 422.
    """
    rule = QUARANTINE[command]
    with transaction.atomic():
        held = Quarantine.objects.select_for_update().filter(file_id=file_id).first()
        file = get_file(actor, file_id)
        if not may_quarantined(actor, "read", file.shelf):
            raise refused("not-found")
        if not may_quarantined(actor, rule.verb, file.shelf):
            raise refused("not-allowed")
        if code := check_quarantine(command, held.state if held else None, reason):
            raise refused(code)
        if rule.after is None:
            return _remove(actor, rule.event, [file], reason)
        if held is None or held.state not in HELD:
            _hold_by_hand(actor, file, reason.strip())
            return 0
        names = {"said": reason.strip()} if command == "declare" else {"reason": reason.strip()}
        Quarantine.objects.filter(pk=held.pk).update(state=rule.after, **names)
        _tell(actor, rule.event, file, {"reason": reason.strip()})
        step("quarantine:before-commit")
    return 0


def _hold_by_hand(actor: Actor, file: StoredFile, reason: str) -> None:
    """The file, and others with its content as far as the curator's centers go."""
    rule = QUARANTINE["hold"]
    for each in StoredFile.objects.filter(object_id=file.object_id).select_related("shelf").order_by("pk"):
        if may_quarantined(actor, rule.verb, each.shelf):
            Quarantine.objects.update_or_create(file=each, defaults={"state": rule.after, "said": "", "reason": reason})
            _tell(actor, rule.event, each, {"reason": reason})
    step("quarantine:before-commit")


def is_held_by_name(shelf: Shelf, name_key: str) -> bool:
    return held_files(shelf.pk).filter(name_key=name_key).exists()


def remove_name(actor: Actor, shelf: Shelf, name_key: str) -> None:
    """All versions of a name in a draft of which one is held. In a transaction."""
    files = list(StoredFile.objects.select_related("quarantine").filter(shelf=shelf, name_key=name_key))
    _remove(actor, QUARANTINE["remove"].event, files, "")


def _remove(actor: Actor, event: str, files: Iterable[StoredFile], reason: str) -> int:
    others = 0
    for file in files:
        sha256, was_held = file.object_id, quarantine_of(file) is not None
        facts = {"reason": reason.strip(), "sha256": sha256, "version": file.version}
        _tell(actor, event, file, {name: value for name, value in facts.items() if value})
        try:
            StoredFile.objects.filter(pk=file.pk).delete()
        except ProtectedError as error:
            raise refused("file-in-use", file=file.name) from error
        left = StoredFile.objects.filter(object_id=sha256).count()
        others += left
        if was_held and not left:
            _forget(sha256)
    step("quarantine:before-commit")
    return others


def _forget(sha256: str) -> None:
    """Content and what was said of it. Should the process end before the bytes go, ``empty_store`` takes them."""
    StoredObject.objects.filter(pk=sha256).delete()
    RemovedObject.objects.get_or_create(sha256=sha256)
    transaction.on_commit(lambda: store().remove(sha256))


def empty_store() -> int:
    """Clock job: bytes of removed content that are still there, as after a crash; how many."""
    addresses = RemovedObject.objects.values_list("sha256", flat=True)
    left = [sha256 for sha256 in addresses if store().find_size(sha256) is not None]
    for sha256 in left:
        store().remove(sha256)
    return len(left)


def _tell(actor: Actor, event: str, file: StoredFile, facts: Mapping[str, Any]) -> None:
    record(actor.label, event, f"FILE{file.pk}", {"shelf": str(file.shelf_id), **facts})


__all__ = ["FileProblem", "check_not_removed", "empty_store", "hold", "hold_arrived", "settle"]
