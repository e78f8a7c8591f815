"""Walks the containers of a CRAM file (CRAM 3.1 specification, sections 6 to 8) without decoding records."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

import msgspec

from biomoa.qc.alignment import cram_bytes as cb
from biomoa.qc.alignment.header import Header, read_header
from biomoa.qc.model import Report, Source

VERSIONS = ((2, 0), (2, 1), (3, 0), (3, 1))
METHODS = ("raw", "gzip", "bzip2", "lzma", "rans4x8", "ransNx16", "arithmetic", "fqzcomp", "tok3")
_EOF_START = 4542278  # "EOF" as a position marks the end container (section 9)
_END_BLOCK = bytes.fromhex("0001000606010001000100")  # the one block of the end container, as section 9 gives it
_END_CRC = bytes.fromhex("ee63014b")  # from version 3 on
_MAX_CONTAINER = 512 << 20  # bytes
_HEAD = 4096  # bytes that hold any container header but one of very many slices


class ContainerHead(msgspec.Struct):
    """Section 7. ``size`` counts the bytes of the blocks; landmarks are offsets of slice headers."""

    size: int
    reference: int
    start: int
    records: int
    counter: int
    bases: int
    blocks: int
    landmarks: list[int]
    crc_good: bool

    @property
    def is_end(self) -> bool:
        """Whether this is the end container."""
        return self.reference == -1 and self.start == _EOF_START and self.records == 0


class Facts(msgspec.Struct):
    """What the walk learnt. ``needs_reference``: mapped slices whose bases lie in an outside reference."""

    version: str = ""
    header: Header | None = None
    containers: int = 0
    slices: int = 0
    records: int = 0
    bases: int = 0
    embedded: int = 0
    needs_reference: bool = False
    multi_reference: bool = False
    methods: Counter[str] = msgspec.field(default_factory=Counter)
    sound: bool = False  # walked to the end container without damage


class _Bytes:
    """The source as a stream that can be read by size."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.raw()
        self._held = bytearray()
        self.at = 0

    def peek(self, size: int) -> bytes:
        while len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._held += chunk
        return bytes(self._held[:size])

    def take(self, size: int) -> bytes:
        piece = self.peek(size)
        if len(piece) < size:
            raise cb.Damaged("cram-truncated")
        del self._held[:size]
        self.at += size
        return piece

    def drain(self) -> None:
        """Reads the rest, so that the checksums of the file are of the whole."""
        self._held.clear()
        for _ in self._chunks:
            pass


