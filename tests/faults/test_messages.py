"""100 random schedules of jobs: twice, late, out of order, from workers that die or only seem to (goals F6, F7)."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from biomoa.files import inspection
from biomoa.files.tasks import inspect_object
from biomoa.jobs import liveness, queue
from biomoa.jobs.queries import failed_tasks
from biomoa.ledger.services import verify
from tests.faults.messages import Emptiness, draw, end_state, inspected, lay, play

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_inspection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "store", Emptiness)
    monkeypatch.setattr("biomoa.qc.runner.inspect_safely", inspected)


@pytest.mark.parametrize("seed", range(100))
def test_however_messages_come_the_end_is_the_same(seed: int) -> None:
    chance = random.Random(seed)
    objects = lay(chance)
    play(draw(chance), objects, inspect_object.enqueue)
    assert end_state(objects) == dict.fromkeys(objects, (1, 1))
    assert {row.status for row in DBTaskResult.objects.all()} == {"SUCCESSFUL"}
    assert list(verify()) == []


def test_after_five_failures_a_task_is_parked_and_shown() -> None:
    objects = lay(random.Random(1))
    inspect_object.enqueue(objects[0])
    for attempt in range(1, 6):
        DBTaskResult.objects.update(run_after=timezone.now())
        worker = liveness.enlist()
        task = queue.claim(worker.pk)
        assert task is not None
        queue.give_back(task, worker.pk, MemoryError(f"attempt {attempt}"))
    assert queue.claim(liveness.enlist().pk) is None
    shown = failed_tasks()
    assert [(each.name, each.attempts) for each in shown] == [("inspect_object", 5)]
    assert "MemoryError" in shown[0].error
