"""1,000,000 entries of the ledger verified from the database, with their signed heads: seconds.

    python bench/ledger_verify.py [--entries 1000000]

Claim: <= 60 s. Peer in the same run: bare SHA-256 over the same texts, read by sqlite3 without BioMoa.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sqlite3
import tempfile
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")
BATCH = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-bench-") as folder:
        _station(Path(folder))
        written = _write(asked.entries)
        print(f"{asked.entries} entries appended in {written:.1f} s ({asked.entries / written:,.0f}/s)")
        bare = _bare(Path(folder) / "home" / "station.sqlite3")
        verified = _verify()
        print(f"bare reading and hashing {bare:.1f} s; ratio {verified / bare:.1f}")
        print(f"verified in {verified:.1f} s (claim: <= 60 s for 1,000,000)")


def _station(folder: Path) -> None:
    import django
    from django.core.management import call_command

    from biomoa.settings.station import create_home

    os.environ["BIOMOA_HOME"] = str(create_home(folder / "home").folder)
    django.setup()
    call_command("migrate", verbosity=0)


def _write(entries: int) -> float:
    from django.db import transaction

    from biomoa.ledger import heads
    from biomoa.ledger.services import Event, record_many

    start = time.perf_counter()
    for first in range(0, entries, BATCH):
        events = [
            Event("record:accepted", f"KAS{n:08d}", {"alias": f"S{n}", "version": 1, "digest": "a" * 64})
            for n in range(first, min(first + BATCH, entries))
        ]
        with transaction.atomic():
            record_many("user:1", events)
        heads.sign()
    return time.perf_counter() - start


def _verify() -> float:
    from biomoa.ledger import heads

    start = time.perf_counter()
    assert list(heads.verify(heads.published())) == []
    return time.perf_counter() - start


def _bare(path: Path) -> float:
    start = time.perf_counter()
    rows = sqlite3.connect(path).execute("SELECT at, actor, event, subject, data, previous FROM ledger_entry")
    for row in rows:
        hashlib.sha256("".join(row).encode()).hexdigest()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
