"""Where the bytes are kept, addressed by their SHA-256: a folder, or a bucket behind the S3 API."""

from __future__ import annotations

import errno
import functools
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.conf import settings

from biomoa.jobs.steps import step
from biomoa.settings.station import Home, Storage

BLOCK_BYTES = 1024**2
PART_BYTES = 16 * 1024**2
MOST_PARTS = 9_000  # S3 takes 10,000
ADDRESS = re.compile(r"[0-9a-f]{64}")


MARK = ".biomoa-store"  # in the folder of objects: the id that the station's home knows, too
ID_FILE = "store.id"  # in the home: that id, and the folder that was marked with it


class StoreAway(OSError):
    """The folder of objects is missing, or another one lies in its place: a disk that is not mounted."""

    def __init__(self, folder: Path) -> None:
        told = f"the folder is missing or is not the one with this station's files (no {MARK} of this station)"
        super().__init__(errno.ENODEV, told, str(folder))


class WrongSize(OSError):
    """An object is there, but it is not as long as it was when it was put."""

    def __init__(self, sha256: str, wanted: int, found: int) -> None:
        super().__init__(errno.EIO, f"the object has {found} bytes instead of {wanted}", sha256)


class Blocks(Protocol):
    """Bytes that can surely be read: what they come from is open. ``close`` gives it up at any point."""

    def __iter__(self) -> Iterator[bytes]: ...

    def __next__(self) -> bytes: ...

    def close(self) -> None: ...


