"""Resumable uploads: begin, append, finish, cancel, expire.

An acknowledged offset is durable: bytes are synced first, then the row is committed with the offset and the running
digests, then the client hears of it. A long request is laid down like this every CHECKPOINT_BYTES, so that a crash
in the middle of 20 GB costs no more than that.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from biomoa.files import digests, rules
from biomoa.files.bodies import Body
from biomoa.files.digests import Digests, Sums
from biomoa.files.disk import SyncedFile, check_space, telling_disk_trouble
from biomoa.files.models import StoredObject, Upload
from biomoa.files.problems import FileProblem, refused
from biomoa.files.quarantine import check_not_removed
from biomoa.files.queries import get_shelf_to_change
from biomoa.files.quota import check_incoming
from biomoa.files.services import accepted_name, arrive, check_sums, declared_sums
from biomoa.files.storage import BLOCK_BYTES, store, sync_folder
from biomoa.jobs.steps import step
from biomoa.people.queries import actor_of
from biomoa.people.rules import Actor, system
from biomoa.qc.persons import kind_in

CHECKPOINT_BYTES = 64 * 1024**2
LOCK_WAIT_SECONDS = 1.0
ORPHAN_AGE_SECONDS = 86_400


def begin(actor: Actor, shelf_id: UUID, size_bytes: int, metadata: str) -> Upload:
    """A new upload of ``size_bytes``; its name and digests come from the Upload-Metadata header.

    Raises FileProblem: permission, name (422), header (400), size (413), space (507).
    """
    shelf = get_shelf_to_change(actor, shelf_id)
    try:
        pairs = rules.parse_metadata(metadata)
    except rules.HeaderError as error:
        raise refused("bad-header", detail=str(error)) from error
    name = accepted_name(pairs.get("filename") or pairs.get("name") or "")
    expected = declared_sums(pairs.get("md5", ""), pairs.get("sha256", ""))
    if any(map(kind_in, pairs.values())):  # it is kept as it came, and given back with the offset
        raise refused("bad-header", detail="Upload-Metadata: a value seems to identify a person")
    check_incoming(shelf, name, size_bytes)
    with telling_disk_trouble():
        upload = Upload.objects.create(
            id=secrets.token_urlsafe(32), shelf=shelf, name=name, size_bytes=size_bytes, metadata=metadata,
            expected_md5=expected.md5, expected_sha256=expected.sha256, created_by_id=actor.user_id,
            expires_at=_expiry(),
        )  # fmt: skip
        step("upload:begun")
        if size_bytes == 0:
            with _held(upload):
                _finish(actor, upload, digests.start())
    return upload


def get_upload(actor: Actor, shelf_id: UUID, upload_id: str) -> Upload:
    """An upload of a shelf that the actor may change. Raises FileProblem 404, 410 when it has expired."""
    get_shelf_to_change(actor, shelf_id)
    upload = Upload.objects.select_related("shelf").filter(pk=upload_id, shelf_id=shelf_id).first()
    if upload is None:
        raise refused("not-found")
    if upload.expires_at <= timezone.now():
        raise refused("upload-gone")
    return upload


def settle(actor: Actor, upload: Upload) -> Upload:
    """Finishes an upload whose last byte was acknowledged but which a crash kept from arriving; else gives it as it is.

    A client that asks for the offset of such an upload would never send another byte.
    """
    if upload.file_id is None and upload.offset_bytes == upload.size_bytes:
        with telling_disk_trouble(), _held(upload):
            _reload(upload)
            if upload.file_id is None and upload.offset_bytes == upload.size_bytes:
                _finish(actor, upload, _digests_at(upload))
    return upload


def append(actor: Actor, upload: Upload, offset: int, body: Body, checksum: rules.Checksum | None = None) -> Upload:
    """Adds the body at ``offset``; the upload with its new durable offset.

    What came before a connection broke is kept, except under a checksum, which then cannot be checked. Raises
    FileProblem: 409 wrong offset, 413 more than declared, 423 another request holds the upload, 460, 507, 503.
    """
    with telling_disk_trouble(), _held(upload):
        _reload(upload)
        if offset != upload.offset_bytes:
            raise refused("wrong-offset", file=upload.name, expected=offset, found=upload.offset_bytes)
        if upload.file_id is not None:
            # A sender whose file grew would go on for ever if each part were answered as taken.
            _check_length(upload, body.declared_bytes or len(next(iter(body), b"")))
            return upload
        _check_length(upload, body.declared_bytes or 0)
        check_space(body.declared_bytes or 0)
        running = _write(upload, body, checksum)
        if upload.offset_bytes == upload.size_bytes:
            _finish(actor, upload, running)
    return upload


def cancel(actor: Actor, upload: Upload) -> None:
    """Forgets an upload and frees its bytes; a file that has already arrived stays."""
    del actor
    with telling_disk_trouble(), _held(upload):
        _forget(upload)


def expire_uploads(now: datetime | None = None) -> int:
    """Clock job: finishes what a crash left complete, forgets what is past its time; how many were forgotten."""
    now = now or timezone.now()
    for upload in Upload.objects.filter(file=None, offset_bytes__gte=1).select_related("shelf").iterator():
        if upload.offset_bytes == upload.size_bytes:
            with suppress(FileProblem):
                settle(_sender(upload), upload)
    gone = 0
    for upload in Upload.objects.filter(expires_at__lte=now).iterator():
        with suppress(FileProblem), _held(upload):
            _forget(upload)
            gone += 1
    _drop_orphan_parts()
    return gone


# -- writing ---------------------------------------------------------------------------------------------------------


def _write(upload: Upload, body: Body, checksum: rules.Checksum | None) -> Digests:
    with SyncedFile(part_path(upload), upload.offset_bytes) as file:
        running = _digests_at(upload)
        if checksum:
            _write_checked(upload, file, running, body, checksum)
        else:
            _write_plain(upload, file, running, body)
    return running


def _write_plain(upload: Upload, file: SyncedFile, running: Digests, body: Body) -> None:
    try:
        for block in body:
            _check_length(upload, file.position - upload.offset_bytes + len(block))
            file.write(block)
            running.update(block)
            # The last checkpoint is made at the end of the body, when nothing more can come.
            if file.position - upload.offset_bytes >= CHECKPOINT_BYTES and file.position < upload.size_bytes:
                _checkpoint(upload, file, running)
                check_space(0)
    except OSError:
        # The block that failed was not hashed: all before it can still be kept, if the disk lets us.
        if file.is_sound and file.position > upload.offset_bytes:
            with suppress(OSError, DatabaseError):
                _checkpoint(upload, file, running)
        raise
    _checkpoint(upload, file, running)


def _write_checked(upload: Upload, file: SyncedFile, running: Digests, body: Body, checksum: rules.Checksum) -> None:
    part = hashlib.new(checksum.algorithm, usedforsecurity=False)
    for block in body:
        _check_length(upload, file.position - upload.offset_bytes + len(block))
        file.write(block)
        running.update(block)
        part.update(block)
    if body.is_cut or part.digest() != checksum.digest:
        arrived = file.position - upload.offset_bytes
        file.cut(upload.offset_bytes)
        if body.is_cut:
            raise refused("upload-too-short", file=upload.name, expected=body.declared_bytes, found=arrived)
        raise refused(
            "part-checksum-mismatch", file=upload.name,
            expected=f"{checksum.algorithm} {checksum.digest.hex()}", found=f"{checksum.algorithm} {part.hexdigest()}",
        )  # fmt: skip
    _checkpoint(upload, file, running)


def _checkpoint(upload: Upload, file: SyncedFile, running: Digests) -> None:
    if file.position == upload.offset_bytes:
        return
    file.sync()
    step("upload:synced")
    fields = {"offset_bytes": file.position, "digest_state": running.state(), "expires_at": _expiry()}
    if not Upload.objects.filter(pk=upload.pk).update(**fields):
        raise refused("upload-gone")
    for name, value in fields.items():
        setattr(upload, name, value)
    step("upload:checkpoint")


def _check_length(upload: Upload, incoming_bytes: int) -> None:
    total = upload.offset_bytes + incoming_bytes
    if total > upload.size_bytes:
        raise refused("upload-too-long", file=upload.name, expected=upload.size_bytes, found=total)


def _digests_at(upload: Upload) -> Digests:
    if upload.offset_bytes == 0:
        return digests.start()
    # Only without a usable state (no libcrypto here, or a part that a disk has shortened) are bytes read again.
    return digests.resume(bytes(upload.digest_state)) or digests.of_blocks(_stored(upload))


def _stored(upload: Upload) -> Iterator[bytes]:
    left = upload.offset_bytes
    with part_path(upload).open("rb") as file:
        while left and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block


def _finish(actor: Actor, upload: Upload, running: Digests) -> None:
    """Store, record, then let go of the part. Any crash in between is mended by doing it again."""
    sums = running.sums()
    try:
        check_sums(upload.name, Sums(sha256=upload.expected_sha256, md5=upload.expected_md5), sums)
    except FileProblem:
        _start_over(upload)
        raise
    path = part_path(upload)
    if upload.size_bytes == 0:
        path.touch()
    check_not_removed(sums.sha256)
    store().put(path, sums.sha256)
    step("upload:stored")
    with transaction.atomic():
        if store().find_size(sums.sha256) is None:
            raise refused("storage-failed")  # the cleaning of orphans was quicker; sent again, it is put again
        upload.file = arrive(actor, upload.shelf, upload.name, sums, upload.size_bytes)
        Upload.objects.filter(pk=upload.pk).update(file=upload.file)
        step("upload:before-commit")
    step("upload:arrived")
    path.unlink(missing_ok=True)
    _lock_path(upload).unlink(missing_ok=True)


def _start_over(upload: Upload) -> None:
    # These bytes are not the file that was promised; the same address takes the right ones from the beginning.
    Upload.objects.filter(pk=upload.pk).update(offset_bytes=0, digest_state=b"")
    upload.offset_bytes, upload.digest_state = 0, b""
    step("upload:started-over")
    part_path(upload).unlink(missing_ok=True)


def _reload(upload: Upload) -> None:
    row = Upload.objects.select_related("shelf").filter(pk=upload.pk).first()
    if row is None:
        raise refused("upload-gone")
    for name in ("offset_bytes", "digest_state", "file_id", "shelf"):
        setattr(upload, name, getattr(row, name))
    lies = _part_size(upload)
    if upload.file_id is None and lies < upload.offset_bytes:
        # A disk that lost acknowledged bytes: go on from what is there, so that the client sends them again.
        upload.offset_bytes, upload.digest_state = lies, b""
        Upload.objects.filter(pk=upload.pk).update(offset_bytes=lies, digest_state=b"")


# -- places and locks ------------------------------------------------------------------------------------------------


def part_path(upload: Upload) -> Path:
    """Where the bytes of an upload under way lie."""
    return _folder() / f"{upload.pk}.part"


def _lock_path(upload: Upload) -> Path:
    return _folder() / f"{upload.pk}.lock"


def _folder() -> Path:
    folder: Path = settings.BIOMOA_HOME.scratch / "uploads"
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        try:
            sync_folder(folder.parent)
        except OSError:
            folder.rmdir()  # or the next one would take it for durable
            raise
    return folder


def _part_size(upload: Upload) -> int:
    try:
        return part_path(upload).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def _held(upload: Upload) -> Iterator[None]:
    """One request at a time, over threads and processes; the kernel frees the lock of a process that dies."""
    handle = os.open(_lock_path(upload), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _take(handle):
            raise refused("upload-busy", file=upload.name)
        yield
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    until = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)


def _forget(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).delete()
    step("upload:forgotten")
    part_path(upload).unlink(missing_ok=True)
    _lock_path(upload).unlink(missing_ok=True)


def drop_orphan_objects(older_than_seconds: float = ORPHAN_AGE_SECONDS) -> int:
    """Clock job: removes objects that no row tells of (a crash before the row, an upload given up); how many."""
    known = StoredObject.objects.values_list("sha256", flat=True)
    gone = 0
    store().check()  # another station's disk is no heap of orphans
    for sha256 in store().iter_addresses():
        if not known.filter(pk=sha256).exists():
            with transaction.atomic():
                # Asked again under the lock: the same bytes may be arriving now, and that puts them anew.
                age = store().age_seconds(sha256)
                if age is not None and age > older_than_seconds and not known.filter(pk=sha256).exists():
                    store().remove(sha256)
                    gone += 1
    return gone


def _drop_orphan_parts() -> None:
    """Parts without a row (a crash between the two) are dropped after a day."""
    before = time.time() - ORPHAN_AGE_SECONDS
    for path in _folder().iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before and not Upload.objects.filter(pk=path.stem, file=None).exists():
                path.unlink()


def _expiry() -> datetime:
    days: int = settings.BIOMOA_HOME.station.limits.upload_expires_days
    return timezone.now() + timedelta(days=days)


def _sender(upload: Upload) -> Actor:
    return actor_of(upload.created_by) if upload.created_by else system("uploads")
