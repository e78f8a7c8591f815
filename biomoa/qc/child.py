"""The child of the sandbox: takes its own rights away, then inspects what it is asked until its input ends."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from biomoa.qc.sandbox import ANSWER_BYTES, EXIT_OUT_OF_MEMORY, Request

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE = 1, 38, 4
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000
SIGKILL = 9
SCRATCH_FILE_BYTES = 256 * 1024**2
OPEN_FILES = 128


def main() -> None:
    """Arguments: memory limit in bytes, process id of the parent."""
    memory_bytes, parent = int(sys.argv[1]), int(sys.argv[2])
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not look like an answer
    _give_up_rights(memory_bytes, parent)
    from biomoa.qc.runner import inspect

    for line in sys.stdin.buffer:
        request = msgspec.json.decode(line, type=Request)
        try:
            answer: Any = inspect(Path(request.path), name=request.name, format=request.format)
        except MemoryError:
            os._exit(EXIT_OUT_OF_MEMORY)
        except ValueError as error:
            answer = _refusal(error)
        _send(answers, msgspec.json.encode(answer))


def _refusal(error: ValueError) -> str:
    from biomoa.qc.runner import UnknownFormat

    if not isinstance(error, UnknownFormat):
        raise error  # a parser's own mistake must end this child, so that the parent says so
    return str(error)


def _give_up_rights(memory_bytes: int, parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
    os.nice(5)
    _leave_the_network(libc)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SCRATCH_FILE_BYTES, SCRATCH_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _leave_the_network(libc: Any) -> None:
    """A network namespace of its own has no way out. Where the kernel allows none, Python's sockets are closed off."""
    if libc.unshare(CLONE_NEWNET) == 0 or libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        return

    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError("an inspection has no network")

    socket.socket = refuse  # type: ignore[assignment,misc]


def _send(pipe: int, answer: bytes) -> None:
    if len(answer) > ANSWER_BYTES:
        os._exit(1)
    message = len(answer).to_bytes(8, "big") + answer
    while message:
        message = message[os.write(pipe, message) :]


if __name__ == "__main__":
    main()
