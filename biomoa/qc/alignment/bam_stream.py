"""The inflated bytes of a BAM file (SAMv1 4.2): magic, header text, dictionary, then records."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

from biomoa.qc.alignment.header import Header, header_metrics, read_header
from biomoa.qc.model import Report

if TYPE_CHECKING:
    from biomoa.qc.alignment.tally import Tally

_MAX_HEADER = 512 << 20  # bytes of header text; more is damage
_MAX_REFERENCES = 50_000_000


class _Short(Exception):
    """More bytes are needed."""


class BamStream:
    """Takes the inflated bytes in pieces and reports to ``report``."""

    def __init__(self, report: Report) -> None:
        self.tally: Tally | None = None
        self.header: Header | None = None
        self._report = report
        self._held = b""
        self._stopped = False

    def read(self, pieces: Iterable[bytes]) -> None:
        """Reads all pieces; what is left at the end is a cut record. Stops early when no record can be found."""
        for piece in pieces:
            if self._stopped:
                continue  # the rest is still inflated, so that its framing is checked
            self._held = self._held + piece if self._held else piece
            self._advance()

    def finish(self, *, whole: bool) -> None:
        """Ends the file; ``whole`` is false when the framing broke, so that a cut record is no news."""
        if self.header is None:
            if not self._stopped:
                self._report.add("bam-header-truncated")
            return
        if self._held and whole and not self._stopped:
            self._report.add("bam-truncated", left=len(self._held))
        if self.tally is not None:
            self.tally.finish(_place, whole=whole)
        self._report.metrics.update(header_metrics(self.header))

    def _advance(self) -> None:
        if self.tally is None:
            try:
                self._begin()
            except _Short:
                return
        if self.tally is None or self._stopped:
            return
        used = self.tally.take(self._held, _place)
        self._stopped = self.tally.broken
        self._held = self._held[used:]

    def _begin(self) -> None:
        if self._held[:4] != b"BAM\1"[: len(self._held)]:
            self._stop("bam-magic-wrong")
            return
        text_size = self._int(4)
        if not 0 <= text_size <= _MAX_HEADER:
            self._stop("bam-header-malformed")
            return
        count = self._int(8 + text_size)
        dictionary = self._dictionary(12 + text_size, count)
        if dictionary is None:
            return
        names, end = dictionary
        self.header = read_header(self._held[8 : 8 + text_size], self._report)
        self._compare(names)
        self._held = self._held[end:]
        from biomoa.qc.alignment.tally import Tally  # numba loads slowly, and only records need it

        self.tally = Tally(self.header, self._report, check_bins=True)

    def _int(self, at: int) -> int:
        if len(self._held) < at + 4:
            raise _Short
        return int(struct.unpack_from("<i", self._held, at)[0])

    def _stop(self, code: str) -> None:
        self._stopped = True
        self._report.add(code)

    def _dictionary(self, at: int, count: int) -> tuple[list[tuple[str, int]], int] | None:
        """Names and lengths in file order, and the offset behind them; None when malformed."""
        if not 0 <= count <= _MAX_REFERENCES:
            self._stop("bam-header-malformed")
            return None
        names = []
        for _ in range(count):
            size = self._int(at)
            if not 2 <= size <= 1 << 16:
                self._stop("bam-header-malformed")
                return None
            length = self._int(at + 4 + size)
            name = self._held[at + 4 : at + 4 + size]
            if name[-1:] != b"\0":
                self._stop("bam-header-malformed")
                return None
            names.append((name[:-1].decode("utf-8", "replace"), length))
            at += 8 + size
        return names, at

    def _compare(self, names: list[tuple[str, int]]) -> None:
        """The binary dictionary must be the one of the text, in the same order, when the text has one (SAMv1 4.2)."""
        assert self.header is not None
        text = list(self.header.references.items())
        if text and text != names:
            pairs = zip(text + [("-", 0)] * len(names), names + [("-", 0)] * len(text), strict=False)
            first = next((a, b) for a, b in pairs if a != b)
            self._report.add("bam-dictionary-disagrees", text=f"{first[0]}", binary=f"{first[1]}")
        if not text and names:
            self._report.add("bam-dictionary-only-binary")
        self.header.references = dict(names)
        if len(self.header.references) < len(names):
            self._report.add("bam-dictionary-duplicated")
            self.header.references = {f"{name}#{i}": size for i, (name, size) in enumerate(names)}


def _place(record: int) -> str:
    return f"record {record + 1}"
