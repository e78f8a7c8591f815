"""Uploads with tus 1.0 that go on where they broke off; digests are computed while the bytes are sent."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import httpx
import msgspec

from biomoa.client.answers import File, OpenUpload
from biomoa.client.faults import ApiError, Unreachable, UploadBroken, raise_for
from biomoa.client.transport import BUSY, Transport, asked_pause, pauses

CHUNK_BYTES = 8 * 1024**2
TUS = {"Tus-Resumable": "1.0.0"}
GONE = frozenset({404, 410})
# 409: the station knows another offset than we do; 460: the chunk arrived damaged. Both are mended by asking anew.
ASK_ANEW = frozenset({409, 423, 460})

Progress = Callable[["Step"], None]


class Step(msgspec.Struct, frozen=True):
    """Where an upload stands: ``sent_bytes`` of ``size_bytes`` are safe at the station."""

    name: str
    sent_bytes: int
    size_bytes: int


class Shelf:
    """The place of a submission's files; ``tus`` is the address that the station gave, ``/files/tus/<shelf>/``."""

    def __init__(self, transport: Transport, tus: str) -> None:
        self.transport = transport
        self.tus = tus
        self.id = tus.rstrip("/").rsplit("/", 1)[-1]

    def files(self) -> dict[str, File]:
        """The current files by name."""
        answer = self.transport.send("GET", f"/api/v1/shelves/{self.id}/files")
        return {file.name: file for file in msgspec.json.decode(answer.content, type=list[File])}

    def open_uploads(self) -> dict[tuple[str, int], OpenUpload]:
        """Uploads that were begun, by name and size."""
        answer = self.transport.send("GET", f"/api/v1/shelves/{self.id}/uploads")
        found = msgspec.json.decode(answer.content, type=list[OpenUpload])
        return {(upload.name, upload.size_bytes): upload for upload in found}

    def upload(self, paths: Iterable[Path], progress: Progress | None = None) -> list[File]:
        """Brings the files to the station. What is there already is not sent again; what was begun goes on.

        Raises Unreachable, ApiError, UploadBroken. Memory: one chunk of 8 MiB, whatever the size.
        """
        tell = progress or (lambda _: None)
        there, begun = self.files(), self.open_uploads()
        sent = {}
        for path in paths:
            size, name = path.stat().st_size, path.name
            old = there.get(name)
            if old and old.size_bytes == size and old.sha256 == sha256_of(path):
                tell(Step(name, size, size))
                continue
            before = begun.get((name, size))
            sent[name] = self._send(path, before.url if before else "", tell)
        now = self.files()
        for name, digest in sent.items():
            if name not in now or now[name].sha256 != digest:
                raise UploadBroken(f"{name}: the station stored other bytes than were sent; send it again")
        return list(now.values())

    def _send(self, path: Path, begun: str, tell: Progress) -> str:
        """Sends one file from where it stands; its SHA-256."""
        size = path.stat().st_size
        url = begun or self._create(path.name, size)
        with path.open("rb") as source:
            offset = self._offset(url)
            if offset is None:
                url, offset = self._create(path.name, size), 0
            digest = hashlib.sha256()
            _hash_up_to(source, digest, offset)
            while True:
                tell(Step(path.name, offset, size))
                if offset >= size:
                    return digest.hexdigest()
                chunk = source.read(CHUNK_BYTES)
                if not chunk:
                    raise UploadBroken(f"{path.name}: became shorter while it was sent")
                digest.update(chunk)
                self._append(url, offset, chunk)
                offset += len(chunk)

    def _create(self, name: str, size: int) -> str:
        metadata = f"filename {base64.b64encode(name.encode()).decode()}"
        headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
        answer = self.transport.send("POST", self.tus, headers=headers)
        # The path alone: the token goes to the station it was given for, whatever host the answer names.
        return httpx.URL(answer.headers["Location"]).path

    def _offset(self, url: str) -> int | None:
        """How many bytes are safe at the station; None when it no longer knows the upload."""
        try:
            answer = self.transport.send("HEAD", url, headers=TUS)
        except ApiError as error:
            if error.status in GONE:
                return None
            raise
        return int(answer.headers["Upload-Offset"])

    def _append(self, url: str, start: int, chunk: bytes) -> None:
        """Sends a chunk; after a break it asks how much arrived and sends the rest.

        An attempt that made progress does not count, so that a bad line still gets a large file through.
        """
        offset, end, said = start, start + len(chunk), ""
        waits = pauses(self.transport.attempts)
        while (pause := next(waits, None)) is not None:
            try:
                answer = self._patch(url, offset, chunk[offset - start :])
                if answer.status_code not in BUSY | ASK_ANEW:
                    raise_for(answer)
                    return
                said, pause = f"{answer.status_code} {answer.reason_phrase}", max(pause, asked_pause(answer))
            except httpx.TransportError as error:
                said = f"{type(error).__name__}: {error}"
            time.sleep(pause)
            safe = self._offset(url)
            if safe is None or not start <= safe <= end:
                raise UploadBroken(f"{url}: the station lost the upload; start it again")
            if safe == end:
                return
            if safe > offset:
                offset, waits = safe, pauses(self.transport.attempts)
        raise Unreachable(f"{url} takes no bytes ({said})")

    def _patch(self, url: str, offset: int, content: bytes) -> httpx.Response:
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        headers = {
            **TUS,
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
            "Content-Type": "application/offset+octet-stream",
        }
        return self.transport.http.patch(url, content=content, headers=headers)


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _hash_up_to(source: BinaryIO, digest: hashlib._Hash, offset: int) -> None:
    """The part that is already there is hashed from the local file, so that the end proves the whole."""
    left = offset
    while left and (block := source.read(min(CHUNK_BYTES, left))):
        digest.update(block)
        left -= len(block)
