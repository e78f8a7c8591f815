"""Backup and restore of a station with 100,000 records and 5 GB of files: seconds, on two cores.

    python bench/restore_drill.py [--records 100000] [--gigabytes 5] [--objects 2000] [--home FOLDER] [--sealed]

Claim (F8): restored in 10 minutes, every object's digest equal, ledger verified, search index built anew. Records are
written as rows with their ledger entries (bench/accept.py measures acceptance). Peer in the same run: ``cp -a`` of the
home folder and ``sync``, which verifies nothing. The last line is the seconds of the restore.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pages_1m

PAGE = 5_000
GOAL_SECONDS = 600


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="biomoa-drill-") as scratch:
        folder = asked.home or Path(scratch) / "home"
        if not (folder / "station.sqlite3").exists():
            _timed("station made", lambda: _make(folder, asked))
        return _measure(folder, Path(scratch), asked.sealed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--gigabytes", type=float, default=5.0)
    parser.add_argument("--objects", type=int, default=2_000)
    parser.add_argument("--home", type=Path, help="kept, and used again")
    parser.add_argument("--sealed", action="store_true", help="an encrypted backup")
    return parser.parse_args()


def _make(folder: Path, asked: argparse.Namespace) -> None:
    """In a process of its own: the commands that are measured start from nothing."""
    more = ["--make", str(folder), str(asked.records), str(asked.gigabytes), str(asked.objects)]
    subprocess.run([sys.executable, __file__, *more], check=True)


def make(folder: Path, records: int, gigabytes: float, objects: int) -> None:
    """The station: records with ledger entries and index, objects of random bytes."""
    pages_1m._station(folder)
    pages_1m._build(records)
    tell_the_ledger()
    _fill(folder, int(gigabytes * 1e9 / objects), objects)
    from biomoa.ledger.followers import follow
    from biomoa.search.followers import follower

    follow(follower())


def tell_the_ledger() -> None:
    """An entry for each record, as its opening writes it."""
    from django.db import transaction

    from biomoa.ledger.services import Event, record_many
    from biomoa.records.models import Record

    for page in _pages(list(Record.objects.order_by("pk").values_list("accession", flat=True))):
        with transaction.atomic():
            record_many("system:bench", [Event("record:released", accession, {"version": 1}) for accession in page])


def _fill(folder: Path, size_bytes: int, count: int) -> None:
    from biomoa.files.models import StoredObject
    from biomoa.files.storage import store

    rows = []
    for number in range(count):
        content = number.to_bytes(8, "big") + os.urandom(size_bytes - 8)
        sha256 = hashlib.sha256(content).hexdigest()
        path = folder / "scratch" / "new"
        path.write_bytes(content)
        store().put(path, sha256)
        path.unlink()
        rows.append(StoredObject(sha256=sha256, md5=sha256[:32], size_bytes=size_bytes))
    StoredObject.objects.bulk_create(rows, batch_size=500)


def _pages(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), PAGE):
        yield values[start : start + PAGE]


def _measure(folder: Path, scratch: Path, is_sealed: bool) -> int:
    place, other = scratch / "backup", scratch / "restored"
    key = ["--encrypt-to", str(_key(scratch))] if is_sealed else []
    _timed("copy with cp -a and sync (peer)", lambda: _copy(folder, scratch / "copy"))
    subprocess.run(["rm", "-rf", str(scratch / "copy")], check=True)
    first, _ = _timed("first backup", lambda: _ask(folder, "backup", str(place), *key))
    _timed("second backup, nothing new", lambda: _ask(folder, "backup", str(place), *key))
    key = ["--key", key[1]] if key else []
    restored, seconds = _timed("restore", lambda: _ask(other, "restore", str(place), *key))
    print(f"{restored['objects']} objects, {restored['object_bytes'] / 1e9:.2f} GB, {restored['rows']} rows, "
          f"ledger of {restored['ledger_seq']} entries; problems: {restored['problems'] or 'none'}")  # fmt: skip
    is_good = restored["good"] and seconds <= GOAL_SECONDS and restored["objects"] == first["objects"]
    print(f"restore: {seconds:.0f} s, goal {GOAL_SECONDS} s: {'met' if is_good else 'MISSED'}")
    print(f"{seconds:.1f}")
    return 0 if is_good else 1


def _key(scratch: Path) -> Path:
    path = scratch / "key"
    subprocess.run([sys.executable, "-m", "biomoa.cli.main", "backup", "--new-key", str(path)], check=True)
    return path


def _copy(folder: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", str(folder), str(target)], check=True)
    os.sync()


def _ask(folder: Path, *command: str) -> Any:
    whole = [sys.executable, "-m", "biomoa.cli.main", "--home", str(folder), *command, "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(whole, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def _timed(what: str, work: Any) -> Any:
    began = time.perf_counter()
    answer = work()
    seconds = time.perf_counter() - began
    print(f"{what}: {seconds:.1f} s", flush=True)
    return answer, seconds


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
    else:
        sys.exit(main())
