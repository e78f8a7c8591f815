"""Generated calls of every API operation as each of three roles, 0 wrong.

Run: .venv/bin/python nightly/api_fuzz.py [--examples 500] [--seconds 1800] [--seed 1] [--roles curator-token]

One role after the other; stopped, or when ``--seconds`` are over, no further role is begun and the figure says how
many were.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults.stopping import Stop, add_seconds  # noqa: E402

ROLES = ("nobody", "owner-deposit-token", "curator-token")  # WHO of the test


def main() -> int:
    asked = _arguments()
    stop, done, wrong = Stop(asked.seconds), 0, list[str]()
    environment = os.environ | {"BIOMOA_API_EXAMPLES": str(asked.examples), "BIOMOA_API_SEED": str(asked.seed)}
    for role in stop.through(asked.roles, "roles"):
        test = f"tests/security/test_api_fuzz.py::test_generated_calls[{role}]"
        command = [sys.executable, "-m", "pytest", "-q", test]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False, start_new_session=True).returncode
        done += 1
        if code:
            wrong.append(role)
        print(f"{role}: {'WRONG' if code else '0 wrong'}", flush=True)
    said = f"WRONG as {', '.join(wrong)}" if wrong else "0 wrong"
    print(f"api-fuzz: {asked.examples} calls an operation, {done} roles of 3, seed {asked.seed}: {said}")
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--roles", nargs="*", choices=ROLES, default=ROLES)
    add_seconds(parser)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