class Walk:
    """Checks a file and keeps its facts; the first damage that hides what follows ends the walk."""

    def __init__(self, source: Source, report: Report) -> None:
        self.facts = Facts()
        self._report = report
        self._bytes = _Bytes(source)
        self._major = 3
        self._required = True

    def run(self) -> Facts:
        """Walks the file. Everything wrong goes to the report with its byte."""
        try:
            if self._definition():
                self._containers()
        except cb.Damaged as damage:
            self._report.add(str(damage), at=f"byte {self._bytes.at}")
        self._bytes.drain()
        return self.facts

    def _definition(self) -> bool:
        head = self._bytes.peek(26)
        if head[:4] != b"CRAM"[: len(head)] or not head:
            self._report.add("cram-magic-wrong" if head else "cram-empty")
            return False
        head = self._bytes.take(26)
        version = (head[4], head[5])
        self.facts.version = f"{version[0]}.{version[1]}"
        if version not in VERSIONS:
            self._report.add("cram-version-unknown", value=self.facts.version)
            return False
        self._major = version[0]
        return True

    def _containers(self) -> None:
        while True:
            at = self._bytes.at
            if not self._bytes.peek(1):
                self._report.add("cram-eof-missing" if self.facts.version != "2.0" else "cram-eof-not-defined")
                self.facts.sound = self.facts.version == "2.0"
                return
            head = self._head()
            if not head.crc_good:
                raise cb.Damaged("cram-container-crc-mismatch")
            if not 0 <= head.size <= _MAX_CONTAINER:
                raise cb.Damaged("cram-structure-malformed")
            body = self._bytes.take(head.size)
            if head.is_end:
                self._end(body)
                return
            self._container(head, body, at)

    def _end(self, body: bytes) -> None:
        if body != _END_BLOCK + (_END_CRC if self._major >= 3 else b""):
            self._report.add("cram-eof-missing")
        elif self._bytes.peek(1):
            self._report.add("cram-data-after-eof", at=f"byte {self._bytes.at}")
        elif self.facts.header is None:
            self._report.add("cram-header-missing")
        else:
            self.facts.sound = True

    def _head(self) -> ContainerHead:
        window = _HEAD
        while True:
            data = self._bytes.peek(window)
            try:
                head, used = self._parse_head(data)
            except cb.Damaged:
                if len(data) < window:
                    raise cb.Damaged("cram-truncated") from None
                if window > 64 << 20:
                    raise
                window *= 16
                continue
            self._bytes.take(used)
            return head

    def _parse_head(self, data: bytes) -> tuple[ContainerHead, int]:
        cursor = cb.Cursor(data)
        size = cursor.int32()
        reference, start, _, records = cursor.itf8(), cursor.itf8(), cursor.itf8(), cursor.itf8()
        counter = cursor.ltf8() if self._major >= 3 else cursor.itf8()
        bases, blocks = cursor.ltf8(), cursor.itf8()
        landmarks = cursor.itf8_array()
        end = cursor.at
        good = self._major < 3 or zlib.crc32(data[:end]) == struct.unpack("<I", cursor.take(4))[0]
        head = ContainerHead(size, reference, start, records, counter, bases, blocks, landmarks, good)
        return head, cursor.at

    def _container(self, head: ContainerHead, body: bytes, at: int) -> None:
        self.facts.containers += 1
        blocks = list(self._blocks(head, body, at))
        if self.facts.header is None:
            self._sam_header(blocks)
            return
        if head.counter != self.facts.records:
            self._report.add("cram-record-counter", at=f"byte {at}", found=head.counter, expected=self.facts.records)
            self.facts.records = head.counter
        self.facts.records += head.records
        self.facts.bases += head.bases
        self._slices(head, blocks, at)

    def _blocks(self, head: ContainerHead, body: bytes, at: int) -> list[cb.Block]:
        blocks: list[cb.Block] = []
        # The header container may be padded behind its counted blocks (section 7).
        for block in cb.iter_blocks(body, self._major):
            if len(blocks) == head.blocks:
                break
            blocks.append(block)
            if not block.crc_good:
                self._report.add("cram-block-crc-mismatch", at=f"byte {at}")
            if block.method >= len(METHODS) or (block.method > 4 and self.facts.version != "3.1"):
                self._report.add("cram-method-unknown", at=f"byte {at}", value=block.method)
            else:
                self.facts.methods[METHODS[block.method]] += 1
        if len(blocks) < head.blocks:
            code = "cram-block-count" if head.records else "cram-block-count-empty"
            self._report.add(code, at=f"byte {at}", found=len(blocks), expected=head.blocks)
        return blocks

    def _sam_header(self, blocks: list[cb.Block]) -> None:
        if not blocks or blocks[0].content_type != cb.FILE_HEADER:
            raise cb.Damaged("cram-header-missing")
        data = cb.plain(blocks[0])
        if data is None or len(data) < 4:
            raise cb.Damaged("cram-header-missing")
        size = struct.unpack_from("<i", data)[0]
        if not 0 <= size <= len(data) - 4:
            raise cb.Damaged("cram-header-missing")
        self.facts.header = read_header(data[4 : 4 + size], self._report)

    def _slices(self, head: ContainerHead, blocks: list[cb.Block], at: int) -> None:
        if not blocks or blocks[0].content_type != cb.COMPRESSION_HEADER:
            self._report.add("cram-compression-header-missing", at=f"byte {at}")
            return
        self._required = _reference_required(blocks[0])
        starts = [number for number, block in enumerate(blocks) if block.content_type == cb.SLICE_HEADER]
        if [blocks[number].start for number in starts] != head.landmarks:
            self._report.add("cram-landmarks-wrong", at=f"byte {at}")
        records = 0
        for number, until in zip(starts, [*starts[1:], len(blocks)], strict=False):
            records += self._slice(blocks[number], blocks[number + 1 : until], at)
        if records != head.records and None not in [cb.plain(blocks[number]) for number in starts]:
            self._report.add("cram-slice-records", at=f"byte {at}", found=records, expected=head.records)

    def _slice(self, block: cb.Block, content: list[cb.Block], at: int) -> int:
        """Records of the slice; checks its blocks and how it finds its reference (section 8.5)."""
        self.facts.slices += 1
        data = cb.plain(block)
        if data is None:
            return 0
        cursor = cb.Cursor(data)
        reference, _, _, records = cursor.itf8(), cursor.itf8(), cursor.itf8(), cursor.itf8()
        _ = cursor.ltf8() if self._major >= 3 else cursor.itf8()
        count, _, embedded = cursor.itf8(), cursor.itf8_array(), cursor.itf8()
        cursor.take(16)
        if count != len(content):
            self._report.add("cram-block-count", at=f"byte {at}", found=len(content), expected=count)
        header = self.facts.header
        if header is not None and reference >= max(len(header.references), 0):
            self._report.add("cram-reference-undeclared", at=f"byte {at}", value=reference)
        self.facts.embedded += embedded >= 0
        if reference != -1 and self._required and embedded < 0:
            self.facts.needs_reference = True
            self.facts.multi_reference |= reference == -2
        return records


def _reference_required(block: cb.Block) -> bool:
    """RR of the preservation map (section 8.4); true when it is not said."""
    data = cb.plain(block)
    if data is None:
        return True
    cursor = cb.Cursor(data)
    cursor.itf8()
    required = True
    for _ in range(max(min(cursor.itf8(), 64), 0)):
        key = cursor.take(2)
        if key == b"RR":
            required = cursor.byte() != 0
        elif key in (b"RN", b"AP", b"QO"):
            cursor.byte()
        elif key == b"SM":
            cursor.take(5)
        elif key == b"TD":
            cursor.take(cursor.itf8())
        else:
            raise cb.Damaged("cram-structure-malformed")
    return required
