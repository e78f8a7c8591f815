"""Twelve jumps of the clock: no embargo opens early, no token comes back, the ledger keeps its order (goal F5).

The jumps are those of ``tests/faults/test_clock.py``; all of them run there, and their count is the figure.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "tests/faults/test_clock.py"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    print(done.stdout[-3000:] if done.returncode else "")
    print(f"clock-jump: {done.stdout.strip().splitlines()[-1]}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
