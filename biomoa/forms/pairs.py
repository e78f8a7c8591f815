"""Files of a row: as many checksums as files, mates that belong together, as many reads as the layout says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from biomoa.forms.findings import Finding
from biomoa.forms.model import FilePairs

# What sequencers, archives and trimmers write for the mates, wherever it stands between separators: _R1/_R2 and _R1_001
# (Illumina), _1/_2 (SRA), _1_clean, _R1_val_1 (Trim Galore), _read1, SampleR1; _f1/_r2 (BGI), _F/_R.
_MATE = re.compile(r"(?:(?<=[._-])(?:[RrFf]|[Rr]ead|READ|[Pp]air|[Mm]ate)|(?<=[a-z0-9])R)([12])(?=[._-])")
_NUMBER = re.compile(r"(?<=[._-])([12])(?=[._-])")
_SIDE = re.compile(r"(?<=[._-])([FfRr])(?=[12]?[._-])")
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
    if any(_NO_NAME.search(name) for name in names) or len({*names}) < len(names):
        return []  # separators or paths among the names, or one twice: told as such, and not to be counted
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
    """Whether two names differ only in the mate number, 1 before 2, or in the side, F before R.

    Where several numbers stand in a name, the last that says R1 or the like tells, else the last of them.
    """
    if len(first) != len(second):
        return False
    differing = [at for at in range(len(first)) if first[at] != second[at]]
    told = _marks(first, _MATE, _SIDE) or _marks(first, _NUMBER)
    marks = told | _marks(first, _NUMBER)
    others = _marks(second, _MATE, _SIDE, _NUMBER)
    return max(told, default=-1) in differing and all(
        (marks.get(at), others.get(at)) in (("1", "2"), ("f", "r")) for at in differing
    )


def mates_among(names: Sequence[str]) -> list[tuple[str, str]]:
    """R1 and R2 of every pair among the names, each name in one pair: of two that fit, the more alike."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in names:
        blank = list(name)
        for at in _marks(name, _MATE, _SIDE, _NUMBER):
            blank[at] = " "
        alike["".join(blank)].append(name)
    found: dict[str, str] = {}
    for group in alike.values():
        pairs = [(first, second) for first in group for second in group if are_mates(first, second)]
        for first, second in sorted(pairs, key=lambda pair: sum(a != b for a, b in zip(*pair, strict=True))):
            if not {first, second} & (found.keys() | found.values()):
                found[first] = second
    return list(found.items())


def _marks(name: str, *patterns: re.Pattern[str]) -> dict[int, str]:
    """Where a mate number or a side stands, and which."""
    return {match.start(1): match[1].lower() for pattern in patterns for match in pattern.finditer(name)}


def _split(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]
