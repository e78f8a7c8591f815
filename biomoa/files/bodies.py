"""The body of a request as blocks, and whether it came whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from biomoa.files.problems import refused

BLOCK_BYTES = 256 * 1024
# A sender that is silent for so long has gone; what came is kept and the upload is free for its next connection.
SILENCE_SECONDS = 30


class Body:
    """Bytes under way. ``declared_bytes`` is None for a chunked body; ``is_cut`` is known after the iteration."""

    def __init__(self, stream: Any, declared_bytes: int | None) -> None:
        self._stream = stream
        self.declared_bytes = declared_bytes
        self.is_cut = False

    def __iter__(self) -> Iterator[bytes]:
        left = self.declared_bytes
        while left is None or left > 0:
            block = self._read(BLOCK_BYTES if left is None else min(BLOCK_BYTES, left))
            if not block:
                self.is_cut = self.is_cut or left is not None
                return
            left = None if left is None else left - len(block)
            yield block

    def _read(self, most_bytes: int) -> bytes:
        try:
            return bytes(self._stream.read(most_bytes))
        except (OSError, ValueError):
            # The connection broke, fell silent, or its chunks are no chunks.
            self.is_cut = True
            return b""


class Whole:
    """A body to be read to its end: one that is cut raises FileProblem there, so that no part passes for the file."""

    def __init__(self, body: Body, name: str) -> None:
        self._body, self._name = body, name
        self._blocks = iter(body)
        self._read_bytes = 0

    def read(self, _: int = -1) -> bytes:
        block = next(self._blocks, b"")
        self._read_bytes += len(block)
        if not block and self._body.is_cut:
            raise refused("file-cut", file=self._name, expected=self._body.declared_bytes, found=self._read_bytes)
        return block


def body_of(environ: Mapping[str, Any]) -> Body:
    """The body of a WSGI request; nothing when neither a length nor chunks are announced."""
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE_SECONDS)
    stream = environ["wsgi.input"]
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isdigit():
        return Body(stream, int(length))
    is_chunked = "chunked" in str(environ.get("HTTP_TRANSFER_ENCODING", "")).lower()
    return Body(stream, None if is_chunked and environ.get("wsgi.input_terminated") else 0)
