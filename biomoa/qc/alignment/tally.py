"""Feeds raw BAM records to the kernel, names its findings and turns its tables into metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from biomoa.qc.alignment import codes as c
from biomoa.qc.alignment import kernel_tables as kt
from biomoa.qc.alignment.header import Header
from biomoa.qc.alignment.kernel import walk
from biomoa.qc.alignment.kernel_tags import fnv
from biomoa.qc.model import Report

TOP_REFERENCES = 100
_SURPLUS = 1000  # findings of one code told to the report in one call beyond those with a place


def _expected() -> kt.Bytes:
    table = np.zeros(65536, np.uint8)
    for kind, tags in c.PREDEFINED.items():
        for tag in tags.split():
            table[ord(tag[0]) << 8 | ord(tag[1])] = ord(kind) | (128 if tag in c.STRICT_TAGS else 0)
    return table


def _numbers(header: Header, check_bins: bool) -> kt.Ints:
    numbers = np.zeros(c.NUMBERS, np.int64)
    numbers[[c.COORDINATE_BROKEN_AT, c.LEXICOGRAPHIC_BROKEN_AT, c.NATURAL_BROKEN_AT]] = -1
    numbers[c.PREVIOUS_REFERENCE] = -1
    numbers[c.MIN_LENGTH] = np.iinfo(np.int64).max
    numbers[c.CHECK_NAMES] = header.sort_order == "queryname"
    numbers[c.CHECK_BINS] = check_bins
    return numbers


def _group_hashes(header: Header) -> tuple[Any, list[str]]:
    hashes = {}
    for name in header.read_groups:
        raw = np.frombuffer(name.encode(), np.uint8)
        hashes[int(fnv(raw, 0, raw.size))] = name
    ordered = sorted(hashes)
    return np.array(ordered, np.uint64), [hashes[h] for h in ordered]


class Tally:
    """Rules and statistics of the records of one file. ``check_bins`` only where the file itself holds bins."""

    def __init__(self, header: Header, report: Report, *, check_bins: bool) -> None:
        self.header, self.report = header, report
        self._quality = np.zeros((kt.QUALITIES, kt.CYCLES), np.int64)
        hashes, self._groups = _group_hashes(header)
        # A circular reference has no end to run beyond; 0 tells the kernel so.
        lengths = [0 if name in header.circular else size for name, size in header.references.items()]
        self.tables = kt.Tables(
            numbers=_numbers(header, check_bins),
            lengths=np.array(lengths, np.int64),
            expected=_expected(),
            groups=hashes,
            group_reads=np.zeros(len(hashes), np.int64),
            reference_reads=np.zeros(len(lengths) + 1, np.int64),
            flags=np.zeros(4096, np.int64),
            mapq=np.zeros(256, np.int64),
            read_lengths=np.zeros(1024, np.int64),
            inserts=np.zeros(4096, np.int64),
            bases=np.zeros(256, np.int64),
            tail=np.zeros(16, np.int64),
            quality=np.zeros(kt.QUALITIES * kt.CYCLES, np.uint32),
            counts=np.zeros(len(c.CODES), np.int64),
            shown=np.zeros(len(c.CODES), np.int64),
            events=np.zeros((1024, 3), np.int64),
            name=np.zeros(256, np.uint8),
            tags=np.zeros(256, np.int64),
            found=np.zeros(8, np.int64),
        )

    @property
    def reads(self) -> int:
        """Records taken so far."""
        return int(self.tables.numbers[c.READS])

    @property
    def broken(self) -> bool:
        """Whether a record's size made no sense, so that no later record can be found."""
        return bool(self.tables.numbers[c.FATAL])

    def take(self, buffer: bytes | bytearray, place: Callable[[int], str]) -> int:
        """Walks the whole records of ``buffer``; gives the bytes used. ``place`` names a record by its number."""
        tables = self.tables
        tables.numbers[c.EVENTS] = 0
        tables.shown[:] = 0
        tables.quality[:] = 0
        used = int(walk(np.frombuffer(buffer, np.uint8), len(buffer), tables))
        self._quality += tables.quality.reshape(self._quality.shape)
        for record, code, offset in tables.events[: tables.numbers[c.EVENTS]].tolist():
            self.report.add(c.CODES[code], at=place(record), name=record_name(buffer, offset))
        for code in np.flatnonzero(tables.shown > kt.SHOWN).tolist():
            for _ in range(min(int(tables.shown[code]) - kt.SHOWN, _SURPLUS)):
                self.report.add(c.CODES[code], name="")
        return used

    def finish(self, place: Callable[[int], str]) -> None:
        """Says whether the declared order held, and writes the metrics."""
        numbers = self.tables.numbers
        if self.header.sort_order == "coordinate" and numbers[c.COORDINATE_BROKEN_AT] >= 0:
            self._unordered("coordinate-order-broken", int(numbers[c.COORDINATE_BROKEN_AT]), place)
        names = (int(numbers[c.LEXICOGRAPHIC_BROKEN_AT]), int(numbers[c.NATURAL_BROKEN_AT]))
        if self.header.sort_order == "queryname" and min(names) >= 0:
            self._unordered("queryname-order-broken", max(names), place)
        self.report.metrics.update(self._metrics())

    def _unordered(self, code: str, record: int, place: Callable[[int], str]) -> None:
        self.tables.counts[c.CODES.index(code)] += 1
        self.report.add(code, at=place(record), name=place(record))

    def _metrics(self) -> dict[str, Any]:
        tables = self.tables
        return {
            **_flag_metrics(tables.flags),
            **_length_metrics(tables),
            **_base_metrics(tables, self._quality),
            "mapq": _trimmed(tables.mapq),
            "insert_size_median": _median(tables.inserts),
            "insert_sizes": _trimmed(tables.inserts),
            "reference_reads": self._reference_reads(),
            "read_group_reads": dict(zip(self._groups, tables.group_reads.tolist(), strict=True)),
            "reads_without_read_group": int(tables.numbers[c.WITHOUT_READ_GROUP]),
            "reads_with_modifications": int(tables.numbers[c.MODIFIED_READS]),
            "long_cigars": int(tables.numbers[c.LONG_CIGARS]),
            "problem_counts": {c.CODES[i]: int(n) for i, n in enumerate(tables.counts) if n},
        }

    def _reference_reads(self) -> dict[str, int]:
        reads = self.tables.reference_reads
        names = list(self.header.references)
        top = sorted(np.argsort(-reads[:-1], kind="stable")[:TOP_REFERENCES].tolist())
        counts = {names[i]: int(reads[i]) for i in top if reads[i]}
        return {**counts, "*": int(reads[-1])}


