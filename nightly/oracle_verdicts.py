"""Labelled files of outside through the inspection: the figures B1 (known-bad refused) and B2 (known-good accepted).

Run: .venv/bin/python nightly/oracle_verdicts.py   (BIOMOA_ORACLES names the folder). Every difference is printed;
those that are explained, with their reason, stand in tests/qc (SOUND, NO_NUCLEOTIDES, EXCEPTIONS).
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from biomoa.qc.runner import inspect_safely, known_formats  # noqa: E402
from tests.conftest import ORACLES  # noqa: E402
from tests.qc.formats.alignments import unpacked  # noqa: E402
from tests.qc.formats.test_sam import EXCEPTIONS  # noqa: E402
from tests.qc.test_sequences import NO_NUCLEOTIDES, SOUND  # noqa: E402

FOLDERS = ("case-fastq", "case-fasta", "case-sam", "case-bam-cram", "case-damaged")
EXPLAINED = NO_NUCLEOTIDES | SOUND | set(EXCEPTIONS)
LEAST_BAD, LEAST_GOOD = 0.95, 0.99


def labelled(scratch: Path) -> Iterator[tuple[str, str, Path]]:
    """Name, label and path of every labelled file of the formats that are inspected."""
    for folder in FOLDERS:
        with (ORACLES / folder / "FILES.tsv").open(encoding="utf-8") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                path = ORACLES / folder / row["file"]
                if path.is_file() and row["format"].split()[0].lower() in (*known_formats(), "bai", "csi", "crai"):
                    yield row["file"], row["label"], path
    for suffix in (".sam", ".cram"):
        yield from unpacked(ORACLES / "case-bam-cram", suffix, scratch)


def main() -> int:
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, label, path in labelled(Path(folder)):
            if label not in ("valid", "invalid"):
                continue
            found = inspect_safely(path, name=Path(name.rpartition(" : ")[2]).name)
            is_right = (found.verdict == "fail") == (label == "invalid")
            explained = name in EXPLAINED or Path(name).name in EXPLAINED
            counts[label, "right" if is_right else "explained" if explained else "wrong"] += 1
            if not is_right:
                codes = sorted({finding.code for finding in found.findings})
                print(f"{label:8} {found.verdict:5} {'explained' if explained else 'WRONG':9} {name} {codes}")
    return figure(counts)


def figure(counts: Counter[tuple[str, str]]) -> int:
    """Claimed: all but the explained. Of all labelled invalid 95 %, of all labelled valid 99 % or explained."""
    bad, good = (sum(counts[label, how] for how in ("right", "explained", "wrong")) for label in ("invalid", "valid"))
    refused, accepted = counts["invalid", "right"], counts["valid", "right"]
    unexplained = counts["invalid", "wrong"] + counts["valid", "wrong"]
    print(
        f"oracle-verdicts: {refused} of {bad} known-bad refused ({refused / bad:.1%}), "
        f"{accepted} of {good} known-good accepted ({accepted / good:.1%}, "
        f"{counts['valid', 'explained']} refusals explained); {unexplained} unexplained"
    )
    is_kept = refused >= LEAST_BAD * bad and accepted + counts["valid", "explained"] >= LEAST_GOOD * good
    return 0 if is_kept and not unexplained else 1


if __name__ == "__main__":
    sys.exit(main())
