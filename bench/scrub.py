"""Reading every stored object again: MB/s of one core.

    python bench/scrub.py [--gigabytes 2] [--objects 200] [--jobs 1]

Claim (X1): at least 250 MB/s a core. Peer in the same run: hashlib's SHA-256 over bytes in memory, which no scrub can
pass. The last line is MB/s.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from pathlib import Path

import pages_1m
import restore_drill

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")
GOAL = 250.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--objects", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-scrub-") as folder:
        pages_1m._station(Path(folder) / "home")
        restore_drill._fill(Path(folder) / "home", int(asked.gigabytes * 1e9 / asked.objects), asked.objects)
        os.sync()
        _measure(asked.jobs)


def _measure(jobs: int) -> None:
    from biomoa.operations.scrub import scrub
    from biomoa.people.rules import system

    block = os.urandom(64 * 1024**2)
    began = time.perf_counter()
    for _ in range(8):
        hashlib.sha256(block).digest()
    bare = 8 * len(block) / 1e6 / (time.perf_counter() - began)
    began, worked = time.perf_counter(), time.process_time()
    report = scrub(system("bench"), readers=jobs)
    seconds, core = time.perf_counter() - began, time.process_time() - worked
    size = report.object_bytes / 1e6
    print(f"SHA-256 alone (peer): {bare:.0f} MB/s")
    print(f"scrub: {size / seconds:.0f} MB/s in {seconds:.1f} s, {size / core:.0f} MB/s a core")
    assert not report.damages
    print(f"goal {GOAL:.0f} MB/s a core: {'met' if size / core >= GOAL else 'MISSED'}")
    print(f"{size / core:.0f}")


if __name__ == "__main__":
    main()
