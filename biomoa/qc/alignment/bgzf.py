"""BGZF, the block-wise gzip of BAM (SAMv1 section 4.1): framing, checksums and the end marker in one pass."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

from isal import isal_zlib

from biomoa.qc.model import Report
from biomoa.qc.source import IsalError

END_MARKER = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_HEAD = struct.Struct("<4BI2BH")
_TAIL = struct.Struct("<II")
_BATCH = 4 << 20  # inflated bytes given out at once
_BOMB_FLOOR = 64 << 20  # inflated bytes that are always allowed
_BOMB_RATIO = 200  # BAM of unmapped or uniform reads reaches ratios that text does not
_Problem = tuple[str, int]  # code, byte


class BgzfReader:
    """Inflates BGZF blocks from chunks of any size. After iteration ``problem`` is the fault that stopped it, if any.

    ``ended`` tells whether the last block was the end marker; ``blocks`` counts all blocks.
    """

    def __init__(self, chunks: Iterable[bytes | memoryview], *, limited: bool = True) -> None:
        self.problem: _Problem | None = None
        self.ended = False
        self.blocks = 0
        self._chunks = chunks
        self._limited = limited
        self._inflated = 0
        self._byte = 0

    def __iter__(self) -> Iterator[bytes]:
        """Inflated bytes in pieces of about 4 MiB; what was whole before a fault is still given."""
        pieces: list[bytes] = []
        held = 0
        for piece in self._pieces():
            pieces.append(piece)
            held += len(piece)
            if held >= _BATCH:
                yield b"".join(pieces)
                pieces, held = [], 0
        if pieces:
            yield b"".join(pieces)

    def _pieces(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self._chunks:
            data = rest + bytes(chunk) if rest else bytes(chunk)
            at = 0
            while self.problem is None and (size := self._block_size(data, at)) and at + size <= len(data):
                yield from self._block(data, at, size)
                at += size
                self._byte += size
            if self.problem is not None:
                return
            rest = data[at:]
        if rest:
            trailing = self.ended and rest[:2] != b"\x1f\x8b"
            self.problem = ("bgzf-block-malformed" if trailing else "bgzf-truncated", self._byte)

    def _block_size(self, data: bytes, at: int) -> int:
        """Bytes of the block at ``at``; 0 when more data is needed or the block is malformed."""
        if len(data) - at < 18:
            if data[at : at + 4] != b"\x1f\x8b\x08\x04"[: len(data) - at]:
                self.problem = ("bgzf-block-malformed", self._byte)
            return 0
        id1, id2, method, flags, _, _, _, extra = _HEAD.unpack_from(data, at)
        if (id1, id2, method, flags) != (31, 139, 8, 4):  # SAM specification 4.1: no other field of gzip's header
            self.problem = ("bgzf-block-malformed", self._byte)
            return 0
        if len(data) - at < 12 + extra:
            return 0
        size = _extra_size(data[at + 12 : at + 12 + extra])
        if size is None or size < 12 + extra + 10:
            self.problem = ("bgzf-block-malformed", self._byte)
            return 0
        return size

    def _block(self, data: bytes, at: int, size: int) -> Iterator[bytes]:
        self.blocks += 1
        self.ended = size == len(END_MARKER) and data[at : at + size] == END_MARKER
        start = at + 12 + struct.unpack_from("<H", data, at + 10)[0]
        crc, length = _TAIL.unpack_from(data, at + size - 8)
        piece = self._inflate(data[start : at + size - 8], length)
        if piece is None:
            return
        if len(piece) != length or isal_zlib.crc32(piece) != crc:
            self.problem = ("bgzf-crc-mismatch", self._byte)
            return
        self._inflated += len(piece)
        if self._limited and self._inflated > _BOMB_FLOOR and self._inflated > _BOMB_RATIO * (self._byte + size):
            self.problem = ("bgzf-bomb", self._byte)
            return
        if piece:
            yield piece

    def _inflate(self, deflated: bytes, length: int) -> bytes | None:
        if length > 65536:
            self.problem = ("bgzf-crc-mismatch", self._byte)
            return None
        machine = isal_zlib.decompressobj(-15)
        try:
            piece = machine.decompress(deflated, 65537)
        except (IsalError, zlib.error):
            self.problem = ("bgzf-data-damaged", self._byte)
            return None
        if not machine.eof or machine.unused_data:
            self.problem = ("bgzf-data-damaged", self._byte)
            return None
        return piece

    def report(self, report: Report, *, end_code: str, trailing_code: str) -> None:
        """Says the fault that stopped the reading, or that the end marker is missing."""
        if self.problem is None:
            if not self.ended:
                report.add(end_code)
            return
        code, byte = self.problem
        after_end = code == "bgzf-block-malformed" and self.ended
        report.add(trailing_code if after_end else code, at=f"byte {byte}")


def _extra_size(extra: bytes) -> int | None:
    """BSIZE + 1 of the BC subfield; None without one."""
    at = 0
    while at + 4 <= len(extra):
        size = struct.unpack_from("<H", extra, at + 2)[0]
        if extra[at : at + 2] == b"BC" and size == 2 and at + 6 <= len(extra):
            return int(struct.unpack_from("<H", extra, at + 4)[0]) + 1
        at += 4 + size
    return None


def inflate_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The inflated bytes of blocks that a program of our own wrote: no limit on their ratio."""
    return iter(BgzfReader(chunks, limited=False))
