"""A line to PostgreSQL that breaks: an answer of the server, often the one to COMMIT, never reaches the station."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress

BLOCK_BYTES = 65_536
CHANCE = 0.02  # of any answer
CHANCE_OF_COMMIT = 0.15  # the answer to COMMIT is what an idempotency key is for


class CuttingProxy:
    """Listens on ``port``; cuts only while ``is_cutting``."""

    def __init__(self, host: str, port: int, chance: random.Random) -> None:
        self.server, self.chance = (host, port), chance
        self.is_cutting, self.cuts = False, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self.server)
                for one, other, is_answer in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass, args=(one, other, is_answer), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while block := one.recv(BLOCK_BYTES):
                if is_answer and self._is_cut(block):
                    self.cuts += 1
                    break
                other.sendall(block)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _is_cut(self, block: bytes) -> bool:
        is_commit = b"COMMIT\0" in block  # CommandComplete of the protocol
        return self.is_cutting and self.chance.random() < (CHANCE_OF_COMMIT if is_commit else CHANCE)
