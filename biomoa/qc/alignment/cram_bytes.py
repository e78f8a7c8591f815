"""The numbers and pieces of CRAM (CRAM 3.1 specification, sections 2, 7 and 8)."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator

import msgspec


class Damaged(ValueError):
    """The bytes cannot be CRAM; ``args[0]`` is the code of the finding."""


class Cursor:
    """Reads numbers from bytes. Raises ``Damaged`` beyond the end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        piece = self.data[self.at : self.at + size]
        if size < 0 or len(piece) < size:
            raise Damaged("cram-structure-malformed")
        self.at += size
        return piece

    def byte(self) -> int:
        """An unsigned byte."""
        return self.take(1)[0]

    def int32(self) -> int:
        """A little-endian signed number of 4 bytes."""
        return int(struct.unpack("<i", self.take(4))[0])

    def itf8(self) -> int:
        """A signed 32-bit number in 1 to 5 bytes (2.3)."""
        first = self.byte()
        more = 0
        while more < 4 and first & (0x80 >> more):
            more += 1
        value = first & (0xFF >> (more + 1)) if more < 4 else first & 0x0F
        rest = self.take(more)
        for i, byte in enumerate(rest):
            value = value << 4 | byte & 0x0F if i == 3 else value << 8 | byte
        return value - (1 << 32) if value >= 1 << 31 else value

    def ltf8(self) -> int:
        """A signed 64-bit number in 1 to 9 bytes (2.3)."""
        first = self.byte()
        more = 0
        while more < 8 and first & (0x80 >> more):
            more += 1
        value = first & (0xFF >> (more + 1)) if more < 7 else 0
        for byte in self.take(more):
            value = value << 8 | byte
        return value - (1 << 64) if value >= 1 << 63 else value

    def itf8_array(self) -> list[int]:
        """A counted array of itf8; a count beyond the bytes left is damage."""
        count = self.itf8()
        if not 0 <= count <= len(self.data) - self.at:
            raise Damaged("cram-structure-malformed")
        return [self.itf8() for _ in range(count)]


class Block(msgspec.Struct):
    """A block of a container; ``start`` is its offset from the first block. Sizes in bytes."""

    method: int
    content_type: int
    content_id: int
    raw_size: int
    data: bytes
    start: int
    crc_good: bool


FILE_HEADER, COMPRESSION_HEADER, SLICE_HEADER, EXTERNAL, CORE = 0, 1, 2, 4, 5


def iter_blocks(data: bytes, major: int) -> Iterator[Block]:
    """The blocks of a container's body (section 8). Version 3 has a CRC32 behind each."""
    cursor = Cursor(data)
    while cursor.at < len(data):
        start = cursor.at
        method, content_type = cursor.byte(), cursor.byte()
        content_id, size, raw_size = cursor.itf8(), cursor.itf8(), cursor.itf8()
        body = cursor.take(size)
        end = cursor.at
        crc_good = major < 3 or zlib.crc32(data[start:end]) == struct.unpack("<I", cursor.take(4))[0]
        yield Block(method, content_type, content_id, raw_size, body, start, crc_good)


def plain(block: Block) -> bytes | None:
    """The block's bytes inflated; None for methods that only the reader knows. Raises ``Damaged``."""
    if not 0 <= block.raw_size <= 1 << 28:
        raise Damaged("cram-structure-malformed")
    try:
        data = _inflate(block)
    except (zlib.error, OSError, ValueError, lzma.LZMAError, EOFError) as error:
        raise Damaged("cram-block-damaged") from error
    if data is not None and len(data) != block.raw_size:
        raise Damaged("cram-block-damaged")
    return data


def _inflate(block: Block) -> bytes | None:
    most = block.raw_size + 1
    if block.method == 0:
        return block.data
    if block.method == 1:
        return zlib.decompressobj(31).decompress(block.data, most)
    if block.method == 2:
        return bz2.BZ2Decompressor().decompress(block.data, most)
    if block.method == 3:
        return lzma.LZMADecompressor().decompress(block.data, most)
    return None
