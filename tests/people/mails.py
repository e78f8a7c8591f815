"""What the worker would do with the mails that wait."""

from __future__ import annotations

from biomoa.jobs import queue


def send_waiting_mails() -> int:
    """Runs every waiting task here; how many. Fails on the first that fails."""
    done = 0
    while task := queue.claim("test"):
        went_well = queue.run(task, "test")
        task.refresh_from_db()
        assert went_well, task.traceback
        done += 1
    return done
