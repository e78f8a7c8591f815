"""Killed in the middle, two at once, sent twice: nothing half done, nothing doubled, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from biomoa.ledger.models import Entry
from biomoa.ledger.services import verify
from biomoa.records import queries, services, services_curation
from biomoa.records.models import Link, Record, Row, Series, Submission, Tally, Version
from biomoa.records.refusals import Conflict, Refusal
from tests.records.conftest import CATALOGUE
from tests.records.world import World, draft, numbers, review, sample, study

ROOT = Path(__file__).parents[2]


def crash(submission: Submission, curator: int, fault: str) -> int:
    """Accepts in another process, which dies; its exit code."""
    environment = dict(
        os.environ,
        DJANGO_SETTINGS_MODULE="biomoa.settings.testing",
        BIOMOA_HOME=str(settings.BIOMOA_HOME.folder),
        BIOMOA_CATALOGUE=str(CATALOGUE),
        BIOMOA_CRASH_DATABASE=str(connection.settings_dict["NAME"]),
    )
    command = [sys.executable, "-m", "tests.records.crash", str(submission.pk), str(curator), fault]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, timeout=120).returncode


@pytest.mark.parametrize("step", ["accept:records-written", "accept:written", "accept:committed"])
def test_killed_while_accepting(lasting_world: World, step: str) -> None:
    world = lasting_world
    made = review(world, draft(world, study(20)))
    assert world.curator.user_id is not None
    assert crash(made, world.curator.user_id, f"{step}:1:kill") == -signal.SIGKILL
    made.refresh_from_db()
    if step == "accept:committed":
        assert (made.state, Record.objects.count()) == ("released", 21)
    else:
        assert made.state == "in-review"
        for model in (Record, Version, Link, Tally, Series):
            assert not model.objects.exists(), model
        assert not Row.objects.exclude(record=None).exists()
        assert not Entry.objects.filter(event__startswith="record:").exists()
    receipt = services_curation.accept(world.curator, made.pk)
    assert numbers(receipt)["study-1-S20"] == "KAS00000020" and receipt.state == "released"
    assert Record.objects.count() == 21 and not list(verify())


@pytest.mark.parametrize("kind", ["full", "io"])
def test_a_disk_that_fails_while_accepting_undoes_everything(lasting_world: World, kind: str) -> None:
    from biomoa.jobs.steps import arm, listen

    world = lasting_world
    made = review(world, draft(world, study(3)))
    arm(f"accept:records-written:1:{kind}")
    try:
        with pytest.raises(OSError):
            services_curation.accept(world.curator, made.pk)
    finally:
        listen(None)
    assert not Record.objects.exists() and not Series.objects.exists()
    assert services_curation.accept(world.curator, made.pk).state == "released"
    assert not list(verify())


def together(*works: Callable[[], Any]) -> list[Any]:
    """Runs the works in threads at the same time; what each gave or raised."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def runner(index: int, work: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[index] = work()
        except Exception as error:
            results[index] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=runner, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_submitted_at_the_same_time_it_is_submitted_once(lasting_world: World) -> None:
    world = lasting_world
    made = draft(world, study(50))
    receipts = together(*[lambda: services.submit(world.depositor, made.pk)] * 4)
    assert len({str(receipt) for receipt in receipts}) == 1 and receipts[0].state == "submitted"
    assert Entry.objects.filter(event="submission:submitted").count() == 1


def test_accepted_at_the_same_time_it_is_accepted_once(lasting_world: World) -> None:
    world = lasting_world
    made = review(world, draft(world, study(50)))
    actors = (world.curator, world.second_curator, world.curator)
    receipts = together(*[lambda actor=actor: services_curation.accept(actor, made.pk) for actor in actors])
    assert len({str(receipt) for receipt in receipts}) == 1, receipts
    assert Record.objects.count() == 51 == Entry.objects.filter(event="record:accepted").count()
    assert not list(verify())


def test_the_same_key_at_the_same_time_makes_one_submission(lasting_world: World) -> None:
    world = lasting_world
    call = lambda: services.whole(world.depositor, world.group.pk, study(5), client_key="k")  # noqa: E731
    results = together(call, call, call)
    # One that meets the other in the middle is told to look again; none makes a second one.
    for result in results:
        assert isinstance(result, Conflict | Refusal) or result.state == "submitted", result
    assert Submission.objects.count() == 1
    assert services.whole(world.depositor, world.group.pk, study(5), client_key="k").state == "submitted"


def test_two_save_at_the_same_time_and_one_is_told(lasting_world: World) -> None:
    world = lasting_world
    made = draft(world, study(2))
    results = together(*[
        lambda actor=actor, sex=sex: services.save_rows(
            actor, made.pk, "biosample", [sample("S1", sex=sex)], expected_revision=made.revision
        )
        for actor, sex in ((world.depositor, "male"), (world.manager, "female"))
    ])  # fmt: skip
    assert sorted(type(each).__name__ for each in results) == ["Conflict", "Submission"]
    saved = next(each for each in results if isinstance(each, Submission))
    saved.refresh_from_db()
    assert saved.revision == made.revision + 1 and queries.rows(made.pk, "biosample").total == 1


def test_two_submissions_accepted_at_the_same_time_share_no_number(lasting_world: World) -> None:
    world = lasting_world
    made = [review(world, draft(world, study(30, f"p{number}"))) for number in range(3)]
    receipts = together(*[lambda each=each: services_curation.accept(world.curator, each.pk) for each in made])
    given = [line.accession for receipt in receipts for line in receipt.accessions]
    assert len(given) == len(set(given)) == 93
    assert dict(Series.objects.values_list("record_type", "last")) == {"bioproject": 3, "biosample": 90}
    assert sorted(int(each[3:]) for each in given if each.startswith("KAS")) == list(range(1, 91))
    assert not list(verify())
