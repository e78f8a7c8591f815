"""A draft of 100,000 sample rows stays usable: seconds of writing, checking, paging, saving one row.

python bench/draft.py [--samples 100000]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import accept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-bench-") as folder:
        accept.station(Path(folder))
        _measure(asked.samples)


def _measure(samples: int) -> None:
    from biomoa.records import queries, services

    group, depositor, _ = accept.people()
    bundle = accept.bundle_of(samples, 0)
    made = services.create_submission(depositor, group)
    rows = bundle["biosample"]
    last = samples // 50
    services.save_rows(depositor, made.pk, "bioproject", bundle["bioproject"])
    _tell("write all rows", lambda: services.save_rows(depositor, made.pk, "biosample", rows))
    _tell("check", lambda: services.check(made.pk))
    changed = [{**row, rows_field(): "changed"} for row in rows[:: max(1, samples // 100)]]
    _tell("merge 100 rows by alias", lambda: services.save_rows(
        depositor, made.pk, "biosample", changed, mode="merge-by-alias"))  # fmt: skip
    _tell("first page of rows", lambda: queries.rows(made.pk, "biosample"))
    _tell("last page of rows", lambda: queries.rows(made.pk, "biosample", page=last))
    _tell("save one row", lambda: services.save_row(depositor, made.pk, "biosample", samples // 2, rows[0]))
    _tell("page of rows with problems", lambda: queries.rows(made.pk, "biosample", only_problems=True))
    _tell("check again", lambda: services.check(made.pk))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def rows_field() -> str:
    """A field of free text, in which a change is no error."""
    from biomoa.records.library import library

    return next(
        field.name for field in library().form("biosample").fields if field.name == "title" or not field.pattern
    )


def _tell(name: str, work: Callable[[], Any]) -> None:
    start = time.perf_counter()
    work()
    print(f"{name:28s} {time.perf_counter() - start:7.3f} s")


if __name__ == "__main__":
    main()
