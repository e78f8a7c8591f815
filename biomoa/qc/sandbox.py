"""A warm child process that inspects files: no network, no secrets, limits of memory, time and output."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5, sha256
from pathlib import Path

import msgspec

from biomoa.qc.findings import Collector
from biomoa.qc.model import Inspection
from biomoa.qc.scratch import Scratch

MEMORY_BYTES = 3 * 1024**3
LEAST_SECONDS = 120
BYTES_A_SECOND = 4 * 1024**2  # the slowest that an inspection of a sound file may be
ANSWER_BYTES = 32 * 1024**2
FILES_A_CHILD = 200
CHILDREN = 4
BLOCK_BYTES = 1 << 20


class Request(msgspec.Struct):
    path: str
    name: str
    format: str | None


_ANSWER: msgspec.json.Decoder[Inspection | str] = msgspec.json.Decoder(Inspection | str)  # before there are threads


class Sandbox:
    """Keeps children warm and lends one to each inspection; a child that misbehaves is ended and replaced."""

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES, seconds: float | None = None) -> None:
        self._memory_bytes, self._seconds = memory_bytes, seconds
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        self._slots = threading.Semaphore(CHILDREN)
        # A child dies with the thread that started it (PR_SET_PDEATHSIG), so one thread that stays starts them all.
        self._starter = ThreadPoolExecutor(1, "sandbox")

    def inspect(self, path: Path, *, name: str, format: str | None = None) -> Inspection:
        """Raises OSError when the file cannot be opened, ValueError for an unknown format."""
        size_bytes = path.stat().st_size
        if not path.is_file():
            raise OSError(f"{path}: not a regular file")
        seconds = self._seconds or LEAST_SECONDS + size_bytes / BYTES_A_SECOND
        started = time.perf_counter()
        with self._slots:
            child = self._lend()
            try:
                answer = child.ask(Request(str(path.resolve()), name, format), seconds)
            except _Failed as failed:
                child.end()
                return _failure(path, size_bytes, failed, time.perf_counter() - started)
            self._give_back(child)
        if isinstance(answer, str):
            raise ValueError(answer)
        return msgspec.structs.replace(answer, path=str(path))

    def _lend(self) -> _Child:
        with contextlib.suppress(queue.Empty):
            while True:
                child = self._idle.get_nowait()
                if child.is_alive():
                    return child
        return self._starter.submit(_Child, self._memory_bytes).result()

    def _give_back(self, child: _Child) -> None:
        if child.served >= FILES_A_CHILD:
            child.end()
        else:
            self._idle.put(child)


class _Failed(Exception):
    def __init__(self, code: str, **facts: object) -> None:
        self.code, self.facts = code, facts
        super().__init__(code)


class _Child:
    """One process of ``biomoa.qc.child``; answers are length-prefixed JSON on its standard output."""

    def __init__(self, memory_bytes: int) -> None:
        self.served = 0
        self._scratch = Scratch("biomoa-inspection-")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "biomoa.qc.child", str(memory_bytes), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._scratch.path,
            env=_bare_environment(str(self._scratch.path)),
            close_fds=True,
        )

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Request, seconds: float) -> Inspection | str:
        """The inspection, or the sentence of a refusal. Raises _Failed."""
        self.served += 1
        deadline = time.monotonic() + seconds
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(msgspec.json.encode(request) + b"\n")
            stdin.flush()
        except BrokenPipeError:
            raise self._crash() from None
        length = int.from_bytes(self._read(8, deadline, seconds), "big")
        if length > ANSWER_BYTES:
            raise _Failed("inspection-crashed", why=f"answer of {length} bytes")
        return _ANSWER.decode(self._read(length, deadline, seconds))

    def _read(self, count: int, deadline: float, seconds: float) -> bytes:
        assert self._process.stdout is not None
        pipe, got = self._process.stdout.fileno(), b""
        while len(got) < count:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _Failed("inspection-timeout", seconds=round(seconds))
            part = os.read(pipe, count - len(got))
            if not part:
                raise self._crash()
            got += part
        return got

    def _crash(self) -> _Failed:
        code = self._process.wait(10)
        if code == EXIT_OUT_OF_MEMORY:
            return _Failed("inspection-out-of-memory")
        why = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return _Failed("inspection-crashed", why=why)

    def end(self) -> None:
        self._process.kill()
        self._process.wait(10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._scratch.remove()


EXIT_OUT_OF_MEMORY = 77


def _bare_environment(scratch: str) -> dict[str, str]:
    """What the interpreter needs and nothing of the station: no keys, no addresses."""
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "NUMBA_CACHE_DIR") if name in os.environ
    }
    # htslib must never fetch a reference from the network.
    return kept | {"HOME": scratch, "TMPDIR": scratch, "REF_PATH": "/nonexistent", "REF_CACHE": scratch,
                   "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}  # fmt: skip


def _failure(path: Path, size_bytes: int, failed: _Failed, seconds: float) -> Inspection:
    report = Collector()
    report.add(failed.code, at=None, **failed.facts)
    return Inspection(
        path=str(path), format="unknown", verdict="fail", findings=report.findings(), metrics={},
        checksums=_checksums(path), size_bytes=size_bytes, seconds=round(seconds, 3),
    )  # fmt: skip


def _checksums(path: Path) -> dict[str, str]:
    """After a crash the bytes must be read again: nothing the child computed can be believed."""
    sums = {"md5": md5(usedforsecurity=False), "sha256": sha256()}
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            for one in sums.values():
                one.update(block)
    return {name: one.hexdigest() for name, one in sums.items()}
