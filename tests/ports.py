"""Ports for the servers that tests start."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """A free port of this machine that the kernel gives to nobody else, neither to a server nor to a client.

    A socket that does not listen holds it: a server, which asks to use an address again, may take it all the same. A
    port that was found free and let go may be another program's before a busy machine has started the server.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
