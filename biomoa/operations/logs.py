"""Log lines as JSON objects: at, level, logger, message, process, request_id, facts of the call, exception."""

from __future__ import annotations

import contextvars
import json
import logging
from datetime import UTC, datetime

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
        return json.dumps(line, ensure_ascii=False, default=str)


class RoutesOnly(logging.Filter):
    """Django's own lines name the address of a request: addresses hold secrets (links of mails and reviewers)."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "-"
            record.args = tuple(route if value == request.path else value for value in record.args)
        return True
