"""Tasks to test with; what they did is in files, so that other processes can see it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django_tasks import task


@task()
def write_line(path: str, line: str) -> str:
    with Path(path).open("a") as file:
        file.write(line + "\n")
    return line


@task()
def fail_always(path: str) -> None:
    write_line.func(path, "tried")
    raise ValueError("이 작업은 늘 실패합니다")


@task()
def wait_once(path: str) -> str:
    """The first time it runs it never ends; the next time it does."""
    if not Path(path).exists():
        Path(path).write_text(str(os.getpid()))
        time.sleep(600)
    return "ended"


@task(takes_context=True)
def count_attempts(context: object) -> int:
    return int(context.attempt)  # type: ignore[attr-defined]
