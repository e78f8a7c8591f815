"""The authorisation matrix through HTTP (tests/security/test_matrix.py): prints cells and differences.

Run: .venv/bin/python nightly/policy_matrix.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    tests = ["tests/security/test_matrix.py", "tests/security/test_routes.py", "tests/records/test_access.py"]
    code = subprocess.run([sys.executable, "-m", "pytest", "-q", *tests], cwd=ROOT, check=False).returncode
    print(f"policy-matrix: {'0 differences' if code == 0 else 'DIFFERENCES'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
