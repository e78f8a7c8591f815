"""What people and rooms above want of files: a shelf, a file received, made public, removed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, Protocol

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Max, ProtectedError

from biomoa.files import digests, quarantine
from biomoa.files.digests import Sums
from biomoa.files.disk import SyncedFile, telling_disk_trouble
from biomoa.files.models import Shelf, StoredFile, StoredObject
from biomoa.files.problems import FileProblem, problem, refused
from biomoa.files.queries import get_shelf_to_change
from biomoa.files.quota import check_incoming
from biomoa.files.rules import HeaderError, check_name, name_key, normal_digest, normal_name
from biomoa.files.storage import BLOCK_BYTES, store
from biomoa.files.tasks import inspect_object
from biomoa.forms.problems import Problem
from biomoa.jobs.steps import step
from biomoa.ledger.services import record
from biomoa.people.rules import Actor

BAD_NAME_STATUS = 422
READING_SECONDS = 60


class Stream(Protocol):
    """What a file is read from, block by block, to its end."""

    def read(self, most_bytes: int, /) -> bytes: ...


def new_shelf(owner_id: int, center_id: int) -> Shelf:
    """An empty shelf in state draft. To be called in the transaction of what it belongs to."""
    return Shelf.objects.create(owner_id=owner_id, center_id=center_id)


def set_shelf_state(shelf: Shelf, state: str) -> None:
    """The room above has changed its state, in its transaction."""
    Shelf.objects.filter(pk=shelf.pk).update(state=state)
    shelf.state = state


def close_shelf(shelf: Shelf, why: Problem | None, address: str = "") -> None:
    """No file is taken until the room above opens the shelf again (None); in its transaction.

    ``address`` is the page where the trouble is mended.
    """
    closed = {"code": why.code, "ko": why.message.ko, "en": why.message.en, "url": address} if why else {}
    if shelf.closed != closed:
        Shelf.objects.filter(pk=shelf.pk).update(closed=closed)
        shelf.closed = closed


def publish(file_ids: Iterable[int], public: bool) -> int:
    """Opens or closes files to everybody; how many. In the transaction of the release that says so."""
    return StoredFile.objects.filter(pk__among=file_ids).update(is_public=public)


def note_download(actor: Actor, file: StoredFile) -> None:
    """Somebody reads a file that is not public: into the ledger, once a minute for the same person and file.

    A file that is read in ranges is one reading.
    """
    if file.is_public or not cache.add(f"download:{actor.label}:{file.pk}", 1, READING_SECONDS):
        return
    with transaction.atomic():
        facts = {"shelf": str(file.shelf_id), "version": file.version, "sha256": file.object_id}
        record(actor.label, "file:downloaded", f"FILE{file.pk}", facts)


def receive(
    actor: Actor, shelf: Shelf, name: str, stream: Stream, *, size_bytes: int = 0, expected_md5: str = "",
    expected_sha256: str = "",
) -> StoredFile:  # fmt: skip
    """A whole file from a stream, read once; ``size_bytes`` as far as they are announced.

    Raises FileProblem (name, checksum, size, space, permission).
    """
    wanted = accepted_name(name)
    expected = declared_sums(expected_md5, expected_sha256)
    get_shelf_to_change(actor, shelf.pk)
    path = settings.BIOMOA_HOME.scratch / f"received-{secrets.token_hex(16)}"
    try:
        check_incoming(shelf, wanted, size_bytes)
        with telling_disk_trouble():
            sums, size_bytes = _write(stream, path)
            check_sums(wanted, expected, sums)
            return keep(actor, shelf, wanted, path, sums, size_bytes)
    finally:
        path.unlink(missing_ok=True)


def _write(stream: Stream, path: Path) -> tuple[Sums, int]:
    running = digests.start()
    with SyncedFile(path) as file:
        while block := stream.read(BLOCK_BYTES):
            file.write(block)
            running.update(block)
        file.sync()
        return running.sums(), file.position


def keep(actor: Actor, shelf: Shelf, name: str, path: Path, sums: Sums, size_bytes: int) -> StoredFile:
    """Puts a synced scratch file into the store, then records it. ``path`` stays; may be done again after a crash."""
    quarantine.check_not_removed(sums.sha256)
    step("file:synced")
    store().put(path, sums.sha256)
    step("file:stored")
    with transaction.atomic():
        file = arrive(actor, shelf, name, sums, size_bytes)
        step("file:before-commit")
    step("file:recorded")
    return file


def arrive(actor: Actor, shelf: Shelf, name: str, sums: Sums, size_bytes: int) -> StoredFile:
    """Records bytes that lie in the store as a file of the shelf, with its event and its inspection job, all or none.

    The same content under the same name is nothing new; other content is the next version, and the old one stays.
    """
    with transaction.atomic():
        shelf = get_shelf_to_change(actor, shelf.pk, lock=True)
        quarantine.check_not_removed(sums.sha256)
        kept, _ = StoredObject.objects.get_or_create(
            sha256=sums.sha256, defaults={"md5": sums.md5, "size_bytes": size_bytes}
        )
        versions = StoredFile.objects.filter(shelf=shelf, name_key=name_key(name))
        current = versions.filter(is_current=True).select_related("object").first()
        if current and current.object_id == kept.sha256:
            return current
        file = _next_version(actor, shelf, name, kept, current)
        facts = {"shelf": str(shelf.pk), "name": name, "version": file.version, "sha256": kept.sha256,
                 "md5": kept.md5, "size_bytes": kept.size_bytes}  # fmt: skip
        record(actor.label, "file:replaced" if current else "file:arrived", f"FILE{file.pk}", facts)
        quarantine.hold_arrived(file)
        inspect_object.enqueue(kept.sha256)
        return file


def _next_version(actor: Actor, shelf: Shelf, name: str, kept: StoredObject, current: StoredFile | None) -> StoredFile:
    key = name_key(name)
    last = StoredFile.objects.filter(shelf=shelf, name_key=key).aggregate(last=Max("version"))["last"] or 0
    if current:
        StoredFile.objects.filter(pk=current.pk).update(is_current=False)
    return StoredFile.objects.create(
        shelf=shelf, name=name, name_key=key, version=last + 1, object=kept, arrived_by_id=actor.user_id
    )


def remove(actor: Actor, file: StoredFile) -> None:
    """Takes a file with all its versions from a draft. Raises FileProblem when a record uses it or it is no draft."""
    with transaction.atomic():
        shelf = get_shelf_to_change(actor, file.shelf_id, lock=True, to_add=False)
        if shelf.state != "draft":
            raise refused("shelf-not-editable", state=shelf.state)
        if quarantine.is_held_by_name(shelf, file.name_key):
            quarantine.remove_name(actor, shelf, file.name_key)
            return
        versions = StoredFile.objects.filter(shelf=shelf, name_key=file.name_key)
        numbers = list(versions.values_list("version", flat=True))
        try:
            versions.delete()
        except ProtectedError as error:
            raise refused("file-in-use", file=file.name) from error
        facts = {"shelf": str(shelf.pk), "name": file.name, "versions": numbers, "sha256": file.object_id}
        record(actor.label, "file:removed", f"FILE{file.pk}", facts)


def accepted_name(name: str) -> str:
    """The name as it is stored. Raises FileProblem with every reason and a safe name."""
    if problems := check_name(name):
        raise FileProblem(BAD_NAME_STATUS, problems)
    return normal_name(name)


def declared_sums(md5: str, sha256: str) -> Sums:
    """Digests that the depositor gave, cleaned; empty where none. Raises FileProblem 400."""
    try:
        return Sums(sha256=normal_digest(sha256, "sha256"), md5=normal_digest(md5, "md5"))
    except HeaderError as error:
        raise refused("bad-header", detail=str(error)) from error


def check_sums(name: str, expected: Sums, found: Sums) -> None:
    """Raises FileProblem 460 naming each digest that differs."""
    wrong = [
        problem("file-checksum-mismatch", file=name, expected=f"{kind} {wanted}", found=f"{kind} {got}")
        for kind, wanted, got in _pairs(expected, found)
        if wanted and wanted != got
    ]
    if wrong:
        raise FileProblem(460, wrong)


def _pairs(expected: Sums, found: Sums) -> Sequence[tuple[Literal["md5", "sha256"], str, str]]:
    return ("md5", expected.md5, found.md5), ("sha256", expected.sha256, found.sha256)
