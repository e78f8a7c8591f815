"""Work on a file of a stranger in a forked child: a file can end the child, but never leave us without an answer."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable


def run_apart(work: Callable[[], int]) -> int | None:
    """The exit code of ``work`` run in a fork; ``None`` when a limit or a crash ended it.

    Forking is safe only before threads exist: call it before polars is imported.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        os._exit(_finish(work))
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return None
    return os.waitstatus_to_exitcode(status)


def reader_left() -> int:
    """What ``biomoa ... | head`` ends with: no word, and the code of a process that SIGPIPE ended.

    The signal itself stays ignored, or a connection that breaks would end a server or an upload.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def _finish(work: Callable[[], int]) -> int:
    try:
        code = work()
        sys.stdout.flush()
    except BrokenPipeError:
        return reader_left()
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)
        return 2
    except Exception as error:
        print(f"biomoa: {' '.join(str(error).split()) or type(error).__name__}", file=sys.stderr)
        code = 2
    sys.stdout.flush()
    sys.stderr.flush()
    return code
