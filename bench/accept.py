"""10,000 samples and 20,000 runs from handing in to accessions: seconds and memory, on SQLite with synchronous=FULL.

    python bench/accept.py [--samples 10000] [--runs 20000] [--embargo]

Claim: under 20 s and 1 GB. The study is made from the forms of the catalogue; its files are laid on the shelf as
rows (how fast bytes arrive is another measure). Peer in the same run: the bare writing of as many rows.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="biomoa-bench-") as folder:
        station(Path(folder))
        _measure(asked, Path(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--embargo", action="store_true", help="released on a day, not at once")
    return parser.parse_args()


def station(folder: Path) -> None:
    import django
    from django.core.management import call_command

    from biomoa.settings.process import settle
    from biomoa.settings.station import create_home

    os.environ["BIOMOA_HOME"] = str(create_home(folder / "home").folder)
    django.setup()
    call_command("migrate", verbosity=0)
    settle()


def _measure(asked: argparse.Namespace, folder: Path) -> None:
    from biomoa.records import services, services_curation

    group, depositor, curator = people()
    bundle = bundle_of(asked.samples, asked.runs)
    count = sum(map(len, bundle.values()))
    receipt, whole = _timed(lambda: services.whole(depositor, group, bundle, submit=False))
    key = int(receipt.submission[3:])
    _lay_files(key, asked.runs)
    if asked.embargo:
        services.set_details(depositor, key, release_on=date.today() + timedelta(days=90))
    cpu = time.process_time()
    receipt, submit = _timed(lambda: services.submit(depositor, key))
    assert receipt.state == "submitted", receipt.problems[:3]
    _, take = _timed(lambda: services_curation.take(curator, key))
    receipt, accept = _timed(lambda: services_curation.accept(curator, key))
    cpu = time.process_time() - cpu
    assert all(line.accession for line in receipt.accessions) and len(receipt.accessions) == count
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = submit + take + accept
    print(f"rows {count}, state {receipt.state}")
    print(f"draft written and checked {whole:6.2f} s")
    print(f"submit {submit:.2f} s + take {take:.2f} s + accept {accept:.2f} s = {total:.2f} s (claim: < 20 s)")
    print(f"of these {cpu:.2f} s on the processor")
    print(f"peak memory {peak:.0f} MB (claim: < 1024 MB)")
    bare = _bare(folder, count * 6)
    print(f"bare writing of {count * 6} rows in one transaction {bare:.2f} s; ratio {total / bare:.1f}")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def people() -> tuple[int, Any, Any]:
    from biomoa.people.models import Membership, Organisation, User
    from biomoa.people.queries import actor_of

    center, _ = Organisation.objects.get_or_create(
        code="KOBIC", defaults={"kind": "data-center", "name_ko": "센터", "name_en": "Center"}
    )
    group = Organisation.objects.create(code="bench", kind="group", name_ko="연구실", name_en="Lab")
    actors = []
    for name, organisation, role in (("depositor", group, "depositor"), ("curator", center, "curator")):
        user = User.objects.create_user(f"{name}@example.org", None)
        Membership.objects.create(user=user, organisation=organisation, role=role)
        actors.append(actor_of(user))
    return group.pk, actors[0], actors[1]


def bundle_of(samples: int, runs: int) -> dict[str, list[dict[str, str]]]:
    """A project, the samples, an experiment a run; further fields from the examples of the forms."""
    project, sample, experiment, run = map(_example, ("bioproject", "biosample", "ngs-experiment", "ngs-run"))
    project |= {"project_alias": "bench"}
    project.pop("release_date", None)  # the day of the submission holds
    layout = {"library_layout": "SINGLE"}
    return {
        "bioproject": [project],
        "biosample": [sample | _links("biosample", "bench") | {"sample_name": f"S{n}"} for n in range(samples)],
        "ngs-experiment": [
            experiment | layout | _links("ngs-experiment", f"S{n % samples}") | {"experiment_alias": f"E{n}"}
            for n in range(runs)
        ],
        "ngs-run": [
            run | _links("ngs-run", f"E{n}") | {"run_alias": f"R{n}"} | _files("ngs-run", n) for n in range(runs)
        ],
    }


def _example(form: str) -> dict[str, str]:
    """The examples of all fields that must or should be filled, and of those of the first package."""
    from biomoa.records.library import library

    found = library().form(form)
    values = {
        field.name: field.example
        for field in found.fields
        if (field.requirement != "optional" or form == "bioproject")
        and field.example
        and field.type not in ("reference", "files", "md5")
    }
    if found.packages:
        package = values.get(found.packages.selector) or found.packages.packages[0].name
        values[found.packages.selector] = package
        used = {name for name, row in library().matrix(form).items() if row.get(package, "-") not in ("-", "O")}
        values |= {field.name: field.example for field in found.fields if field.name in used and field.example}
    return values


def _links(form: str, token: str) -> dict[str, str]:
    from biomoa.records.library import library

    return dict.fromkeys(library().form(form).parents[:1], token)


def _files(form: str, number: int) -> dict[str, str]:
    from biomoa.forms.model import FilePairs
    from biomoa.records.library import library

    rule = next(rule for rule in library().form(form).rules if isinstance(rule, FilePairs))
    return {rule.files: f"R{number}.fastq.gz", rule.checksums: _md5(number)}


def _md5(number: int) -> str:
    return hashlib.md5(str(number).encode()).hexdigest()


def _lay_files(key: int, runs: int) -> None:
    from biomoa.files.models import InspectionResult, StoredFile, StoredObject
    from biomoa.records.models import Submission

    shelf = Submission.objects.get(pk=key).shelf
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(runs)]
    StoredObject.objects.bulk_create(
        StoredObject(sha256=digest, md5=_md5(number), size_bytes=1) for number, digest in enumerate(digests)
    )
    InspectionResult.objects.bulk_create(
        InspectionResult(object_id=digest, qc_version=_qc_version(), format="fastq", verdict="pass",
                         metrics=_METRICS, seconds=0.1)
        for digest in digests
    )  # fmt: skip
    StoredFile.objects.bulk_create(
        StoredFile(shelf=shelf, name=f"R{number}.fastq.gz", name_key=f"r{number}.fastq.gz", object_id=digest)
        for number, digest in enumerate(digests)
    )


_METRICS = {"reads": 1_000_000, "bases": 150_000_000, "mean_quality": 36.0, "gc_fraction": 0.45, "q30_fraction": 0.93}


def _qc_version() -> str:
    from biomoa.qc.model import QC_VERSION

    return QC_VERSION


def _bare(folder: Path, count: int) -> float:
    """As many rows of 300 bytes into a table with one index, in one transaction, synchronous=FULL."""
    connection = sqlite3.connect(folder / "bare.sqlite3")
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT UNIQUE, v TEXT)"
    )
    start = time.perf_counter()
    with connection:
        connection.executemany("INSERT INTO t (k, v) VALUES (?, ?)", ((f"K{n:08d}", "x" * 300) for n in range(count)))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
