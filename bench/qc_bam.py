"""Inspection of BAM against its peers, in one run: ``python bench/qc_bam.py [--reads N] [--keep FILE]``.

Makes a BAM of its own (about 200 MB by default), then measures CPU seconds (user + system, children too) of our
inspection, of samtools quickcheck, flagstat and stats, and of a pysam loop. Each runs in its own process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pysam

LENGTH = 150
OURS = """
import sys
from pathlib import Path
from biomoa.qc.formats.bam import FORMAT

class Source:
    compression = "bgzf"
    def __init__(self, path):
        self.path, self.name, self.size_bytes = path, path.name, path.stat().st_size
    def raw(self):
        with self.path.open("rb") as file:
            while block := file.read(1 << 20):
                yield memoryview(block)

class Report:
    def __init__(self):
        self.metrics = {}
    def add(self, code, *, at=None, **facts):
        print("found", code, at, facts)
    def keep_back(self, text, at):
        pass

report = Report()
FORMAT.inspect(Source(Path(sys.argv[1])), report)
print(report.metrics["records"], report.metrics["bases"])
"""
PYSAM = """
import sys, pysam
n = q = 0
with pysam.AlignmentFile(sys.argv[1]) as file:
    for read in file.fetch(until_eof=True):
        n += read.flag & 1 + read.mapping_quality + read.query_length
        quals = read.query_qualities
        q += sum(quals) / len(quals)
print(n, q)
"""


def make(path: Path, reads: int) -> None:
    """A sorted BAM of ``reads`` reads of 150 bases with binned qualities, as sequencers write them today."""
    chance = np.random.default_rng(2)
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": 248956422}],
              "RG": [{"ID": "g", "SM": "s", "PL": "ILLUMINA"}]}  # fmt: skip
    letters, bins = np.frombuffer(b"ACGT", np.uint8), np.frombuffer(b"#-<AFJ", np.uint8)
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for start in range(0, reads, 10_000):
            sequences = letters[chance.integers(0, 4, (10_000, LENGTH))]
            steps = chance.random((10_000, LENGTH)) < 0.12
            qualities = bins[np.where(steps, chance.integers(0, 6, (10_000, LENGTH)), 5)]
            for i in range(min(10_000, reads - start)):
                at, first = (start + i) * 80 + 1, i % 2 == 0
                columns = (f"A00123:45:HXXYZ:1:{start // 100_000}:{i}:{start}", 99 if first else 147, "chr1", at, 60,
                           f"{LENGTH}M", "=", at + (80 if first else -80 if at > 80 else 0), 230 if first else -230,
                           sequences[i].tobytes().decode(), qualities[i].tobytes().decode(),
                           "RG:Z:g\tNM:i:0\tMD:Z:150\tAS:i:150")  # fmt: skip
                out.write(pysam.AlignedSegment.fromstring("\t".join(map(str, columns)), out.header))


def measure(command: list[str]) -> tuple[float, float, int]:
    """CPU seconds, wall seconds and peak MiB of the largest child so far."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - began, after.ru_maxrss // 1024


def main() -> None:
    """Prints one line a program and, last, ours in CPU seconds per GB of the same reads as FASTQ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reads", type=int, default=2_600_000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "bench.bam"
        if not path.exists():
            make(path, options.reads)
        print(f"{path.stat().st_size / 1e6:.0f} MB of BAM, {options.reads} reads")
        rows = {
            "ours": [sys.executable, "-c", OURS, str(path)],
            "samtools quickcheck": ["samtools", "quickcheck", str(path)],
            "samtools flagstat": ["samtools", "flagstat", str(path)],
            "samtools stats": ["samtools", "stats", str(path)],
            "pysam loop": [sys.executable, "-c", PYSAM, str(path)],
        }
        measure(rows["ours"])  # compiles the kernel once, as an installation does
        cpus = {}
        for name, command in rows.items():
            cpu, wall, peak = min(measure(command) for _ in range(3 if name != "pysam loop" else 1))
            cpus[name] = cpu
            print(f"{name:20} {cpu:6.2f} CPU s {wall:6.2f} s wall {cpu / cpus['ours']:5.2f}x {peak} MiB at most so far")
    gigabytes = options.reads * (2 * LENGTH + 60) / 1e9
    print(f"ours: {cpus['ours'] / gigabytes:.2f} CPU s per GB of FASTQ (goal 3)")


if __name__ == "__main__":
    main()