class ObjectStore(Protocol):
    """Bytes by SHA-256. What ``put`` has returned from survives a power cut."""

    def check(self) -> None:
        """Raises StoreAway when this is plainly not where the station's objects lie. Quick: a service is not asked."""
        ...

    def put(self, path: Path, sha256: str) -> None:
        """Keeps the bytes of ``path``, whose digest the caller has computed. The file stays; doing it twice is once.

        The caller must not write to the file afterwards, and removes it when the object is recorded. Raises StoreAway.
        """
        ...

    def find_size(self, sha256: str) -> int | None:
        """Bytes of the object; None when it is not there."""
        ...

    def iter_blocks(self, sha256: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` to ``stop`` (not included), in blocks. Raises FileNotFoundError."""
        ...

    def open_blocks(self, sha256: str, size_bytes: int, start: int, stop: int) -> Blocks:
        """As ``iter_blocks``, but opened now: what cannot be read is known before an answer begins.

        Raises FileNotFoundError, WrongSize when the object has not ``size_bytes``, OSError.
        """
        ...

    def local(self, sha256: str) -> AbstractContextManager[Path]:
        """A file with the bytes, to be read only, as long as the context lasts. Raises FileNotFoundError."""
        ...

    def remove(self, sha256: str) -> None:
        """Removes the object; nothing happens when it is not there."""
        ...

    def age_seconds(self, sha256: str) -> float | None:
        """Seconds since the object was last put; None when it is not there."""
        ...

    def iter_addresses(self) -> Iterator[str]:
        """The SHA-256 of everything that is kept, in order."""
        ...

    def iter_sizes(self) -> Iterator[tuple[str, int]]:
        """The SHA-256 and bytes of everything that is kept; nothing of it is read."""
        ...


@functools.cache
def store() -> ObjectStore:
    """The store that station.toml names."""
    home: Home = settings.BIOMOA_HOME
    return make_store(home, home.station.storage)


def make_store(home: Home, storage: Storage) -> ObjectStore:
    if storage.kind == "folder":
        return FolderStore(home.folder / storage.folder, home.folder / ID_FILE)
    key, secret = os.environ.get(storage.key_env, ""), os.environ.get(storage.secret_env, "")
    return BucketStore(storage.bucket, storage.endpoint, storage.region, key, secret, home.scratch)


class FolderStore:
    """``ab/cd/<sha256>`` below a folder, on the same file system as the scratch folder if links are to be cheap.

    With ``id_file``, nothing is put into the folder unless it is marked with the id in that file: an empty folder where
    a disk was to be mounted takes files that nobody finds again.
    """

    def __init__(self, folder: Path, id_file: Path | None = None) -> None:
        self.folder, self.id_file = folder, id_file

    def check(self) -> None:
        if self.id_file is None or self.is_marked():
            return
        if not any(adopt(self, self.id_file) for adopt in adopters):
            raise StoreAway(self.folder)

    def is_marked(self) -> bool:
        mark = first_word(self.folder / MARK)
        return self.id_file is not None and mark != "" and mark == first_word(self.id_file)

    def mark(self, identity: str) -> None:
        """From now on this folder is the station's. Raises OSError."""
        assert self.id_file is not None
        write_small(self.folder / MARK, identity)
        write_small(self.id_file, f"{identity} {self.folder}")

    def path(self, sha256: str) -> Path:
        if not ADDRESS.fullmatch(sha256):
            raise ValueError(f"{sha256[:80]!r} is not a SHA-256")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, path: Path, sha256: str) -> None:
        target = self.path(sha256)
        self.check()
        for folder in (target.parent.parent, target.parent):
            folder.mkdir(exist_ok=True)  # not the ones above: they come with their disk
        beside = target.with_name(f".{sha256}.{secrets.token_hex(8)}")
        try:
            _link_or_copy(path, beside)
            beside.chmod(0o444)  # before it has its name: from then on tidying may take it away
            step("store:beside")
            beside.replace(target)
        finally:
            # Renaming one link of a file onto another leaves both (POSIX), and a failed copy leaves its part.
            beside.unlink(missing_ok=True)
        step("store:named")
        for folder in (target.parent, target.parent.parent, self.folder):
            sync_folder(folder)

    def find_size(self, sha256: str) -> int | None:
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def iter_blocks(self, sha256: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        with self.path(sha256).open("rb") as file:
            file.seek(start)
            left = -1 if stop is None else stop - start
            while left and (block := file.read(BLOCK_BYTES if left < 0 else min(BLOCK_BYTES, left))):
                left -= len(block) if left > 0 else 0
                yield block

    def open_blocks(self, sha256: str, size_bytes: int, start: int, stop: int) -> Blocks:
        file = self.path(sha256).open("rb")
        try:
            if (found := os.fstat(file.fileno()).st_size) != size_bytes:
                raise WrongSize(sha256, size_bytes, found)
            file.seek(start)
        except BaseException:
            file.close()
            raise
        return _FileBlocks(file, stop - start)

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        path = self.path(sha256)
        if not path.is_file():
            raise FileNotFoundError(errno.ENOENT, "the object is not in the store", sha256)
        yield path

    def remove(self, sha256: str) -> None:
        path = self.path(sha256)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            sync_folder(path.parent)

    def age_seconds(self, sha256: str) -> float | None:
        try:
            # The time of the link, not of the last byte: a part may have been written long ago.
            return time.time() - self.path(sha256).stat().st_ctime
        except FileNotFoundError:
            return None

    def iter_addresses(self) -> Iterator[str]:
        for place in sorted(self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/")):
            yield from sorted(file.name for file in place.iterdir() if ADDRESS.fullmatch(file.name))

    def iter_sizes(self) -> Iterator[tuple[str, int]]:
        for sha256 in self.iter_addresses():
            size_bytes = self.find_size(sha256)
            if size_bytes is not None:
                yield sha256, size_bytes


# Who may mark a folder without a mark; asks the database, which a restore does not have yet (files/adoption.py).
adopters: list[Callable[[FolderStore, Path], bool]] = []


class _FileBlocks:
    """A span of an open file. A class, since closing a generator that has not begun leaves its file open."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file, self._left = file, size_bytes

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        block = self._file.read(min(BLOCK_BYTES, self._left)) if self._left else b""
        if not block:
            self.close()
            raise StopIteration
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._left = 0
        self._file.close()


class _BodyBlocks:
    """The body of an S3 answer that has begun."""

    def __init__(self, body: Any) -> None:
        self._body, self._blocks = body, body.iter_chunks(BLOCK_BYTES)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return bytes(next(self._blocks))

    def close(self) -> None:
        self._body.close()


class BucketStore:
    """A bucket behind the S3 API, the same ``ab/cd/<sha256>`` as keys; big files in parts, in constant memory."""

    def __init__(self, bucket: str, endpoint: str, region: str, key: str, secret: str, scratch: Path) -> None:
        self._where = {"endpoint_url": endpoint or None, "region_name": region}
        self._keys = {"aws_access_key_id": key or None, "aws_secret_access_key": secret or None}
        self.bucket = bucket
        self.scratch = scratch

    @functools.cached_property
    def client(self) -> Any:
        import boto3  # half a second that a station with a folder does not pay
        from botocore.config import Config

        config = Config(
            s3={"addressing_style": "path"},
            retries={"max_attempts": 5, "mode": "standard"},
            connect_timeout=10,
            read_timeout=60,
            max_pool_connections=32,
        )
        return boto3.session.Session().client("s3", config=config, **self._where, **self._keys)

    def check(self) -> None:
        """A bucket that is not there refuses by itself."""

    def put(self, path: Path, sha256: str) -> None:
        from boto3.s3.transfer import TransferConfig

        size_bytes = path.stat().st_size
        if self.find_size(sha256) == size_bytes:
            return
        part_bytes = max(PART_BYTES, -(-size_bytes // MOST_PARTS))
        parts = TransferConfig(multipart_threshold=part_bytes, multipart_chunksize=part_bytes, max_concurrency=2)
        step("store:beside")
        self.client.upload_file(str(path), self.bucket, _key(sha256), Config=parts)
        step("store:named")
        kept = self.find_size(sha256)
        if kept != size_bytes:
            raise OSError(errno.EIO, f"the bucket keeps {kept} of {size_bytes} bytes", sha256)

    def find_size(self, sha256: str) -> int | None:
        head = self._head(sha256)
        return None if head is None else int(head["ContentLength"])

    def _head(self, sha256: str) -> dict[str, Any] | None:
        try:
            with _as_a_disk_says(sha256):
                return self.client.head_object(Bucket=self.bucket, Key=_key(sha256))  # type: ignore[no-any-return]
        except FileNotFoundError:
            return None

    def iter_blocks(self, sha256: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        size_bytes = self._size(sha256)
        stop = size_bytes if stop is None else min(stop, size_bytes)
        if start >= stop:
            return
        span = f"bytes={start}-{stop - 1}"
        body = self.client.get_object(Bucket=self.bucket, Key=_key(sha256), Range=span)["Body"]
        try:
            yield from body.iter_chunks(BLOCK_BYTES)
        finally:
            body.close()

    def open_blocks(self, sha256: str, size_bytes: int, start: int, stop: int) -> Blocks:
        span = {"Range": f"bytes={start}-{stop - 1}"} if start < stop else {}
        with _as_a_disk_says(sha256):
            answer = self.client.get_object(Bucket=self.bucket, Key=_key(sha256), **span)
        total = str(answer.get("ContentRange", "")).rpartition("/")[2]
        found = int(total or answer["ContentLength"])
        if found != size_bytes:
            answer["Body"].close()
            raise WrongSize(sha256, size_bytes, found)
        return _BodyBlocks(answer["Body"])

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        self._size(sha256)
        path = self.scratch / f"fetched-{sha256[:16]}-{secrets.token_hex(4)}"
        try:
            with path.open("wb") as file:
                for block in self.iter_blocks(sha256):
                    file.write(block)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def remove(self, sha256: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=_key(sha256))

    def age_seconds(self, sha256: str) -> float | None:
        head = self._head(sha256)
        return None if head is None else time.time() - head["LastModified"].timestamp()

    def iter_addresses(self) -> Iterator[str]:
        return (sha256 for sha256, _ in self.iter_sizes())

    def iter_sizes(self) -> Iterator[tuple[str, int]]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for entry in page.get("Contents", ()):
                name = entry["Key"].rsplit("/", 1)[-1]
                if ADDRESS.fullmatch(name):
                    yield name, int(entry["Size"])

    def _size(self, sha256: str) -> int:
        size_bytes = self.find_size(sha256)
        if size_bytes is None:
            raise FileNotFoundError(errno.ENOENT, "the object is not in the store", sha256)
        return size_bytes


@contextmanager
def _as_a_disk_says(sha256: str) -> Iterator[None]:
    """What the client of S3 raises, as an OSError. 416: the object is shorter than the span that was asked for."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 416):
            raise FileNotFoundError(errno.ENOENT, "the object is not in the store as it was put", sha256) from error
        raise OSError(errno.EIO, str(error), sha256) from error
    except BotoCoreError as error:
        raise OSError(errno.EIO, str(error), sha256) from error


def _key(sha256: str) -> str:
    if not ADDRESS.fullmatch(sha256):
        raise ValueError(f"{sha256[:80]!r} is not a SHA-256")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def first_word(path: Path) -> str:
    """Empty when the file is not there or cannot be read."""
    try:
        return next(iter(path.read_text(encoding="utf-8").split()), "")
    except (OSError, UnicodeDecodeError):
        return ""


def write_small(path: Path, text: str) -> None:
    """The file has the old content or the new one, also after a power cut."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with fresh.open("x", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable; a rename is not, before this."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link_or_copy(path: Path, beside: Path) -> None:
    try:
        os.link(path, beside)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS):
            raise
        with path.open("rb") as source, beside.open("xb") as copy:
            shutil.copyfileobj(source, copy, BLOCK_BYTES)
            copy.flush()
            os.fsync(copy.fileno())
