"""A station of 100,000 records and 5 GB is backed up, restored and compared (goal F8: 600 s).

python nightly/restore_drill.py [the arguments of bench/restore_drill.py]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1] / "bench" / "restore_drill.py"


def main() -> int:
    done = subprocess.run([sys.executable, str(BENCH), *sys.argv[1:]], stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    print("\n".join(lines[:-1]))
    print(f"restore-drill: {lines[-1] if lines else '-'} s")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
