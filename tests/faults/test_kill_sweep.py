"""kill -9 at every step of every workflow, over HTTP, looked at from another process (goal F1, short form)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.sweep import Sweep, named, short, writes
from tests.faults.workflows import WORKFLOWS


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    made = Sweep(tmp_path_factory.mktemp("sweep"))
    yield made
    made.close()


def test_no_workflow_has_fewer_steps_than_durable_writes(sweep: Sweep) -> None:
    for each in WORKFLOWS:
        steps = sweep.steps[each.name]
        assert writes(steps) > 0, each.name
        assert len(steps) >= 2 * writes(steps), each.name
        assert sum(named(steps).values()) >= 1, f"{each.name} has no named step"
    assert len(sweep.points()) >= 150


@pytest.mark.parametrize("workflow", [each.name for each in WORKFLOWS])
def test_killed_at_every_step_nothing_is_lost_doubled_or_half_done(sweep: Sweep, workflow: str) -> None:
    points = [point for point in short(sweep.points()) if point.workflow == workflow]
    outcomes = [sweep.run(point) for point in points]
    assert {each.point: each.faults for each in outcomes if each.faults} == {}
    unmet = [each.point.step for each in outcomes if not each.is_met]
    assert len(unmet) <= len(points) // 10, unmet
    assert sweep.station.slowest_seconds < 10
