"""Files of a row: as many checksums as files, mates that belong together, as many reads as the layout says."""

from __future__ import annotations

import re

from biomoa.forms.findings import Finding
from biomoa.forms.model import FilePairs

# What sequencers and archives write for the mates: _R1/_R2 (Illumina), _1/_2 (SRA), .r1/.r2, _f1/_r2 (BGI), _R1_001.
_MATE = re.compile(r"(?<=[._-])([RrFf]?)([12])(?=(?:[._-]\d{3})?\.)")
_READS = re.compile(r"\.(?:fastq|fq)(?:\.gz|\.bz2)?$", re.I)
_NO_NAME = re.compile(r"[,|\s/\\]")
_INDEX = re.compile(r"[._-]I[12](?:[._-]\d{3})?\.")


def judge_files(rule: FilePairs, files: str, checksums: str, layout: str) -> list[Finding]:
    """Findings about the files of one row; ``layout`` is empty when it is not known."""
    names, sums = _split(files), _split(checksums)
    found: list[Finding] = []
    if names and sums and len(names) != len(sums):
        facts = {"files": str(len(names)), "checksums": str(len(sums))}
        found.append(Finding("file-count", facts, None, rule.checksums))
    return found + judge_layout(rule, files, layout)


def judge_layout(rule: FilePairs, files: str, layout: str) -> list[Finding]:
    """Findings about mates and layout. Only FASTQ names are counted: a BAM holds both mates in one file."""
    names = _split(files)
    if any(_NO_NAME.search(name) for name in names):
        return []  # separators or paths among the names: told as such, and not to be counted
    reads = [name for name in names if _READS.search(name) and not _INDEX.search(name)]
    if not reads or len(reads) != len([name for name in names if not _INDEX.search(name)]):
        return []
    wanted = layout.upper()
    if wanted == "PAIRED" and len(reads) != 2:
        return [Finding("file-layout", {"layout": layout, "expected": "2"}, None, rule.files)]
    if wanted == "SINGLE" and len(reads) != 1:
        return [Finding("file-layout", {"layout": layout, "expected": "1"}, None, rule.files)]
    if len(reads) == 2 and not are_mates(*reads):
        swapped = ";".join(reversed(names)) if are_mates(*reversed(reads)) and len(names) == 2 else None
        return [Finding("file-pair", {}, swapped, rule.files)]
    return []


def are_mates(first: str, second: str) -> bool:
    """Whether two names differ only in the mate number, 1 before 2."""
    if len(first) != len(second):
        return False
    places = [(a.start(2), a[2], b[2]) for a, b in zip(_MATE.finditer(first), _MATE.finditer(second), strict=False)]
    for at, one, two in places:
        if (one, two) == ("1", "2"):
            before = first[:at].lower() == second[:at].lower() or _fr(first[:at], second[:at])
            return before and first[at + 1 :] == second[at + 1 :]
    return False


def _fr(first: str, second: str) -> bool:
    return first[:-1] == second[:-1] and (first[-1:] + second[-1:]).lower() == "fr"


def _split(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]
