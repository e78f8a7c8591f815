"""Inspecting a gzip FASTQ of about 1 GB: ours (SHA-256, MD5, inflate, all metrics) beside igzip, fastp and others.

    python bench/qc_fastq.py [READS]        # 2,800,000 reads of 150 bases by default

Every program that is installed runs in this one go; CPU seconds are the fair column on a shared machine.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READS = 2_800_000
LENGTH = 150
OURS = """
import sys
from pathlib import Path
from biomoa.qc.runner import inspect
print(inspect(Path(sys.argv[1])).verdict)
"""


def make(path: Path, reads: int) -> None:
    """Binned qualities, fragments of one genome; the same bytes every time."""
    chance = random.Random(11)
    genome = "".join(chance.choices("ACGT", k=2_000_000))
    qualities = ["".join(chance.choices("FFFFFFFFFF:,#", k=LENGTH)) for _ in range(2_000)]
    with subprocess.Popen(["gzip", "-6"], stdin=subprocess.PIPE, stdout=path.open("wb")) as packer:
        assert packer.stdin is not None
        for first in range(0, reads, 10_000):
            lines = []
            for number in range(first, min(reads, first + 10_000)):
                start = chance.randrange(len(genome) - LENGTH)
                name = f"@A00123:45:HKGC7DSX5:1:1101:{number}:{start} 1:N:0:ACGTACGT"
                lines.append(f"{name}\n{genome[start : start + LENGTH]}\n+\n{chance.choice(qualities)}\n")
            packer.stdin.write("".join(lines).encode())
        packer.stdin.close()


def run(command: list[str], cores: str) -> tuple[float, float, int]:
    """CPU seconds, wall seconds, peak MiB of the process and its children; the best of two."""
    return min(_once(["taskset", "-c", cores, *command]) for _ in range(2))


def _once(command: list[str]) -> tuple[float, float, int]:
    started = time.perf_counter()
    pid = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss // 1024


def main() -> None:
    reads = int(sys.argv[1]) if len(sys.argv) > 1 else READS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.fastq.gz"
        make(path, reads)
        jobs = [
            ("igzip -t", ["igzip", "-t", str(path)], ("0", "0,1")),
            ("biomoa", [sys.executable, "-c", OURS, str(path)], ("0", "0,1")),
            (
                "fastp",
                ["fastp", "-i", str(path), *["-A", "-Q", "-L", "-G", "-w", "1", "-j", "/dev/null", "-h", "/dev/null"]],
                ("0",),
            ),
            ("fastqc", ["fastqc", "-t", "1", "-o", folder, str(path)], ("0",)),
            (
                "sequali",
                [str(Path(sys.executable).with_name("sequali")), "-t", "1", "--dir", folder, str(path)],
                ("0",),
            ),
        ]
        floor: dict[str, tuple[float, float, int]] = {}
        print(f"{reads:,} reads, {path.stat().st_size / 1e6:.0f} MB gzip")
        print("program    cores  CPU s  wall s  MiB  CPU/igzip  wall/igzip")
        for name, command, cores in jobs:
            if shutil.which(command[0]) is None:
                print(f"{name:<10} not installed")
                continue
            for core in cores:
                cpu, wall, peak = run(command, core)
                floor.setdefault(core, (cpu, wall, peak))
                ratio = f"{cpu / floor[core][0]:9.2f}x {wall / floor[core][1]:10.2f}x"
                print(f"{name:<10} {len(core.split(',')):>5} {cpu:6.2f} {wall:7.2f} {peak:>4} {ratio}")
    print(f"this process used {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} s to make the file")


if __name__ == "__main__":
    main()
