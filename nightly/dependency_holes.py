"""Locked parts against known holes: the kept floors, and, where an index of advisories answers, all of them.

Run: .venv/bin/python nightly/dependency_holes.py   (pip-audit is asked when it is installed)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    tests = [sys.executable, "-m", "pytest", "-q", "tests/security/test_dependencies.py"]
    floors = subprocess.run(tests, cwd=ROOT, check=False).returncode
    audit = shutil.which("pip-audit", path=str(Path(sys.executable).parent))
    told = "not asked"
    if audit:
        asked = [audit, "--disable-pip", "--require-hashes", "-r", "requirements.lock"]
        code = subprocess.run(asked, cwd=ROOT, check=False, timeout=600).returncode
        told = "nothing known" if code == 0 else "SEE ABOVE (a hole, or no answer)"
    print(f"dependency-holes: floors {'kept' if floors == 0 else 'BROKEN'}; advisories {told}")
    return floors


if __name__ == "__main__":
    sys.exit(main())
