"""Damaged files of every format and of every kind of sheet: 0 crashes, hangs, limits unreported, files left behind.

Run: .venv/bin/python nightly/fuzz_formats.py [--count 20000] [--seconds 600] [--seed 1] [--only x.bam] [--keep FOLDER]
Inputs that break a promise, or end their child, are kept in FOLDER (station/fuzz by default). With ``--seconds`` each
parser has an equal part of the time; the figure counts what was tried.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults.stopping import Stop, add_seconds  # noqa: E402
from tests.forms.fuzzing import SHEETS, run_sheets  # noqa: E402
from tests.qc.fuzzing import Fuzzer, Tally  # noqa: E402


def main() -> int:
    options = arguments()
    tallies: dict[str, Tally] = {}
    stop = Stop()
    with tempfile.TemporaryDirectory(prefix="biomoa-fuzz-") as folder:
        scratch = Path(folder)
        fuzzer = Fuzzer(scratch, options.keep, options.seed)
        names = [name for name in (*fuzzer.good, *SHEETS) if not options.only or name in options.only]
        for name in names:
            started = time.perf_counter()
            numbers = stop.through(range(options.count), name, options.seconds / len(names))
            tally = (
                run_sheets(name, numbers, options.seed, scratch, options.keep)
                if name in SHEETS
                else fuzzer.run(name, numbers)
            )
            tallies[name] = tally
            tell(name, tally, time.perf_counter() - started)
    return figure(tallies)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    add_seconds(parser, "so long for all parsers together")
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
