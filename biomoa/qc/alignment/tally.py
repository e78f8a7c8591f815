"""Feeds raw BAM records to the kernel, names its findings and turns its tables into metrics."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from biomoa.qc.alignment import codes as c
from biomoa.qc.alignment import kernel_tables as kt
from biomoa.qc.alignment.header import Header
from biomoa.qc.alignment.kernel import walk
from biomoa.qc.alignment.kernel_tags import fnv
from biomoa.qc.alignment.tag_texts import tag_texts
from biomoa.qc.model import Report
from biomoa.qc.persons.lines import CLOSELY, SAMPLED_BYTES, WHOLE_BYTES, Lines, text_of

TOP_REFERENCES = 100
FEWEST_RECORDS = 100  # from here on it is no chance what all of them lack
_NO_PLACE = c.CODES.index("flag-mapped-without-place")
_SURPLUS = 1000  # findings of one code told to the report in one call beyond those with a place


def _group_hashes(header: Header) -> tuple[kt.Ints, list[str]]:
    hashes = {}
    for name in header.read_groups:
        raw = np.frombuffer(name.encode(), np.uint8)
        hashes[int(np.uint64(fnv(raw, 0, raw.size)).astype(np.int64))] = name
    ordered = sorted(hashes)
    return np.array(ordered, np.int64), [hashes[h] for h in ordered]


def _state(header: Header, hashes: kt.Ints, check_bins: bool) -> kt.Ints:
    """The kernel's array for a new file; see ``kernel_tables`` for its places."""
    # A circular reference has no end to run beyond; 0 tells the kernel so.
    lengths = [0 if name in header.circular else size for name, size in header.references.items()]
    state = np.zeros(kt.LENGTHS + 2 * len(lengths) + 1 + 2 * hashes.size, np.int64)
    state[kt.LENGTHS : kt.LENGTHS + len(lengths)] = lengths
    groups = kt.LENGTHS + 2 * len(lengths) + 1
    state[groups : groups + hashes.size] = hashes
    state[[c.REFERENCES, c.GROUPS]] = len(lengths), hashes.size
    state[[c.COORDINATE_BROKEN_AT, c.LEXICOGRAPHIC_BROKEN_AT, c.NATURAL_BROKEN_AT]] = -1
    state[c.PREVIOUS_REFERENCE] = -1
    state[c.MIN_LENGTH] = np.iinfo(np.int64).max
    state[c.CHECK_NAMES] = header.sort_order == "queryname"
    state[c.CHECK_BINS] = check_bins
    for kind, tags in c.PREDEFINED.items():
        for tag in tags.split():
            key = ord(tag[0]) << 8 | ord(tag[1])
            state[kt.EXPECTED + key] = ord(kind) | (128 if tag in c.STRICT_TAGS else 0)
    return state


