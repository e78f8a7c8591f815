"""Damaged files of every format and of every kind of sheet: 0 crashes, hangs, limits unreported, files left behind.

Run: .venv/bin/python nightly/fuzz_formats.py [--count 20000] [--seed 1] [--only x.bam] [--keep FOLDER]
Inputs that break a promise, or end their child, are kept in FOLDER (station/fuzz by default).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.forms.fuzzing import SHEETS, run_sheets  # noqa: E402
from tests.qc.fuzzing import Fuzzer, Tally  # noqa: E402


def main() -> int:
    options = arguments()
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory(prefix="biomoa-fuzz-") as folder:
        scratch = Path(folder)
        fuzzer = Fuzzer(scratch, options.keep, options.seed)
        for name in [*fuzzer.good, *SHEETS]:
            if options.only and name not in options.only:
                continue
            started = time.perf_counter()
            tally = (
                run_sheets(name, options.count, options.seed, scratch, options.keep)
                if name in SHEETS
                else fuzzer.run(name, options.count)
            )
            tallies[name] = tally
            tell(name, tally, time.perf_counter() - started)
    return figure(tallies)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--keep", type=Path, default=ROOT / "station" / "fuzz")
    return parser.parse_args()


def tell(name: str, tally: Tally, seconds: float) -> None:
    print(
        f"{name:14} {tally.files:6} files {seconds:6.0f} s  {dict(tally.verdicts)}  {len(tally.outcomes)} outcomes, "
        f"{len(tally.ended)} ended, peak {tally.peak_bytes >> 20} MiB, slowest {tally.slowest_seconds:.2f} s, "
        f"{len(tally.faults)} faults",
        flush=True,
    )
    for line in [*tally.faults, *tally.ended][:20]:
        print("   ", line)


def figure(tallies: dict[str, Tally]) -> int:
    faults = sum(len(one.faults) for one in tallies.values())
    ended = sum(len(one.ended) for one in tallies.values())
    files = sum(one.files for one in tallies.values())
    print(f"fuzz-formats: {files:,} files, {len(tallies)} parsers: {faults} faults; {ended} children ended and told")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
