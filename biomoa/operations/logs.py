"""Log lines as JSON objects: at, level, logger, message, process, request_id, facts of the call, exception."""

from __future__ import annotations

import contextvars
import logging
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import msgspec

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


def current_request_id() -> str:
    """The number of the request that this thread answers; empty outside of one."""
    return request_id.get()


class JsonLines(logging.Formatter):
    """``extra={"facts": {...}}`` of a call becomes fields of the line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if number := current_request_id():
            line["request_id"] = number
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


class Appended(logging.Handler):
    """Each line is one write to the end of the file, which the kernel keeps whole: nobody waits for a lock.

    A file that was moved away (rotated) is begun anew within a second.
    """

    LOOK_SECONDS = 1.0
    QUIET_SECONDS = 60.0

    def __init__(self, filename: str | os.PathLike[str]) -> None:
        super().__init__()
        self._path = Path(filename)
        self._opened: tuple[FileIO, tuple[int, int]] | None = None
        self._looked = 0.0
        self._before = ""
        self._complained = -self.QUIET_SECONDS

    def createLock(self) -> None:
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = f"{self._before}{self.format(record)}\n".encode()
            # On a full disk a part of a line may be written: the next one begins anew.
            self._before = "" if self._file().write(line) == len(line) else "\n"
        except Exception:  # a log that cannot be written must not end what it tells of
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        """On a full disk every line fails: one sentence a minute, not a traceback for each."""
        now = time.monotonic()
        if now - self._complained >= self.QUIET_SECONDS and sys.stderr is not None:
            self._complained = now
            with suppress(OSError):
                print(f"biomoa: the log cannot be written: {sys.exc_info()[1]}", file=sys.stderr)

    def _file(self) -> FileIO:
        """The file is closed when the last thread that writes to it has let go of it."""
        opened, now = self._opened, time.monotonic()
        if opened is not None and now - self._looked < self.LOOK_SECONDS:
            return opened[0]
        self._looked = now
        if opened is None or opened[1] != self._identity():
            self._opened = opened = FileIO(os.fspath(self._path), "a"), self._identity()
        return opened[0]

    def _identity(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_dev, found.st_ino


class RoutesOnly(logging.Filter):
    """Django's own lines name the address of a request: addresses hold secrets (links of mails and reviewers)."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "-"
            # Whatever is an address: Django escapes one with Hangul, as mails make it of a link and a particle.
            record.args = tuple(route if str(value).startswith("/") else value for value in record.args)
        return True


class StrangeHost(logging.Filter):
    """A request for a host that is not ours: one short line, without what the stranger wrote into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args, record.exc_info = "a request for a host that is not ours", (), None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