def record_name(buffer: bytes | bytearray, offset: int) -> str:
    """QNAME of the record at ``offset``; empty when it cannot be read."""
    raw = bytes(buffer[offset + 36 : offset + 36 + 254])
    return raw.split(b"\0", 1)[0].decode("ascii", "replace")


def _flag_metrics(flags: kt.Ints) -> dict[str, int]:
    every = np.arange(flags.size)
    primary = (every & 0x900) == 0
    paired = primary & ((every & 1) != 0)
    both = (every & 0xC) == 0

    def count(mask: Any) -> int:
        return int(flags[mask].sum())

    return {
        "records": int(flags.sum()),
        "reads": count(primary),
        "mapped": count((every & 4) == 0),
        "primary_mapped": count(primary & ((every & 4) == 0)),
        "paired": count(paired),
        "read1": count(paired & ((every & 0x40) != 0)),
        "read2": count(paired & ((every & 0x80) != 0)),
        "properly_paired": count(paired & ((every & 6) == 2)),
        "both_mapped": count(paired & both),
        "singletons": count(paired & ((every & 0xC) == 8)),
        "duplicates": count((every & 0x400) != 0),
        "secondary": count((every & 0x100) != 0),
        "supplementary": count((every & 0x900) == 0x800),
        "qc_failed": count((every & 0x200) != 0),
    }


def _length_metrics(tables: kt.Tables) -> dict[str, Any]:
    reads, bases = int(tables.read_lengths.sum()), int(tables.numbers[c.BASES])
    return {
        "bases": bases,
        "aligned_bases": int(tables.numbers[c.ALIGNED_BASES]),
        "length_min": int(tables.numbers[c.MIN_LENGTH]) if reads else None,
        "length_max": int(tables.numbers[c.MAX_LENGTH]) if reads else None,
        "length_mean": round(bases / reads, 2) if reads else None,
        "records_without_sequence": int(tables.numbers[c.WITHOUT_SEQUENCE]),
    }


def _base_metrics(tables: kt.Tables, quality: kt.Ints) -> dict[str, Any]:
    pairs = tables.bases.reshape(16, 16)
    codes = pairs.sum(axis=1) + pairs.sum(axis=0) + tables.tail
    at, gc, n = int(codes[1] + codes[8]), int(codes[2] + codes[4]), int(codes[15])
    counted = int(tables.numbers[c.QUALITY_BASES])
    values = np.arange(kt.QUALITIES)
    cycles = quality.sum(axis=0)
    used = int(np.flatnonzero(cycles)[-1]) + 1 if counted else 0
    means = values @ quality[:, :used] / np.maximum(cycles[:used], 1)
    return {
        "gc_percent": round(100 * gc / (at + gc), 3) if at + gc else None,
        "n_percent": round(100 * n / int(codes.sum()), 4) if codes.sum() else None,
        "quality_mean": round(float(quality.sum(axis=1) @ values) / counted, 3) if counted else None,
        "q30_percent": round(100 * int(quality[30:].sum()) / counted, 3) if counted else None,
        "quality_by_cycle": [round(float(mean), 2) for mean in means],
        "qualities": _trimmed(quality.sum(axis=1)),
    }


def _trimmed(counts: kt.Ints) -> list[int]:
    used = np.flatnonzero(counts)
    return [int(n) for n in counts[: int(used[-1]) + 1]] if used.size else []


def _median(counts: Sequence[int] | kt.Ints) -> int | None:
    total = int(np.sum(counts))
    return int(np.searchsorted(np.cumsum(counts), (total + 1) // 2)) if total else None
