"""Taking tasks from the queue of django-tasks-db, and giving an account of them.

A task may run twice (its worker died after the effect, before the account); what it does must bear that. A result is
recorded only by the worker that still holds the task.
"""

from __future__ import annotations

from datetime import timedelta
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks.base import TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from biomoa.jobs.steps import step

MOST_ATTEMPTS = 5
# Before the next attempt: at once after a dead worker, later after an error.
PAUSES = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=60), timedelta(minutes=5))
KEPT = timedelta(days=7)


def claim(worker_id: str) -> DBTaskResult | None:
    """The next task that is due, now in the hands of this worker; None when nothing waits."""
    # A look without a lock first: an idle worker must not keep others from writing.
    if not DBTaskResult.objects.ready().exists():
        return None
    with transaction.atomic():
        task = DBTaskResult.objects.ready().get_locked()
        if task is not None:
            task.claim(worker_id)
    if task is not None:
        step("job:claimed")
    return task


def run(task: DBTaskResult, worker_id: str) -> bool:
    """Runs a claimed task and records what came of it; whether it went well."""
    try:
        value = _call(task)
    except Exception as error:  # whatever a task raises is its result, never the end of the worker
        give_back(task, worker_id, error)
        return False
    step("job:done")
    held = _held(task, worker_id)
    held.update(
        status=TaskResultStatus.SUCCESSFUL,
        finished_at=timezone.now(),
        return_value=value,
        exception_class_path="",
        traceback="",
    )
    step("job:recorded")
    return True


def _call(task: DBTaskResult) -> Any:
    called = task.task
    arguments, named = task.args_kwargs["args"], task.args_kwargs["kwargs"]
    if called.takes_context:
        return called.call(TaskContext(task_result=task.task_result), *arguments, **named)
    return called.call(*arguments, **named)


def give_back(task: DBTaskResult, worker_id: str, error: Exception) -> None:
    """After an error: again later, or parked as failed after MOST_ATTEMPTS, where it is shown."""
    attempts = len(task.worker_ids)
    told = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(format_exception(error)),
    }
    held = _held(task, worker_id)
    if attempts >= MOST_ATTEMPTS:
        held.update(status=TaskResultStatus.FAILED, finished_at=timezone.now(), **told)
    else:
        pause = PAUSES[min(attempts, len(PAUSES)) - 1]
        held.update(status=TaskResultStatus.READY, run_after=timezone.now() + pause, **told)


def take_back(living: set[str], blameless: frozenset[str] | set[str] = frozenset()) -> int:
    """Tasks whose worker is dead are ready again, or parked when that happened too often; how many.

    The death of a worker in ``blameless`` does not count: the whole station fell, not this task's worker.
    """
    taken = 0
    for task in DBTaskResult.objects.running().only("id", "worker_ids"):
        holder = task.worker_ids[-1] if task.worker_ids else ""
        if holder in blameless:
            again = {"status": TaskResultStatus.READY, "worker_ids": task.worker_ids[:-1]}
            taken += _held(task, holder).update(**again)
        elif holder not in living:
            taken += _release(task, holder)
    return taken


def held_by(worker_id: str) -> set[str]:
    """The ids of the running tasks that a worker holds."""
    rows = DBTaskResult.objects.running().only("id", "worker_ids")
    return {str(task.pk) for task in rows if task.worker_ids and task.worker_ids[-1] == worker_id}


def release(task_ids: set[str], holder: str) -> None:
    """Makes tasks of a holder ready again."""
    for task in DBTaskResult.objects.running().filter(pk__in=task_ids):
        _release(task, holder)


def _release(task: DBTaskResult, holder: str) -> int:
    held = _held(task, holder)
    if len(task.worker_ids) < MOST_ATTEMPTS:
        return held.update(status=TaskResultStatus.READY)
    return held.update(
        status=TaskResultStatus.FAILED,
        finished_at=timezone.now(),
        exception_class_path="biomoa.jobs.queue.WorkerDied",
        traceback=f"The worker died {len(task.worker_ids)} times while it ran this task.",
    )


def retry_failed(task_id: str) -> bool:
    """An operator has mended the cause: a parked task starts anew."""
    parked = DBTaskResult.objects.failed().filter(pk=task_id)
    return bool(parked.update(status=TaskResultStatus.READY, worker_ids=[], finished_at=None))


def forget_finished() -> int:
    """Clock job: successful tasks older than a week; how many. Failed ones stay until somebody has looked."""
    old = DBTaskResult.objects.successful().filter(finished_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def _held(task: DBTaskResult, worker_id: str) -> Any:
    """The row, as long as it is running in the hands of this worker at this attempt."""
    same = DBTaskResult.objects.running().filter(pk=task.pk, worker_ids=task.worker_ids)
    return same if task.worker_ids and task.worker_ids[-1] == worker_id else same.none()
