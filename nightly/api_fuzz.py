"""Generated calls of every API operation as each of three roles: 500 each (BIOMOA_API_EXAMPLES), 0 wrong.

Run: .venv/bin/python nightly/api_fuzz.py [seed]
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    seed = sys.argv[1] if len(sys.argv) > 1 else "1"
    examples = os.environ.get("BIOMOA_API_EXAMPLES", "500")
    environment = os.environ | {"BIOMOA_API_EXAMPLES": examples, "BIOMOA_API_SEED": seed}
    command = [sys.executable, "-m", "pytest", "-q", "tests/security/test_api_fuzz.py"]
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    print(f"api-fuzz: {examples} calls an operation, 3 roles, seed {seed}: {'0 wrong' if code == 0 else 'WRONG'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
