"""A bad line: a TCP proxy on loopback that can cut a connection after so many bytes, or let it hang."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

BLOCK = 16 * 1024


class Line:
    """Forwards to the server. ``cut_after`` bytes from the client every connection is cut; None: a good line.

    ``cuts`` counts what was cut, ``sent_bytes`` what came through. With ``hang`` it stalls instead of cutting.
    """

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self.server = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.cut_after: int | None = None
        self.cuts_left = 10**6
        self.hang = False
        self.hanging = threading.Event()
        self.cuts = self.sent_bytes = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self.server) as server:
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()
            self._ask(client, server)

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while block := client.recv(BLOCK):
                if self.cut_after is not None and passed + len(block) > self.cut_after and self.cuts_left:
                    server.sendall(block[: self.cut_after - passed])
                    self._break(client)
                    break
                server.sendall(block)
                passed += len(block)
                self.sent_bytes += len(block)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _break(self, client: socket.socket) -> None:
        if self.hang:
            self.hanging.set()
            with contextlib.suppress(OSError):
                while client.recv(BLOCK):
                    pass
            return
        self.cuts += 1
        self.cuts_left -= 1
        client.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _answer(server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while block := server.recv(BLOCK):
                client.sendall(block)

    def close(self) -> None:
        self.listener.close()


@contextlib.contextmanager
def bad_line(server: str) -> Iterator[Line]:
    line = Line(server)
    try:
        yield line
    finally:
        line.close()
