"""Where a backup lies: a folder (another disk, a mounted share) or a bucket; files appear in it whole or not at all."""

from __future__ import annotations

import fcntl
import functools
import io
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from biomoa.files.storage import sync_folder
from biomoa.settings.station import is_this_machine

BLOCK_BYTES = 4 * 1024**2
S3_PREFIX = "s3://"
PART_SUFFIX = ".part"
LOCK = "backup.lock"
ENDPOINT, REGION, KEY, SECRET = (f"BIOMOA_BACKUP_S3_{name}" for name in ("ENDPOINT", "REGION", "KEY", "SECRET"))


class ChestError(Exception):
    """The place of the backup cannot be used; the message says why."""


class Chest(Protocol):
    """Files by name (``objects/ab/cd/...``)."""

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        """The file has these bytes, or is not there; an older one of that name is replaced."""
        ...

    def settle(self) -> None:
        """What was written so far survives a power cut when this returns."""
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """Raises FileNotFoundError."""
        ...

    def sizes(self, folder: str) -> dict[str, int]:
        """Name -> bytes of every file below the folder (``""``: of all)."""
        ...

    def remove(self, name: str) -> None:
        """Nothing happens when it is not there."""
        ...

    @contextmanager
    def holding(self) -> Iterator[None]:
        """One writer at a time. Raises ChestError when another one is at work."""
        ...


def open_chest(place: str) -> Chest:
    """``s3://bucket/prefix``, else a folder."""
    if not place.startswith(S3_PREFIX):
        return FolderChest(Path(place).resolve())
    bucket, _, prefix = place.removeprefix(S3_PREFIX).partition("/")
    return BucketChest(bucket, prefix.strip("/"))


class FolderChest:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._touched: set[Path] = set()
        self._lock = threading.Lock()

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        path = self.folder / name
        self._make(path.parent)
        part = path.with_name(f".{path.name}.{secrets.token_hex(6)}{PART_SUFFIX}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb", 0) as file:
                for block in blocks:
                    _write_all(file, block)
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        with self._lock:
            self._touched.add(path.parent)

    def _make(self, folder: Path) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            path.mkdir(mode=0o700, exist_ok=True)
            with self._lock:
                self._touched.add(path.parent)

    def settle(self) -> None:
        with self._lock:
            touched, self._touched = self._touched, set()
        for folder in touched:
            sync_folder(folder)

    def read(self, name: str) -> Iterator[bytes]:
        with (self.folder / name).open("rb", buffering=0) as file:
            while block := file.read(BLOCK_BYTES):
                yield block

    def sizes(self, folder: str) -> dict[str, int]:
        return dict(self._iter_sizes(self.folder / folder if folder else self.folder))

    def _iter_sizes(self, folder: Path) -> Iterator[tuple[str, int]]:
        if not folder.is_dir():
            return
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                yield from self._iter_sizes(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and not entry.name.endswith((PART_SUFFIX, ".lock")):
                yield str(Path(entry.path).relative_to(self.folder)), entry.stat().st_size

    def remove(self, name: str) -> None:
        path = self.folder / name
        path.unlink(missing_ok=True)
        with self._lock:
            if path.parent.is_dir():
                self._touched.add(path.parent)

    @contextmanager
    def holding(self) -> Iterator[None]:
        self._make(self.folder)
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._drop_parts()
            yield
        except BlockingIOError as error:
            raise ChestError(f"{self.folder}: another backup writes here now") from error
        finally:
            os.close(handle)

    def _drop_parts(self) -> None:
        """What a killed backup left half written."""
        for path in self.folder.rglob(f".*{PART_SUFFIX}"):
            path.unlink(missing_ok=True)


def _write_all(file: Any, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[file.write(view) :]


class BucketChest:
    """Keys from BIOMOA_BACKUP_S3_KEY and _SECRET, endpoint and region from BIOMOA_BACKUP_S3_ENDPOINT and _REGION."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""

    @functools.cached_property
    def client(self) -> Any:
        import boto3
        from botocore.config import Config

        endpoint = urlsplit(os.environ.get(ENDPOINT, ""))
        if endpoint.scheme == "http" and not is_this_machine(endpoint.hostname or ""):
            raise ValueError(f"{ENDPOINT}: a backup goes to another machine over https only")
        config = Config(
            s3={"addressing_style": "path"},
            retries={"max_attempts": 5, "mode": "standard"},
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=16,
        )
        return boto3.session.Session().client(
            "s3",
            config=config,
            endpoint_url=os.environ.get(ENDPOINT) or None,
            region_name=os.environ.get(REGION) or "us-east-1",
            aws_access_key_id=os.environ.get(KEY) or None,
            aws_secret_access_key=os.environ.get(SECRET) or None,
        )

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        self.client.upload_fileobj(_Stream(blocks), self.bucket, self.prefix + name)

    def settle(self) -> None:
        """An answered PUT is durable."""

    def read(self, name: str) -> Iterator[bytes]:
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"]
        except self.client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(name) from error
        try:
            yield from body.iter_chunks(BLOCK_BYTES)
        finally:
            body.close()

    def sizes(self, folder: str) -> dict[str, int]:
        start = f"{self.prefix}{folder}/" if folder else self.prefix
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
        entries = (entry for page in pages for entry in page.get("Contents", ()))
        return {entry["Key"].removeprefix(self.prefix): entry["Size"] for entry in entries}

    def remove(self, name: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """A bucket has no locks: two backups into one place give two generations, and only ``--keep`` may collide."""
        yield


class _Stream(io.RawIOBase):
    """Blocks as a file to be read, for the S3 client."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._held = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts: list[bytes] = []
        wanted = size if size >= 0 else 1 << 62
        while wanted > 0:
            if not self._held:
                self._held = next(self._blocks, b"")
                if not self._held:
                    break
            parts.append(self._held[:wanted])
            self._held = self._held[len(parts[-1]) :]
            wanted -= len(parts[-1])
        return b"".join(parts)
