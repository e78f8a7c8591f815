"""From the counts to the metrics of a report. Percentages are of 100; lengths in bases."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from biomoa.qc.fastq.counting import DIGEST_FORM, Counts, Table
from biomoa.qc.model import Report

# Illumina 1.0 to 1.7 wrote -5 to 41 above 64 (Cock et al. 2010), and the best base of a file is hardly below 30. What
# lies beside are the qualities of today's machines, above 33: a file of nothing but good bases, Q93 of PacBio.
LEAST_64, BEST_64 = 59, range(94, 107)
MOST_N_PERCENT = 50.0
FEWEST_BASES = 10_000  # from here on equal qualities are no chance
MATE_OF_NAME = re.compile(r"[._-]R?([12])(?:_001)?\.(?:fastq|fq)(?:\.gz|\.bz2)?$", re.I)
MIXED_SHARE = 0.005  # of reads that look like the other offset
PLATFORMS = (
    ("MGI", re.compile(rb"@(?:[A-Z]{1,2}\d{6,}|V\d{9})L\d[CR]\d")),
    ("Oxford Nanopore", re.compile(rb"@[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|.*\brunid=[0-9a-z]+")),
    ("PacBio", re.compile(rb"@m\d{5,6}[eU]?_\d{6}_\d{6}")),
    ("Illumina", re.compile(rb"@[A-Za-z0-9_-]+:\d+:[A-Za-z0-9-]+:\d+:\d+:\d+:\d+|@[A-Za-z0-9_-]+:\d+:\d+:\d+:\d+")),
    ("Ion Torrent", re.compile(rb"@[A-Z0-9]{5}:\d+:\d+\s*$")),
    ("SRA", re.compile(rb"@[SED]RR\d+\.\d+")),
)


def summarise(counts: Counts, first_name: bytes, report: Report) -> dict[str, Any]:
    """The metrics; what they show to be wrong is reported."""
    reads, bases = counts.reads, counts.bases
    offset = _offset(counts, report)
    _remark(counts, report)
    metrics: dict[str, Any] = {
        "reads": reads,
        "bases": bases,
        "platform": platform_of(first_name),
        "quality_offset": offset,
        "mate": 1 if counts.mate1 > counts.mate2 else 2 if counts.mate2 else 0,
        "interleaved": _is_interleaved(counts),
        "name_digest": f"{DIGEST_FORM}{counts.name_digest:016x}",
        "content_digest": f"{counts.sequence_digest:016x}" if counts.sampled_reads else "",
    }
    if not reads:
        return metrics
    metrics |= _lengths(counts)
    metrics |= _composition(counts.by_base, counts.by_quality, bases, offset)
    _remark_of_bases(counts, offset, metrics["n_percent"], report)
    sampled = counts.sampled_reads
    metrics["adapter_percent"] = _percent(counts.adapter_reads, sampled)
    metrics["duplication_percent"] = _duplication(counts.sequences[: counts.sequences_kept])
    metrics["gc_histogram"] = counts.gc.tolist()
    metrics["mean_quality_histogram"] = counts.means[offset - 33 : offset - 33 + 64].tolist()
    return metrics


def platform_of(name: bytes) -> str:
    """Guessed from the form of the first read's name; empty when no form fits."""
    return next((platform for platform, form in PLATFORMS if form.match(name)), "")


def _offset(counts: Counts, report: Report) -> int:
    low, high, reads = counts.min_quality, counts.max_quality, counts.reads
    if reads and low >= LEAST_64 and high in BEST_64:
        report.add("fastq-offset-64")
        return 64
    odd = counts.looks64
    is_short = reads and counts.bases / reads < 1_000
    if is_short and odd > MIXED_SHARE * reads and counts.looks33 > MIXED_SHARE * reads and high in BEST_64:
        report.add("fastq-offset-mixed", count=odd)
    return 33


def _remark(counts: Counts, report: Report) -> None:
    if counts.crlf:
        report.add("fastq-crlf")
    if counts.empty:
        report.add("fastq-empty-reads", count=counts.empty)
    kept = counts.names[: counts.names_kept]
    expected = 2 if _is_interleaved(counts) else 1
    repeated = kept.size - expected * _distinct(kept)
    if expected == 2:
        report.add("fastq-interleaved")
    if repeated > 0:
        report.add("fastq-names-repeated", count=int(repeated) * (counts.name_mask + 1))


