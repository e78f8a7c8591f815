"""Steps that nobody has to name: each transaction that wrote, each statement that commits by itself, each fsync and
rename. Only a process in which a fault was armed watches them, so a new write is swept without anyone adding a step.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from biomoa.jobs.steps import step

WRITES = ("INSERT", "UPDATE", "DELETE")
FILE_CALLS = ("fsync", "replace", "rename", "link", "unlink")
_wrote = threading.local()


def watch() -> None:
    """Makes every durable boundary of this process a step, named by who writes: ``write:web:before``."""
    original = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def commit(connection: BaseDatabaseWrapper) -> Any:
        if not getattr(_wrote, "is_so", False):
            return original(connection)
        step(f"write:{_who()}:before")
        result = original(connection)
        _wrote.is_so = False
        step(f"write:{_who()}:after")
        return result

    BaseDatabaseWrapper._commit = commit  # type: ignore[attr-defined]
    connection_created.connect(_watch_connection, weak=False)
    for connection in connections.all(initialized_only=True):
        _watch_connection(connection=connection)
    for name in FILE_CALLS:
        setattr(os, name, _told(name, getattr(os, name)))


def _watch_connection(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if not sql.lstrip()[:6].upper().startswith(WRITES):
        return execute(sql, params, many, context)
    if context["connection"].in_atomic_block:
        _wrote.is_so = True
        return execute(sql, params, many, context)
    step(f"write:{_who()}:before")
    result = execute(sql, params, many, context)
    step(f"write:{_who()}:after")
    return result


def _told(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        step(f"disk:{_who()}:{name}")
        return original(*args, **named)

    return call


def _who() -> str:
    """The worker's threads have names; the others answer requests."""
    name = threading.current_thread().name
    return "web" if name.startswith(("Thread", "MainThread", "ThreadPool")) else name