class Tally:
    """Rules and statistics of the records of one file. ``check_bins`` only where the file itself holds bins."""

    def __init__(self, header: Header, report: Report, *, check_bins: bool) -> None:
        self.header, self.report = header, report
        hashes, self._groups = _group_hashes(header)
        self._state = _state(header, hashes, check_bins)
        self._qualities_now = np.zeros(kt.QUALITIES * kt.CYCLES, np.uint32)
        self._quality = np.zeros((kt.QUALITIES, kt.CYCLES), np.int64)
        self._persons = Lines(report, characters=CLOSELY)
        self._last: deque[tuple[int, bytes | bytearray]] = deque(maxlen=2)  # buffers with their first record

    @property
    def reads(self) -> int:
        """Records taken so far."""
        return int(self._state[c.READS])

    @property
    def broken(self) -> bool:
        """Whether a record's size made no sense, so that no later record can be found."""
        return bool(self._state[c.FATAL])

    def take(self, buffer: bytes | bytearray, place: Callable[[int], str]) -> int:
        """Walks the whole records of ``buffer``; gives the bytes used. ``place`` names a record by its number."""
        state = self._state
        self._sample(buffer, place, self.reads, 0, SAMPLED_BYTES if self.reads else WHOLE_BYTES)
        self._last.append((self.reads, buffer))
        state[c.EVENTS] = 0
        shown = state[kt.SHOWN_NOW : kt.SHOWN_NOW + len(c.CODES)]
        shown[:] = 0
        self._qualities_now[:] = 0
        used = int(walk(np.frombuffer(buffer, np.uint8), len(buffer), state, self._qualities_now))
        self._quality += self._qualities_now.reshape(self._quality.shape)
        events = state[kt.EVENTS : kt.EVENTS + 3 * int(state[c.EVENTS])].reshape(-1, 3)
        if self.report.has("dictionary-missing"):  # no place can be known; that alone is told
            events, shown[_NO_PLACE] = events[events[:, 1] != _NO_PLACE], 0
        for record, code, offset in events.tolist():
            self.report.add(c.CODES[code], at=place(record), name=record_name(buffer, offset))
        for code in np.flatnonzero(shown > kt.SHOWN).tolist():
            for _ in range(min(int(shown[code]) - kt.SHOWN, _SURPLUS)):
                self.report.add(c.CODES[code], name="")
        return used

    def _sample(
        self, buffer: bytes | bytearray, place: Callable[[int], str], record: int, start: int, stop: int
    ) -> None:
        """Names and texts of the records between two bytes, searched for identifiers of persons (SAMv1 4.2)."""
        at, before = 0, b""
        while at + 36 < min(stop, len(buffer)) and (length := int.from_bytes(buffer[at : at + 4], "little")) >= 32:
            if at >= start and (name := bytes(buffer[at + 36 : at + 35 + buffer[at + 12]])) != before:
                self._persons.take(place(record), name)
                before = name
            for text in tag_texts(buffer, at) if at >= start else ():
                self._persons.take(place(record), text)
            at, record = at + 4 + length, record + 1

    def _sample_end(self, place: Callable[[int], str]) -> None:
        left = WHOLE_BYTES
        for record, buffer in reversed(self._last):
            self._sample(buffer, place, record, len(buffer) - left, len(buffer))
            left = max(0, left - len(buffer))

    def finish(self, place: Callable[[int], str], *, whole: bool = True) -> None:
        """Says whether the declared order held, and writes the metrics. ``whole``: the file was read to its end."""
        self._sample_end(place)
        self._persons.finish()
        state = self._state
        if self.header.sort_order == "coordinate" and state[c.COORDINATE_BROKEN_AT] >= 0:
            self._unordered("coordinate-order-broken", int(state[c.COORDINATE_BROKEN_AT]), place)
        names = (int(state[c.LEXICOGRAPHIC_BROKEN_AT]), int(state[c.NATURAL_BROKEN_AT]))
        if self.header.sort_order == "queryname" and min(names) >= 0:
            self._unordered("queryname-order-broken", max(names), place)
        metrics = self._metrics()
        if whole:
            self._remark(metrics)
        self.report.metrics.update(metrics)

    def _remark(self, metrics: dict[str, Any]) -> None:
        """What the records as a whole lack, each of which is allowed."""
        if not metrics["records"]:
            self.report.add("alignment-no-records")
            return
        if metrics["records"] < FEWEST_RECORDS:
            return
        if metrics["records_without_sequence"] == metrics["records"]:
            self.report.add("alignment-no-sequences")
        elif metrics["bases"] and metrics["quality_mean"] is None:
            self.report.add("alignment-no-qualities")
        paired, first, second = metrics["paired"], metrics["read1"], metrics["read2"]
        if paired and not (first and second):
            self.report.add("alignment-mates-missing", paired=paired, first=first, second=second)

    def _unordered(self, code: str, record: int, place: Callable[[int], str]) -> None:
        self._state[kt.COUNTS + c.CODES.index(code)] += 1
        self.report.add(code, at=place(record), name=place(record))

    def _metrics(self) -> dict[str, Any]:
        state = self._state
        inserts = state[kt.INSERTS : kt.INSERTS + kt.INSERT_SIZES]
        counts = state[kt.COUNTS : kt.COUNTS + len(c.CODES)]
        return {
            **_flag_metrics(state[kt.FLAGS : kt.FLAGS + 4096]),
            **_length_metrics(state),
            **_base_metrics(state, self._quality),
            "mapq": _trimmed(state[kt.MAPQ : kt.MAPQ + 256]),
            "insert_size_median": _median(inserts),
            "insert_sizes": _trimmed(inserts),
            "reference_reads": self._reference_reads(),
            "read_group_reads": self._group_reads(),
            "reads_without_read_group": int(state[c.WITHOUT_READ_GROUP]),
            "reads_with_modifications": int(state[c.MODIFIED_READS]),
            "long_cigars": int(state[c.LONG_CIGARS]),
            "problem_counts": {c.CODES[i]: int(n) for i, n in enumerate(counts) if n},
        }

    def _reference_reads(self) -> dict[str, int]:
        names = list(self.header.references)
        at = kt.LENGTHS + len(names)
        reads = self._state[at : at + len(names) + 1]
        top = sorted(np.argsort(-reads[:-1], kind="stable")[:TOP_REFERENCES].tolist())
        counts = {names[i]: int(reads[i]) for i in top if reads[i]}
        return {**counts, "*": int(reads[-1])}

    def _group_reads(self) -> dict[str, int]:
        reads = self._state[self._state.size - len(self._groups) :]
        return dict(zip(self._groups, reads.tolist(), strict=True))


def warm() -> None:
    """Compiles the kernel, or loads it from numba's cache, before the first file; some seconds when it is new."""
    Tally(Header(), _Silent(), check_bins=False).take(b"\0", str)


class _Silent:
    """A report for bytes that hold no record."""

    metrics: dict[str, Any] = {}

    def add(self, code: str, *, at: str | None = None, **facts: object) -> None:
        """Nothing can be found in an empty buffer."""
        raise AssertionError(code, at, facts)

    def has(self, *_codes: str) -> bool:
        return False

    def keep_back(self, text: str, at: str | None) -> None:
        """Nothing is found, so nothing is kept back."""
        raise AssertionError(text, at)


def record_name(buffer: bytes | bytearray, offset: int) -> str:
    """QNAME of the record at ``offset``; empty when it cannot be read."""
    raw = bytes(buffer[offset + 36 : offset + 36 + 254])
    return text_of(raw.split(b"\0", 1)[0])


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


def _length_metrics(state: kt.Ints) -> dict[str, Any]:
    reads = int(state[kt.READ_LENGTHS : kt.READ_LENGTHS + kt.READ_SIZES].sum())
    bases = int(state[c.BASES])
    return {
        "bases": bases,
        "aligned_bases": int(state[c.ALIGNED_BASES]),
        "length_min": int(state[c.MIN_LENGTH]) if reads else None,
        "length_max": int(state[c.MAX_LENGTH]) if reads else None,
        "length_mean": round(bases / reads, 2) if reads else None,
        "records_without_sequence": int(state[c.WITHOUT_SEQUENCE]),
    }


def _base_metrics(state: kt.Ints, quality: kt.Ints) -> dict[str, Any]:
    pairs = state[kt.BASES : kt.BASES + 256].reshape(16, 16)
    codes = pairs.sum(axis=1) + pairs.sum(axis=0) + state[kt.TAIL : kt.TAIL + 16]
    at, gc, n = int(codes[1] + codes[8]), int(codes[2] + codes[4]), int(codes[15])
    counted = int(state[c.QUALITY_BASES])
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
