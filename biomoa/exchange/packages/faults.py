"""What is wrong with a package of files, at which place, by which rule of its standard."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """``code`` is the standard's own where it has one (``E092`` of OCFL 1.1), else kebab-case; ``at`` a path inside."""

    code: str
    at: str
    detail: str
    severity: Literal["error", "warning"] = "error"


def walk_plain(folder: Path) -> tuple[dict[str, os.stat_result], list[Fault]]:
    """Regular files below by relative path; links, pipes and devices are faults and never opened."""
    found: dict[str, os.stat_result] = {}
    faults = []
    for path, kept in _iter_entries(folder):
        relative = path.relative_to(folder).as_posix()
        if stat.S_ISREG(kept.st_mode):
            found[relative] = kept
        elif not stat.S_ISDIR(kept.st_mode):
            faults.append(Fault("not-a-plain-file", relative, "links and special files have no place in a package"))
    return found, faults


def _iter_entries(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            yield Path(entry.path), entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield from _iter_entries(Path(entry.path))
