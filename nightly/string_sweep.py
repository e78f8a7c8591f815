"""Every hostile string in stored fields, shown in a real browser (tests/security/test_strings.py): 0 scripts run.

Run: .venv/bin/python nightly/string_sweep.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    command = [sys.executable, "-m", "pytest", "-q", "tests/security/test_strings.py"]
    code = subprocess.run(command, cwd=ROOT, env=os.environ | {"BIOMOA_STRINGS": "all"}, check=False).returncode
    print(f"string-sweep: {'0 scripts run' if code == 0 else 'SOMETHING RAN OR FAILED'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
