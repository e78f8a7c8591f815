"""Work that goes on while its caller does something else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def begin(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Callable[[], T]:
    """Begins it in a thread; the function given back waits for its answer, or raises what it raised."""
    pool = ThreadPoolExecutor(1)
    begun = pool.submit(work, *arguments, **named)
    pool.shutdown(wait=False)
    return begun.result