def _remark_of_bases(counts: Counts, offset: int, n_percent: float, report: Report) -> None:
    if n_percent >= 100:
        report.add("fastq-nothing-called")
    elif n_percent > MOST_N_PERCENT:
        report.add("fastq-mostly-n", percent=round(n_percent, 1))
    if counts.bases >= FEWEST_BASES and counts.min_quality == counts.max_quality and counts.min_quality:
        report.add("fastq-qualities-alike", quality=counts.min_quality - offset)


def remark_of_name(name: str, mate: int, is_one: bool, report: Report) -> None:
    """Whether the file holds the reads of its name: R1 or R2. ``is_one``: all reads are of one mate."""
    said = MATE_OF_NAME.search(name)
    if said and is_one and mate and int(said[1]) != mate:
        report.add("fastq-mate-not-as-named", named=said[1], found=mate)


def _is_interleaved(counts: Counts) -> bool:
    return bool(counts.mate1 and counts.mate1 == counts.mate2)


def _lengths(counts: Counts) -> dict[str, Any]:
    lengths = counts.lengths
    sizes = np.flatnonzero(lengths)
    by_size = np.cumsum((lengths[sizes] * sizes)[::-1])
    n50 = int(sizes[::-1][np.searchsorted(by_size, by_size[-1] / 2)]) if by_size[-1] else 0
    return {
        "length_min": counts.min_length,
        "length_max": counts.max_length,
        "length_mean": round(counts.bases / counts.reads, 2),
        "length_n50": n50,
        "length_histogram": _binned(sizes, lengths[sizes]),
    }


def _binned(sizes: Table, counts: Table, most: int = 200) -> list[list[int]]:
    """[length, reads]; wider steps when there are many lengths."""
    if sizes.size <= most:
        return [[int(size), int(count)] for size, count in zip(sizes, counts, strict=True)]
    step = -(-int(sizes[-1] + 1) // most)
    summed = np.bincount(sizes // step, weights=counts)
    return [[int(place * step), int(count)] for place, count in enumerate(summed) if count]


def _composition(by_base: Table, by_quality: Table, bases: int, offset: int) -> dict[str, Any]:
    shown = int(np.flatnonzero(by_base.sum(axis=1))[-1]) + 1 if bases else 0
    by_base, by_quality = by_base[:shown], by_quality[:shown, max(0, offset - 33) :]
    all_bases, all_qualities = by_base.sum(axis=0), by_quality.sum(axis=0)
    called = int(all_bases[:4].sum())
    return {
        "gc_percent": _percent(int(all_bases[1] + all_bases[2]), called),
        "n_percent": _percent(int(all_bases[4]), bases),
        "q20_percent": _percent(int(all_qualities[20:].sum()), bases),
        "q30_percent": _percent(int(all_qualities[30:].sum()), bases),
        "quality_mean": round(float(all_qualities @ np.arange(all_qualities.size)) / bases, 2) if bases else 0.0,
        "base_content": [_shares(row) for row in by_base],
        "quality_by_position": [_quartiles(row) for row in by_quality],
    }


def _shares(row: Table) -> list[float]:
    """Percent of A, C, G, T, N at one position."""
    total = int(row.sum()) or 1
    return [round(100 * int(count) / total, 2) for count in row[:5]]


def _quartiles(row: Table) -> list[float]:
    """Mean, lower quartile, median, upper quartile of the qualities at one position."""
    total = int(row.sum())
    if not total:
        return [0, 0, 0, 0]
    running = np.cumsum(row)
    cuts = [int(np.searchsorted(running, share * total, side="left")) for share in (0.25, 0.5, 0.75)]
    return [round(float(row @ np.arange(row.size)) / total, 2), *cuts]


def _duplication(kept: Table) -> float:
    """Reads whose first 50 bases were seen before, of the sample."""
    return _percent(kept.size - _distinct(kept), kept.size)


def _distinct(kept: Table) -> int:
    """numpy's ``unique`` hashes such numbers, sixty times slower than sorting them."""
    ordered = np.sort(kept)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + bool(ordered.size)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 3) if whole else 0.0
