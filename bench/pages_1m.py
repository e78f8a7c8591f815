"""A station with 1,000,000 records on SQLite: how long its pages, and the queries behind them, take at the server.

    python bench/pages_1m.py [--records 1000000] [--home FOLDER] [--rounds 30]

Claim: record and list pages under 100 ms at the server (median). ``--home`` keeps the station, so that it is built
once; the records are written as rows, not through acceptance (bench/accept.py measures that). Peer in the same run:
one bare SELECT by primary key on the same file.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biomoa.settings.django")

LARGE = 100_000  # members of the largest project
RUNS_A_SAMPLE = 2
SAMPLES_A_PROJECT = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biomoa-bench-") as scratch:
        folder = asked.home or Path(scratch) / "home"
        is_new = not (folder / "station.sqlite3").exists()
        _station(folder)
        if is_new:
            start = time.perf_counter()
            _build(asked.records)
            print(f"{asked.records} records written in {time.perf_counter() - start:.0f} s")
        _measure(asked.rounds, folder)


def _station(folder: Path) -> None:
    import django
    from django.core.management import call_command

    from biomoa.settings.station import create_home

    os.environ["BIOMOA_HOME"] = str(create_home(folder).folder)
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _build(count: int) -> None:
    from django.db import connection, transaction

    people = _people()
    with transaction.atomic():
        _write(people, count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _people() -> tuple[int, int, int]:
    from biomoa.people.models import Membership, Organisation, User

    center, _ = Organisation.objects.get_or_create(
        code="KOBIC", defaults={"kind": "data-center", "name_ko": "센터", "name_en": "Center"}
    )
    group = Organisation.objects.create(code="bench", kind="group", name_ko="연구실", name_en="Lab")
    for name, organisation, role in (("depositor", group, "depositor"), ("curator", center, "curator")):
        user = User.objects.create_user(f"{name}@example.org", None)
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return group.pk, center.pk, User.objects.get(email="depositor@example.org").pk


def _write(people: tuple[int, int, int], count: int) -> None:
    from django.utils import timezone

    from biomoa.records import bulk
    from biomoa.records.acceptance import RECORD, VERSION
    from biomoa.records.models import Link, Record, Version

    now = bulk.moment(timezone.now())
    submissions = _submissions(people, 10_000)
    plan = list(_plan(count))
    numbers: dict[str, int] = {}
    names = []
    for form, _, _ in plan:
        numbers[form] = numbers.get(form, 0) + 1
        names.append(f"{PREFIX[form]}{numbers[form]:0{DIGITS[form]}d}")
    bulk.insert(Record, RECORD, _records(plan, names, people, submissions, now))
    versions = (
        (
            key,
            1,
            "2026.1",
            _values(form, names[key - 1]),
            "{}",
            "0" * 64,
            submissions[key % len(submissions)],
            "user:1",
            now,
        )
        for key, (form, _, _) in enumerate(plan, 1)
    )
    bulk.insert(Version, VERSION, versions)
    links = ((key, parent, FIELD[form]) for key, (form, parent, _) in enumerate(plan, 1) if parent)
    bulk.insert(Link, ("child_id", "parent_id", "field"), links)
    _tally(people[1], numbers)


PREFIX = {"bioproject": "KAP", "biosample": "KAS", "ngs-experiment": "KAE", "ngs-run": "KAR"}
DIGITS = {"bioproject": 6, "biosample": 8, "ngs-experiment": 8, "ngs-run": 8}
FIELD = {"biosample": "project", "ngs-experiment": "sample", "ngs-run": "experiment"}
TYPE = {"bioproject": "bioproject", "biosample": "biosample", "ngs-experiment": "experiment", "ngs-run": "run"}


def _plan(count: int) -> Iterator[tuple[str, int | None, int | None]]:
    """(form, parent, project) of each record, the ids counting from 1: one project of ``LARGE`` members, then small."""
    key, size = 0, LARGE
    while key < count:
        key += 1
        project = key
        yield "bioproject", None, None
        members = 0
        while members < size and key < count:
            key += 1
            sample = key
            yield "biosample", project, project
            members += 1
            for _ in range(RUNS_A_SAMPLE if size != LARGE else 0):
                key += 2
                yield "ngs-experiment", sample, project
                yield "ngs-run", key - 1, project
        size = SAMPLES_A_PROJECT


def _records(
    plan: list[tuple[str, int | None, int | None]], names: list[str], people: tuple[int, int, int],
    submissions: list[int], now: Any,
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    for key, (form, _, project) in enumerate(plan, 1):
        submission = submissions[key % len(submissions)]
        yield (
            key, names[key - 1], form, TYPE[form], f"a{key}", people[0], people[1], submission, project, "released",
            f"Record {key} of the bench", "", 1, None, now, now, now, "",
        )  # fmt: skip


def _values(form: str, name: str) -> str:
    fields = ",".join(f'"field_{number}":"value {number} of {name}"' for number in range(20))
    return f'{{"title":"Record {name} of form {form}",{fields}}}'


def _submissions(people: tuple[int, int, int], count: int) -> list[int]:
    """In all states, decided over the last year."""
    import uuid
    from datetime import timedelta

    from django.utils import timezone

    from biomoa.files.models import Shelf
    from biomoa.records.models import Submission

    states = ("draft", "submitted", "in-review", "returned", "accepted", "released", "released", "released")
    now = timezone.now()
    shelves = [Shelf(id=uuid.uuid4(), owner_id=people[0], center_id=people[1]) for _ in range(count)]
    Shelf.objects.bulk_create(shelves)
    Submission.objects.bulk_create(
        Submission(
            owner_id=people[0], center_id=people[1], created_by_id=people[2], title=f"Study {number}", shelf=shelf,
            state=states[number % len(states)], submitted_at=now - timedelta(days=9 + number % 90),
            decided_at=now - timedelta(days=number % 90) if number % len(states) > 2 else None,
        )
        for number, shelf in enumerate(shelves)
    )  # fmt: skip
    return list(Submission.objects.filter(state="released").values_list("pk", flat=True))


def _tally(center: int, numbers: dict[str, int]) -> None:
    from biomoa.records import bulk

    bulk.move_tallies({(center, form, "released"): count for form, count in numbers.items()})


def _measure(rounds: int, folder: Path) -> None:
    from django.db import connection

    from biomoa.records.models import Record

    random.seed(7)
    largest = Record.objects.get(pk=1).accession
    worst = 0.0
    for name, work in [*_queries(largest), *_pages(largest)]:
        work()
        times = sorted(_timed(work) for _ in range(rounds))
        median = statistics.median(times)
        worst = max(worst, median)
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        work()
        connection.force_debug_cursor = False
        asked = len(connection.queries_log) - before
        print(f"{name:42s} median {median:7.2f} ms   p95 {times[int(len(times) * 0.95) - 1]:7.2f} ms   {asked} queries")
    print(f"slowest median {worst:.1f} ms (claim: < 100 ms); bare select {_bare(folder, rounds):.3f} ms")


def _queries(largest: str) -> list[tuple[str, Callable[[], Any]]]:
    from biomoa.people.models import User
    from biomoa.people.queries import actor_of
    from biomoa.people.rules import NOBODY
    from biomoa.records import queries
    from biomoa.records.models import Record, Submission

    depositor = actor_of(User.objects.get(email="depositor@example.org"))
    curator = actor_of(User.objects.get(email="curator@example.org"))
    samples = list(
        Record.objects.filter(form="biosample", pk__gt=LARGE + 10).values_list("accession", flat=True)[:5000]
    )
    code = Submission.objects.get(pk=random.choice(list(Submission.objects.values_list("pk", flat=True)[:100]))).code
    deep = max(1, Record.objects.filter(form="biosample").count() // 50 - 1)
    return [
        ("record of a sample, anyone", lambda: queries.get_record(NOBODY, random.choice(samples))),
        ("record of a sample, its curator", lambda: queries.get_record(curator, random.choice(samples))),
        (f"project of {LARGE} members, anyone", lambda: queries.get_record(NOBODY, largest)),
        (f"project of {LARGE} members, its group", lambda: queries.get_record(depositor, largest)),
        ("public samples, first page", lambda: queries.records_by_form(NOBODY, "biosample")),
        ("public samples, last page", lambda: queries.records_by_form(NOBODY, "biosample", page=deep)),
        ("my samples, first page", lambda: queries.records_by_form(depositor, "biosample", scope="mine")),
        ("submissions of my group", lambda: queries.submissions_of(depositor)),
        ("one submission", lambda: queries.get_submission(depositor, code)),
        ("desk", lambda: queries.desk(curator)),
        ("desk counts", lambda: queries.desk_counts(curator)),
        ("expected days", lambda: queries.expected_days(Submission.objects.first().center_id)),  # type: ignore[union-attr]
        ("counts of the home page", queries.counts),
        ("resolve", lambda: queries.resolve(random.choice(samples))),
        ("identifiers, 100", lambda: queries.find_by_identifiers(depositor, random.sample(samples, 100))),
        ("100 records for the index", lambda: list(queries.iter_records(accessions=random.sample(samples, 100)))),
    ]


def _pages(largest: str) -> list[tuple[str, Callable[[], Any]]]:
    """Whole answers, as the web server gets them: middleware, queries, templates."""
    import logging

    from django.test import Client

    from biomoa.people.models import User
    from biomoa.records.models import Record, Submission

    logging.disable(logging.WARNING)  # the log of a bench is nobody's
    _let_in_without_second_factor()
    samples = list(Record.objects.filter(form="biosample", pk__gt=LARGE + 10).values_list("accession", flat=True)[:900])
    code = Submission.objects.order_by("pk")[5].code

    def page(reader: str, path: Callable[[], str]) -> Callable[[], Any]:
        client = Client(HTTP_HOST="127.0.0.1", HTTP_ACCEPT="text/html", HTTP_ACCEPT_LANGUAGE="ko")
        if reader:
            client.force_login(User.objects.get(email=reader))

        def ask() -> None:
            answer = client.get(path())
            assert answer.status_code == 200, (path(), answer.status_code)

        return ask

    depositor, curator = "depositor@example.org", "curator@example.org"
    return [
        ("page: home", page("", lambda: "/")),
        ("page: a sample, anyone", page("", lambda: f"/{random.choice(samples)}")),
        ("page: a sample, its group", page(depositor, lambda: f"/{random.choice(samples)}")),
        (f"page: project of {LARGE} members, anyone", page("", lambda: f"/{largest}")),
        (f"page: project of {LARGE} members, its group", page(depositor, lambda: f"/{largest}")),
        ("page: submissions of my group", page(depositor, lambda: "/submissions/")),
        ("page: one submission", page(depositor, lambda: f"/submissions/{code}/")),
        ("page: the desk", page(curator, lambda: "/desk/")),
    ]


def _let_in_without_second_factor() -> None:
    import msgspec
    from django.conf import settings

    home = settings.BIOMOA_HOME
    security = msgspec.structs.replace(home.station.security, second_factor="offered")
    settings.BIOMOA_HOME = msgspec.structs.replace(
        home, station=msgspec.structs.replace(home.station, security=security)
    )


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _bare(folder: Path, rounds: int) -> float:
    connection = sqlite3.connect(folder / "station.sqlite3")
    return statistics.median(
        _timed(
            lambda: connection.execute(
                "SELECT * FROM records_record WHERE id = ?", [random.randrange(1, 1000)]
            ).fetchone()
        )
        for _ in range(rounds)
    )


if __name__ == "__main__":
    main()
