"""What a ``serve`` has for itself: the home and the port. Asked for before anything is started or announced."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time

from biomoa.settings.station import Home, StationError

LOCK = "serve.lock"
# A web server that lost its `serve` needs a moment to let go of the port.
PORT_SECONDS = 3.0


def hold(home: Home) -> None:
    """One ``serve`` a home, until this process ends, however it ends. Raises StationError.

    Of the server profile several may share one: nothing of theirs is in each other's way.
    """
    if home.station.profile == "server":
        return
    handle = os.open(home.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        other = os.read(handle, 20).decode("ascii", "replace")
        os.close(handle)
        raise StationError(f"{home.folder} is served already, by process {other}; stop that one first") from error
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())  # the handle stays open: closing it would let the lock go


def try_port(host: str, port: int) -> None:
    """Before anything is started and announced. Raises StationError."""
    until = time.monotonic() + PORT_SECONDS
    while fault := _bind_fault(host, port):
        if fault.errno != errno.EADDRINUSE:
            raise StationError(f"nothing can be served at {host}, port {port}: {fault.strerror or fault}") from fault
        if time.monotonic() > until:
            raise StationError(f"port {port} is in use; name another with --port") from fault
        time.sleep(0.1)


def _bind_fault(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server asks
            trial.bind(place)
    except OSError as error:
        return error
    return None
