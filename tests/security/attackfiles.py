"""Every attack file through inspection and through the check of sheets, in a process that notes what it touches.

Run as a program: prints one JSON line a file, then one with what was written outside and which sockets were opened.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

FOLDERS = ("case-archives", "case-xml-attacks", "case-spreadsheet", "case-damaged")
FORMS = Path(__file__).resolve().parents[1] / "forms" / "catalogue"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def attack_files(oracles: Path) -> list[Path]:
    """All files of the folders but their lists."""
    files = [path for folder in FOLDERS for path in sorted((oracles / folder).rglob("*")) if path.is_file()]
    return [path for path in files if path.name not in ("FILES.tsv", "SOURCES.md")]


CHANGES = ("os.mkdir", "os.rename", "os.link", "os.symlink", "os.chmod")
SOCKETS = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto")


class Touched:
    """An audit hook: files opened for writing outside ``scratch``, names removed or linked there, sockets."""

    def __init__(self, scratch: Path) -> None:
        self.own = (str(scratch), "/dev/shm/biomoa-cells-", "/dev/null", "/proc/self/")
        self.found: set[str] = set()

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event in SOCKETS:
            self.found.add(f"{event} {args[1:]}")
        elif event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & WRITES):
            self._note(event, args[0])

    def _note(self, event: str, path: object) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        name = str(Path(os.fsdecode(path)).absolute())
        if not name.startswith(self.own) and "__pycache__" not in name:
            self.found.add(f"{event} {name}")


def look(path: Path, library: Any) -> dict[str, Any]:
    from biomoa.forms.checking import check_file
    from biomoa.qc.runner import inspect_safely

    started = time.perf_counter()
    seen = inspect_safely(path, name=path.name)
    checked = check_file(library, path, form="sample")
    told = [(one.code, one.message.ko, one.message.en) for one in seen.findings]
    return {
        "path": str(path),
        "verdict": seen.verdict,
        "codes": sorted({code for code, _, _ in told}),
        "valid": checked.valid,
        "problems": sorted({problem.code for problem in checked.problems}),
        "sentences": [*told, *((p.code, p.message.ko, p.message.en) for p in checked.problems)],
        "places": [bool(problem.file or problem.sheet) for problem in checked.problems],
        "seconds": time.perf_counter() - started,
    }


def main(oracles: Path, scratch: Path) -> None:
    from biomoa.catalog import taxonomy
    from biomoa.catalog.load import load_catalogue
    from biomoa.forms.library import load_library

    os.environ["TMPDIR"] = str(scratch)
    library = load_library(load_catalogue(FORMS))
    taxonomy.find_by_id(taxonomy.ROOT)  # the names may be unpacked into the account's cache, once, before we look
    touched = Touched(scratch)
    sys.addaudithook(touched)
    for path in attack_files(oracles):
        print(json.dumps(look(path, library), ensure_ascii=False), flush=True)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) << 10
    print(json.dumps({"touched": sorted(touched.found), "peak_bytes": peak}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
