"""Indexes beside alignment files (BAI, CSI, CRAI): named as such and their structure walked (SAMv1 5.2, CRAM 12)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from biomoa.catalog.model import Text
from biomoa.qc.alignment.texts import rows
from biomoa.qc.model import Format, Report, Source

_CRAI_LINE = re.compile(rb"-?[0-9]+(\t-?[0-9]+){5}")
_MAX_TABLE = 1 << 28  # entries of one table; more is damage


class _Cut(Exception):
    """The index ends inside a table, or a table has an impossible size."""


class _Numbers:
    """Little-endian numbers from blocks of bytes."""

    def __init__(self, blocks: Iterator[memoryview]) -> None:
        self._blocks = blocks
        self._held = bytearray()

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        while len(self._held) < size:
            block = next(self._blocks, None)
            if block is None:
                raise _Cut
            self._held += block
        piece = bytes(self._held[:size])
        del self._held[:size]
        return piece

    def count(self) -> int:
        """A table's number of entries."""
        number = int(struct.unpack("<i", self.take(4))[0])
        if not 0 <= number <= _MAX_TABLE:
            raise _Cut
        return number

    def skip(self, size: int) -> None:
        """Passes over ``size`` bytes a megabyte at a time."""
        while size:
            size -= len(self.take(min(size, 1 << 20)))

    def left(self) -> int:
        """Bytes behind what was taken."""
        return sum(len(block) for block in self.rest())

    def rest(self) -> Iterator[memoryview]:
        """All that was not taken."""
        yield memoryview(bytes(self._held))
        yield from self._blocks


def _walk_bai(numbers: _Numbers) -> int:
    references = numbers.count()
    for _ in range(references):
        for _ in range(numbers.count()):
            numbers.take(4)
            numbers.skip(16 * numbers.count())
        numbers.skip(8 * numbers.count())
    return references


def _walk_csi(numbers: _Numbers) -> int:
    numbers.take(8)
    numbers.skip(numbers.count())
    references = numbers.count()
    for _ in range(references):
        for _ in range(numbers.count()):
            numbers.take(12)
            numbers.skip(16 * numbers.count())
    return references


def _walk_crai(first: bytes, blocks: Iterator[memoryview], report: Report) -> int:
    text, number = first, 0
    for block in blocks:
        *lines, text = (text + bytes(block)).split(b"\n")
        number = _crai_lines(lines, number, report)
    return _crai_lines([text] if text else [], number, report)


def _crai_lines(lines: list[bytes], number: int, report: Report) -> int:
    for line in lines:
        number += 1
        if not _CRAI_LINE.fullmatch(line):
            report.add("index-line-malformed", at=f"line {number}")
    return number


def inspect(source: Source, report: Report) -> None:
    """Walks the tables to the end; the alignments they point at are not opened."""
    numbers = _Numbers(source.decoded())
    try:
        magic = numbers.take(4)
        if magic in (b"BAI\1", b"CSI\1"):
            kind = "bai" if magic == b"BAI\1" else "csi"
            references = _walk_bai(numbers) if kind == "bai" else _walk_csi(numbers)
            report.metrics.update(index=kind, references=references)
            if numbers.left() not in (0, 8):  # the number of reads without a place may follow
                report.add("index-trailing-bytes")
            return
    except _Cut:
        report.add("index-truncated")
        return
    entries = _walk_crai(magic, numbers.rest(), report)
    report.metrics.update(index="crai", entries=entries)


def sniff(head: bytes) -> bool:
    """The magic of BAI or CSI, or a first line of six numbers."""
    return head[:4] in (b"BAI\1", b"CSI\1") or _CRAI_LINE.fullmatch(head.split(b"\n", 1)[0]) is not None


_AGAIN = ("samtools index로 색인을 다시 만들어 주세요.", "Make the index again with samtools index.")
FORMAT = Format(
    name="alignment-index",
    label=Text(ko="정렬 파일의 색인(BAI, CSI, CRAI)", en="Index of an alignment file (BAI, CSI, CRAI)"),
    extensions=(".bai", ".csi", ".crai"),
    sniff=sniff,
    inspect=inspect,
    findings=rows(
        "error",
        (
            ("index-truncated", "색인이 표 중간에서 끊겼습니다.", "The index ends inside a table.", *_AGAIN),
            ("index-line-malformed", "CRAI 줄은 여섯 개의 수여야 합니다.", "A CRAI line must be six numbers.", *_AGAIN),
            (
                "index-trailing-bytes",
                "색인 뒤에 다른 바이트가 있습니다.",
                "There are other bytes after the index.",
                *_AGAIN,
            ),
        ),
    ),
)
